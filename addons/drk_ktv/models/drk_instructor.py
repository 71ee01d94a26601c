from odoo import api, fields, models


class DrkInstructor(models.Model):
    """Ausbilder: a person who teaches courses of the association."""

    _name = "drk.instructor"
    _description = "Instructor"
    _inherit = ["drk.association.mixin"]
    _drk_name_is_guarded = True
    _drk_named_by = "partner_id"
    _rec_names_search = ["partner_id.name"]
    _order = "partner_id, id"

    partner_id = fields.Many2one(
        "res.partner", string="Person", required=True, ondelete="restrict", index=True, check_company=True
    )
    user_id = fields.Many2one("res.users", index=True, help="Sees the own courses with this login.")
    kind_ids = fields.Many2many("drk.course.kind", string="Teaches", check_company=True)
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")
    active = fields.Boolean(default=True)
    # Written with each assignment, so that two transactions cannot assign the same person unseen by each other.
    last_assigned = fields.Datetime(readonly=True, copy=False)
    event_count = fields.Integer(string="Course dates", compute="_compute_event_count")

    _person_uniq = models.UniqueIndex("(company_id, partner_id)", "This person is already an instructor.")

    @api.model
    def _drk_telling(self):
        return self.env["drk.inventory.field"]._telling_fields(self._name)

    @api.depends("partner_id.name", "partner_id.drk_is_restricted")
    @api.depends_context("uid")
    def _compute_display_name(self):
        hidden = self._drk_nameless()
        hidden.display_name = self._drk_no_name()
        for instructor in self - hidden:
            instructor.display_name = instructor.partner_id.name

    def _compute_event_count(self):
        counts = dict(
            self.env["drk.course.session"]._read_group(
                [("instructor_ids", "in", self.ids)], ["instructor_ids"], ["event_id:count_distinct"]
            )
        )
        for instructor in self:
            instructor.event_count = counts.get(instructor, 0)

    def action_view_events(self):
        """Open the dates this instructor teaches."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.event_event_action")
        return action | {"domain": [("drk_session_ids.instructor_ids", "in", self.ids)], "context": {}}
