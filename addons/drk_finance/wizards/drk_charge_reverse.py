from odoo import fields, models


class DrkChargeReverse(models.TransientModel):
    """Take charges back with a reason: open ones become void, invoiced ones get a credit note."""

    _name = "drk.charge.reverse"
    _description = "Take charges back"

    charge_ids = fields.Many2many("drk.charge", required=True, default=lambda self: self._default_charge_ids())
    reason = fields.Char(required=True)
    settlement = fields.Selection(
        [("credit", "Set off against what the payer owes"), ("refund", "Pay back")],
        required=True,
        default="credit",
        help="What becomes of money that was paid already.",
    )

    def _default_charge_ids(self):
        ids = self.env.context.get("active_ids") if self.env.context.get("active_model") == "drk.charge" else []
        return self.env["drk.charge"].browse(ids or [])

    def action_reverse(self):
        """Take the charges back and show the credit notes."""
        self.ensure_one()
        self.charge_ids.check_access("write")
        counters = self.charge_ids._drk_reverse(self.reason, self.settlement)
        moves = counters._drk_invoice()
        return moves._drk_action() if moves else {"type": "ir.actions.act_window_close"}
