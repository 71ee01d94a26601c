import base64
import logging
import re
from datetime import timedelta

import psycopg2
from odoo import SUPERUSER_ID, api, fields, models
from odoo.addons.drk_base.tools.links import TOKEN_PREFIX
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize, formataddr

from ..tools import filenames

_logger = logging.getLogger(__name__)

RETRY_MINUTES = (5, 15, 60, 240)  # after the first, second, ... failed delivery
RETRY_TYPES = (False, "unknown", "mail_smtp")  # a wrong address does not get better by waiting
TOKEN = re.compile(rf"\b{TOKEN_PREFIX}\.[\w.=-]+")
# The states of a booking in which a message of this kind still makes sense when its job runs.
VALID_STATES = {
    "confirmation": ("open", "done"),
    "waiting": ("waiting",),
    "offer": ("offered",),
    "cancel": ("cancel",),
    "reminder": ("open",),
    "rebooked": ("open", "done", "waiting"),
}


class DrkCourseMail(models.Model):
    """One message about one booking: what was sent to whom, whether it arrived, and why not.

    The record is the guard against sending twice: a job only delivers what is ``queued`` and has no mail yet, under a
    row lock, and the mail itself is handed to Odoo's own mail queue in the same transaction.
    """

    _name = "drk.course.mail"
    _inherit = "drk.association.mixin"
    _description = "Course Message"
    _order = "id desc"
    _rec_name = "kind"

    event_id = fields.Many2one(
        "event.event", "Course Date", required=True, index=True, ondelete="cascade", check_company=True
    )
    registration_ids = fields.Many2many(
        "event.registration",
        "drk_course_mail_registration_rel",
        "mail_id",
        "registration_id",
        "Bookings",
        check_company=True,
    )
    booking_key = fields.Char(required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Recipient", index="btree_not_null", check_company=True)
    email_to = fields.Char("Email")
    kind = fields.Selection(
        [
            ("confirmation", "Booking confirmation"),
            ("waiting", "Waiting list"),
            ("offer", "Seat offered"),
            ("cancel", "Cancellation"),
            ("reminder", "Reminder"),
            ("rebooked", "Change of the date"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("prepared", "Prepared"),
            ("queued", "Waiting to be sent"),
            ("sent", "Sent"),
            ("failed", "Not delivered"),
            ("replaced", "Replaced"),
        ],
        default="queued",
        required=True,
        index=True,
        readonly=True,
    )
    failure_reason = fields.Char(readonly=True)
    attempts = fields.Integer("Failed Attempts", readonly=True)
    date_sent = fields.Datetime("Sent On", readonly=True)
    lang = fields.Char("Language", readonly=True)
    subject = fields.Char(help="Empty: the text of the template")
    body = fields.Html(sanitize="email_outgoing", help="Empty: the text of the template")
    mail_id = fields.Many2one("mail.mail", "Email Record", index="btree_not_null", readonly=True, ondelete="set null")
    message_id = fields.Many2one("mail.message", index="btree_not_null", readonly=True, ondelete="set null")

    _once = models.UniqueIndex(
        "(event_id, kind, booking_key) WHERE kind IN ('confirmation', 'reminder') AND state != 'replaced'",
        "This message exists already.",
    )

    @api.constrains("event_id", "registration_ids")
    def _check_registrations(self):
        for message in self:
            if message.registration_ids.event_id - message.event_id:
                raise ValidationError(self.env._("A message is about bookings of its own course date only."))

    @api.depends("kind", "event_id")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for message in self:
            message.display_name = f"{labels.get(message.kind, '')} {message.event_id.drk_number or ''}".strip()

    # ---- buttons ------------------------------------------------------------

    def action_send(self):
        """Send what was prepared (D-KTV-9), or try again at once what was not delivered."""
        self.check_access("read")
        self.registration_ids.check_access("write")
        self.filtered(lambda message: message.state == "prepared")._enqueue()
        for message in self.filtered(lambda message: message.state == "failed"):
            message._resend()

    def action_open_mail(self):
        """Open the wizard with text and attachments of this message; when it is overtaken, with what is true now."""
        self.ensure_one()
        booking = self.registration_ids[:1]
        if not self._current_registrations():
            return booking._drk_mail_wizard_action(booking._drk_mail_kind())
        return booking._drk_mail_wizard_action(self.kind, self)

    # ---- creation -------------------------------------------------------------

    @api.model
    def _create_for(self, kind, registrations, state="queued", **values):
        """Write one message for one booking; an older one of the same kind is replaced.

        :param kind: key of ``kind``
        :param registrations: ``event.registration`` of one booking
        :param state: ``queued`` or ``prepared``
        :param values: e.g. ``subject`` and ``body`` written by hand
        :return: ``drk.course.mail``
        """
        if not self.env.su:
            registrations.check_access("write")
        messages_sudo = self.sudo()  # nobody writes messages by hand, see the access rights
        vals = self._prepare_message_vals(kind, registrations) | {"state": state} | values
        said_sudo = registrations.sudo().drk_course_mail_ids  # for a new booking known to be empty without a query
        said_sudo.filtered(lambda message: message.kind == kind and message.state != "replaced")._replace()
        if not vals["email_to"]:
            reason = self._office(registrations.company_id).env._("No e-mail address: please send a letter.")
            vals |= {"state": "failed", "failure_reason": reason}
        message = messages_sudo.create(vals).with_env(self.env)
        registrations.drk_course_mail_ids._drop_obsolete()
        if message.state == "queued":
            message._enqueue()
        return message

    @api.model
    def _prepare_message_vals(self, kind, registrations):
        """Hook: the values of a new message."""
        booker = registrations[:1].partner_id or registrations[:1].drk_participant_id
        return {
            "kind": kind,
            "event_id": registrations.event_id.id,
            "company_id": registrations.event_id.company_id.id,
            "registration_ids": [fields.Command.set(registrations.ids)],
            # Not the group alone: those who waited together can get their places one after the other.
            "booking_key": f"{registrations._drk_booking_key()}:{min(registrations.ids, default=0)}",
            "partner_id": booker.id,
            "email_to": registrations._drk_mail_address(),
            "lang": registrations._drk_mail_lang(),
        }

    def _drop_obsolete(self):
        """What has not reached anybody and is not true any more need not worry the office."""
        unsent = self.filtered(lambda message: message.state in ("prepared", "queued", "failed"))
        unsent.filtered(lambda message: not message._current_registrations())._replace()

    def _replace(self):
        """A newer message says it now: what was not yet sent is not sent any more, what failed counts no more."""
        mails_sudo = self.sudo().mail_id  # sudo: only administrators see the mail queue
        mails_sudo = mails_sudo.filtered(lambda mail: mail.state in ("outgoing", "exception"))
        self.sudo().write({"state": "replaced"})  # sudo: nobody writes messages by hand
        self.flush_recordset(["state"])  # the index lets the next one in only then
        mails_sudo.with_context(drk_course_mail_replaced=True).cancel()

    def _resend(self, **values):
        """Send the same again as a new message; this one stays as history."""
        self.ensure_one()
        kept = {name: self[name] for name in ("subject", "body") if self[name]}
        return self._create_for(self.kind, self.registration_ids, **(kept | values))

    # ---- delivery -------------------------------------------------------------

    def _enqueue(self):
        """Queue one job each; the job row belongs to this transaction, so nothing leaves before the commit."""
        waiting_sudo = self.sudo().filtered(lambda message: message.state != "queued")  # nobody writes them by hand
        waiting_sudo.write({"state": "queued", "failure_reason": False})
        for message in self:
            # The job reads a booking, prints and mails: no role of ours, whoever booked, has these rights together.
            message.with_user(SUPERUSER_ID).with_context(lang=message.lang).with_delay(
                description=self.env._("Course message %s", message.display_name),
                max_retries=5,
            )._job_deliver()

    def _job_deliver(self):
        """Job: write the mail with its attachments once and give it to Odoo's mail queue."""
        message = self.exists().try_lock_for_update()
        if self.exists() and not message:
            raise RetryableJobError("The message is just being sent.", seconds=10)
        if message.state != "queued" or message.mail_id:
            return self.env._("Nothing to do.")
        if not message._current_registrations():
            message.state = "replaced"
            return self.env._("The booking has changed, the message was not needed any more.")
        try:
            # One bad template or room sketch must show at the booking, not only in the job list.
            with self.env.cr.savepoint():
                message._create_mail()
        except psycopg2.Error:
            raise  # what only collided is tried again by the job runner
        except Exception as error:
            _logger.exception("Course message %s could not be written", message.id)
            message.write({"state": "failed", "failure_reason": self._short(error)})
            return message.failure_reason
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return self.env._("Handed to the mail queue.")

    def _create_mail(self):
        mail = self.env["mail.mail"].create(self._prepare_mail_vals())
        self.write({"mail_id": mail.id, "message_id": mail.mail_message_id.id})

    def _current_registrations(self):
        return self.registration_ids.filtered(lambda booking: booking.state in VALID_STATES[self.kind])

    def _prepare_mail_vals(self):
        """Hook: the values of the ``mail.mail``. No layout around it: no logo, no promotion, no tracking."""
        registrations = self._current_registrations()
        texts = self._render_texts(registrations)
        sender = self._sender()
        return {
            "model": "event.registration",
            "res_id": registrations[0].id,
            "record_company_id": self.company_id.id,
            "author_id": self.company_id.partner_id.id,
            "subject": self.subject or texts["subject"],
            "body_html": self.body or texts["body"],
            # The history of the booking is read by more people than the one whom the signed link is for.
            "body": TOKEN.sub(f"{TOKEN_PREFIX}.…", self.body or texts["body"]),
            "email_from": sender,
            "reply_to": sender,
            "email_to": formataddr((self.partner_id.name or "", self.email_to)),
            "auto_delete": False,  # the office must be able to say what was written
            "attachment_ids": [
                fields.Command.create(self._prepare_attachment_vals(name, content, mimetype))
                for name, content, mimetype in self._attachments(registrations)
            ],
        }

    def _sender(self):
        company = self.company_id
        address = company.drk_ktv_sender or company.email
        if not address:
            raise UserError(self.env._("The association %s has no e-mail address to send from.", company.name))
        return formataddr((company.name, email_normalize(address) or address))

    def _prepare_attachment_vals(self, name, content, mimetype):
        return {"name": name, "raw": content, "mimetype": mimetype, "res_model": self._name, "res_id": self.id}

    # ---- texts and attachments --------------------------------------------------

    def _template(self):
        return self.env.ref(f"drk_ktv.mail_template_course_{self.kind}")

    def _render_texts(self, registrations):
        """:return: dict with ``subject`` (str) and ``body`` (Markup) in the language of the booker"""
        template_sudo = self._template().sudo()  # sudo: clerks read the finished text, not the template's code
        context = registrations.with_context(lang=self.lang)._prepare_drk_mail_texts(self.kind)
        rendered = {}
        for name, field in (("subject", "subject"), ("body", "body_html")):
            texts = template_sudo._render_field(field, registrations[:1].ids, set_lang=self.lang, add_context=context)
            rendered[name] = texts[registrations[:1].id]
        return rendered

    def _attachments(self, registrations):
        """Hook: what goes with the message.

        :return: list of (file name, bytes, mimetype)
        """
        self.ensure_one()
        parts = {
            "confirmation": ("letter", "sketch", "calendar"),
            "reminder": ("sketch", "calendar"),
            "cancel": ("calendar",),
        }
        files = []
        for part in parts.get(self.kind, ()):
            files += getattr(self, f"_attach_{part}")(registrations)
        return files

    def _attachment_names(self, registrations):
        """:return: list of the file names without printing anything"""
        self.ensure_one()
        names = [registrations._drk_letter_filename(self.lang)] if self.kind == "confirmation" else []
        quick = {"confirmation": ("sketch", "calendar"), "reminder": ("sketch", "calendar"), "cancel": ("calendar",)}
        for part in quick.get(self.kind, ()):
            names += [name for name, _content, _mimetype in getattr(self, f"_attach_{part}")(registrations)]
        return names

    def _attach_letter(self, registrations):
        report = self.env["ir.actions.report"].with_context(lang=self.lang, drk_letter_by_mail=True)
        content = report._drk_pdf("drk_ktv.report_course_confirmation", registrations[:1].with_context(lang=self.lang))
        return [(registrations._drk_letter_filename(self.lang), content, "application/pdf")]

    def _attach_sketch(self, registrations):
        rooms = registrations.event_id._drk_rooms().filtered("sketch")
        label = self.with_context(lang=self.lang).env._("Parking-sketch")
        files = []
        for room in rooms.with_context(bin_size=False):
            content = base64.b64decode(room.sketch)
            files.append(filenames.sketch(label, room.name, room.sketch_filename, content))
        return files

    def _attach_calendar(self, registrations):
        if self.kind == "cancel" and not registrations._drk_clears_calendar():
            return []
        course = registrations.event_id.with_context(lang=self.lang)
        content = course._drk_calendar(cancelled=self.kind == "cancel")
        label = self.with_context(lang=self.lang).env._("Course-dates")
        return [(filenames.join(label, course.drk_number, "ics"), content, "text/calendar")]

    # ---- what became of it --------------------------------------------------------

    @api.model
    def _follow(self, mails):
        """Take over the state of the mails (called by ``mail.mail`` on each change of it)."""
        # sudo: whoever runs the mail queue
        messages = self.sudo().search([("mail_id", "in", mails.ids), ("state", "!=", "replaced")])
        for message in messages:
            message.write(message._prepare_follow_vals(message.mail_id))
        # The row is locked before the mail goes out: a conflict afterwards would send it a second time.
        messages.flush_recordset()

    def _prepare_follow_vals(self, mail):
        if mail.state == "sent":
            return {"state": "sent", "date_sent": fields.Datetime.now(), "failure_reason": False}
        if mail.state == "exception":
            return {"state": "failed", "failure_reason": self._short(mail.failure_reason or mail.failure_type or "")}
        if mail.state == "cancel":
            reason = self._office(self.company_id).env._("Sending was cancelled.")
            return {"state": "failed", "failure_reason": reason}
        return {"state": "queued", "failure_reason": False}

    @api.model
    def _retry_later(self, mails, failure_type):
        """Plan another delivery of mails whose server could not be reached, four times at growing intervals."""
        if failure_type not in RETRY_TYPES:
            return
        for message in self.sudo().search([("mail_id", "in", mails.ids), ("state", "=", "failed")]):
            message.attempts += 1
            if message.attempts <= len(RETRY_MINUTES):
                delay = timedelta(minutes=RETRY_MINUTES[message.attempts - 1])
                message.with_user(SUPERUSER_ID).with_delay(
                    eta=delay,
                    identity_key=f"drk.course.mail,{message.id},{message.attempts}",
                    description=self.env._("Course message %s, another attempt", message.display_name),
                )._job_retry()

    def _job_retry(self):
        """Job: put the same mail into the mail queue again, unless it was delivered or replaced meanwhile."""
        mail = self.exists().mail_id
        if self.exists().state != "failed" or mail.state != "exception":
            return self.env._("Nothing to do.")
        mail.mark_outgoing()
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return self.env._("Handed to the mail queue.")

    def _bounced(self):
        for message in self:
            words = message._office(message.company_id).env
            reason = words._("The mail came back: the mailbox cannot be reached.")
            message.write({"state": "failed", "failure_reason": reason})

    @api.model
    def _office(self, company):
        """:return: ``self`` in the language of the office, that reads why a message failed, whoever noticed it"""
        active = dict(self.env["res.lang"].get_installed())
        wanted = (company.sudo().partner_id.lang, "de_DE")  # sudo: no more than a language
        lang = next((code for code in wanted if code in active), self.env.lang or "en_US")
        return self.with_context(lang=lang)

    @api.model
    def _short(self, text):
        lines = [line.strip() for line in str(text).splitlines() if line.strip()]
        return (lines[0] if lines else self.env._("Unknown reason"))[:200]
