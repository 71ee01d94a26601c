import json
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged

from .common import FinanceCase


@tagged("post_install", "-at_install")
class TestPortalPayment(FinanceCase, HttpCase):
    """Who got an invoice pays it online in the portal; the provider is core's test provider."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "no_reset_password": True})
        cls.company = cls.association_a
        cls._provider()
        cls.user = cls._portal_user("portal-erika", cls.erika)
        cls.other = cls._portal_user("portal-max", cls._payer("Max", "Beispiel"))

    @classmethod
    def _portal_user(cls, login, partner):
        return new_test_user(
            cls.env,
            login=login,
            password=login,
            groups="base.group_portal",
            partner_id=partner.id,
            company_id=cls.association_a.id,
            company_ids=[(6, 0, cls.association_a.ids)],
        )

    @classmethod
    def _provider(cls):
        """The provider without a code that core's own tests use: it asks nobody."""
        form = cls.env["ir.ui.view"].create(
            {"type": "qweb", "arch": "<form method='post' t-att-action='api_url'><input type='hidden'/></form>"}
        )
        method = cls.env["payment.method"].with_context(active_test=False).search([("code", "=", "unknown")], limit=1)
        cls.provider = cls.env["payment.provider"].create(
            {
                "name": "Test",
                "code": "none",
                "state": "test",
                "is_published": True,
                "company_id": cls.association_a.id,
                "redirect_form_view_id": form.id,
                "payment_method_ids": [(6, 0, method.ids)],
                "journal_id": cls.books_a["bank_journal"].id,
            }
        )
        method.active = True
        cls.method = method
        cls._provider_method_line()

    @classmethod
    def _provider_method_line(cls):
        methods = cls.env["account.payment.method"]
        known = {**methods._get_payment_method_information(), "none": {"mode": "electronic", "type": ("bank",)}}
        cls.startClassPatcher(patch.object(type(methods), "_get_payment_method_information", lambda self: known))
        method = methods.create({"name": "Test", "code": "none", "payment_type": "inbound"})
        cls.env["account.payment.method.line"].create(
            {
                "payment_method_id": method.id,
                "journal_id": cls.books_a["bank_journal"].id,
                "payment_provider_id": cls.provider.id,
                "payment_account_id": cls.books_a["bank"].id,
            }
        )

    def setUp(self):
        super().setUp()
        self.invoice = self._charge(50)._drk_invoice()

    def _page(self, login):
        self.authenticate(login, login)
        return self.url_open(f"/my/invoices/{self.invoice.id}")

    def test_own_invoice_can_be_paid(self):
        page = self._page("portal-erika")
        self.assertEqual(page.status_code, 200)
        self.assertIn('id="pay_with"', page.text)
        self.assertIn(f"/invoice/transaction/{self.invoice.id}", page.text)
        self.assertIn(self.invoice.name, page.text)

    def test_page_names_nobody_who_works_here(self):
        self.invoice.invoice_user_id = self.accountant_a
        self.assertNotIn(self.accountant_a.name, self._page("portal-erika").text)

    def test_foreign_invoice_is_refused(self):
        page = self._page("portal-max")
        self.assertNotIn(self.invoice.name, page.text)
        self.assertTrue(page.url.endswith("/my"))
        self.authenticate("portal-max", "portal-max")
        answer = self._transaction("wrong")
        self.assertIn("error", answer)
        self.assertFalse(self.invoice.transaction_ids)

    def test_wrong_token_is_refused(self):
        self.authenticate(None, None)
        page = self.url_open(f"/my/invoices/{self.invoice.id}?access_token=wrong")
        self.assertNotIn(self.invoice.name, page.text)

    def test_link_of_the_mail_needs_no_account(self):
        self.authenticate(None, None)
        page = self.url_open(self.invoice.get_portal_url())
        self.assertIn('id="pay_with"', page.text)

    def _transaction(self, token):
        params = {
            "provider_id": self.provider.id,
            "payment_method_id": self.method.id,
            "token_id": None,
            "amount": self.invoice.amount_residual,
            "flow": "redirect",
            "tokenization_requested": False,
            "landing_route": self.invoice.get_portal_url(),
            "access_token": token,
        }
        answer = self.url_open(
            f"/invoice/transaction/{self.invoice.id}",
            data=json.dumps({"jsonrpc": "2.0", "params": params}),
            headers={"Content-Type": "application/json"},
        )
        return answer.json()

    def test_paid_online_is_settled(self):
        self.authenticate("portal-erika", "portal-erika")
        answer = self._transaction(self.invoice._portal_ensure_token())
        self.assertIn("result", answer, answer)
        transaction = self.invoice.transaction_ids
        self.assertEqual((transaction.amount, transaction.state), (50, "draft"))
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(self.invoice.payment_state, "paid")
        self.assertEqual(self.invoice.drk_charge_ids.state, "paid")
        self.assertEqual(transaction.payment_id.amount, 50)
        self.assertNotIn('data-bs-target="#pay_with"', self._page("portal-erika").text)
