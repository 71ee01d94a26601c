from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .cash_common import CashCase


@tagged("post_install", "-at_install")
class TestCollect(CashCase):
    """Money is taken at the desk or in class."""

    def test_set_up_is_complete_and_happens_once(self):
        before = self.env["account.journal"].search_count([])
        (self.association_a | self.association_b)._drk_finance_setup()
        self.assertEqual(self.env["account.journal"].search_count([]), before)
        self.assertEqual(self.cash.type, "cash")
        self.assertEqual(self.card.type, "bank")
        methods = (self.cash | self.card).mapped("inbound_payment_method_line_ids")
        self.assertEqual(methods.payment_account_id, (self.cash | self.card).default_account_id)

    def test_association_without_chart_gets_no_cash_box(self):
        bare = self._create_association("Ortsverein ohne Bücher", "OOB", "base.state_de_nw")
        bare._drk_finance_setup()
        self.assertFalse(self.env["account.journal"].sudo().search([("company_id", "=", bare.id)]))

    def test_cashier_collects_an_open_charge(self):
        charge = self._charge(50)
        payment = self._collect(charge)
        self.assertEqual(charge.state, "paid")
        self.assertEqual(payment.state, "paid")
        self.assertEqual(payment.amount, 50)
        self.assertEqual(charge.move_id.payment_state, "paid")
        self.assertEqual(self.cash._drk_balance(), 50)

    def test_card_payment_is_paid_at_once(self):
        charge = self._invoiced(30)
        payment = self._collect(charge, self.card)
        self.assertEqual((charge.state, payment.state), ("paid", "paid"))
        self.assertEqual(self.card._drk_balance(), 30)
        self.assertEqual(self.cash._drk_balance(), 0)

    def test_one_payment_per_payer(self):
        other = self._payer("Max", "Beispiel")
        charges = self._charge(20) | self._charge(30) | self._charge(40, payer=other)
        payments = self._collect(charges)
        self.assertEqual(sorted(payments.mapped("amount")), [40, 50])
        self.assertEqual(set(charges.mapped("state")), {"paid"})

    def test_nothing_is_collected_twice(self):
        charge = self._charge(50)
        self._collect(charge)
        with self.assertRaisesRegex(UserError, "Nothing is open"):
            self._collect(charge)
        self.assertEqual(self.cash._drk_balance(), 50)

    def test_void_charge_is_not_collected(self):
        charge = self._charge(50)
        charge._drk_reverse("Irrtum")
        with self.assertRaisesRegex(UserError, "Nothing is open"):
            self._collect(charge)

    def test_share_of_a_collective_invoice(self):
        charges = (
            self._charge(60, payer=self.firm) | self._charge(60, payer=self.firm) | self._charge(60, payer=self.firm)
        )
        charges._drk_invoice()
        payment = self._collect(charges[0])
        self.assertEqual(payment.amount, 60)
        self.assertEqual(charges.move_id.amount_residual, 120)
        with self.assertRaisesRegex(UserError, "Nothing is open"):
            self._collect(charges[0])
        self.assertEqual(self._collect(charges[1:]).amount, 120)
        self.assertEqual(set(charges.mapped("state")), {"paid"})

    def test_partly_paid_invoice(self):
        charge = self._invoiced(50)
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=charge.move_id.ids
        )
        vals = {"amount": 20, "journal_id": self.books_a["bank_journal"].id, "payment_difference_handling": "open"}
        method = self.books_a["bank_journal"].inbound_payment_method_line_ids[:1]
        method.payment_account_id = self.books_a["bank"]
        register.create({**vals, "payment_method_line_id": method.id})._create_payments()
        self.assertEqual(self._collect(charge).amount, 30)
        self.assertEqual(charge.state, "paid")

    def test_money_back_is_paid_out(self):
        charge = self._charge(50)
        self._collect(charge)
        counter = charge._drk_reverse("Kurs fällt aus", "refund")
        payment = self._collect(counter)
        self.assertEqual((payment.payment_type, payment.amount), ("outbound", 50))
        self.assertEqual(counter.state, "paid")
        self.assertEqual(self.cash._drk_balance(), 0)

    def test_more_cash_than_there_is_cannot_be_paid_out(self):
        charge = self._charge(50)
        self._collect(charge, self.card)
        counter = charge._drk_reverse("Kurs fällt aus", "refund")
        with self.assertRaisesRegex(UserError, "not so much cash"):
            self._collect(counter)

    def test_future_payment_is_refused(self):
        with self.assertRaisesRegex(UserError, "future"):
            self._collect(self._charge(50), date=self.today.replace(year=self.today.year + 1))

    def test_only_a_cash_desk_takes_money(self):
        with self.assertRaisesRegex(UserError, "cash box"):
            self._collect(self._charge(50), self.books_a["bank_journal"], user=self.accountant_a)

    # ------------------------------------------------------------------ roles
    def test_employee_cannot_collect(self):
        with self.assertRaises(AccessError):
            self._collect(self._charge(50), user=self.employee)

    def test_cashier_of_another_association_cannot_collect(self):
        charge = self._charge(50)
        with self.assertRaises(AccessError):
            self._collect(charge, self.cash_b, user=self.cashier_b)
        with self.assertRaises(AccessError):
            self._collect(charge, self.cash, user=self.cashier_b)

    def test_cash_box_of_another_association_is_refused(self):
        with self.assertRaises(AccessError):
            self._collect(self._charge(50), self.cash_b)
        with self.assertRaisesRegex(UserError, "another association"):
            self._charge(50)._drk_collect(self.cash_b.sudo())

    def test_cashier_sees_only_the_desk(self):
        charge = self._invoiced(50)
        self._collect(charge)
        payments = self._as(self.cashier_a, self.env["account.payment"])
        self.assertEqual(payments.search([]), charge.payment_ids)
        journals = self._as(self.cashier_a, self.env["account.journal"])
        self.assertEqual(journals.search([]), self.cash | self.card)
        for model in ("account.move", "account.move.line", "res.partner.bank"):
            found = self._as(self.cashier_a, self.env[model])
            self.assertFalse(
                found.has_access("read") and found.search([("company_id", "=", self.association_a.id)]), model
            )
        for model in ("account.payment", "drk.charge"):
            for operation in ("create", "write", "unlink"):
                self.assertFalse(self._as(self.cashier_a, self.env[model]).has_access(operation), (model, operation))

    def test_accountant_sees_all_journals_and_payments(self):
        journals = self._as(self.accountant_a, self.env["account.journal"])
        self.assertIn(self.books_a["bank_journal"], journals.search([]))
        self.assertNotIn(self.cash_b, journals.search([]))

    # ------------------------------------------------------------------ wizard
    def _wizard(self, charges=None, items=None, user=None, **vals):
        wizards = self._as(user or self.cashier_a, self.env["drk.collect"])
        source = {"charges": self._as(wizards.env.user, charges)} if charges else {"items": items}
        action = wizards._drk_open(**source)
        return wizards.with_context(**action["context"]).create(vals)

    def test_wizard_shows_amount_and_change(self):
        wizard = self._wizard(self._charge(38.5), given=50)
        self.assertEqual((wizard.amount_due, wizard.change, wizard.journal_id), (38.5, 11.5, self.cash))
        self.assertIn("Erste-Hilfe-Kurs", wizard.summary)

    def test_wizard_books_and_prints(self):
        charge = self._charge(38.5)
        action = self._wizard(charge, given=40).action_collect()
        self.assertEqual(action["report_name"], "drk_finance.receipt")
        self.assertEqual(charge.state, "paid")

    def test_wizard_refuses_too_little_money(self):
        charge = self._charge(38.5)
        with self.assertRaisesRegex(UserError, "less than"):
            self._wizard(charge, given=30).action_collect()
        self.assertEqual(charge.state, "open")

    def test_wizard_takes_open_items(self):
        charge = self._invoiced(50)
        items = self._as(self.cashier_a, self.env["drk.open.item"]).search([("move_id", "=", charge.move_id.id)])
        wizard = self._wizard(items=items)
        self.assertEqual(wizard.amount_due, 50)
        wizard.action_collect_silent()
        self.assertEqual(charge.state, "paid")
        self.assertEqual(charge.payment_ids.amount, 50)

    def test_wizard_of_foreign_items_shows_and_takes_nothing(self):
        charge = self._charge(70, payer=self.erika_b)
        charge._drk_invoice()
        line = charge.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        wizard = self._as(self.cashier_a, self.env["drk.collect"]).create({"item_numbers": str(line.id)})
        self.assertFalse(wizard.amount_due)
        self.assertNotIn("Fremd", wizard.summary)
        with self.assertRaisesRegex(UserError, "Nothing is open"):
            wizard.action_collect()

    def test_wizard_of_another_person_is_hidden(self):
        wizard = self._wizard(self._charge(38.5))
        with self.assertRaises(AccessError):
            self._as(self.accountant_a, wizard).action_collect()

    def test_wizard_without_choice(self):
        with self.assertRaisesRegex(UserError, "choose"):
            self.env["drk.collect"]._drk_open()
