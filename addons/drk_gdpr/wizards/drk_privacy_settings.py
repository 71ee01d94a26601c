from odoo import api, fields, models


class DrkPrivacySettings(models.TransientModel):
    """The settings of data protection of the own association, for the officer who may not edit the association itself."""

    _name = "drk.privacy.settings"
    _description = "Settings of Data Protection"

    company_id = fields.Many2one("res.company", string="Association", required=True, readonly=True)
    drk_field_log = fields.Boolean(string="Field log")
    keeps_log = fields.Boolean(string="Keep log entries of deleted people", compute="_compute_keeps_log")
    rule_ids = fields.Many2many("drk.consent.rule", string="Automatic information")

    @api.model
    def _get_company_fields(self):
        """Hook: the fields of the association that stand on this page under the same name."""
        return ["drk_field_log"]

    @api.depends("company_id")
    def _compute_keeps_log(self):
        for settings in self:
            settings.keeps_log = bool(settings.company_id) and settings.company_id._drk_keeps_log()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        company = self.env.company
        values |= {name: company[name] for name in self._get_company_fields() if name in fields_list}
        if "company_id" in fields_list:
            values["company_id"] = company.id
        if "rule_ids" in fields_list:
            values["rule_ids"] = [fields.Command.set(self.env["drk.consent.rule"]._of_association(company).ids)]
        return values

    def action_save(self):
        """Store the settings on the own association (the rules were stored with this page)."""
        self.ensure_one()
        company_sudo = self.env.company.sudo()  # exactly these fields, for the officer (access rights of this page)
        changed = {name: self[name] for name in self._get_company_fields() if company_sudo[name] != self[name]}
        if changed:
            company_sudo.write(changed)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_log_releases(self):
        """Open requests and releases to keep log entries."""
        return self.env["ir.actions.act_window"]._for_xml_id("drk_gdpr.drk_log_release_action")
