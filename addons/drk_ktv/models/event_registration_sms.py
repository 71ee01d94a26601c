from odoo import api, fields, models
from odoo.tools import format_date

from ..tools.phone import SMS_LENGTH, mobile, shorten
from .event_event_booking import PUBLIC_CHANNELS

# What the office sees of the states of an SMS; switched off means: call these people.
SMS_STATES = {"queued": "queued", "sending": "queued", "sent": "sent", "failed": "failed", "off": "failed"}


class EventRegistration(models.Model):
    """The SMS to people whose course is cancelled at short notice."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    drk_sms_state = fields.Selection(
        [("none", "No SMS"), ("queued", "SMS waiting"), ("sent", "SMS sent"), ("failed", "SMS not delivered")],
        "SMS",
        compute="_compute_drk_sms_state",
        compute_sudo=True,
        search="_search_drk_sms_state",
    )
    drk_sms_reason = fields.Char("Why No SMS", compute="_compute_drk_sms_state", compute_sudo=True)

    def _compute_drk_sms_state(self):
        """The newest SMS to this booking's number about this course: people of one number get it once."""
        about = [("res_model", "=", self._name), ("res_id", "in", self.event_id.registration_ids.ids)]
        messages = self.env["drk.sms"].search(about) if self.ids else self.env["drk.sms"]
        courses = {booking.id: booking.event_id for booking in self.browse(messages.mapped("res_id"))}
        for booking in self:
            number = booking._drk_mobile()
            mine = messages.filtered(
                lambda message, booking=booking, number=number: (
                    message.res_id == booking.id
                    or (message.number == number and courses[message.res_id] == booking.event_id)
                )
            )[:1]
            booking.drk_sms_state = SMS_STATES.get(mine.state, "none")
            booking.drk_sms_reason = mine.failure_reason

    def _search_drk_sms_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = [self._drk_sms_state_domain(state) for state in value]
        return fields.Domain.OR(domains)

    @api.model
    def _drk_sms_state_domain(self, state):
        states = [code for code, label in SMS_STATES.items() if label == state]
        about = fields.Domain("res_model", "=", self._name)
        # sudo: whether an SMS was sent is shown to all who see the booking, the log is not
        messages_sudo = (
            self.env["drk.sms"].sudo().search(about & fields.Domain("state", "in", states) if states else about)
        )
        return fields.Domain("id", "in" if states else "not in", messages_sudo.mapped("res_id"))

    def _drk_mobile(self):
        """The mobile number of this booking; who booked on the site may know no more than a name.

        :return: str (E.164) or False
        """
        self.ensure_one()
        numbers = [self.phone]
        if self.drk_channel not in PUBLIC_CHANNELS:
            numbers += [self.drk_participant_id.phone, self.partner_id.phone]
        return next(filter(None, map(mobile, numbers)), False)

    def _drk_mobiles(self):
        """:return: dict mobile number -> the first booking it belongs to"""
        numbers = {}
        for booking in self.sorted("id"):
            numbers.setdefault(booking._drk_mobile(), booking)
        numbers.pop(False, None)
        return numbers

    def _drk_sms_lost(self):
        """One SMS to each mobile number of these bookings: the course does not take place."""
        for number, booking in self._drk_mobiles().items():
            text = booking.with_context(lang=booking._drk_mail_lang())._drk_sms_lost_text()
            booking._drk_sms_send(number, text)

    def _drk_sms_lost_text(self):
        """Hook: the text of the SMS about a cancelled course, at most 160 characters."""
        course = self.event_id
        words = {
            "course": course.drk_kind_id.name or course.name,
            "day": format_date(self.env, course._drk_local(course.date_begin).date(), date_format="EEE dd.MM.y"),
            "phone": self.company_id.phone or self.company_id.email or "",
            "association": self.company_id.name,
        }
        text = self.env._(
            "%(course)s on %(day)s is cancelled. More by e-mail. Questions: %(phone)s. %(association)s", **words
        )
        if len(text) <= SMS_LENGTH:
            return text
        # What people need most is the day and the telephone number: the name of the course gives way.
        rest = len(self._drk_sms_short_text(words | {"course": ""}))
        return self._drk_sms_short_text(words | {"course": shorten(words["course"], max(SMS_LENGTH - rest, 3))})

    def _drk_sms_short_text(self, words):
        return self.env._("%(course)s on %(day)s is cancelled. Questions: %(phone)s", **words)

    def _drk_sms_send(self, number, text):
        """Hand one SMS about this booking to the association's provider; what goes wrong stands in its log."""
        self.env["drk.sms"]._send(self.company_id, self.drk_participant_id, number, text, record=self)
