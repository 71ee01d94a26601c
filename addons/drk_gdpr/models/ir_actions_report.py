from odoo import models


class IrActionsReport(models.Model):
    """Letters name the variables of the person: ``variables(o)['TNDSE_UA']``."""

    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        context = super()._get_rendering_context(report, docids, data)
        return {"variables": lambda record: record._drk_record_variables(), **context}
