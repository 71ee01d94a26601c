from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command


class EventEvent(models.Model):
    """When a course date takes place: its sessions, its number, and copies of it."""

    _inherit = "event.event"  # pylint: disable=consider-merging-classes-inherited

    @api.onchange("date_begin")
    def _onchange_drk_date_begin(self):
        moved = self.drk_kind_id and self.date_begin and not self.drk_session_ids
        if moved and (not self.date_end or self.date_end.date() != self.date_begin.date()):
            self.date_end = self.date_begin + self._drk_default_length(self.drk_kind_id)

    @api.model
    def _drk_session_dates(self, commands):
        created = [command[2] for command in commands or [] if command[0] == Command.CREATE]
        if not created:
            return {}
        to_datetime = fields.Datetime.to_datetime
        return {
            "date_begin": min(to_datetime(session["date_begin"]) for session in created),
            "date_end": max(to_datetime(session["date_end"]) for session in created),
        }

    @api.model
    def _drk_complete_dates(self, vals, kind):
        if not vals.get("date_begin"):
            vals["date_begin"] = self.default_get(["date_begin"])["date_begin"]
        if not vals.get("date_end"):
            vals["date_end"] = fields.Datetime.to_datetime(vals["date_begin"]) + self._drk_default_length(kind)

    @api.model
    def _drk_default_length(self, kind):
        """Hook: how long a date lasts when nobody says it: its units, and 45 minutes of breaks on a whole day."""
        units = min(kind.units or 9, 9)
        return timedelta(minutes=45 * (units + (units == 9)))

    # ------------------------------------------------------------------ number
    @api.model
    def _drk_next_number(self, kind, day):
        """Course number: one sequence per association and prefix, starting anew each year."""
        code = f"drk.ktv.{kind.number_prefix}"
        sequence_sudo = self.env["ir.sequence"].sudo()  # numbering is nothing a clerk may edit
        sequence = sequence_sudo.search([("code", "=", code), ("company_id", "=", kind.company_id.id)], limit=1)
        if not sequence:
            sequence = sequence_sudo.create(self._prepare_drk_sequence_vals(kind, code))
        return sequence._next(sequence_date=day)

    @api.model
    def _prepare_drk_sequence_vals(self, kind, code):
        """Hook: how course numbers look."""
        return {
            "name": f"{kind.company_id.name}: {kind.number_prefix}",
            "code": code,
            "company_id": kind.company_id.id,
            "prefix": f"{kind.number_prefix}-%(range_year)s-",
            "padding": 4,
            "implementation": "no_gap",
            "use_date_range": True,
        }

    # ------------------------------------------------------------------ sessions
    def _drk_follow(self, vals, date_begin, room, instructor):
        """Let the sessions follow what was changed on the course: dates by calendar, room, instructor."""
        sessions = self.drk_session_ids
        if not self.env.context.get("drk_sync") and {"date_begin", "date_end"} & vals.keys():
            self._drk_move_sessions(date_begin)
        if "drk_room_id" in vals:
            sessions.filtered(lambda s: s.room_id == room).room_id = self.drk_room_id
        if "drk_instructor_id" in vals:
            for session in sessions.filtered(lambda s: instructor <= s.instructor_ids):
                session.instructor_ids = session.instructor_ids - instructor + self.drk_instructor_id

    def _drk_move_sessions(self, date_begin):
        """The course was moved as a whole: one session takes its dates, several keep their distances."""
        sessions, delta = self.drk_session_ids, self.date_begin - date_begin
        if len(sessions) == 1:
            if (sessions.date_begin, sessions.date_end) != (self.date_begin, self.date_end):
                sessions.write({"date_begin": self.date_begin, "date_end": self.date_end})
        elif delta:
            for session in sessions:
                session.write({"date_begin": session.date_begin + delta, "date_end": session.date_end + delta})

    def _drk_ensure_session(self):
        """A course has at least one session: the time it was planned for."""
        self.env["drk.course.session"].create(
            [
                {"event_id": course.id, "date_begin": course.date_begin, "date_end": course.date_end}
                for course in self
                if not course.drk_session_ids
            ]
        )

    def _drk_sync_dates(self):
        """Begin and end of a course are those of its sessions."""
        for course in self.filtered("drk_session_ids"):
            begin = min(course.drk_session_ids.mapped("date_begin"))
            end = max(course.drk_session_ids.mapped("date_end"))
            if (course.date_begin, course.date_end) != (begin, end):
                course.with_context(drk_sync=True).write({"date_begin": begin, "date_end": end})

    # ------------------------------------------------------------------ copies
    def copy_data(self, default=None):
        """A copied course lies a week later, so that rooms and instructors are not booked twice."""
        vals_list = super().copy_data(default=default)
        for course, vals in zip(self, vals_list, strict=True):
            if course.drk_is_course:
                vals.update(course._prepare_drk_copy_vals())
        return vals_list

    def _prepare_drk_copy_vals(self):
        """Hook: how the copy of a course differs."""
        week = timedelta(days=7)
        sessions = [
            Command.create(
                {
                    "name": session.name,
                    "units": session.units,
                    "date_begin": session.date_begin + week,
                    "date_end": session.date_end + week,
                    "room_id": session.room_id.id,
                    "instructor_ids": [Command.set(session.instructor_ids.ids)],
                }
            )
            for session in self.drk_session_ids
        ]
        return {
            "name": self.name,
            "date_begin": self.date_begin + week,
            "date_end": self.date_end + week,
            "drk_session_ids": sessions,
        }
