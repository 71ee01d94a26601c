from odoo import models


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    def _post_load_data(self, template_code, company, template_data):
        """An association whose chart is loaded gets what finance builds on it."""
        result = super()._post_load_data(template_code, company, template_data)
        company = company or self.env.company
        if company.drk_is_association:
            company._drk_finance_setup()
        return result
