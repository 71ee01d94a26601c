from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

UNPOSTED = {"draft", "cancel"}
#: What changes the money of an account; a reconciliation writes none of these.
MONEY = {"account_id", "move_id", "balance", "debit", "credit", "amount_currency", "date"}


class AccountMove(models.Model):
    """What was once in the cash book stays there (GoBD, AO § 146(4)): closed days are locked, cash is never negative."""

    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    def _check_fiscal_lock_dates(self):
        result = super()._check_fiscal_lock_dates()
        self._drk_check_closed_days()
        return result

    def _drk_check_cash(self):
        """What is posted now respects the cash boxes that it touches."""
        posted = self.filtered(lambda move: move.state == "posted")
        posted._drk_check_closed_days()
        posted._drk_check_cash_not_negative()

    def write(self, vals):
        if vals.get("state") in UNPOSTED:
            self._drk_refuse_undoing()
        result = super().write(vals)
        if vals.keys() & {"state", "date", "journal_id"}:
            self._drk_check_cash()
        return result

    def button_draft(self):
        self._drk_refuse_undoing()
        return super().button_draft()

    @api.ondelete(at_uninstall=False)
    def _drk_unlink_except_cash(self):
        # A draft of its own accord may go, what had a number may not.
        self.filtered("posted_before")._drk_refuse_undoing(states={"posted", *UNPOSTED})

    def _drk_refuse_undoing(self, states=("posted",)):
        accounts = self._drk_cash_journals().default_account_id
        moves = self.sudo().filtered(
            lambda move: move.state in states and (move.journal_id.drk_cash_kind or move.line_ids.account_id & accounts)
        )
        if moves:
            raise UserError(
                self.env._(
                    "%s stands in a cash book: it cannot be changed or deleted. Take the payment back by a counter payment.",
                    moves[0].name or moves[0].display_name,
                )
            )

    def _drk_cash_journals(self):
        """Return the cash boxes and card terminals whose money these entries move."""
        accounts = self.sudo().line_ids.account_id
        if not accounts:
            return self.env["account.journal"].sudo()
        domain = [("drk_cash_kind", "!=", False), ("company_id", "in", self.sudo().company_id.ids)]
        journals = self.env["account.journal"].sudo().with_context(active_test=False).search(domain)
        used = self.sudo().journal_id
        return journals.filtered(lambda journal: journal in used or journal.default_account_id in accounts)

    def _drk_check_closed_days(self):
        """:raise UserError: when one of these entries touches the money of a day that is closed"""
        journals = self._drk_cash_journals()
        if not journals:
            return
        journals._drk_touch()
        closed = journals._drk_closed_until()
        for move in self.sudo():
            for journal, day in closed.items():
                touches = move.journal_id == journal or journal.default_account_id in move.line_ids.account_id
                if touches and move.date <= day:
                    raise UserError(
                        self.env._(
                            "%(journal)s is closed up to %(day)s: no entry of that time can be added or changed.",
                            journal=journal.name,
                            day=format_date(self.env, day),
                        )
                    )

    def _drk_check_cash_not_negative(self):
        """:raise UserError: when one of these entries takes more cash than there is"""
        boxes = self._drk_cash_journals().filtered(lambda journal: journal.drk_cash_kind == "cash")
        paid = self.sudo().line_ids.filtered(
            lambda line: line.balance < 0 and line.account_id in boxes.default_account_id
        )
        if not paid:
            return
        self.env.flush_all()
        account = self._drk_overdrawn(paid.account_id, min(paid.mapped("date")))
        if account:
            box = boxes.filtered(lambda journal: journal.default_account_id.id == account)[:1]
            raise UserError(self.env._("There is not so much cash in %s.", box.name))

    def _drk_overdrawn(self, accounts, since):
        """Return the id of an account that is negative at the end of one of these days, or None."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT account_id FROM (
                    SELECT line.account_id, line.date, currency.rounding,
                           SUM(SUM(line.balance)) OVER (PARTITION BY line.account_id ORDER BY line.date) AS running
                      FROM account_move_line line
                      JOIN res_company company ON company.id = line.company_id
                      JOIN res_currency currency ON currency.id = company.currency_id
                     WHERE line.account_id IN %s AND line.parent_state = 'posted'
                  GROUP BY line.account_id, line.date, currency.rounding
                ) days
                 WHERE date >= %s AND running <= -rounding / 2
                 LIMIT 1
                """,
                tuple(accounts.ids),
                since,
            )
        )
        return rows[0][0] if rows else None


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._drk_check_cash()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & MONEY:
            self._drk_check_cash()
        return result

    def _drk_check_cash(self):
        """A posted line that comes onto the account of a cash box counts like a new entry of that box."""
        self.move_id.filtered(lambda move: move.state == "posted")._drk_check_cash()
