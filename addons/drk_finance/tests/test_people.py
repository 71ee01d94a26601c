from odoo.addons.drk_finance.tests.common import FinanceCase
from odoo.tests import tagged

BANK, CASHIER = "drk_gdpr.group_drk_gdpr_bank", "drk_finance.group_drk_finance_cashier"
PEOPLE = "drk_gdpr.group_drk_gdpr_user"


@tagged("post_install", "-at_install")
class TestBankOnPageOne(FinanceCase):
    def _arch(self, groups):
        user = self._user(f"bank page {len(groups)}", groups)
        people = self.env["res.partner"].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
        return people.get_view(self.env.ref("base.view_partner_form").id, "form")["arch"]

    def test_bank_mandate_and_credit_stand_on_page_one(self):
        """K-2.1-43: bank, BIC, IBAN, holder, state of the mandate and credit balance, by right."""
        arch = self._arch(f"{PEOPLE},{BANK},{CASHIER}")
        page = arch[arch.index('name="drk_master_page"') : arch.index('name="contact_addresses"')]
        for name in ("bank_id", "bank_bic", "acc_number", "acc_holder_name", "drk_mandate_state", "drk_credit_amount"):
            self.assertIn(f'name="{name}"', page)
        self.assertNotIn('name="drk_mandate_state"', self._arch(PEOPLE))

    def test_credit_is_what_the_association_owes(self):
        charge = self._charge(amount=55)
        self.assertEqual((charge.payer_id.drk_open_amount, charge.payer_id.drk_credit_amount), (55, 0))
        charge.amount = -20
        charge.payer_id.invalidate_recordset()
        self.assertEqual((charge.payer_id.drk_open_amount, charge.payer_id.drk_credit_amount), (-20, 20))
