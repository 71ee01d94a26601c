from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DrkRevenueRule(models.Model):
    """How revenue of a kind is booked and taxed from a day on."""

    _name = "drk.revenue.rule"
    _description = "Revenue Rule"
    _inherit = ["drk.association.mixin"]
    _order = "kind_id, date_from desc, id"
    _rec_name = "date_from"

    kind_id = fields.Many2one("drk.revenue.kind", required=True, ondelete="cascade", index=True, check_company=True)
    company_id = fields.Many2one(related="kind_id.company_id", store=True, precompute=True, default=None)
    date_from = fields.Date("Valid from", required=True, default=fields.Date.context_today)
    account_id = fields.Many2one(
        "account.account",
        string="Income account",
        check_company=True,
        ondelete="restrict",
        domain="[('account_type', 'in', ('income', 'income_other'))]",
    )
    tax_ids = fields.Many2many(
        "account.tax",
        string="VAT (included in the price)",
        check_company=True,
        domain="[('type_tax_use', '=', 'sale'), ('price_include', '=', True)]",
    )
    exemption_text = fields.Char(
        "Reason for no VAT", translate=True, help="Printed on the invoice (UStG § 14 (4) no. 8)."
    )
    source = fields.Char(help="Law or ruling that says so.")
    sphere_id = fields.Many2one(
        "account.analytic.account",
        check_company=True,
        ondelete="restrict",
        domain="[('drk_sphere', '!=', False), ('company_id', '=', company_id)]",
    )

    _day_unique = models.Constraint("UNIQUE(kind_id, date_from)", "A revenue kind has one rule per day.")

    @api.constrains("tax_ids", "exemption_text", "account_id")
    def _check_tax(self):
        for rule in self:
            if rule.account_id and not rule.tax_ids and not rule.exemption_text:
                raise ValidationError(self.env._("Enter a VAT rate or the reason for no VAT: the invoice must say so."))
            if rule.tax_ids.filtered(lambda tax: not tax.price_include or tax.type_tax_use != "sale"):
                raise ValidationError(
                    self.env._("Amounts are gross: choose sales taxes that are included in the price.")
                )

    @api.constrains("account_id")
    def _check_account(self):
        if self.account_id.filtered(lambda account: account.internal_group != "income"):
            raise ValidationError(self.env._("Revenue is booked on an income account."))

    def _drk_distribution(self):
        """Return the analytic distribution of a line of this rule, empty without a sphere."""
        return {str(self.sphere_id.id): 100.0} if self.sphere_id else {}
