from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class DrkCashTransfer(models.TransientModel):
    """Money goes from the cash box to the bank or comes from there (Entnahme, Einlage)."""

    _name = "drk.cash.transfer"
    _description = "Cash Deposit or Withdrawal"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related="company_id.currency_id")
    journal_id = fields.Many2one(
        "account.journal",
        "Cash box",
        required=True,
        default=lambda self: self.env["drk.cash.closing"]._default_journal_id(),
        domain="[('drk_cash_kind', '=', 'cash'), ('company_id', '=', company_id)]",
    )
    direction = fields.Selection(
        [("out", "Out of the box, to the bank"), ("in", "Into the box, from the bank")], required=True, default="out"
    )
    amount = fields.Monetary(required=True)
    balance = fields.Monetary("In the box", compute="_compute_balance")
    date = fields.Date(required=True, default=fields.Date.context_today)
    text = fields.Char(required=True)

    @api.depends("journal_id")
    def _compute_balance(self):
        for wizard in self:
            seen = wizard.journal_id._filtered_access("read")
            wizard.balance = seen.sudo()._drk_balance() if seen else 0

    def action_transfer(self):
        """Book the transfer."""
        self._drk_transfer()
        return {"type": "ir.actions.act_window_close"}

    def _drk_transfer(self):
        """:return: ``account.move`` with all rights, or the :raise UserError: that says what is missing"""
        self.ensure_one()
        self.env["account.payment"]._drk_check_cashier(self.journal_id)
        if self.amount <= 0:
            raise UserError(self.env._("Please enter an amount."))
        if self.date > fields.Date.context_today(self):
            raise UserError(self.env._("A payment cannot lie in the future."))
        journal = self.journal_id.sudo()
        move = self.env["account.move"].sudo().with_company(journal.company_id)
        move = move.create(self._prepare_drk_move_vals(journal))
        move.action_post()
        return move

    def _prepare_drk_move_vals(self, journal):
        """Hook: the entry between the box and the account of money in transit (Geldtransit)."""
        transit = journal.company_id.transfer_account_id
        if not transit:
            raise UserError(self.env._("The association has no account for money in transit."))
        amount = self.amount if self.direction == "in" else -self.amount
        return {
            "move_type": "entry",
            "journal_id": journal.id,
            "date": self.date,
            "ref": self.text,
            "line_ids": [
                Command.create({"account_id": journal.default_account_id.id, "balance": amount, "name": self.text}),
                Command.create({"account_id": transit.id, "balance": -amount, "name": self.text}),
            ],
        }
