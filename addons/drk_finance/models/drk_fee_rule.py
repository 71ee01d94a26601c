from odoo import api, fields, models
from odoo.fields import Domain

OCCASIONS = [
    ("cancel", "Cancellation"),
    ("rebook", "Rebooking"),
    ("replacement", "Replacement certificate"),
    ("no_show", "No-show"),
]


class DrkFeeRule(models.Model):
    """What a cancellation, a rebooking or a replacement costs (Gebührenregel)."""

    _name = "drk.fee.rule"
    _description = "Fee Rule"
    _inherit = ["drk.association.mixin"]
    _order = "occasion, date_from desc, days_before desc, id"

    occasion = fields.Selection(OCCASIONS, required=True, default="cancel")
    date_from = fields.Date(
        "Valid from",
        required=True,
        default=lambda self: self._default_date_from(),
        help="Rules of one occasion with the same day form a list. A newer list replaces the older one as a whole.",
    )
    days_before = fields.Integer(
        aggregator=None,
        help="The rule holds when at least so many days are left. Of several the one with most days wins.",
    )
    percent = fields.Float("Percent of the price", digits=(5, 2), aggregator=None)
    amount = fields.Monetary("Fixed amount", aggregator=None, help="Added to the share of the price.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    revenue_kind_id = fields.Many2one("drk.revenue.kind", check_company=True, ondelete="restrict")
    active = fields.Boolean(default=True)

    _amounts = models.Constraint(
        "CHECK(days_before >= 0 AND percent >= 0 AND percent <= 100 AND amount >= 0)",
        "Days and amount cannot be negative, a share is between 0 and 100 percent.",
    )

    @api.model
    def _default_date_from(self):
        """A further rule joins the list that holds already."""
        newest = self.search([("company_id", "=", self.env.company.id)], order="date_from desc, id", limit=1)
        return newest.date_from or fields.Date.context_today(self)

    @api.depends("occasion", "days_before")
    def _compute_display_name(self):
        occasions = dict(self._fields["occasion"]._description_selection(self.env))
        for rule in self:
            rule.display_name = self.env._(
                "%(occasion)s, from %(days)s days before", occasion=occasions.get(rule.occasion), days=rule.days_before
            )

    @api.model
    def _fee(self, company, occasion, days_before, price, day, **scope):
        """Return what somebody has to pay on an occasion.

        :param company: ``res.company`` singleton
        :param str occasion: key of the occasions
        :param int days_before: days that are left; negative counts as none
        :param float price: what was to be paid, in the currency of the association
        :param day: date on which it happens; it decides on the list of rules
        :param scope: what ``_drk_scope_domain`` of other add-ons needs
        :return: tuple of the amount, rounded by the currency, and the rule (empty: no fee)
        """
        domain = Domain(
            [
                ("company_id", "=", company.id),
                ("occasion", "=", occasion),
                ("date_from", "<=", fields.Date.to_date(day)),
            ]
        )
        rules = self.search(domain & self._drk_scope_domain(**scope))
        rule = rules._drk_pick(max(days_before, 0))
        return company.currency_id.round(price * rule.percent / 100 + rule.amount), rule

    def _drk_pick(self, days_before):
        """Return the rule of the most special, then newest list that fits best; empty without one."""
        if not self:
            return self
        newest = max(self, key=lambda rule: (rule._drk_scope_rank(), rule.date_from))
        key = (newest._drk_scope_rank(), newest.date_from)
        fitting = self.filtered(
            lambda rule: (rule._drk_scope_rank(), rule.date_from) == key and rule.days_before <= days_before
        )
        return fitting.sorted(lambda rule: (-rule.days_before, rule.id))[:1]

    @api.model
    def _drk_scope_domain(self, **scope):
        """Hook: which rules concern this scope; an add-on adds its field, general rules included.

        :return: ``Domain``
        """
        return Domain.TRUE

    def _drk_scope_rank(self):
        """Hook: return how special the rule is; 0 holds for everything, a rule with a higher number wins."""
        self.ensure_one()
        return 0
