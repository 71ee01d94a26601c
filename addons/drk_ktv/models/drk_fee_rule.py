import csv

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import file_open


class DrkFeeRule(models.Model):
    """A rule for one kind of course goes before the general ones."""

    _inherit = "drk.fee.rule"

    kind_id = fields.Many2one(
        "drk.course.kind",
        "Course kind",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Empty: holds for all kinds. The rules of a kind replace the general ones of the same occasion.",
    )

    @api.model
    def _drk_scope_domain(self, **scope):
        domain = super()._drk_scope_domain(**scope)
        kind = scope.get("kind")
        general = Domain("kind_id", "=", False)
        return domain & (general | Domain("kind_id", "=", kind.id) if kind else general)

    def _drk_scope_rank(self):
        return super()._drk_scope_rank() + bool(self.kind_id)

    @api.model
    def _load_standard_rules(self, company):
        """Suggest fee rules to an association that has none: archived, so that nothing costs a fee before it says so.

        :param company: ``res.company`` singleton
        :return: the created ``drk.fee.rule``
        """
        rules = self.with_context(active_test=False)
        if rules.search_count([("company_id", "=", company.id)], limit=1):
            return self.browse()
        with file_open("drk_ktv/data/fee_rules.csv") as stream:
            rows = list(csv.DictReader(stream, delimiter=";"))
        return self.create([self._prepare_standard_rule_vals(company, row) for row in rows])

    @api.model
    def _prepare_standard_rule_vals(self, company, row):
        """Hook: values of a suggested rule from its row of the file."""
        return {
            "company_id": company.id,
            "active": False,
            "occasion": row["occasion"],
            "date_from": row["date_from"],
            "days_before": int(row["days_before"]),
            "percent": float(row["percent"]),
            "amount": float(row["amount"]),
            "revenue_kind_id": self.env["drk.revenue.kind"]._drk_standard(company, row["revenue_kind"]).id,
        }
