from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_datetime


class DrkCourseSession(models.Model):
    """Kurstag: one stretch of a course in one room with its instructors."""

    _name = "drk.course.session"
    _description = "Course session"
    _inherit = ["drk.association.mixin"]
    _order = "date_begin, id"

    event_id = fields.Many2one("event.event", string="Course", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="event_id.company_id", store=True, precompute=True, default=None)
    name = fields.Char(string="Topic")
    date_begin = fields.Datetime(string="Begin", required=True, index=True)
    date_end = fields.Datetime(string="End", required=True)
    units = fields.Integer(string="Teaching units", compute="_compute_units", store=True, readonly=False)
    room_id = fields.Many2one("drk.room", ondelete="restrict", index=True, check_company=True)
    instructor_ids = fields.Many2many("drk.instructor", string="Instructors", check_company=True)
    # False as soon as the course is cancelled or archived: then its room is free again.
    is_blocking = fields.Boolean(compute="_compute_is_blocking", store=True, precompute=True)

    _date_order = models.Constraint("CHECK(date_end > date_begin)", "A session must end after its begin.")
    _room_free = models.Constraint(
        "EXCLUDE USING gist (room_id WITH =, tsrange(date_begin, date_end) WITH &&)"
        " WHERE (is_blocking AND room_id IS NOT NULL) DEFERRABLE INITIALLY DEFERRED",
        "The room is already taken at this time.",
    )

    def _auto_init(self):
        # the exclusion constraint compares a plain integer in a gist index
        self.env.cr.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        return super()._auto_init()

    @api.depends("event_id.active", "event_id.kanban_state")
    def _compute_is_blocking(self):
        for session in self:
            session.is_blocking = session.event_id.active and session.event_id.kanban_state != "cancel"

    @api.depends("date_begin", "date_end")
    def _compute_units(self):
        """At most the minutes fit into; the kind says how many a whole course has."""
        for session in self:
            if not session.units and session.date_begin and session.date_end:
                minutes = (session.date_end - session.date_begin).total_seconds() / 60
                whole = session.event_id.drk_kind_id.units
                fitting = int(minutes // 45)
                session.units = min(fitting, whole) if whole else fitting

    @api.depends("date_begin", "event_id.drk_number")
    def _compute_display_name(self):
        for session in self:
            when = format_datetime(self.env, session.date_begin, tz=session.event_id.date_tz, dt_format="short")
            session.display_name = f"{session.event_id.drk_number or ''} {when}".strip()

    @api.constrains("room_id", "date_begin", "date_end", "is_blocking")
    def _check_room_free(self):
        for session in self.filtered(lambda s: s.room_id and s.is_blocking):
            # rooms of the association may be taken by courses this user does not see
            clash = self.sudo().search([*session._overlap_domain(), ("room_id", "=", session.room_id.id)], limit=1)
            if clash:
                raise ValidationError(
                    self.env._(
                        "The room %(room)s is taken by %(course)s at this time.",
                        room=session.room_id.display_name,
                        course=clash.event_id.display_name,
                    )
                )
        self._check_now("drk_course_session_room_free")

    @api.constrains("instructor_ids", "date_begin", "date_end", "is_blocking")
    def _check_instructors_free(self):
        for session in self.filtered(lambda s: s.instructor_ids and s.is_blocking):
            clash = self.sudo().search(  # as above
                [*session._overlap_domain(), ("instructor_ids", "in", session.instructor_ids.ids)], limit=1
            )
            if clash:
                busy = (clash.instructor_ids & session.instructor_ids.sudo())[0]
                hidden = busy.partner_id._drk_hidden_from_user()
                raise ValidationError(
                    self.env._(
                        "%(instructor)s teaches %(course)s at this time.",
                        instructor=busy._drk_no_name() if hidden else busy.display_name,
                        course=clash.event_id.display_name,
                    )
                )
        # the shared row makes two concurrent assignments meet: the second one starts again and sees the first
        self.instructor_ids.sudo().last_assigned = self.env.cr.now()

    def _overlap_domain(self):
        self.ensure_one()
        return [
            ("id", "!=", self.id),
            ("is_blocking", "=", True),
            ("date_begin", "<", self.date_end),
            ("date_end", ">", self.date_begin),
        ]

    def _check_now(self, constraint):
        """Let PostgreSQL check a deferred constraint now, while the message still reaches the user."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "SET CONSTRAINTS %(name)s IMMEDIATE; SET CONSTRAINTS %(name)s DEFERRED", name=SQL.identifier(constraint)
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._complete_vals(vals)
        sessions = super().create(vals_list)
        sessions.event_id._drk_sync_dates()
        return sessions

    @api.model
    def _complete_vals(self, vals):
        event = self.env["event.event"].browse(vals.get("event_id"))
        if event and "room_id" not in vals:
            vals["room_id"] = event.drk_room_id.id
        if event and "instructor_ids" not in vals and event.drk_instructor_id:
            vals["instructor_ids"] = [fields.Command.set(event.drk_instructor_id.ids)]

    def write(self, vals):
        result = super().write(vals)
        if {"date_begin", "date_end"} & vals.keys():
            self.event_id._drk_sync_dates()
        return result

    def unlink(self):
        events = self.event_id
        result = super().unlink()
        events.exists()._drk_sync_dates()
        return result
