from odoo import api, fields, models
from odoo.exceptions import UserError

FROZEN_FIELDS = {"body", "version", "purpose_id"}


class DrkConsentText(models.Model):
    """A version of the text that people declare; once somebody declared it, its wording stays."""

    _name = "drk.consent.text"
    _description = "Consent Text"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", string="Association", required=True, index=True, default=lambda self: self.env.company
    )
    purpose_id = fields.Many2one("drk.consent.purpose", required=True, ondelete="restrict")
    version = fields.Char(required=True)
    date_from = fields.Date(string="Valid from", required=True, default=fields.Date.context_today)
    body = fields.Html(string="Wording", required=True, translate=False)
    active = fields.Boolean(default=True)

    _version_unique = models.Constraint(
        "UNIQUE(company_id, purpose_id, version)", "This version of the text exists already."
    )

    @api.depends("purpose_id.name", "version")
    def _compute_display_name(self):
        for text in self:
            text.display_name = f"{text.purpose_id.name or ''} {text.version or ''}".strip()

    def write(self, vals):
        if "company_id" in vals and any(text.company_id.id != vals["company_id"] for text in self):
            raise UserError(self.env._("A text stays in its association."))
        if FROZEN_FIELDS & vals.keys():
            self._check_unused()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_unused()

    def _check_unused(self):
        # sudo: a declaration that the user may not see protects the wording as well
        if self.env["drk.consent"].sudo().search_count([("text_id", "in", self.ids)], limit=1):
            raise UserError(self.env._("People have declared this text. Create a new version instead."))

    @api.model
    def _current(self, company, purpose, day):
        """Return the text that is valid on a day.

        :param company: ``res.company`` singleton
        :param purpose: ``drk.consent.purpose`` singleton
        :param day: date
        :return: ``drk.consent.text``, empty when there is none
        """
        # sudo: the public visitor declares the text of the association whose page it is
        return self.sudo().search(
            [("company_id", "=", company.id), ("purpose_id", "=", purpose.id), ("date_from", "<=", day)], limit=1
        )
