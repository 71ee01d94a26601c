from odoo import api, fields, models
from odoo.fields import Domain

ADULT_AGE = 18


class DrkHouseholdMember(models.Model):
    """A person in a household; a child of separated parents lives in two, one of them is the main one."""

    _name = "drk.household.member"
    _description = "Member of a Household"
    _order = "household_id, sequence, id"
    _rec_name = "partner_id"
    _check_company_auto = True
    _drk_name_is_guarded = True

    household_id = fields.Many2one("drk.household", required=True, ondelete="cascade", index=True, check_company=True)
    company_id = fields.Many2one(related="household_id.company_id", store=True, precompute=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Person", required=True, ondelete="cascade", index=True, check_company=True
    )
    sequence = fields.Integer(default=10)
    role = fields.Selection(
        [("adult", "Adult"), ("child", "Child")],
        compute="_compute_role",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    is_main = fields.Boolean(
        string="Main household",
        compute="_compute_is_main",
        store=True,
        readonly=False,
        precompute=True,
        help="A child can live in two households; letters about the child go to the main one.",
    )
    date_from = fields.Date(string="Since")
    date_to = fields.Date(string="Until")
    is_current = fields.Boolean(compute="_compute_is_current", search="_search_is_current")
    other_household_ids = fields.Many2many(
        "drk.household", string="Also lives in", compute="_compute_other_household_ids"
    )

    _once = models.UniqueIndex(
        "(household_id, partner_id) WHERE date_to IS NULL", "This person is in the household already."
    )
    _one_main = models.UniqueIndex(
        "(partner_id) WHERE is_main AND date_to IS NULL",
        "This person already has a main household. End or change the other one first.",
    )
    _period = models.Constraint(
        "CHECK(date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "The last day must not be before the first day.",
    )

    @api.depends("partner_id")
    def _compute_role(self):
        for member in self:
            person = member.partner_id
            member.role = "child" if person.birthdate_date and person.age < ADULT_AGE else "adult"

    @api.depends("partner_id")
    def _compute_is_main(self):
        people = self.partner_id._origin
        housed = self.search([("partner_id", "in", people.ids), ("is_main", "=", True), ("date_to", "=", False)])
        for member in self:
            others = housed.filtered(lambda m, own=member: m.partner_id == own.partner_id._origin and m != own._origin)
            member.is_main = not others

    @api.depends("date_from", "date_to")
    def _compute_is_current(self):
        today = fields.Date.context_today(self)
        for member in self:
            begun = not member.date_from or member.date_from <= today
            member.is_current = begun and (not member.date_to or member.date_to >= today)

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        begun = Domain("date_from", "=", False) | Domain("date_from", "<=", today)
        domain = begun & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
        return domain if True in value else ~domain

    def _compute_other_household_ids(self):
        homes = self.search([("partner_id", "in", self.partner_id.ids), ("is_current", "=", True)])
        by_person = homes.grouped("partner_id")
        for member in self:
            own = by_person.get(member.partner_id._origin, self.browse())
            member.other_household_ids = own.household_id - member.household_id._origin

    @api.constrains("partner_id", "household_id")
    def _check_association(self):
        for member in self:
            member.partner_id._drk_check_person_of(member.company_id)
