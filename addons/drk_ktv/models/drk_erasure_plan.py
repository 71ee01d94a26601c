from odoo import api, models


class DrkErasurePlan(models.AbstractModel):
    """A withdrawn certificate says why, also when its words are gone."""

    _inherit = "drk.erasure.plan"

    @api.model
    def _special_values(self):
        reason = "CASE WHEN withdrawn_reason IS NOT NULL THEN '[gelöscht]' END"
        return super()._special_values() | {("drk.certificate", "withdrawn_reason"): reason}
