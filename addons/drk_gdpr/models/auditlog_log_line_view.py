from odoo import fields, models


class AuditlogLogLineView(models.Model):
    """The field log as one list."""

    _inherit = "auditlog.log.line.view"

    drk_person_id = fields.Many2one("res.partner", string="Person")
    drk_company_id = fields.Many2one("res.company", string="Association")

    def _select_query(self):
        return f"{super()._select_query()}, alog.drk_person_id, alog.drk_company_id"
