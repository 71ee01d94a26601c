from odoo import fields
from odoo.exceptions import RedirectWarning
from odoo.tests import tagged

from .cash_common import CashCase

PARTIAL = "drk_gdpr.group_drk_gdpr_partial"


@tagged("post_install", "-at_install")
class TestMoneyBlockers(CashCase):
    """Who gets, owes or paid money is not deleted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eraser = cls._user("eraser", PARTIAL)

    def _refused(self, person, *words):
        with self.assertRaises(RedirectWarning) as caught:
            self._as(self.eraser, person).unlink()
        for word in words:
            self.assertIn(word, caught.exception.args[0])
        self.assertTrue(person.exists())

    def test_credit_keeps_the_payer(self):
        """K-2.6.1-3: money that is paid back or set off keeps a person, booked or not."""
        self._charge(-20.0)
        self._refused(self.erika, "Credit balance (1)")

    def test_credit_note_keeps_the_payer(self):
        """K-2.6.1-3: a posted credit balance keeps a person."""
        charge = self._invoiced()
        self._collect(charge)
        charge._drk_reverse("Test")._drk_invoice()
        self._refused(self.erika, "Credit balance (1)")

    def test_invoice_keeps_the_recipient(self):
        """K-2.6.1-4: the recipient of an invoice stays until the voucher may go; the message says until when."""
        self._invoiced()
        end = fields.Date.context_today(self.env.user).year + 8
        self._refused(self.erika, "Invoice recipient (1), until", f"31.12.{end}")

    def test_charge_keeps_the_payer(self):
        self._charge()
        self._refused(self.erika, "Fees that are not invoiced yet (1)")

    def test_overdue_item_keeps_whoever_would_be_reminded(self):
        self._invoiced()
        self.env["account.move.line"].search([("partner_id", "=", self.erika.id)]).date_maturity = self.yesterday
        self._refused(self.erika, "Recipient of reminders: overdue items (1)")

    def test_payment_keeps_an_address(self):
        """K-2.6.3-1 K-2.6.3-2: a payment keeps an address; the message names it and nothing is changed."""
        address = self._payer_company("Gemeinde Musterstadt")
        payment = self.env["account.payment"].create(
            {
                "partner_id": address.id,
                "payment_type": "outbound",
                "partner_type": "supplier",
                "amount": 12,
                "journal_id": self.books_a["bank_journal"].id,
            }
        )
        payment.action_post()
        self._refused(address, "Payment was made (1), until", "Nothing was changed")
        self.assertEqual(address.street, "Werkstraße 5")

    def test_payer_without_money_is_free(self):
        self.assertFalse(self.erika._drk_deletion_blockers())
