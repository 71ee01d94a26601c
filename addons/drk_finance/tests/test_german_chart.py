from odoo.tests import tagged

from .common import FinanceCase


@tagged("post_install", "-at_install")
class TestGermanChart(FinanceCase):
    """The set-up finds what it needs in the German charts of accounts."""

    def _setup(self, chart):
        company = self._create_association(f"Kreisverband {chart}", chart[-5:].upper(), "base.state_de_nw")
        self.env["account.chart.template"].try_loading(chart, company, install_demo=False)
        company._drk_finance_setup()
        return company.with_context(allowed_company_ids=company.ids)

    def _accounts(self, company):
        kinds = self.env["drk.revenue.kind"].with_company(company).search([("company_id", "=", company.id)])
        return {kind.code: kind.account_id.code for kind in kinds}

    def test_skr03(self):
        company = self._setup("de_skr03")
        self.assertEqual(
            self._accounts(company), {"EH": "8100", "BZ": "8100", "ST": "8600", "FB": "8100", "WG": "8400"}
        )
        payer = self._payer("Erika", "Musterfrau", company)
        move = self._charge(119, payer=payer, kind="WG").with_context(allowed_company_ids=company.ids)._drk_invoice()
        self.assertEqual((move.amount_total, move.amount_tax), (119, 19))
        tags = move.line_ids.tax_tag_ids.mapped("name")
        self.assertTrue(any("81" in tag for tag in tags), tags)

    def test_skr04(self):
        company = self._setup("de_skr04")
        self.assertEqual(
            self._accounts(company), {"EH": "4100", "BZ": "4100", "ST": "4830", "FB": "4100", "WG": "4400"}
        )
