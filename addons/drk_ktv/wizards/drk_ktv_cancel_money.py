from odoo import api, fields, models


class DrkKtvCancel(models.TransientModel):
    """The office sees what the cancellation costs, and may waive it."""

    _inherit = "drk.ktv.cancel"  # pylint: disable=consider-merging-classes-inherited

    fee = fields.Monetary("Cancellation fee by rule", compute="_compute_fee")
    currency_id = fields.Many2one("res.currency", compute="_compute_fee")
    charge_fee = fields.Boolean("Charge the fee", default=True)

    @api.depends("registration_ids")
    def _compute_fee(self):
        for wizard in self:
            bookings = wizard.registration_ids._origin
            wizard.currency_id = bookings.company_id[:1].sudo().currency_id  # no more than a currency
            wizard.fee = sum(booking._drk_cancel_fee()[0] for booking in bookings)

    def action_cancel(self):
        self.ensure_one()
        return super(DrkKtvCancel, self.with_context(drk_waive_fee=not self.charge_fee)).action_cancel()
