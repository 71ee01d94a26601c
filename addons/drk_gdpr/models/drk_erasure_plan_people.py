from odoo import api, models

from ..tools.erasure import PARTNER


class DrkErasurePlan(models.AbstractModel):
    """The search term has a symbol of its own (K-4.8-17)."""

    _inherit = "drk.erasure.plan"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _special_values(self):
        return super()._special_values() | {(PARTNER, "drk_search_name"): "%(search_name)s"}
