import logging
from datetime import timedelta

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize

from ..tools import filenames
from ..tools.texts import MailTexts
from .event_event_booking import PUBLIC_CHANNELS

_logger = logging.getLogger(__name__)

LINK_DAYS = 60  # how long after the course its booking page can be opened, from the site and from the mails
# What the office has to see first.
MAIL_STATES = ("failed", "prepared", "queued", "sent")


class EventRegistration(models.Model):
    """The mails of a booking: which were sent, whether they arrived, send again."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    drk_course_mail_ids = fields.Many2many(
        "drk.course.mail",
        "drk_course_mail_registration_rel",
        "registration_id",
        "mail_id",
        "Course Messages",
        copy=False,
        groups="drk_ktv.group_drk_ktv_user",
    )
    drk_contact_email = fields.Char(
        "Email of the Booking",
        copy=False,
        tracking=True,
        help="Typed for this booking: its messages go there. Empty: to the address of the person who booked.",
    )
    drk_contact_differs = fields.Boolean(
        "Other Email than the Person", compute="_compute_drk_contact_differs", compute_sudo=True
    )
    # Not stored on purpose: sending mail never writes on the row that a booking or a cancellation writes.
    drk_mail_state = fields.Selection(
        [
            ("none", "No message"),
            ("prepared", "Message prepared"),
            ("queued", "Message waiting"),
            ("sent", "Message sent"),
            ("failed", "Message not delivered"),
        ],
        "Delivery",
        compute="_compute_drk_mail_state",
        compute_sudo=True,
        search="_search_drk_mail_state",
    )
    drk_mail_reason = fields.Char("Why Not Delivered", compute="_compute_drk_mail_state", compute_sudo=True)

    @api.depends("drk_contact_email", "partner_id.email_normalized")
    def _compute_drk_contact_differs(self):
        for booking in self:
            typed = email_normalize(booking.drk_contact_email or "")
            booking.drk_contact_differs = bool(typed) and typed != booking.partner_id.email_normalized

    @api.depends("drk_course_mail_ids.state", "drk_course_mail_ids.failure_reason")
    def _compute_drk_mail_state(self):
        for booking in self:
            messages = booking.drk_course_mail_ids
            found = [state for state in MAIL_STATES if state in messages.mapped("state")]
            booking.drk_mail_state = found[0] if found else "none"
            failed = messages.filtered(lambda message: message.state == "failed")
            booking.drk_mail_reason = failed[:1].failure_reason

    def _search_drk_mail_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = [self._drk_mail_state_domain(state) for state in value]
        # sudo: the state is shown to all who see the booking, the messages are not
        return fields.Domain("id", "in", self.sudo()._search(fields.Domain.OR(domains)))

    @api.model
    def _drk_mail_state_domain(self, state):
        worse = MAIL_STATES[: MAIL_STATES.index(state)] if state in MAIL_STATES else MAIL_STATES
        domain = ~fields.Domain("drk_course_mail_ids.state", "in", worse) if worse else fields.Domain.TRUE
        return domain & fields.Domain("drk_course_mail_ids.state", "=", state) if state in MAIL_STATES else domain

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._drk_check_mail_vals(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._drk_check_mail_vals(vals)
        return super().write(vals)

    @api.model
    def _drk_check_mail_vals(self, vals):
        if not self.env.su and vals.get("drk_course_mail_ids"):
            raise AccessError(self.env._("Messages are written by the buttons of the booking."))

    # ---- buttons ------------------------------------------------------------

    def action_drk_mail_send(self):
        """Send what was prepared for these bookings (mode: send after a click)."""
        self.check_access("write")
        self.drk_course_mail_ids.filtered(lambda message: message.state == "prepared").action_send()

    def action_drk_mail_resend(self):
        """Send the newest message of each kind that failed again; without a failed one the last message."""
        self.check_access("write")
        for booking in self._drk_bookings():
            current = booking.drk_course_mail_ids.filtered(
                lambda message: message.state != "replaced" and message._current_registrations()
            )
            failed = current.filtered(lambda message: message.state == "failed")
            for message in failed or current[:1]:
                message._resend()
            if not current:
                booking._drk_mail(booking._drk_mail_kind())

    def action_drk_mail_write(self):
        """Write the message by hand from the template."""
        self.ensure_one()
        return self._drk_mail_wizard_action(self._drk_mail_kind())

    def action_drk_mails(self):
        """Open the messages of these bookings."""
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.drk_course_mail_action")
        return action | {"domain": [("registration_ids", "in", self.ids)]}

    def action_drk_print_confirmation(self):
        """Print the confirmation letters, one per booking, for those who have no mail address."""
        first = self.browse([booking[:1].id for booking in self._drk_confirmable()._drk_bookings()])
        return self.env.ref("drk_ktv.report_course_confirmation").report_action(first)

    def _drk_confirmable(self):
        """:return: those that have a place; a letter never confirms more"""
        seated = self.filtered(lambda booking: booking.state in ("open", "done"))
        if not seated:
            raise UserError(self.env._("Only bookings that have a place are confirmed."))
        return seated

    def _drk_mail_wizard_action(self, kind, message=None):
        if not self:
            raise UserError(self.env._("This booking does not exist any more."))
        context = {"default_registration_id": self.id, "default_kind": kind}
        if message:
            message._drk_check_named(message)
            context |= {"default_subject": message.subject, "default_body": message.body}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write a message"),
            "res_model": "drk.course.mail.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {name: value for name, value in context.items() if value},
        }

    # ---- bookings --------------------------------------------------------------

    def _drk_booking_key(self):
        """:return: what registrations of one booking share"""
        first = self[:1]
        return first.drk_group_ref or f"registration-{first.id}"

    def _drk_bookings(self):
        """:return: list of ``event.registration``: those of ``self`` that were booked together in one record set"""
        return list(self.grouped(lambda booking: (booking.event_id.id, booking._drk_booking_key())).values())

    def _drk_whole_booking(self):
        """:return: ``event.registration`` booked together with this one, in the same state"""
        self.ensure_one()
        if not self.drk_group_ref:
            return self
        return self.search(
            [
                ("event_id", "=", self.event_id.id),
                ("drk_group_ref", "=", self.drk_group_ref),
                ("state", "=", self.state),
            ],
            order="id",
        )

    def _drk_mail_lang(self):
        """:return: code of an active language: the one booked in, else the booker's, else German"""
        first = self[:1]
        active = dict(self.env["res.lang"].get_installed())
        wanted = (first.drk_lang, first.partner_id.lang, "de_DE")
        return next((code for code in wanted if code in active), self.env.lang or "en_US")

    def _drk_letter_filename(self, lang=None):
        label = self.with_context(lang=lang or self._drk_mail_lang()).env._("Booking-confirmation")
        return filenames.join(label, self.event_id.drk_number, "pdf")

    def _drk_mail_kind(self):
        """:return: the kind of message that tells the present state of the booking"""
        kinds = {"waiting": "waiting", "offered": "offer", "cancel": "cancel"}
        return kinds.get(self[:1].state, "confirmation")

    def _prepare_drk_mail_texts(self, kind):
        """Hook: what the templates of mails and letters may use, in the language of the context.

        :return: dict, see :class:`..tools.texts.MailTexts`
        """
        return MailTexts(self, kind).values()

    # ---- events ----------------------------------------------------------------

    def _drk_mail(self, kind, state="queued"):
        """Queue one message per booking."""
        if self.env.context.get("drk_no_mail"):  # imports of old bookings, demo data
            return
        # sudo: a visitor or an instructor may not write messages, the booking that causes them was allowed
        message_sudo = self.env["drk.course.mail"].sudo()
        for booking in self.sudo()._drk_bookings():
            message_sudo._create_for(kind, booking, state)

    def _drk_mail_booked(self):
        """Confirm seats in the way the association has chosen; waiting list entries are always told."""
        self.filtered(lambda booking: booking.state == "waiting")._drk_mail("waiting")
        seated = self.filtered(lambda booking: booking.state in ("open", "done"))
        mode = seated.company_id[:1].sudo().drk_ktv_confirmation_mode
        if mode != "manual":
            seated._drk_mail("confirmation", "prepared" if mode == "semi" else "queued")

    def _drk_remind(self):
        """Remind the seats among these bookings, but never twice; who booked just now has the confirmation."""
        reminded = self.drk_course_mail_ids.filtered(lambda message: message.kind == "reminder").registration_ids
        wanted = self.filtered(lambda booking: booking._drk_wants_reminder() and booking not in reminded)
        for booking in wanted._drk_bookings():
            try:
                # One bad row must not keep all others from their reminder.
                with self.env.cr.savepoint():
                    booking._drk_mail("reminder")
            except psycopg2.OperationalError:
                raise  # what only collided is tried again with the whole run
            except Exception:
                _logger.exception("Reminder of the bookings %s could not be written", booking.ids)

    def _drk_wants_reminder(self):
        """Hook: whether this booking is reminded at all."""
        days = timedelta(days=self.company_id.drk_ktv_reminder_days)
        return self.state == "open" and self.create_date <= self.event_id.date_begin - days

    def _post_drk_offer(self):
        result = super()._post_drk_offer()
        self._drk_mail("offer")
        return result

    def _post_drk_accept(self):
        result = super()._post_drk_accept()
        self._drk_mail_booked()
        return result

    def _post_drk_cancel(self, by):
        result = super()._post_drk_cancel(by)
        self._drk_mail("cancel")
        return result

    def _post_drk_expire(self):
        result = super()._post_drk_expire()
        self._drk_mail("cancel")
        return result

    # ---- whom the messages reach --------------------------------------------------

    def _drk_mail_address(self):
        """:return: normalized address of the messages of this booking, or False"""
        first = self[:1]
        booker = first.partner_id or first.drk_participant_id
        found = (email_normalize(email or "") for email in (first.drk_contact_email, booker.email, first.email))
        return next(filter(None, found), False)

    def _drk_reaches_booker(self):
        """Whether the messages surely reach the person who booked.

        The site takes who types a known name and birth date for that person. Somebody else can know both, and must not
        learn by it what is stored.
        """
        first = self[:1]
        if first.drk_channel not in PUBLIC_CHANNELS:
            return True
        booker = first.partner_id or first.drk_participant_id
        return bool(booker.email_normalized) and self._drk_mail_address() == booker.email_normalized

    def _drk_shows_birthdate(self):
        """Whether a letter may print the birth date: of somebody else only when the office booked."""
        self.ensure_one()
        own = self.drk_channel not in PUBLIC_CHANNELS or self.drk_participant_id == self.partner_id
        return own and self._drk_reaches_booker()

    def _drk_letter_lines(self, company):
        """:return: list of str, the address in the window of the letter

        By post it reaches the stored address alone. As the attachment of a mail it shows nothing stored to somebody
        unknown.
        """
        person = self[:1].partner_id or self[:1].drk_participant_id
        hidden = self.env.context.get("drk_letter_by_mail") and not self._drk_reaches_booker()
        return [person.name] if hidden else person._drk_recipient_lines(company)

    def _drk_clears_calendar(self):
        """Only who was told about a place and has none left on this date has something to delete in the calendar."""
        group = self
        if self[:1].drk_group_ref:
            group = self.search([("event_id", "=", self.event_id.id), ("drk_group_ref", "=", self[:1].drk_group_ref)])
        told = self.sudo().drk_course_mail_ids.filtered(
            lambda message: message.kind in ("confirmation", "reminder", "rebooked") and message.date_sent
        )  # sudo: the same file for everybody
        return bool(told) and not group.filtered(lambda booking: booking.state in ("open", "done"))

    # ---- addresses -------------------------------------------------------------

    def _drk_booking_address(self):
        """:return: address of the page on which the booker sees and cancels this booking, by a signed link"""
        return self._drk_signed_address("buchung", self._drk_booking_token())

    def _drk_booking_token(self):
        """:return: token of the booking page, the same life for the site and for the mails"""
        self.ensure_one()
        expires = self.event_id.date_end + timedelta(days=LINK_DAYS)
        return self.env["drk.link"]._sign("ktv_booking", self.id, expires)

    def _drk_offer_address(self):
        """:return: address of the page on which the offered seat is accepted or declined, as long as it is offered"""
        self.ensure_one()
        if not self.drk_offer_until:  # the link would be valid for ever
            raise UserError(self.env._("No place is offered to this booking at the moment."))
        return self._drk_signed_address(
            "angebot", self.env["drk.link"]._sign("ktv_offer", self.id, self.drk_offer_until)
        )

    def _drk_signed_address(self, page, token):
        return f"{self.event_id._drk_base_address()}/kurse/{page}/{token}"
