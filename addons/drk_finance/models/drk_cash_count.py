from odoo import api, fields, models


class DrkCashCount(models.Model):
    """So many coins or notes of one kind lay in the box (Zählprotokoll)."""

    _name = "drk.cash.count"
    _description = "Counted Coins and Notes"
    _order = "closing_id, denomination desc, id"

    closing_id = fields.Many2one("drk.cash.closing", "Daily closing", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="closing_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="closing_id.currency_id")
    denomination = fields.Monetary("Coin or note", required=True)
    number = fields.Integer("Pieces")
    amount = fields.Monetary(compute="_compute_amount")

    _number_positive = models.Constraint("CHECK(number >= 0 AND denomination > 0)", "A number cannot be negative.")

    @api.depends("denomination", "number")
    def _compute_amount(self):
        for line in self:
            line.amount = line.denomination * line.number

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.closing_id._drk_refuse_closed()
        return lines

    def write(self, vals):
        self.closing_id._drk_refuse_closed()
        result = super().write(vals)
        self.closing_id._drk_refuse_closed()  # nor moved into a closed one
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self.closing_id._drk_refuse_closed()
