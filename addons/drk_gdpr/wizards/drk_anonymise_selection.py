from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

YEARS_BACK = 10


class DrkAnonymiseSelection(models.TransientModel):
    """Choose who is to be anonymised: neither entered nor active since a day, and not anonymised yet (K-4.8-15)."""

    _name = "drk.anonymise.selection"
    _description = "Selection for the anonymisation"

    company_id = fields.Many2one(
        "res.company", string="Association", required=True, default=lambda self: self.env.company
    )
    since = fields.Date(
        string="Nothing since",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1) - relativedelta(years=YEARS_BACK),
    )
    with_companies = fields.Boolean(string="Companies, too")
    without_mark_id = fields.Many2one(
        "drk.mark", string="Without the mark", help="People with this mark are left out.", check_company=True
    )
    people_count = fields.Integer(string="People found", compute="_compute_people_count")

    @api.depends("since", "with_companies", "without_mark_id", "company_id")
    def _compute_people_count(self):
        for selection in self:
            domain = selection._people_domain() if selection.since else Domain.FALSE
            selection.people_count = self.env["res.partner"].search_count(domain)

    @api.onchange("company_id")
    def _onchange_company_id(self):
        self.without_mark_id = self.company_id.sudo().drk_anonymised_mark_id  # the preset, nothing else

    def _people_domain(self):
        """Return the domain of the people that are shown; the operator decides who of them is anonymised."""
        day_after = fields.Datetime.to_datetime(self.since)
        domain = Domain(self.env["res.partner"]._drk_customer_domain())
        domain &= Domain("company_id", "=", self.company_id.id) & Domain("drk_is_restricted", "=", False)
        domain &= Domain("create_date", "<", day_after) & Domain("drk_last_activity", "<", self.since)
        if not self.with_companies:
            domain &= Domain("is_company", "=", False)
        if self.without_mark_id:
            domain &= Domain("drk_mark_ids", "not in", self.without_mark_id.ids)
        return domain

    def action_show(self):
        """Open the list of the people; from there they are anonymised like any selection."""
        self.ensure_one()
        if not self.people_count:
            raise UserError(self.env._("Nobody fits these conditions."))
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_gdpr.res_partner_action_anonymise_selection")
        return {**action, "domain": list(self._people_domain())}
