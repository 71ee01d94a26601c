from odoo import api, fields, models


class ResCompany(models.Model):
    """Whether an association logs the changes of its people, and keeps entries of deleted ones."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    drk_field_log = fields.Boolean(string="Field log", help="Log who changed which field of a person and when.")

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        if any(vals.get("drk_field_log") for vals in vals_list):
            self.env["auditlog.rule"]._drk_sync()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "drk_field_log" in vals:
            self.env["auditlog.rule"]._drk_sync()
        return result

    def _drk_keeps_log(self):
        """Return whether entries of the field log outlive their person: never without a release."""
        self.ensure_one()
        releases_sudo = self.env["drk.log.release"].sudo()  # the answer tells nothing about people
        return bool(releases_sudo.search_count([("company_id", "=", self.id), ("state", "=", "released")], limit=1))
