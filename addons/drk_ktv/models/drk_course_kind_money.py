from odoo import api, fields, models
from odoo.exceptions import UserError

#: Revenue kind of first aid courses, as drk_finance brings it.
STANDARD = "EH"


class DrkCourseKind(models.Model):
    """What a course kind is booked as."""

    _inherit = "drk.course.kind"  # pylint: disable=consider-merging-classes-inherited

    revenue_kind_id = fields.Many2one(
        "drk.revenue.kind",
        string="Revenue kind",
        ondelete="restrict",
        check_company=True,
        compute="_compute_revenue_kind_id",
        store=True,
        readonly=False,
        precompute=True,
        groups="drk_ktv.group_drk_ktv_user,drk_finance.group_drk_finance_cashier",
        help="Says account, VAT and sphere of the fees. Without one nothing can be invoiced.",
    )

    @api.depends("company_id")
    def _compute_revenue_kind_id(self):
        for kind in self:
            if kind.revenue_kind_id.company_id != kind.company_id:
                kind.revenue_kind_id = self.env["drk.revenue.kind"]._drk_standard(kind.company_id, STANDARD)

    @api.model
    def _drk_ensure_revenue_kinds(self, company):
        """Give the kinds of an association that have none yet the revenue kind of first aid courses."""
        kinds = self.with_context(active_test=False).search(
            [("company_id", "=", company.id), ("revenue_kind_id", "=", False)]
        )
        kinds.revenue_kind_id = self.env["drk.revenue.kind"]._drk_standard(company, STANDARD)

    def _drk_revenue_kind(self):
        """:return: ``drk.revenue.kind`` singleton (sudo)
        :raise UserError: when the kind has none
        """
        self.ensure_one()
        kind_sudo = self.sudo()  # a cashier or the office charges, the kind says as what
        if not kind_sudo.revenue_kind_id:
            raise UserError(self._drk_revenue_problem())
        return kind_sudo.revenue_kind_id

    def _drk_revenue_problem(self):
        return self.env._("The course kind “%s” has no revenue kind. Please enter one in the course kind.", self.name)
