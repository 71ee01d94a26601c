from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class ResPartner(models.Model):
    """The family of a person: households, guardians, wards."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    drk_member_ids = fields.One2many("drk.household.member", "partner_id", string="Households")
    drk_guardian_ids = fields.One2many("drk.guardianship", "child_id", string="Guardians")
    drk_ward_ids = fields.One2many("drk.guardianship", "guardian_id", string="Children and wards")
    drk_household_count = fields.Integer(string="Number of households", compute="_compute_drk_household_count")

    @api.depends("drk_member_ids.is_current")
    def _compute_drk_household_count(self):
        members = self.env["drk.household.member"]
        domain = Domain("partner_id", "in", self.ids) & Domain("is_current", "=", True)
        counts = dict(members._read_group(domain, ["partner_id"], ["__count"]))
        for partner in self:
            partner.drk_household_count = counts.get(partner._origin, 0)

    def _drk_check_person_of(self, company):
        """Refuse to bind a person of another association, or a partner that belongs to none."""
        partner_sudo = self.sudo()  # the check must see people of others; their names are not told
        if not company or any(partner.company_id != company for partner in partner_sudo):
            raise ValidationError(self.env._("The person belongs to another association."))

    def _drk_check_move(self, company_id):
        result = super()._drk_check_move(company_id)
        moved_sudo = self.filtered(lambda partner: partner.company_id.id != company_id).sudo()  # whoever may see them
        if moved_sudo.drk_member_ids or moved_sudo.drk_guardian_ids or moved_sudo.drk_ward_ids:
            raise UserError(self.env._("A person with a family stays in the association. End the household first."))
        return result

    def _drk_guardians(self, day=None):
        """Return who acts for these people on a day (``res.partner``).

        :param day: date, default today
        """
        domain = self.env["drk.guardianship"]._current_domain(day or fields.Date.context_today(self))
        return self.env["drk.guardianship"].search(domain & Domain("child_id", "in", self.ids)).guardian_id

    def _drk_wards(self, day=None):
        """Return for whom these people act on a day (``res.partner``).

        :param day: date, default today
        """
        domain = self.env["drk.guardianship"]._current_domain(day or fields.Date.context_today(self))
        return self.env["drk.guardianship"].search(domain & Domain("guardian_id", "in", self.ids)).child_id

    def _drk_household(self):
        """Return the main household of one person, empty without one."""
        self.ensure_one()
        return self.drk_member_ids.filtered(lambda member: member.is_current and member.is_main)[:1].household_id

    def action_drk_household(self):
        """Open the household of the person, the list where there are two, a new one where there is none."""
        self.ensure_one()
        homes = self.drk_member_ids.filtered("is_current").household_id
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_gdpr.drk_household_action")
        if len(homes) > 1:
            return {**action, "domain": [("id", "in", homes.ids)], "context": {}}
        new = {"default_company_id": self.company_id.id, "default_member_ids": [(0, 0, {"partner_id": self.id})]}
        return {**action, "views": [(False, "form")], "res_id": homes.id, "context": {} if homes else new}
