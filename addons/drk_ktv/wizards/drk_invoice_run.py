from odoo import api, fields, models
from odoo.fields import Domain


class DrkInvoiceRun(models.TransientModel):
    """An invoice run finds the course fees that are due by itself."""

    _inherit = "drk.invoice.run"

    event_id = fields.Many2one(
        "event.event",
        "Course",
        domain="[('drk_is_course', '=', True), ('company_id', '=', company_id)]",
        help="Only the fees of this course, whether they are due or not. Empty: all.",
    )

    @api.depends("event_id")
    def _compute_preview(self):
        return super()._compute_preview()

    def _charge_domain(self):
        domain = super()._charge_domain()
        return domain & Domain("event_id", "=", self.event_id.id) if self.event_id else domain

    def _split(self):
        """Count in what the run is going to charge."""
        charges, problems = super()._split()
        planned, missing = self._planned_charges()
        planned, planned_problems = planned._drk_split_by_problem(self.date or fields.Date.context_today(self))
        for problem, found in [*missing.items(), *planned_problems.items()]:
            problems[problem] = problems.get(problem, charges.browse()) | found
        return charges | planned, problems

    def _planned_charges(self):
        """:return: the charges that are going to be made, not stored, and those that cannot be, by problem"""
        planned_sudo, missing = self.env["drk.charge"].sudo(), {}
        for registration_sudo in self._uncharged_registrations().sudo():  # found by the rights of the user
            kind_sudo = registration_sudo.drk_kind_id
            if kind_sudo.revenue_kind_id:
                vals = registration_sudo._prepare_drk_charge_vals("course", registration_sudo.drk_price)
                planned_sudo |= planned_sudo.new(vals)
                continue
            vals = {"payer_id": registration_sudo._drk_payer().id, "registration_id": registration_sudo.id}
            problem = kind_sudo._drk_revenue_problem()
            missing[problem] = missing.get(problem, planned_sudo.browse()) | planned_sudo.new(vals)
        return planned_sudo, missing

    def _uncharged_registrations(self):
        found = self.env["event.registration"].search(self._registration_domain())
        return found.filtered(lambda registration: registration._drk_is_uncharged())

    def _registration_domain(self):
        """Hook: the bookings whose fee this run may charge.

        :return: ``Domain``
        """
        now = fields.Datetime.now()
        domain = Domain("company_id", "=", self.company_id.id) & Domain("drk_money_state", "=", "to_invoice")
        if self.event_id:
            domain &= Domain("event_id", "=", self.event_id.id)
        elif self.company_id.sudo().drk_ktv_invoice_when == "course":  # a setting of the own association
            domain &= Domain("event_id.date_end", "<=", now)
        if self.service_until:
            domain &= Domain("event_id.date_begin", "<", fields.Date.add(self.service_until, days=1))
        if self.payer_ids:
            domain &= Domain("drk_payer_id", "in", self.payer_ids.ids)
        if self.revenue_kind_ids:
            domain &= Domain("drk_kind_id.revenue_kind_id", "in", self.revenue_kind_ids.ids)
        if self.only_companies:
            domain &= Domain("drk_payer_id.is_company", "=", True)
        return domain

    def action_run(self):
        """Charge what is due, then invoice."""
        self.ensure_one()
        self.env["drk.charge"].check_access("write")
        registrations = self._uncharged_registrations()
        registrations.filtered(lambda r: r.drk_kind_id.revenue_kind_id)._drk_ensure_charges()
        return super().action_run()
