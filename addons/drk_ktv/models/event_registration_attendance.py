from odoo import api, fields, models
from odoo.fields import Domain

WALK_IN = "walkin"


class EventRegistration(models.Model):
    """Who was there: the attendance of a booking over all sessions of its course."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    drk_channel = fields.Selection(selection_add=[(WALK_IN, "On site")], ondelete={WALK_IN: "set null"})
    drk_attendance_ids = fields.One2many(
        "drk.course.attendance", "registration_id", string="Attendance of the sessions"
    )
    drk_attendance = fields.Selection(
        [("none", "Not recorded"), ("partly", "Partly present"), ("all", "Present"), ("absent", "Absent")],
        string="Attendance",
        compute="_compute_drk_attendance",
        store=True,
        precompute=True,
    )

    @api.depends("drk_attendance_ids.state", "event_id.drk_session_ids")
    def _compute_drk_attendance(self):
        for registration in self:
            registration.drk_attendance = registration._drk_get_attendance()

    def _drk_get_attendance(self):
        states = {line.session_id: line.state for line in self.drk_attendance_ids if line.state}
        if not states:
            return "none"
        if set(states.values()) == {"absent"}:
            return "absent"
        attended = all(states.get(session) == "present" for session in self.event_id.drk_session_ids)
        return "all" if attended else "partly"

    def _drk_attended_all(self):
        """Whether this participant was there in every session of the course."""
        self.ensure_one()
        return self.state in ("open", "done") and self.drk_attendance == "all"

    def _drk_follow_attendance(self):
        """Who was there all the time has attended once the course is over; a corrected entry takes it back."""
        registrations_sudo = self.sudo().exists()  # the entry was allowed, the booking only follows it
        attended = registrations_sudo.filtered(lambda r: r.state == "open" and r._drk_attended_all())
        attended.filtered(lambda r: r.event_id._drk_is_over()).write({"state": "done"})
        corrected = registrations_sudo.filtered(
            lambda r: r.state == "done" and r.drk_attendance_ids and r.drk_attendance != "all"
        )
        corrected.write({"state": "open"})

    def action_set_done(self):
        """Ticked by hand or at the door: present in all sessions that have begun and have no entry yet."""
        self.check_access("write")
        result = super().action_set_done()
        self.filtered("drk_is_course")._drk_tick_present()
        return result

    def _drk_tick_present(self):
        """Record the presence that the state of these bookings tells."""
        ticked = self.filtered(lambda r: r.state == "done" and r.event_id.drk_papers_state != "complete")
        vals_list = []
        for registration in ticked:
            known = registration.drk_attendance_ids.session_id
            begun = registration.event_id.drk_session_ids.filtered(lambda session: session._drk_has_begun())
            for session in begun - known:
                vals_list.append({"registration_id": registration.id, "session_id": session.id, "state": "present"})
        # sudo: who may set a booking to attended (checked by its write) thereby records the presence
        self.env["drk.course.attendance"].sudo().create(vals_list)

    @api.model
    def _cron_drk_finish_attended(self, batch_size=500):
        """Set those to attended who were there all the time, when their course has ended since."""
        domain = (
            Domain("drk_attendance", "=", "all")
            & Domain("state", "=", "open")
            & Domain("drk_is_course", "=", True)
            & Domain("event_id.date_end", "<=", fields.Datetime.now())
        )
        found = self.search(domain, limit=batch_size)
        found._drk_follow_attendance()
        self.env["ir.cron"]._commit_progress(len(found), remaining=self.search_count(domain))

    # ------------------------------------------------------------------ people who come without a booking
    def _drk_mail_booked(self):
        """Who stands in the room needs no message that a place is kept."""
        return super(EventRegistration, self.filtered(lambda r: r.drk_channel != WALK_IN))._drk_mail_booked()

    def _drk_reaches_booker(self):
        """On site somebody typed the name and the address: that proves no more than on the website."""
        first = self[:1]
        if first.drk_channel != WALK_IN:
            return super()._drk_reaches_booker()
        booker = first.partner_id or first.drk_participant_id
        return bool(booker.email_normalized) and self._drk_mail_address() == booker.email_normalized

    # ------------------------------------------------------------------ lists
    def _drk_sort_key(self):
        person_sudo = self.drk_participant_id.sudo()  # lists go by last name, whoever prints them
        return ((person_sudo.lastname or self.name or "").casefold(), (person_sudo.firstname or "").casefold())

    def _drk_list_rows(self):
        """:return: list of dicts, what lists and pages made for the user now say about these participants"""
        hidden = self.sudo(False)._drk_nameless()
        blank = {"name": self._drk_no_name(), "born": False, "employer": ""}
        return [
            {"id": registration.id, **(blank if registration in hidden else registration._prepare_drk_list_row())}
            for registration in self
        ]

    def _prepare_drk_list_row(self):
        """Hook: what the lists of a course say about one participant."""
        self.ensure_one()
        pays = self.drk_payer_kind in ("company", "bg")
        return {
            "name": self.name,
            "born": self.drk_birthdate,
            "employer": self.company_name if pays and self.company_name else "",
        }
