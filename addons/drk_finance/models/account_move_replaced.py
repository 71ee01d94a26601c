from odoo import api, models
from odoo.exceptions import AccessError

REPLACED = "drk_is_replaced"


class AccountMove(models.Model):
    """An invoice whose charges were invoiced anew stays given up."""

    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def default_get(self, fields_list):
        return super().default_get([name for name in fields_list if name != REPLACED])

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._drk_check_replaced(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._drk_check_replaced(vals)
        return super().write(vals)

    @api.model
    def _drk_check_replaced(self, vals):
        """Reset by hand, the flag would let the same charges be billed twice."""
        if REPLACED in vals and not self.env.su:
            raise AccessError(self.env._("Whether an invoice was invoiced anew cannot be entered."))
