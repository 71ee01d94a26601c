from odoo import api, fields, models


class ResCompany(models.Model):
    """When an association invoices its courses, and the seeds that link courses to money."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    drk_ktv_invoice_when = fields.Selection(
        [("course", "After the course"), ("booking", "As soon as booked")],
        string="Invoice runs include course fees",
        default="course",
        required=True,
        help="On a booking or a course invoices can be created at any time.",
    )

    def _drk_ktv_load_kinds(self):
        result = super()._drk_ktv_load_kinds()
        self._drk_ktv_load_money()
        return result

    def _drk_finance_setup(self):
        result = super()._drk_finance_setup()
        self._drk_ktv_load_money()
        return result

    def _drk_ktv_load_money(self):
        """Revenue kinds for the course kinds, suggestions for fee rules; may be called any number of times."""
        for company in self.sudo():  # whoever books the system for the association
            if company.drk_is_association and company._drk_has_system("ktv"):
                company.env["drk.course.kind"]._drk_ensure_revenue_kinds(company)
                company.env["drk.fee.rule"]._load_standard_rules(company)

    @api.model
    def _drk_ktv_load_money_of_all(self):
        """Associations that had courses before they had finance."""
        self.search([("drk_is_association", "=", True)])._drk_ktv_load_money()
