from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    """The list of participants goes with the invoice."""

    _inherit = "account.move.send"

    @api.model
    def _get_invoice_extra_attachments(self, move):
        # sudo: who may send the invoice may send its list
        return super()._get_invoice_extra_attachments(move) | move.sudo().drk_participant_list_id.sudo(False)
