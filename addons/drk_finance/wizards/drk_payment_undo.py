from odoo import fields, models


class DrkPaymentUndo(models.TransientModel):
    """Take a payment back by one the other way."""

    _name = "drk.payment.undo"
    _description = "Take a Payment Back"

    payment_id = fields.Many2one("account.payment", required=True, readonly=True)
    currency_id = fields.Many2one(related="payment_id.currency_id", related_sudo=False)
    amount = fields.Monetary(related="payment_id.amount", related_sudo=False)
    partner_id = fields.Many2one(related="payment_id.partner_id", string="Payer", related_sudo=False)
    reason = fields.Char(required=True)

    def action_undo(self):
        """Book the counter payment and print its receipt."""
        self.ensure_one()
        return self.payment_id._drk_undo(self.reason).action_drk_receipt()
