from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class DrkCourseAttendance(models.Model):
    """Anwesenheit: whether one participant was there on one day of the course."""

    _name = "drk.course.attendance"
    _description = "Attendance"
    _inherit = ["drk.association.mixin"]
    _drk_name_is_guarded = True
    _drk_named_by = "registration_id"
    _order = "session_id, registration_id, id"

    registration_id = fields.Many2one(
        "event.registration", string="Participant", required=True, ondelete="cascade", index=True
    )
    session_id = fields.Many2one("drk.course.session", required=True, ondelete="cascade", index=True)
    event_id = fields.Many2one(
        related="registration_id.event_id", string="Course", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(related="registration_id.company_id", store=True, precompute=True, default=None)
    # Empty: an entry was taken back. The row stays, so that an older one arriving late does not come to life again.
    state = fields.Selection(
        [("present", "Present"), ("partly", "Partly present"), ("absent", "Absent")], string="Attendance"
    )
    recorded_at = fields.Datetime(readonly=True, required=True, default=fields.Datetime.now)
    recorded_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null", index="btree_not_null")
    client_key = fields.Char(
        readonly=True, copy=False, help="The phone's name of the entry: sent twice, it counts once."
    )

    _once = models.UniqueIndex("(registration_id, session_id)", "This person has an entry for this session already.")

    @api.depends("registration_id.display_name", "session_id.display_name")
    @api.depends_context("uid")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.registration_id.display_name or ''}, {line.session_id.display_name or ''}"

    @api.constrains("registration_id", "session_id")
    def _check_same_course(self):
        for line in self:
            if line.session_id.event_id != line.registration_id.event_id:
                raise ValidationError(self.env._("The session belongs to another course than the booking."))

    # ------------------------------------------------------------------ create, write
    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create([self._prepare_recorded_vals(vals) for vals in vals_list])
        lines._check_papers_open()
        lines.registration_id._drk_follow_attendance()
        return lines

    def write(self, vals):
        self._check_papers_open()
        changed = self.registration_id
        result = super().write(self._prepare_recorded_vals(vals) if "state" in vals else vals)
        (changed | self.registration_id)._drk_follow_attendance()
        return result

    def unlink(self):
        self._check_papers_open()
        registrations = self.registration_id
        result = super().unlink()
        registrations._drk_follow_attendance()
        return result

    @api.model
    def _prepare_recorded_vals(self, vals):
        """Who recorded an entry and when is nothing a user may choose; what a phone sends comes with its own moment."""
        own = {"recorded_at": fields.Datetime.now(), "recorded_by_id": self.env.uid, "client_key": False}
        return own | vals if self.env.su else vals | own

    def _check_papers_open(self):
        closed = self.event_id.filtered(lambda event: event.drk_papers_state == "complete")
        if closed:
            raise UserError(closed[0]._drk_papers_closed_message())
