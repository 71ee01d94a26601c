from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    def _drk_finance_setup(self):
        """Add the cash box and the card terminal as soon as there are accounts."""
        result = super()._drk_finance_setup()
        for company in self.sudo().filtered("chart_template"):
            if company._drk_has_accounts():
                company.env["account.journal"]._drk_ensure_cash_journals(company)
        return result

    def _drk_has_accounts(self):
        """Loading a chart names it first and makes the accounts afterwards."""
        domain = [("company_ids", "in", self.ids), ("account_type", "=", "asset_receivable")]
        return bool(self.env["account.account"].search_count(domain, limit=1))
