import csv

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import file_open

from ..tools.certificate import PLACEHOLDERS, unknown_placeholders

TEXT_FIELDS = {"certificate_title": "title", "certificate_text": "text", "certificate_legal_text": "legal"}
GENERAL = "*"


class DrkCourseKind(models.Model):
    """What the certificates of a kind of course say."""

    _inherit = "drk.course.kind"  # pylint: disable=consider-merging-classes-inherited

    certificate_title = fields.Char("Title of the certificate", translate=True)
    certificate_text = fields.Html(
        "Text of the certificate",
        translate=True,
        help="Stands below name and birth date. Words in braces are filled in, e.g. {course} or {units}.",
    )
    certificate_legal_text = fields.Html(
        "Legal text",
        translate=True,
        help="What the certificate is good for by law. Words in braces are filled in as in the text.",
    )
    certificate_months = fields.Integer(
        "Valid for (months)", help="After the last course day. 0: the certificate names no end."
    )

    _certificate_months_not_negative = models.Constraint(
        "CHECK(certificate_months >= 0)", "A certificate cannot be valid for less than no time."
    )

    @api.constrains("certificate_title", "certificate_text", "certificate_legal_text")
    def _check_certificate_placeholders(self):
        for kind in self:
            unknown = sorted({word for name in TEXT_FIELDS for word in unknown_placeholders(kind[name])})
            if unknown or unknown_placeholders(kind.certificate_title):
                raise ValidationError(
                    self.env._(
                        "These words in braces mean nothing: %(unknown)s. You can use: %(known)s.",
                        unknown=", ".join(f"{{{word}}}" for word in unknown),
                        known=", ".join(f"{{{word}}}" for word in PLACEHOLDERS),
                    )
                )

    def action_drk_certificate_standard_texts(self):
        """Put the standard texts of this kind into all languages; what was there is overwritten."""
        self.check_access("write")
        for kind in self:
            row = kind._certificate_row()
            kind.with_context(lang="en_US").write(self._certificate_vals(row, "en"))
            kind._write_german_certificate(row)

    def _write_german_certificate(self, row):
        for name, column in TEXT_FIELDS.items():
            self._write_german(name, row[f"{column}_de"])

    @api.model
    def _certificate_vals(self, row, lang):
        return {name: row[f"{column}_{lang}"] for name, column in TEXT_FIELDS.items()}

    def _certificate_row(self):
        """:return: dict, the standard texts for this kind"""
        rows = self._certificate_rows()
        return rows.get(self.code) or rows[GENERAL]

    @api.model
    def _certificate_rows(self):
        with file_open("drk_ktv/data/certificate_texts.csv") as stream:
            return {row["code"]: row for row in csv.DictReader(stream, delimiter=";")}

    def _certificate_title(self):
        """:return: the title in the language of the context; the standard one where none was written"""
        return self.certificate_title or self._certificate_standard("title")

    def _certificate_text(self):
        """:return: the text in the language of the context; the standard one where none was written"""
        return self.certificate_text or self._certificate_standard("text")

    def _certificate_standard(self, column):
        lang = "de" if (self.env.lang or "").startswith("de") else "en"
        return self._certificate_rows()[GENERAL][f"{column}_{lang}"]

    @api.model
    def _prepare_standard_kind_vals(self, company, row):
        vals = super()._prepare_standard_kind_vals(company, row)
        rows = self._certificate_rows()
        return vals | self._certificate_vals(rows.get(row["code"]) or rows[GENERAL], "en")

    @api.model
    def _load_standard_kinds(self, company):
        kinds = super()._load_standard_kinds(company)
        for kind in kinds:
            kind._write_german_certificate(kind._certificate_row())
        return kinds
