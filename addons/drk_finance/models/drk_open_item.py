from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.lock import wait_for


class DrkOpenItem(models.Model):
    """What payers owe (offene Posten): each open receivable line with its age."""

    _name = "drk.open.item"
    _description = "Open Item"
    _auto = False
    _order = "due, id"

    name = fields.Char("Number", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice or entry", readonly=True)
    partner_id = fields.Many2one("res.partner", "Payer", readonly=True)
    company_id = fields.Many2one("res.company", "Association", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date = fields.Date(readonly=True)
    due = fields.Date(readonly=True)
    total = fields.Monetary("Original amount", readonly=True)
    amount = fields.Monetary("Open", readonly=True)
    text = fields.Char(readonly=True)
    days = fields.Integer("Days overdue", readonly=True, aggregator="max")
    bucket = fields.Selection(
        [
            ("0", "Not due yet"),
            ("1", "1 to 30 days overdue"),
            ("2", "31 to 60 days overdue"),
            ("3", "61 to 90 days overdue"),
            ("4", "More than 90 days overdue"),
        ],
        "Age",
        readonly=True,
    )

    @property
    def _table_query(self):
        self.env["account.move.line"].flush_model(
            [
                "account_id",
                "parent_state",
                "reconciled",
                "amount_residual",
                "balance",
                "date",
                "date_maturity",
                "move_name",
                "name",
                "ref",
            ]
        )
        today = fields.Date.context_today(self)
        return SQL(
            """
            SELECT line.id, line.move_name AS name, line.move_id, line.partner_id, line.company_id,
                   line.company_currency_id AS currency_id, line.date, item.due, line.balance AS total,
                   line.amount_residual AS amount, item.text,
                   GREATEST(%(today)s::date - item.due, 0) AS days,
                   CASE WHEN item.due >= %(today)s THEN '0'
                        WHEN item.due >= %(today)s::date - 30 THEN '1'
                        WHEN item.due >= %(today)s::date - 60 THEN '2'
                        WHEN item.due >= %(today)s::date - 90 THEN '3'
                        ELSE '4' END AS bucket
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id AND account.account_type = 'asset_receivable'
        CROSS JOIN LATERAL (
                SELECT COALESCE(line.date_maturity, line.date) AS due,
                       CASE WHEN line.display_type = 'payment_term'
                            THEN (SELECT sold.name FROM account_move_line sold
                                   WHERE sold.move_id = line.move_id AND sold.display_type = 'product'
                                ORDER BY sold.sequence, sold.id LIMIT 1)
                            ELSE COALESCE(line.ref, line.name) END AS text
             ) item
             WHERE line.parent_state = 'posted' AND line.reconciled IS NOT TRUE AND line.amount_residual <> 0
            """,
            today=today,
        )

    def action_collect(self):
        """Open the form that takes the money of these items."""
        return self.env["drk.collect"]._drk_open(items=self)

    def action_open_invoice(self):
        """Open the invoice; its own rights decide."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }

    def _drk_collect(self, journal, date=None):
        """Take the money of these items: one payment per payer, reconciled.

        :param journal: ``account.journal`` of a cash box or card terminal
        :return: ``account.payment``
        :raise UserError: when one of them is not open any more
        """
        payments = self.env["account.payment"]
        payments._drk_check_cashier(journal)
        lines = self._drk_lock_lines()
        amounts = {line: line.amount_residual_currency for line in lines}
        charges = self.env["drk.charge"].sudo().search([("move_id", "in", lines.move_id.ids)])
        return payments._drk_take(journal, amounts, date=date, charges=charges - charges._drk_collected())

    def _drk_lock_lines(self):
        """Return the receivable lines as they are after everybody else is done; who may see the item may have its money taken."""
        if len(self.search([("id", "in", self.ids)])) != len(self):
            raise UserError(self.env._("Nothing is open any more: it was paid already or cancelled."))
        lines = self.env["account.move.line"].sudo().browse(self.ids)
        wait_for(lines)
        return lines

    @api.model
    def _drk_of_payer(self, partner):
        """Return the open items of a payer, contact persons of a company included."""
        return self.search([("partner_id", "child_of", partner.commercial_partner_id.ids)])
