from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .cash_common import CashCase


@tagged("post_install", "-at_install")
class TestOpenItems(CashCase):
    """What payers owe, by age."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.items = cls.env["drk.open.item"]

    def _owed(self, amount, days_ago, payer=None):
        charge = self._charge(amount, payer=payer or self.erika)
        charge._drk_invoice(date=self.today)
        line = charge.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        line.date_maturity = self.today - timedelta(days=days_ago)
        return charge

    def _of(self, user):
        return self._as(user, self.items).search([("company_id", "in", (self.association_a | self.association_b).ids)])

    def test_buckets(self):
        for days, amount in ((-5, 10), (0, 11), (1, 20), (30, 21), (31, 30), (60, 31), (61, 40), (90, 41), (91, 50)):
            self._owed(amount, days)
        groups = self._as(self.cashier_a, self.items)._read_group([], ["bucket"], ["amount:sum"])
        self.assertEqual(dict(groups), {"0": 21, "1": 41, "2": 61, "3": 81, "4": 50})
        oldest = self._as(self.cashier_a, self.items).search([("bucket", "=", "4")])
        self.assertEqual((oldest.days, oldest.amount), (91, 50))

    def test_sums_equal_the_ledger(self):
        self._owed(50, 3)
        self._collect(self._owed(30, 3))
        self._owed(70, 40, payer=self.firm)
        domain = [("account_id", "=", self.books_a["receivable"].id), ("parent_state", "=", "posted")]
        ledger = sum(self.env["account.move.line"].search(domain).mapped("balance"))
        self.assertEqual(sum(self._of(self.cashier_a).mapped("amount")), ledger)
        self.assertEqual(ledger, 120)

    def test_paid_items_disappear(self):
        charge = self._owed(50, 3)
        self.assertEqual(self._of(self.cashier_a).mapped("amount"), [50])
        self._collect(charge)
        self.assertFalse(self._of(self.cashier_a))

    def test_says_what_for(self):
        """The cashier reads what was sold, not the number of the invoice a second time."""
        self._owed(50, 3)
        self.assertEqual(self._of(self.cashier_a).text, "Erste-Hilfe-Kurs")

    def test_entry_by_hand_says_its_own_text(self):
        lines = [
            Command.create(
                {
                    "name": "Mahngebühr",
                    "account_id": self.books_a["receivable"].id,
                    "partner_id": self.erika.id,
                    "debit": 5,
                }
            ),
            Command.create({"name": "Bank", "account_id": self.books_a["bank"].id, "credit": 5}),
        ]
        self.env["account.move"].create({"journal_id": self.books_a["misc"].id, "line_ids": lines}).action_post()
        self.assertEqual(self._of(self.cashier_a).text, "Mahngebühr")

    def test_draft_is_no_open_item(self):
        self._charge(50)._drk_invoice(post=False)
        self.assertFalse(self._of(self.accountant_a))

    def test_items_of_a_payer(self):
        self._owed(50, 3)
        self._owed(70, 3, payer=self.firm)
        self.assertEqual(self._as(self.cashier_a, self.items)._drk_of_payer(self.firm).amount, 70)

    def test_roles(self):
        self._owed(50, 3)
        self._owed(70, 3, payer=self.erika_b)
        self.assertEqual(self._of(self.cashier_a).mapped("amount"), [50])
        self.assertEqual(self._of(self.accountant_a).mapped("amount"), [50])
        self.assertEqual(self._of(self.accountant_b).mapped("amount"), [70])
        with self.assertRaises(AccessError):
            self._of(self.employee)
        with self.assertRaises(AccessError):
            self._as(self.cashier_a, self._of(self.accountant_b)).read(["amount"])

    def test_number_of_queries_does_not_grow(self):
        for number in range(20):
            self._owed(10 + number, number)
        items = self._as(self.cashier_a, self.items)
        self.env.invalidate_all()
        items.web_search_read([], {"name": {}, "amount": {}, "partner_id": {"fields": {"display_name": {}}}})
        with self.assertQueryCount(8):
            items.env.invalidate_all()
            items.web_search_read([], {"name": {}, "amount": {}, "partner_id": {"fields": {"display_name": {}}}})
