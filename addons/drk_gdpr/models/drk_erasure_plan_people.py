from odoo import api, models

from ..tools.erasure import PARTNER


class DrkErasurePlan(models.AbstractModel):
    _inherit = "drk.erasure.plan"

    @api.model
    def _special_values(self):
        return super()._special_values() | {(PARTNER, "drk_search_name"): "%(search_name)s"}
