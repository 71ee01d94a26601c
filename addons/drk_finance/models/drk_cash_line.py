from odoo import fields, models
from odoo.tools import SQL


class DrkCashLine(models.Model):
    """The cash book (Kassenbuch): each movement of a cash box or card terminal with the balance after it."""

    _name = "drk.cash.line"
    _description = "Cash Book Line"
    _auto = False
    _order = "date desc, id desc"

    name = fields.Char("Number", readonly=True)
    date = fields.Date(readonly=True)
    booked_at = fields.Datetime("Booked", readonly=True)
    text = fields.Char(readonly=True)
    partner_id = fields.Many2one("res.partner", "Payer", readonly=True)
    journal_id = fields.Many2one("account.journal", "Cash box", readonly=True)
    kind = fields.Selection(related="journal_id.drk_cash_kind", string="Paid by")
    company_id = fields.Many2one("res.company", "Association", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    move_id = fields.Many2one("account.move", "Entry", readonly=True)
    payment_id = fields.Many2one("account.payment", readonly=True)
    amount_in = fields.Monetary("Receipts", readonly=True)
    amount_out = fields.Monetary("Expenses", readonly=True)
    balance = fields.Monetary(readonly=True, aggregator=None)
    is_closed = fields.Boolean("Day closed", readonly=True)

    @property
    def _table_query(self):
        self.env["account.move.line"].flush_model(["account_id", "parent_state", "balance", "date", "partner_id"])
        self.env["account.move"].flush_model(["name", "ref", "origin_payment_id"])
        self.env["account.journal"].flush_model(["drk_cash_kind", "default_account_id"])
        self.env["drk.cash.closing"].flush_model(["journal_id", "day", "state"])
        return SQL(
            """
            SELECT line.id, move.name, line.date, move.create_date AS booked_at, COALESCE(move.ref, line.name) AS text,
                   line.partner_id, journal.id AS journal_id, line.company_id, line.company_currency_id AS currency_id,
                   line.move_id, move.origin_payment_id AS payment_id,
                   GREATEST(line.balance, 0) AS amount_in, GREATEST(-line.balance, 0) AS amount_out,
                   SUM(line.balance) OVER (
                       PARTITION BY journal.id ORDER BY line.date, line.id
                   ) AS balance,
                   line.date <= closed.day AND closed.day IS NOT NULL AS is_closed
              FROM account_journal journal
              JOIN account_move_line line
                ON line.account_id = journal.default_account_id AND line.company_id = journal.company_id
               AND line.parent_state = 'posted'
              JOIN account_move move ON move.id = line.move_id
         LEFT JOIN (SELECT journal_id, MAX(day) AS day FROM drk_cash_closing WHERE state = 'closed' GROUP BY journal_id) closed
                ON closed.journal_id = journal.id
             WHERE journal.drk_cash_kind IS NOT NULL
            """
        )

    def action_receipt(self):
        """Print the receipt of this movement."""
        return self.payment_id.action_drk_receipt()

    def action_undo(self):
        """Take this payment back."""
        return self.payment_id.action_drk_undo()
