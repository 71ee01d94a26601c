from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .cash_common import CashCase


@tagged("post_install", "-at_install")
class TestUndo(CashCase):
    """A payment is taken back by another one; nothing disappears."""

    def setUp(self):
        super().setUp()
        self.charge = self._charge(50)
        self.payment = self._collect(self.charge)

    def _undo(self, reason="Falscher Kurs", user=None):
        return self._as(user or self.cashier_a, self.payment)._drk_undo(reason)

    def test_invoice_is_open_again(self):
        counter = self._undo()
        self.assertEqual((counter.payment_type, counter.amount), ("outbound", 50))
        self.assertEqual(counter.drk_undoes_id, self.payment)
        self.assertTrue(self.payment.drk_is_undone)
        self.assertEqual(self.charge.state, "invoiced")
        self.assertEqual(self.charge.move_id.payment_state, "not_paid")
        self.assertEqual(self.cash._drk_balance(), 0)

    def test_both_stay_in_the_cash_book(self):
        counter = self._undo()
        lines = self.env["drk.cash.line"].search([("journal_id", "=", self.cash.id)], order="id")
        self.assertEqual(lines.payment_id, self.payment | counter)
        self.assertEqual(lines.mapped("balance"), [50, 0])

    def test_can_be_collected_again(self):
        self._undo()
        again = self._collect(self.charge, self.card)
        self.assertEqual(again.amount, 50)
        self.assertEqual(self.charge.state, "paid")

    def test_twice_is_refused(self):
        counter = self._undo()
        with self.assertRaisesRegex(UserError, "already taken back"):
            self._undo()
        with self.assertRaisesRegex(UserError, "already taken back"):
            self._as(self.cashier_a, counter)._drk_undo("Doch nicht")

    def test_reason_is_needed(self):
        with self.assertRaisesRegex(UserError, "say why"):
            self._undo(" ")

    def test_without_cash_it_is_refused(self):
        self._transfer(50, "out")
        with self.assertRaisesRegex(UserError, "not so much cash"):
            self._undo()

    def test_payment_cannot_be_reset_cancelled_or_deleted(self):
        payment = self._as(self.accountant_a, self.payment)
        for attempt in (
            payment.action_draft,
            payment.action_cancel,
            payment.unlink,
            payment.move_id.button_draft,
            payment.move_id.button_cancel,
            payment.move_id.unlink,
            lambda: payment.move_id.write({"state": "draft"}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                attempt()
        self.assertEqual(self.payment.sudo().move_id.state, "posted")

    def test_wizard(self):
        action = self._as(self.cashier_a, self.payment).action_drk_undo()
        wizard = self._as(self.cashier_a, self.env["drk.payment.undo"]).with_context(**action["context"])
        wizard = wizard.create({"reason": "Irrtum"})
        self.assertEqual((wizard.amount, wizard.partner_id), (50, self.erika))
        self.assertEqual(wizard.action_undo()["report_name"], "drk_finance.receipt")
        self.assertEqual(self.payment.drk_undone_by_ids.drk_reason, "Irrtum")

    def test_roles(self):
        for user in (self.employee, self.cashier_b, self.accountant_b):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._undo(user=user)
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                wizards = self._as(user, self.env["drk.payment.undo"])
                wizards.create({"payment_id": self.payment.id, "reason": "x"}).partner_id.mapped("name")
