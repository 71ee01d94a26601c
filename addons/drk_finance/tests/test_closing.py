from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .cash_common import CashCase


@tagged("post_install", "-at_install")
class TestClosing(CashCase):
    """The day at the cash box ends: counted, compared, locked."""

    def _close(self, counted, **vals):
        closing = self._closing(counted, **vals)
        closing._drk_close()
        return closing

    def test_figures(self):
        self._transfer(100, date=self.yesterday)
        self._collect(self._charge(50))
        self._transfer(30, "out")
        closing = self._closing(120)
        self.assertEqual(
            (closing.opening, closing.total_in, closing.total_out, closing.expected, closing.difference),
            (100, 50, 30, 120, 0),
        )

    def test_sums_equal_the_ledger(self):
        """Closing, payments and general ledger say the same."""
        self._transfer(100, date=self.yesterday)
        payments = self._collect(self._charge(50) | self._charge(35, payer=self.firm))
        self._collect(self._charge(20), self.card)
        payments |= self._as(self.cashier_a, payments.filtered(lambda payment: payment.amount == 50))._drk_undo(
            "Irrtum"
        )
        closing = self._close(135)
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.cash.default_account_id.id), ("parent_state", "=", "posted")]
        )
        self.assertEqual(closing.closed_balance, sum(lines.mapped("balance")))
        self.assertEqual(closing.total_in - closing.total_out, sum(payments.mapped("amount_signed")))
        book = self.env["drk.cash.line"].search([("journal_id", "=", self.cash.id)], limit=1)
        self.assertEqual(book.balance, closing.closed_balance)
        rows = closing._drk_report_rows()
        self.assertEqual(rows[-1]["balance"], closing.closed_balance)
        self.assertEqual(sum(row["amount_in"] for row in rows), closing.total_in)

    def test_difference_is_booked_with_its_reason(self):
        self._transfer(100)
        closing = self._closing(95)
        with self.assertRaisesRegex(UserError, "state the reason"), self.env.cr.savepoint():
            closing._drk_close()
        closing.reason = "Wechselgeld falsch herausgegeben"
        closing._drk_close()
        self.assertEqual((closing.closed_balance, self.cash._drk_balance()), (95, 95))
        loss = closing.difference_move_id.line_ids.filtered(lambda line: line.account_id == self.books_a["loss"])
        self.assertEqual(loss.balance, 5)
        self.assertEqual((closing.expected, closing.difference), (100, -5))

    def test_surplus_has_a_sphere(self):
        self._transfer(100)
        closing = self._close(101, reason="Trinkgeld")
        gain = closing.difference_move_id.line_ids.filtered(lambda line: line.account_id == self.books_a["gain"])
        self.assertEqual(gain.balance, -1)
        self.assertTrue(gain.analytic_distribution)

    def test_coins_are_added_up(self):
        closing = self._closing(0)
        closing.count_ids = [
            Command.create({"denomination": 20, "number": 3}),
            Command.create({"denomination": 0.5, "number": 5}),
        ]
        self.assertEqual(closing.counted, 62.5)

    def test_default_count_lists_all_coins(self):
        closing = self._as(self.cashier_a, self.env["drk.cash.closing"]).create({})
        self.assertEqual(len(closing.count_ids), 14)
        self.assertEqual(closing.journal_id, self.cash)

    # ------------------------------------------------------------------ lock
    def test_closed_day_takes_no_payment(self):
        self._transfer(100)
        self._close(100)
        for day in (self.today, self.yesterday):
            with self.assertRaisesRegex(UserError, "is closed up to"), self.env.cr.savepoint():
                self._collect(self._charge(50), date=day)

    def test_closed_day_keeps_the_card_terminal_open(self):
        self._close(0)
        self.assertTrue(self._collect(self._charge(50), self.card))

    def test_next_day_is_open(self):
        self._transfer(100, date=self.yesterday)
        self._close(100, day=self.yesterday)
        self.assertTrue(self._collect(self._charge(50)))

    def _entry(self, date, account, journal="misc"):
        """A journal entry of the accountant from ``account`` to money in transit."""
        return self._as(self.accountant_a, self.env["account.move"]).create(
            {
                "journal_id": self.books_a[journal].id,
                "date": date,
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": 10}),
                    Command.create({"account_id": self.books_a["transit"].id, "balance": -10}),
                ],
            }
        )

    def test_closed_day_takes_no_entry_of_another_journal(self):
        self._close(0)
        entry = self._entry(self.today, self.cash.default_account_id)
        with self.assertRaisesRegex(UserError, "is closed up to"):
            entry.action_post()

    def test_posted_line_cannot_be_moved_into_a_closed_day(self):
        entry = self._entry(self.today, self.books_a["bank"])
        entry.action_post()
        self._close(0)
        with self.assertRaisesRegex(UserError, "is closed up to"):
            entry.line_ids[0].account_id = self.cash.default_account_id

    def test_posted_entry_cannot_leave_or_change_a_closed_day(self):
        entry = self._entry(self.today, self.cash.default_account_id)
        entry.action_post()
        self._close(10)
        for attempt in (
            entry.button_draft,
            entry.button_cancel,
            lambda: entry.write({"state": "draft"}),
            lambda: entry.with_context(skip_readonly_check=True).write({"date": self.today + timedelta(days=1)}),
            lambda: entry.line_ids[0].write({"account_id": self.books_a["bank"].id}),
            lambda: entry.write({"line_ids": [Command.update(entry.line_ids[0].id, {"balance": 5})]}),
            lambda: entry.line_ids.unlink(),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attempt()
        self.assertEqual(self.cash._drk_balance(), 10)

    def test_entry_of_another_journal_in_the_cash_book_stays(self):
        entry = self._entry(self.today, self.cash.default_account_id)
        entry.action_post()
        for attempt in (entry.button_draft, lambda: entry.write({"state": "draft"})):
            with self.assertRaisesRegex(UserError, "stands in a cash book"), self.env.cr.savepoint():
                attempt()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            entry.unlink()
        other = self._entry(self.today, self.books_a["bank"])
        other.action_post()
        other.button_draft()
        self.assertEqual((entry.state, other.state), ("posted", "draft"))

    def test_payment_of_a_closed_day_is_taken_back_on_the_next(self):
        charge = self._charge(50)
        payment = self._collect(charge, date=self.yesterday)
        self._close(50, day=self.yesterday)
        counter = self._as(self.cashier_a, payment)._drk_undo("Irrtum")
        self.assertEqual(counter.date, self.today)
        self.assertEqual(charge.state, "invoiced")

    def test_closed_closing_stays(self):
        closing = self._close(0)
        for user in (self.cashier_a, self.accountant_a):
            record = self._as(user, closing)
            for attempt in (
                lambda record=record: record.write({"state": "draft"}),
                lambda record=record: record.write({"counted": 5}),
                lambda record=record: record._drk_close(),
                lambda record=record: record.unlink(),
                lambda record=record: record.count_ids.create(
                    {"closing_id": record.id, "denomination": 5, "number": 1}
                ),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    attempt()
        with self.assertRaises(UserError):
            closing.sudo().unlink()

    def test_state_cannot_be_set_by_hand(self):
        closing = self._closing(0)
        with self.assertRaises(UserError):
            closing.write({"state": "closed"})
        with self.assertRaises(UserError):
            closing.create({"journal_id": self.cash.id, "day": self.yesterday, "state": "closed"})

    def test_defaults_close_no_day(self):
        self._as(self.cashier_a, self.env["ir.default"]).set("drk.cash.closing", "closed_balance", 5.0, user_id=True)
        closings = self._as(self.cashier_a, self.env["drk.cash.closing"])
        closing = closings.with_context(default_state="closed", default_closed_by_id=self.accountant_a.id).create(
            {"journal_id": self.cash.id}
        )
        self.assertEqual((closing.state, closing.closed_balance), ("draft", 0))
        self.assertFalse(closing.closed_by_id)

    def test_count_cannot_move_into_a_closed_closing(self):
        closed = self._close(0, day=self.yesterday)
        closing = self._closing(0)
        closing.count_ids = [Command.create({"denomination": 5, "number": 1})]
        with self.assertRaisesRegex(UserError, "closed day"), self.env.cr.savepoint():
            closing.count_ids.write({"closing_id": closed.id})
        self.assertFalse(closed.count_ids.filtered("number"))

    def test_days_in_order(self):
        self._close(0)
        with self.assertRaisesRegex(ValidationError, "closed up to"):
            self._closing(0, day=self.yesterday)
        with self.assertRaisesRegex(ValidationError, "when it is over"):
            self._closing(0, day=self.today + timedelta(days=1))

    def test_only_a_cash_box_is_closed(self):
        with self.assertRaisesRegex(ValidationError, "Only a cash box"):
            self._closing(0).journal_id = self.card

    # ------------------------------------------------------------------ cash
    def test_withdrawal_needs_the_money(self):
        self._transfer(100)
        with self.assertRaisesRegex(UserError, "not so much cash"), self.env.cr.savepoint():
            self._transfer(100.01, "out")
        self._transfer(100, "out")
        self.assertEqual(self.cash._drk_balance(), 0)

    def test_earlier_withdrawal_needs_the_money_of_that_day(self):
        self._transfer(100)
        with self.assertRaisesRegex(UserError, "not so much cash"):
            self._transfer(50, "out", date=self.yesterday)

    def test_transfer_goes_through_transit(self):
        move = self._transfer(100)
        self.assertEqual(move.line_ids.account_id, self.cash.default_account_id | self.books_a["transit"])
        self.assertEqual(move.journal_id, self.cash)

    def test_transfer_checks_its_input(self):
        with self.assertRaisesRegex(UserError, "enter an amount"):
            self._transfer(-5)
        with self.assertRaisesRegex(UserError, "future"):
            self._transfer(5, date=self.today + timedelta(days=1))

    # ------------------------------------------------------------------ roles
    def test_roles(self):
        closing = self._closing(0)
        for user in (self.employee, self.cashier_b, self.accountant_b):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._as(user, closing)._drk_close()
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._as(user, closing).read(["expected"])
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self._as(user, self.env["drk.cash.transfer"]).create(
                    {"journal_id": self.cash.id, "direction": "in", "amount": 5, "text": "x"}
                )._drk_transfer()

    def test_figures_of_a_foreign_box_are_hidden(self):
        self._transfer(100)
        wizard = self._as(self.cashier_b, self.env["drk.cash.transfer"]).new({"journal_id": self.cash.id})
        self.assertFalse(wizard.balance)
        closing = self._as(self.cashier_b, self.env["drk.cash.closing"]).new({"journal_id": self.cash.id})
        self.assertFalse(closing.expected)

    def test_cash_book_of_the_own_association(self):
        self._transfer(100)
        self._transfer(70, user=self.cashier_b)
        for user, balance in ((self.cashier_a, 100), (self.cashier_b, 70), (self.accountant_a, 100)):
            self.assertEqual(self._as(user, self.env["drk.cash.line"]).search([]).mapped("balance"), [balance])
        with self.assertRaises(AccessError):
            self._as(self.employee, self.env["drk.cash.line"]).search([])

    def test_running_balance_does_not_depend_on_the_filter(self):
        self._transfer(100, date=self.yesterday)
        self._collect(self._charge(50))
        today = self.env["drk.cash.line"].search([("date", "=", self.today), ("journal_id", "=", self.cash.id)])
        self.assertEqual(today.balance, 150)

    def test_closed_lines_are_marked(self):
        self._transfer(100, date=self.yesterday)
        self._close(100, day=self.yesterday)
        self._transfer(10)
        book = self.env["drk.cash.line"].search([("journal_id", "=", self.cash.id)], order="date, id")
        self.assertEqual(book.mapped("is_closed"), [True, False])
