from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import ics

SEQUENCE_START = datetime(2026, 1, 1)


class EventEvent(models.Model):
    """The part of a course date that goes out by mail: calendar file, rooms, reminder."""

    _inherit = "event.event"  # pylint: disable=consider-merging-classes-inherited

    def _drk_rooms(self):
        """:return: ``drk.room`` of all sessions, else of the course, in order of use"""
        return self.drk_session_ids.sorted("date_begin").room_id or self.drk_room_id

    def _drk_calendar(self, cancelled=False):
        """Calendar file of all sessions.

        :param cancelled: True takes the sessions out of the calendar again
        :return: bytes (iCalendar)
        """
        self.ensure_one()
        company = self.company_id
        return ics.calendar_file(
            self._prepare_drk_calendar_entries(cancelled),
            fields.Datetime.now(),
            cancelled=cancelled,
            organizer_name=company.name,
            organizer_email=company.drk_ktv_sender or company.email or "",
        )

    def _prepare_drk_calendar_entries(self, cancelled=False):
        """Hook: one :class:`ics.Entry` per session."""
        database = self.env["ir.config_parameter"].sudo().get_param("database.uuid", "drk")
        sessions = self.drk_session_ids.sorted("date_begin")
        address = self._drk_page_address()
        entries = []
        for number, session in enumerate(sessions, 1):
            room = session.room_id or self.drk_room_id
            part = self.env._(" (day %(number)s of %(count)s)", number=number, count=len(sessions))
            entries.append(
                ics.Entry(
                    uid=f"drk-ktv-{session.id}@{database}",
                    start=session.date_begin,
                    end=session.date_end,
                    summary=f"{self.name}{part if len(sessions) > 1 else ''}",
                    location=self._drk_place(room),
                    description=self.env._(
                        "Course %(number)s, %(association)s",
                        number=self.drk_number or "",
                        association=self.company_id.name,
                    ),
                    url=address,
                    sequence=self._drk_calendar_sequence(session, cancelled),
                )
            )
        return entries

    def _drk_calendar_sequence(self, session, cancelled):
        """Grows with each change of the session; a cancellation is newer than all before."""
        changed = max(filter(None, (session.write_date, self.write_date)))
        moment = fields.Datetime.now() if cancelled else changed
        return max(0, int((moment - SEQUENCE_START).total_seconds() // 60)) + int(cancelled)

    @api.model
    def _drk_place(self, room):
        return ", ".join(filter(None, (room.name, room._drk_address_line()))) if room else ""

    def _drk_base_address(self):
        """:return: address of the association's site without a slash at the end"""
        # sudo: the booker's page has an address, whoever asks
        domain = [("company_id", "=", self.company_id.id), ("drk_is_chooser", "=", False)]
        site_sudo = self.env["website"].sudo().search(domain, limit=1)
        return (site_sudo.get_base_url() if site_sudo else self.get_base_url()).rstrip("/")

    def _drk_page_address(self):
        self.ensure_one()
        return f"{self._drk_base_address()}/kurse/{self.drk_number.lower()}" if self.drk_number else ""

    def _post_drk_book(self, registrations):
        result = super()._post_drk_book(registrations)
        registrations._drk_mail_booked()
        return result

    def _post_drk_cancel_course(self, registrations):
        result = super()._post_drk_cancel_course(registrations)
        registrations._drk_mail("cancel")
        return result

    @api.model
    def _drk_to_remind_domain(self, company):
        """Hook: the course dates of an association whose participants are reminded now."""
        now = fields.Datetime.now()
        return (
            Domain("company_id", "=", company.id)
            & Domain("drk_is_course", "=", True)
            & Domain("kanban_state", "!=", "cancel")
            & Domain("date_begin", ">", now)
            & Domain("date_begin", "<=", now + timedelta(days=company.drk_ktv_reminder_days))
        )

    @api.model
    def _cron_drk_remind(self):
        """Remind each booking once, the set number of days before its course (0: never)."""
        companies = self.env["res.company"].search(
            [("drk_is_association", "=", True), ("drk_ktv_reminder_days", ">", 0)]
        )
        for company in companies.filtered(lambda company: company._drk_has_system("ktv")):
            courses = self.search(self._drk_to_remind_domain(company))
            courses.registration_ids._drk_remind()
            self.env["ir.cron"]._commit_progress(len(courses))
