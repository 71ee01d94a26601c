from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

PLAN = "drk_finance.analytic_plan_sphere"


class AccountMoveLine(models.Model):
    """A line of income: its revenue kind, the reason for no VAT, and its sphere."""

    _inherit = "account.move.line"

    drk_revenue_kind_id = fields.Many2one(
        "drk.revenue.kind", string="Revenue kind", check_company=True, ondelete="restrict", index="btree_not_null"
    )
    drk_exemption_text = fields.Char("Reason for no VAT")
    drk_charge_ids = fields.One2many("drk.charge", "move_line_id", string="Charges")

    @api.onchange("drk_revenue_kind_id")
    def _onchange_drk_revenue_kind_id(self):
        day = self.move_id.delivery_date or self.move_id.invoice_date or fields.Date.context_today(self)
        rule = self.drk_revenue_kind_id._drk_find_rule(day) if self.drk_revenue_kind_id else None
        if rule and rule.account_id:
            self.account_id, self.tax_ids = rule.account_id, rule.tax_ids
            self.drk_exemption_text = rule.with_context(lang=self.partner_id.lang).exemption_text
            self.analytic_distribution = rule._drk_distribution() or self.analytic_distribution

    def _drk_mark(self):
        """Return the number of the reason for no VAT, where an invoice needs more than one word on VAT."""
        reasons = self.move_id._drk_exemptions()
        is_mixed = len(reasons) > 1 or (reasons and self.move_id.invoice_line_ids.tax_ids)
        is_marked = is_mixed and not self.tax_ids and self.drk_exemption_text in reasons
        return f"({reasons.index(self.drk_exemption_text) + 1})" if is_marked else ""

    def _drk_details(self):
        """Return what stands below the text of a line: period and people, unless the people are listed on their own.

        :return: list of str
        """
        charges_sudo = self.sudo().drk_charge_ids  # who may print the invoice
        charge, details = charges_sudo[:1], []
        if charge.service_date and self.move_id.sudo().invoice_line_ids.drk_charge_ids - charges_sudo:
            details.append(charge.with_env(self.env).sudo()._drk_period())
        people = charges_sudo.drk_person_id
        if people and not self.move_id._drk_has_participant_list():
            details.append(", ".join(people.mapped("name")))
        return details

    def _drk_vat_label(self):
        """Return the VAT rate of the line as text, a dash without one."""
        digits = self.env["res.lang"]._lang_get(self.env.lang or "de_DE")
        rates = [digits.format("%g", tax.amount) for tax in self.tax_ids if tax.amount_type == "percent"]
        return ", ".join(f"{rate} %" for rate in rates) or "–"

    # ------------------------------------------------------------------ spheres
    @api.constrains("analytic_distribution", "account_id")
    def _check_drk_sphere(self):
        """What is posted keeps its sphere."""
        posted = self.filtered(lambda line: line.parent_state == "posted" and line.company_id.sudo().drk_is_association)
        if posted:
            posted._drk_check_sphere()

    def _drk_fill_sphere(self):
        """Give income without a sphere that of its revenue kind or of the association, and refuse what has none left."""
        income = self._drk_income()
        spheres = self._drk_spheres()
        for line in income.filtered(lambda line: not line._drk_sphere_share(spheres)):
            if sphere := line._drk_default_sphere():
                distribution = line.analytic_distribution or {"": 100.0}
                line.analytic_distribution = {
                    ",".join(filter(None, (key, str(sphere.id)))): share for key, share in distribution.items()
                }
        income._drk_check_sphere()

    def _drk_income(self):
        return self.filtered(
            lambda line: line.account_id.internal_group == "income" and line.display_type in ("product", False)
        )

    @api.model
    def _drk_spheres(self):
        """Return the keys of all accounts of the plan of spheres, as they stand in a distribution."""
        plan = self.env.ref(PLAN)
        accounts_sudo = (
            self.env["account.analytic.account"].sudo().with_context(active_test=False)
        )  # only their numbers
        return {str(number) for number in accounts_sudo.search([("root_plan_id", "=", plan.id)])._ids}

    def _drk_sphere_share(self, spheres):
        """Return how much of the line lies in spheres, in percent."""
        distribution = self.analytic_distribution or {}
        return sum(share for key, share in distribution.items() if spheres & set(key.split(",")))

    def _drk_default_sphere(self):
        """Hook: return the sphere of an income line that names none."""
        kind_sudo = self.drk_revenue_kind_id.sudo()  # whoever posts
        rule = (
            kind_sudo._drk_find_rule(self.date or fields.Date.context_today(self)) if kind_sudo else kind_sudo.rule_id
        )
        return rule.sphere_id or self.company_id.sudo().drk_sphere_id

    def _drk_check_sphere(self):
        spheres = self._drk_spheres()
        for line in self._drk_income():
            if float_compare(line._drk_sphere_share(spheres), 100, precision_digits=2):
                raise UserError(
                    self.env._(
                        "The income “%(text)s” (%(account)s) lies in no sphere. Choose one on the line, "
                        "or set a default in the association's settings.",
                        text=line.name or "",
                        account=line.account_id.display_name,
                    )
                )
