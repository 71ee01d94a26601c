from odoo import api, models


class DrkRevenueKind(models.Model):
    _inherit = "drk.revenue.kind"

    @api.model
    def _drk_standard(self, company, code):
        """:return: the standard revenue kind of an association with this code, empty without one"""
        return self.search([("company_id", "=", company.id), ("code", "=", code)], limit=1)
