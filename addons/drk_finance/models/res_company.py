from odoo import api, fields, models

from .account_analytic_account import SPHERES

PLAN = "drk_finance.analytic_plan_sphere"
TERM = "drk_finance.payment_term_14_days"


class ResCompany(models.Model):
    """An association (Gliederung) that keeps books."""

    _inherit = "res.company"

    drk_sphere_id = fields.Many2one(
        "account.analytic.account",
        string="Sphere of other income",
        check_company=True,
        domain="[('company_id', '=', id), ('drk_sphere', '!=', False)]",
        help="Taken where neither the revenue kind nor a distribution model names a sphere. Empty: such income is refused.",
    )
    drk_payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment terms of invoices",
        check_company=True,
        help="For payers without terms of their own.",
    )

    @api.constrains("drk_sphere_id", "drk_payment_term_id")
    def _check_drk_finance_company(self):
        """Core checks this for records that have a company, not for the company itself."""
        self._check_company(["drk_sphere_id", "drk_payment_term_id"])

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.filtered("drk_is_association")._drk_finance_setup()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if vals.get("drk_is_association") or vals.get("chart_template"):
            self.filtered("drk_is_association")._drk_finance_setup()
        return result

    def _drk_finance_setup(self):
        """Hook: give these associations what finance needs; may be called any number of times.

        Extend it and call ``super()`` first. What needs a chart of accounts is left out as long as there is none.
        """
        for company in self.sudo():  # who makes an association or loads its chart gets what belongs to it
            company = company.with_company(company).with_context(allowed_company_ids=company.ids)
            company._drk_load_spheres()
            company._drk_load_invoicing()
            company.env["drk.revenue.kind"]._load_standard_kinds(company)

    def action_drk_finance_setup(self):
        """Button: add what is missing."""
        self.check_access("write")
        self._drk_finance_setup()

    def _drk_load_spheres(self):
        plan = self.env.ref(PLAN)
        accounts = self.env["account.analytic.account"].with_context(active_test=False)
        existing = accounts.search([("company_id", "=", self.id), ("drk_sphere", "!=", False)]).mapped("drk_sphere")
        missing = [(key, label) for key, label in SPHERES if key not in existing]
        accounts = accounts.with_context(lang="en_US").create(
            [{"name": label, "drk_sphere": key, "plan_id": plan.id, "company_id": self.id} for key, label in missing]
        )
        for lang, _name in self.env["res.lang"].get_installed():
            labels = dict(
                accounts.with_context(lang=lang)
                ._fields["drk_sphere"]
                ._description_selection(self.with_context(lang=lang).env)
            )
            for account in accounts.with_context(lang=lang):
                account.name = labels[account.drk_sphere]

    def _drk_load_invoicing(self):
        term = self.env.ref(TERM, raise_if_not_found=False)
        if not self.drk_payment_term_id and term:
            self.drk_payment_term_id = term
        if self.chart_template and not self.qr_code:
            self.qr_code = True

    def _drk_sphere(self, key):
        """Return the analytic account of a sphere of this association.

        :param str key: key of ``SPHERES``
        """
        return self.env["account.analytic.account"].search(
            [("company_id", "=", self.id), ("drk_sphere", "=", key)], limit=1
        )

    def _drk_sale_journal(self):
        """Hook: return the journal for invoices of this association; empty without one."""
        domain = [("company_id", "=", self.id), ("type", "=", "sale")]
        return self.env["account.journal"].search(domain, limit=1)

    def _drk_tax_included(self, percent):
        """Return the domestic sales tax of a rate that is included in the price: charges are gross amounts.

        :param float percent: rate
        :return: ``account.tax``; a copy of the chart's tax where needed, empty when the company has none of this rate
        """
        self.ensure_one()
        domain = [("company_id", "=", self.id), ("type_tax_use", "=", "sale"), ("amount_type", "=", "percent")]
        taxes = self.env["account.tax"].search([*domain, ("amount", "=", percent)])
        included = taxes.filtered("price_include")[:1]
        # the chart's default is the domestic rate; the others are for foreign trade
        source = (taxes & self.account_sale_tax_id) or taxes.filtered(lambda tax: not tax.has_negative_factor)[:1]
        if included or not source:
            return included
        lang = self.partner_id.lang or self.env.lang
        return source.with_context(lang=lang).copy(
            {
                "name": self.with_context(lang=lang).env._(
                    "%(tax)s (included)", tax=source.with_context(lang=lang).name
                ),
                "price_include_override": "tax_included",
                "fiscal_position_ids": False,
            }
        )

    @api.model
    def _drk_changeable_fields(self):
        """Accountants and managers, who alone may write, set up the finance of their association."""
        return [*super()._drk_changeable_fields(), "drk_sphere_id", "drk_payment_term_id"]

    @api.model
    def _drk_action_own_finance(self):
        """Return the finance set-up of the current association."""
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_finance.res_company_action_finance")
        return {**action, "res_id": self.env.company.id}
