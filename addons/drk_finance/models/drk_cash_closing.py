from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date, format_datetime

#: What only closing itself writes.
INTERNAL = {"state", "closed_balance", "closed_at", "closed_by_id", "difference_move_id"}
#: EUR, what a German cash box holds
DENOMINATIONS = (200, 100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)


class DrkCashClosing(models.Model):
    """The end of a day at the cash box (Tagesabschluss): counted, compared with the books, locked."""

    _name = "drk.cash.closing"
    _description = "Daily Closing"
    _inherit = ["drk.association.mixin"]
    _order = "day desc, id desc"
    _rec_name = "day"

    journal_id = fields.Many2one(
        "account.journal",
        "Cash box",
        required=True,
        index=True,
        check_company=True,
        default=lambda self: self._default_journal_id(),
        domain="[('drk_cash_kind', '=', 'cash'), ('company_id', '=', company_id)]",
        ondelete="restrict",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    day = fields.Date(required=True, default=fields.Date.context_today)
    state = fields.Selection([("draft", "Open"), ("closed", "Closed")], default="draft", required=True, readonly=True)
    opening = fields.Monetary("Opening balance", compute="_compute_figures")
    total_in = fields.Monetary("Receipts", compute="_compute_figures")
    total_out = fields.Monetary("Expenses", compute="_compute_figures")
    expected = fields.Monetary("Balance by the books", compute="_compute_figures")
    difference = fields.Monetary(compute="_compute_difference")
    counted = fields.Monetary(compute="_compute_counted", store=True, readonly=False, precompute=True)
    count_ids = fields.One2many(
        "drk.cash.count", "closing_id", "Coins and notes", default=lambda self: self._default_count_ids()
    )
    reason = fields.Char("Reason for the difference")
    difference_move_id = fields.Many2one("account.move", "Entry of the difference", readonly=True, copy=False)
    closed_balance = fields.Monetary("Balance when closed", readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", "Closed by", readonly=True, copy=False)

    _day_once = models.UniqueIndex("(journal_id, day)", "There is a closing of this cash box for this day already.")

    @api.model
    def _default_journal_id(self):
        domain = [("drk_cash_kind", "=", "cash"), ("company_id", "=", self.env.company.id)]
        return self.env["account.journal"].search(domain, limit=1)

    @api.model
    def _default_count_ids(self):
        return [Command.create({"denomination": value, "number": 0}) for value in DENOMINATIONS]

    @api.depends("day")
    def _compute_display_name(self):
        for closing in self:
            closing.display_name = f"{closing.journal_id.sudo().name} {format_date(self.env, closing.day)}"

    @api.depends("count_ids.number", "count_ids.denomination")
    def _compute_counted(self):
        for closing in self:
            if any(closing.count_ids.mapped("number")):
                closing.counted = sum(line.denomination * line.number for line in closing.count_ids)
            else:
                closing.counted = closing.counted  # typed in

    @api.depends("journal_id", "day", "difference_move_id", "state")
    def _compute_figures(self):
        for closing in self:
            if not closing.day or not closing.journal_id._filtered_access("read"):
                closing.opening = closing.total_in = closing.total_out = closing.expected = 0
                continue
            closing.opening = closing.journal_id.sudo()._drk_balance(closing.day - timedelta(days=1))
            lines = closing._drk_lines() - closing.sudo().difference_move_id.line_ids
            closing.total_in = sum(line.balance for line in lines if line.balance > 0)
            closing.total_out = -sum(line.balance for line in lines if line.balance < 0)
            closing.expected = closing.opening + closing.total_in - closing.total_out

    @api.depends("counted", "expected")
    def _compute_difference(self):
        for closing in self:
            currency = closing.currency_id or self.env.company.currency_id
            closing.difference = currency.round(closing.counted - closing.expected)

    @api.constrains("journal_id")
    def _check_journal(self):
        for closing in self:
            if closing.journal_id.sudo().drk_cash_kind != "cash":
                raise ValidationError(self.env._("Only a cash box has a daily closing."))

    @api.constrains("day")
    def _check_day(self):
        for closing in self.filtered(lambda closing: closing.state == "draft"):
            if closing.day > fields.Date.context_today(self):
                raise ValidationError(self.env._("A day is closed when it is over, not before."))
            last = closing.journal_id.sudo()._drk_closed_until().get(closing.journal_id)
            if last and closing.day <= last:
                raise ValidationError(
                    self.env._("The cash box is closed up to %s already.", format_date(self.env, last))
                )

    @api.model
    def default_get(self, fields):
        """Neither the context nor a default of the user closes a day."""
        defaults = super().default_get([name for name in fields if name not in INTERNAL])
        return defaults | ({"state": "draft"} if "state" in fields else {})

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._drk_refuse_internal(vals)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:  # closing itself and what the law on erasure demands later
            self._drk_refuse_closed()
            self._drk_refuse_internal(vals)
        return super().write(vals)

    def _drk_refuse_internal(self, vals):
        if not self.env.su and vals.keys() & INTERNAL:
            raise UserError(self.env._("A day is closed with the button only."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._drk_refuse_closed()

    def _drk_refuse_closed(self):
        if any(closing.state == "closed" for closing in self):
            raise UserError(self.env._("A closed day cannot be changed."))

    def _drk_lines(self):
        """Return the movements of the day, in the order of the cash book."""
        self.ensure_one()
        domain = [
            ("account_id", "=", self.journal_id.sudo().default_account_id.id),
            ("company_id", "=", self.company_id.id),
            ("parent_state", "=", "posted"),
            ("date", "=", self.day),
        ]
        return self.env["account.move.line"].sudo().search(domain, order="date, id")

    # ------------------------------------------------------------------
    # closing
    # ------------------------------------------------------------------
    def action_close(self):
        """Close the day and print the cash report."""
        self._drk_close()
        return self.action_report()

    def action_report(self):
        """Print the cash report (Kassenbericht)."""
        self.check_access("read")
        return self.env.ref("drk_finance.report_cash").report_action(self, config=False)

    def _drk_close(self):
        """Book the difference and lock the days up to this one.

        :raise AccessError: when the user is no cashier of this association
        :raise UserError: when the count differs and nobody says why
        """
        for closing in self:
            self.env["account.payment"]._drk_check_cashier(closing.journal_id)
            closing.check_access("write")
            closing._drk_refuse_closed()
            closing._check_day()
            closing.sudo()._drk_close_one(self.env.user)

    def _drk_close_one(self, user):
        self.journal_id._drk_touch()  # a payment at the same moment comes before this or not at all
        self.invalidate_recordset(["opening", "total_in", "total_out", "expected", "difference"])
        if not self.currency_id.is_zero(self.difference):
            self._drk_book_difference()
        self.write(
            {
                "state": "closed",
                "closed_balance": self.journal_id._drk_balance(self.day),
                "closed_at": fields.Datetime.now(),
                "closed_by_id": user.id,
            }
        )

    def _drk_book_difference(self):
        if not (self.reason or "").strip():
            raise UserError(self.env._("The counted amount differs from the books. Please state the reason."))
        move = self.env["account.move"].with_company(self.company_id).create(self._prepare_drk_difference_vals())
        move.action_post()
        self.difference_move_id = move

    def _prepare_drk_difference_vals(self):
        """Hook: the entry that takes a surplus or shortage of the box into the books."""
        journal, amount = self.journal_id, self.difference
        account = journal.profit_account_id if amount > 0 else journal.loss_account_id
        if not account:
            raise UserError(self.env._("%s has no account for differences. Please ask the accountant.", journal.name))
        company = self.company_id
        # A difference has no revenue kind: what courses take in cash belongs to the purpose of the association.
        sphere = company.drk_sphere_id or company._drk_sphere("business_exempt")
        distribution = {str(sphere.id): 100.0} if sphere else False
        text = self.env._(
            "Cash difference of %(day)s: %(reason)s", day=format_date(self.env, self.day), reason=self.reason
        )
        return {
            "move_type": "entry",
            "journal_id": journal.id,
            "date": self.day,
            "ref": text,
            "line_ids": [
                Command.create({"account_id": journal.default_account_id.id, "balance": amount, "name": text}),
                Command.create(
                    {"account_id": account.id, "balance": -amount, "name": text, "analytic_distribution": distribution}
                ),
            ],
        }

    def _drk_report_filename(self):
        return self.env._("Cash report %s", self.day).replace("/", "-")

    def _drk_report_closed(self):
        """Return when the day was closed, as text; empty for an open one."""
        return format_datetime(self.env, self.closed_at, dt_format="short") if self.state == "closed" else ""

    def _drk_report_rows(self):
        """Return the movements of the day for the cash report.

        :return: list of dict: number, time, text, amount_in, amount_out, balance
        """
        self.check_access("read")
        balance, rows = self.opening, []
        for line in self._drk_lines():
            balance += line.balance
            rows.append(
                {
                    "number": line.move_id.name,
                    "time": format_datetime(self.env, line.move_id.create_date, dt_format="HH:mm"),
                    "text": " · ".join(filter(None, (line.partner_id.name, line.move_id.ref or line.name))),
                    "amount_in": max(line.balance, 0),
                    "amount_out": max(-line.balance, 0),
                    "balance": balance,
                }
            )
        return rows
