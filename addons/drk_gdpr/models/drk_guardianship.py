from odoo import api, fields, models
from odoo.fields import Domain


class DrkGuardianship(models.Model):
    """Who acts for whom: parents, guardians and legal carers; a person of full age can need one, too."""

    _name = "drk.guardianship"
    _description = "Guardianship"
    _order = "child_id, date_from, id"
    _rec_name = "guardian_id"
    _check_company_auto = True
    _drk_name_is_guarded = True

    child_id = fields.Many2one(
        "res.partner", string="Child or ward", required=True, ondelete="cascade", index=True, check_company=True
    )
    guardian_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True, check_company=True)
    company_id = fields.Many2one(related="child_id.company_id", store=True, precompute=True, index=True)
    kind = fields.Selection(
        [
            ("parent", "Parent with custody"),
            ("guardian", "Guardian (Vormund)"),
            ("curator", "Supplementary curator"),
            ("foster", "Foster parent"),
            ("carer", "Legal carer of an adult"),
        ],
        required=True,
        default="parent",
    )
    date_from = fields.Date(string="Since")
    date_to = fields.Date(string="Until")
    is_current = fields.Boolean(compute="_compute_is_current", search="_search_is_current")

    _once = models.UniqueIndex("(child_id, guardian_id) WHERE date_to IS NULL", "This guardian is entered already.")
    _not_oneself = models.Constraint("CHECK(child_id != guardian_id)", "Nobody is their own guardian.")
    _period = models.Constraint(
        "CHECK(date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "The last day must not be before the first day.",
    )

    @api.depends("date_from", "date_to")
    def _compute_is_current(self):
        today = fields.Date.context_today(self)
        for row in self:
            begun = not row.date_from or row.date_from <= today
            row.is_current = begun and (not row.date_to or row.date_to >= today)

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._current_domain(fields.Date.context_today(self))
        return domain if True in value else ~domain

    @api.model
    def _current_domain(self, day):
        begun = Domain("date_from", "=", False) | Domain("date_from", "<=", day)
        return begun & (Domain("date_to", "=", False) | Domain("date_to", ">=", day))

    @api.constrains("child_id", "guardian_id")
    def _check_association(self):
        for row in self:
            row.guardian_id._drk_check_person_of(row.company_id)
            row.child_id._drk_check_person_of(row.company_id)
