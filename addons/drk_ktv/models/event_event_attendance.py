import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..exceptions import AlreadyBooked, CourseClosed
from ..tools import attendance, filenames
from .event_registration_attendance import WALK_IN

ON_THE_LIST = ("open", "done")
PER_SHEET = 5  # columns to be signed


class EventEvent(models.Model):
    """Recording the attendance: by the instructors of the course and by the office, on many phones at once."""

    _inherit = "event.event"  # pylint: disable=consider-merging-classes-inherited

    drk_attendance_ids = fields.One2many("drk.course.attendance", "event_id", string="Attendance")
    drk_present_count = fields.Integer(string="Present all the time", compute="_compute_drk_present_count")

    def _compute_drk_present_count(self):
        counts = dict(
            self.env["event.registration"]._read_group(
                Domain("event_id", "in", self.ids) & Domain("drk_attendance", "=", "all"), ["event_id"], ["__count"]
            )
        )
        for event in self:
            event.drk_present_count = counts.get(event._origin, 0)

    # ------------------------------------------------------------------ who may
    def _drk_check_may_teach(self):
        """Instructors their own courses, the office all of the association.

        :raise AccessError:
        """
        if self.env.su:
            return
        self.check_access("read")
        if not self.env.user.has_group("drk_ktv.group_drk_ktv_instructor") or not all(self.mapped("drk_is_course")):
            raise AccessError(self.env._("The attendance is recorded by the instructors of the course and its office."))

    # ------------------------------------------------------------------ entries
    def _drk_listed(self):
        """:return: ``event.registration`` of those who take part, by name"""
        listed = self.registration_ids.filtered(lambda r: r.state in ON_THE_LIST)
        return listed.sorted(lambda r: (r._drk_sort_key(), r.id))

    def _drk_attendance_states(self):
        """:return: dict of (session id, registration id) to state; entries that were taken back are left out"""
        return {
            (line.session_id.id, line.registration_id.id): line.state for line in self.drk_attendance_ids if line.state
        }

    def _drk_record_attendance(self, raw_entries, sent=None):
        """Store entries of one course, each for itself: a wrong one is refused, the others are kept; commits.

        The later tap wins, whichever phone it came from and whenever it arrives. The same entry sent again changes
        nothing.

        :param raw_entries: list of whatever a phone sent: dicts ``key, session, registration, state, at``
        :param sent: milliseconds since 1970 by the clock of the phone, to correct that clock
        :return: list of dicts ``key, ok, state, message`` in the same order; ``state`` is what holds now. What was
            refused says ``about`` which course, session and person it was
        """
        self.ensure_one()
        self._drk_check_may_teach()

        def record(courses):
            # the right to record was checked; instructors write nothing else of a booking
            return courses.sudo()._drk_record_entries(raw_entries, sent)

        return self._drk_in_turn(record)

    def _drk_record_entries(self, raw_entries, sent):
        now = attendance.utc_now()
        lines = {(line.session_id.id, line.registration_id.id): line for line in self.drk_attendance_ids}
        refusals = self._drk_attendance_refusals()
        answers = []
        for raw in raw_entries:
            entry = attendance.read_entry(raw, sent, now)
            message = self._drk_refuse_entry(entry, refusals)
            if message:
                answer = {"key": attendance.read_key(raw), "ok": False, "state": "", "message": message}
                answers.append(answer | {"about": self._drk_entry_about(entry)})
                continue
            slot = (entry.session, entry.registration)
            lines[slot] = self._drk_store_entry(lines.get(slot), entry)
            answers.append({"key": entry.key, "ok": True, "state": lines[slot].state or "", "message": ""})
        return answers

    def _drk_entry_about(self, entry):
        """What an entry was for, as far as it is of this course: who reads it may be on another page."""
        session = self.drk_session_ids.filtered(lambda session: entry and session.id == entry.session)
        person = self.registration_ids.filtered(lambda registration: entry and registration.id == entry.registration)
        name = person._drk_shown_names().get(person.id)
        return ", ".join(filter(None, (self.display_name, session and session._drk_day_label(), name)))

    def _drk_store_entry(self, line, entry):
        vals = {"state": entry.state or False, "recorded_at": entry.moment, "client_key": entry.key}
        if not line:
            slot = {"session_id": entry.session, "registration_id": entry.registration}
            return self.env["drk.course.attendance"].create(slot | vals)
        # What somebody else has entered meanwhile stays: neither "all others" nor its undo was meant for it.
        meant = not (entry.fill and line.state) and entry.undoes in ("", line.client_key)
        if meant and line.client_key != entry.key and line.recorded_at <= entry.moment:
            line.write(vals)
        return line

    def _drk_attendance_refusals(self):
        """What can be wrong with an entry of this course: dict with the words, and the bookings and sessions of it."""
        return {
            "closed": self._drk_papers_closed_message() if self.drk_papers_state == "complete" else "",
            "cancelled_course": self._drk_is_cancelled(),
            "states": {registration.id: registration.state for registration in self.registration_ids},
            "begun": {session.id: session._drk_has_begun() for session in self.drk_session_ids},
        }

    def _drk_refuse_entry(self, entry, refusals):
        """:return: a sentence that says why an entry cannot be taken, or empty"""
        if entry is None:
            return self.env._("This entry could not be read.")
        if refusals["closed"]:
            return refusals["closed"]
        if refusals["cancelled_course"]:
            return self.env._("This course has been cancelled.")
        if entry.session not in refusals["begun"]:
            return self.env._("This session does not belong to the course.")
        if not refusals["begun"][entry.session]:
            return self.env._("Attendance is recorded on the day of the session at the earliest.")
        return self._drk_refuse_person(refusals["states"].get(entry.registration))

    def _drk_refuse_person(self, state):
        if state is None:
            return self.env._("This person is not on the list of this course.")
        if state == "cancel":
            return self.env._("This booking has been cancelled.")
        if state not in ON_THE_LIST:
            return self.env._("This person has no place in this course. Please ask the course office.")
        return ""

    # ------------------------------------------------------------------ people who come without a booking
    def _drk_walk_in(self, typed, session=None, company_name=None):
        """Book somebody who stands in the room, through the door of all bookings, and mark them present; commits.

        Nothing stored of a person whom the typed values mean reaches the booking or whoever books.

        :param typed: dict for ``_drk_match_or_create_person``
        :param session: ``drk.course.session`` they came to, or None
        :param company_name: str, the company that pays; empty: the person pays
        :return: the new ``event.registration``
        :raise CourseFull, CourseClosed, AlreadyBooked: as ``_drk_book``
        """
        self.ensure_one()
        self._drk_check_may_teach()

        def book(courses):
            # sudo: as for recording; the door itself checks places and days
            course_sudo = courses.sudo().with_context(drk_walk_in=True)
            booking = course_sudo._drk_book(
                [typed],
                payer=course_sudo._drk_walk_in_payer(company_name),
                payer_kind="company" if company_name else "self",
                channel=WALK_IN,
                lang=self.env.lang,
            )
            if session:
                vals = {"registration_id": booking.id, "session_id": session.id, "state": "present"}
                self.env["drk.course.attendance"].sudo().create(vals)
            return booking

        return self._drk_in_turn(book).with_env(self.env)

    def _drk_walk_in_payer(self, company_name):
        """The company that pays: the one of a colleague on this list, else a new one."""
        if not company_name:
            return None
        for registration in self._drk_listed():
            payer = registration.drk_payer_id
            if payer.is_company and (payer.name or "").casefold() == company_name.casefold():
                return payer
        return {"is_company": True, "name": company_name}

    def _drk_check_bookable(self, channel):
        """On site somebody is booked on the days of the course alone, until its last evening.

        The channel alone says nothing: it stays with a booking that the office moves to another date.
        """
        if not self.env.context.get("drk_walk_in") or not self.drk_is_course or self._drk_is_cancelled():
            return super()._drk_check_bookable(channel)
        today = self._drk_local(fields.Datetime.now()).date()
        if today < self._drk_local(self.date_begin).date():
            raise CourseClosed(self.env._("The course has not begun yet. Please book it the usual way."))
        if today > self._drk_local(self.date_end).date():
            raise CourseClosed(self.env._("The course is over. Please ask the course office to add this person."))
        if self.drk_papers_state == "complete":
            raise CourseClosed(self._drk_papers_closed_message())
        return None

    def _drk_check_not_booked(self, participants):
        """On site it helps to know whether the person only waits for a place."""
        try:
            return super()._drk_check_not_booked(participants)
        except AlreadyBooked as error:
            if not self.env.context.get("drk_walk_in") or not self._drk_waits(participants):
                raise
            message = self.env._("This person is on the waiting list. The course office can give them the place.")
            raise AlreadyBooked(message, person=error.person) from error

    def _drk_waits(self, participants):
        own = self.registration_ids.filtered(lambda r: r.drk_participant_id in participants)
        return bool(own.filtered(lambda r: r.state in ("waiting", "offered")))

    def _prepare_drk_participant_vals(self, person, sources):
        vals = super()._prepare_drk_participant_vals(person, sources)
        typed = sources[0]
        if self.env.context.get("drk_walk_in") and isinstance(typed, dict):
            name = " ".join(filter(None, (typed.get("firstname"), typed.get("lastname"))))
            vals |= {"name": name, "email": typed.get("email"), "phone": typed.get("phone"), "drk_plz_area": False}
        return vals

    # ------------------------------------------------------------------ buttons and lists
    def action_drk_attendance_page(self):
        """Open the page on which attendance is recorded."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/kurse/anwesenheit/{self.id}", "target": "new"}

    def action_drk_attendance(self):
        """Open the entries of this course, by session."""
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.drk_course_attendance_action")
        return action | {"domain": [("event_id", "in", self.ids)]}

    def action_drk_print_signature_list(self):
        """Print the lists that participants sign."""
        self._drk_check_listable()
        return self.env.ref("drk_ktv.report_course_signature_list").report_action(self)

    def _drk_check_listable(self):
        if not all(self.mapped("drk_is_course")):
            raise UserError(self.env._("Lists are printed for course dates."))
        return self

    def _prepare_drk_list_values(self, recorded=False):
        """Hook: what stands on the list of a course.

        :param recorded: True shows the attendance as it was recorded, False leaves room for signatures
        :return: dict ``facts`` (list of (label, value)), ``blocks`` (lists of sessions as dicts, as many as fit on one
            sheet), ``rows`` (list of dicts), ``spare`` (number of empty lines), ``employers`` (bool)
        """
        self._drk_check_listable().ensure_one()
        sessions = self.drk_session_ids.sorted("date_begin")
        states = self._drk_attendance_states()
        labels = dict(self.env["drk.course.attendance"]._fields["state"]._description_selection(self.env))
        rows = [
            row
            | {
                "marks": {
                    session.id: labels.get(states.get((session.id, row["id"])), "") if recorded else ""
                    for session in sessions
                }
            }
            for row in self._drk_listed()._drk_list_rows()
        ]
        columns = [self._prepare_drk_list_column(session) for session in sessions]
        return {
            "facts": self._prepare_drk_list_facts(),
            "blocks": [columns[index : index + PER_SHEET] for index in range(0, len(columns), PER_SHEET)],
            "rows": rows,
            "spare": 0 if recorded else min(max(self.drk_free, 2), 8),
            "employers": any(row["employer"] for row in rows) or not recorded,
        }

    def _prepare_drk_list_column(self, session):
        begin, end = self._drk_local(session.date_begin), self._drk_local(session.date_end)
        return {
            "id": session.id,
            "day": format_date(self.env, begin.date(), date_format="EEE dd.MM.yyyy"),
            "times": f"{begin:%H:%M}–{end:%H:%M}",
        }

    def _drk_list_filename(self, recorded=False):
        """:return: name of the file without its ending"""
        label = self.env._("Attendance-list") if recorded else self.env._("Signature-list")
        return filenames.join(label, self.drk_number if len(self) == 1 else "", "pdf").removesuffix(".pdf")

    def _prepare_drk_list_facts(self):
        # sudo: the names of the instructors stand on the list, whoever prints it
        instructors_sudo = (self.drk_session_ids.instructor_ids | self.drk_instructor_id).sudo()
        rooms = self._drk_rooms()
        facts = [
            (self.env._("Course"), f"{self.name} ({self.drk_number})"),
            (self.env._("Place"), "; ".join(filter(None, (self._drk_place(room) for room in rooms)))),
            (self.env._("Instructors"), ", ".join(instructors_sudo.mapped("display_name"))),
            (self.env._("Teaching units"), sum(self.drk_session_ids.mapped("units")) or ""),
        ]
        return [fact for fact in facts if fact[1]]

    @api.model
    def _drk_today_domain(self):
        """Courses on whose page something is to be done: they run, come, or are not older than two weeks."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=14)
        return (
            Domain("drk_is_course", "=", True)
            & Domain("kanban_state", "!=", "cancel")
            & (
                Domain("date_end", ">=", since)
                | Domain("date_end", ">=", fields.Datetime.subtract(since, days=90))
                & Domain("drk_papers_state", "=", "open")
            )
        )

    def _drk_signature_pdf(self):
        """:return: bytes of the signature list of this course"""
        self._drk_check_may_teach()
        return self.env["ir.actions.report"]._drk_pdf("drk_ktv.report_course_signature_list", self)

    def _drk_add_papers(self, files):
        """Keep scans with the course.

        :param files: list of (file name, bytes)
        :return: list of sentences about those that were refused
        """
        self.ensure_one()
        self._drk_check_may_teach()
        refused = []
        papers_sudo = self.env["drk.course.paper"].sudo()  # instructors add papers here alone
        for name, content in files:
            try:
                with self.env.cr.savepoint():
                    papers_sudo._add(self, name, base64.b64encode(content))
            except UserError as error:
                refused.append(str(error))
        return refused
