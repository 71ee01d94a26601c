import base64
import io
import json
import zipfile

from odoo import api, models

from ..tools.sheet_docx import write_sheet

PROVIDED = {
    "res.partner": (
        *("firstname", "lastname", "name", "drk_title", "drk_salutation", "birthdate_date", "drk_birth_name"),
        *("drk_birth_place", "drk_nationality_id", "street", "street2", "zip", "city", "state_id", "country_id"),
        *("email", "phone", "website", "lang", "function", "image_1920", "company_name", "vat"),
        *("drk_name_supplement_1", "drk_name_supplement_2", "drk_name_supplement_3"),
    ),
    "res.partner.bank": ("acc_number", "acc_holder_name"),
    "drk.consent": ("purpose_id", "kind", "occurred_at", "channel_id"),
}


class DrkAccessSheet(models.AbstractModel):
    """The sheet as PDF, Word file and JSON."""

    _inherit = "drk.access.sheet"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _json(self, people, sections=None):
        """Return the sheets for machines (Art. 15(3)): dict of person id to bytes."""
        return {key: self._dump(sheet) for key, sheet in self._sheets(people, sections).items()}

    @api.model
    def _portable_json(self, people):
        """Return what the people themselves provided (Art. 20): dict of person id to bytes."""
        provided = self._provided_fields()
        return {key: self._dump(self._portable(sheet, provided)) for key, sheet in self._sheets(people, None).items()}

    @api.model
    def _provided_fields(self):
        """Hook: return what people provide themselves: dict of model name to field names."""
        return dict(PROVIDED)

    def _portable(self, sheet, provided):
        records = []
        for section in sheet["sections"]:
            for group in section["groups"]:
                for record in group["records"]:
                    found = {
                        f["name"]: f["raw"] for f in record["fields"] if f["name"] in provided.get(group["model"], ())
                    }
                    if found:
                        records.append({"model": group["model"], "id": record["id"], "title": group["title"], **found})
        kept = {name: sheet[name] for name in ("made_on", "association", "person")}
        return {"format": "drk-portability/1", **kept, "records": records}

    def _dump(self, data):
        return json.dumps(data, ensure_ascii=False, indent=1).encode()

    @api.model
    def _docx(self, people, sections=None, template=None):
        """Return the sheets as editable Word files: dict of person id to bytes.

        :param template: ``drk.docx.template`` of the association; default: a plain document with the letterhead
        """
        sheets = self._sheets(people, sections)
        if template:
            filled = template.with_context(drk_sheets=sheets)
            return {person.id: filled._render(person)[0][1] for person in people}
        return {person.id: self._plain_docx(person, sheets[person.id]) for person in people}

    def _plain_docx(self, person, sheet):
        head = (person.sudo().company_id or self.env.company)._drk_letterhead()  # sudo: a letterhead is public
        logo = base64.b64decode(head["logo"]) if head["logo"] else None
        title = self.env._("Information about your data (GDPR Art. 15)")
        words = {"kept": self.env._("Kept until %s"), "nothing": self.env._("Nothing is stored.")}
        return write_sheet(sheet, title, [head["name"], head["subtitle"]], logo, words)

    @api.model
    def _pdf(self, people, sections=None):
        """Return the sheets as PDF: dict of person id to bytes."""
        reports = self.env["ir.actions.report"].with_context(drk_sheet_sections=sections and sorted(sections))
        return {person.id: reports._drk_pdf("drk_gdpr.report_access_sheet", person) for person in people}

    @api.model
    def _files(self, people, kind, sections=None, template=None):
        """Return one file per person.

        :param kind: ``pdf``, ``docx``, ``json`` or ``portable``
        :return: list of (file name, bytes)
        """
        makers = {
            "pdf": lambda: self._pdf(people, sections),
            "docx": lambda: self._docx(people, sections, template),
            "json": lambda: self._json(people, sections),
            "portable": lambda: self._portable_json(people),
        }
        contents = makers[kind]()
        return [(self._file_name(person, kind), contents[person.id]) for person in people]

    @api.model
    def _file_name(self, person, kind):
        """Return the name of a file: with the number of the person, two people may have one name."""
        ending = "json" if kind == "portable" else kind
        word = self.env._("Data") if kind == "portable" else self.env._("Access sheet")
        return f"{word} {person.name or ''} ({person.id}).{ending}".replace("/", "-")

    @api.model
    def _zip(self, files):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files:
                archive.writestr(name, content)
        return packed.getvalue()
