"""Mails of a booking: what they say, what is attached, whether they arrive, and that nothing is sent twice."""

import base64
import io
import re
from datetime import datetime, timedelta
from unittest.mock import patch

import icalendar
from freezegun import freeze_time
from odoo import Command
from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.drk_base.tests.common import DrkCase
from odoo.addons.mail.tests.common import MockEmail
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger
from pypdf import PdfReader

PNG = base64.b64encode(
    base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
)
NOW = "2027-02-01 09:00:00"


class CourseMailCase(DrkCase, MockEmail):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOW))
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.association_a.write(
            {
                "email": "kurse.a@example.org",
                "phone": "+49 30 23125010",
                "street": "Rathausplatz 1",
                "city": "Musterstadt",
            }
        )
        cls.association_b.email = "kurse.b@example.org"
        cls.association_a._drk_ensure_website("https://a.example.org")
        cls.room = cls._create_room(cls.association_a)
        cls.course = cls._create_course(cls.association_a, drk_room_id=cls.room.id)
        cls.clerk = cls._user("mail_clerk", "drk_ktv.group_drk_ktv_user")

    @classmethod
    def _create_room(cls, company, **vals):
        return cls.env["drk.room"].create(
            {
                "name": "Lehrsaal Süd",
                "company_id": company.id,
                "street": "Lindenstraße",
                "street_number": "24",
                "zip": "44999",
                "city": "Musterstadt",
                "sketch": PNG,
                "sketch_filename": "skizze.png",
                "directions": "<p>Bus 4 bis <b>Rathausplatz</b></p>",
                **vals,
            }
        )

    @classmethod
    def _create_course(cls, company, seats=4, **vals):
        kind = cls.env["drk.course.kind"].create(
            {
                "name": "Erste-Hilfe-Kurs",
                "code": "EHX",
                "number_prefix": "EHX",
                "company_id": company.id,
                "units": 9,
                "seats_max": seats,
                "mail_note": "Bitte Decke mitbringen.",
                "price_ids": [Command.create({"payer_kind": "self", "date_from": "2024-01-01", "amount": 55})],
            }
        )
        days = [
            (datetime(2027, 3, 27, 8), datetime(2027, 3, 27, 12)),
            (datetime(2027, 3, 28, 7), datetime(2027, 3, 28, 11)),
        ]
        return cls.env["event.event"].create(
            {
                "drk_kind_id": kind.id,
                "company_id": company.id,
                "drk_session_ids": [Command.create({"date_begin": begin, "date_end": end}) for begin, end in days],
                "is_published": True,
                **vals,
            }
        )

    @classmethod
    def _person(cls, firstname="Greta", lastname="Größling", **vals):
        return {
            "firstname": firstname,
            "lastname": lastname,
            "birthdate_date": "1990-05-04",
            "email": f"{firstname.lower()}@example.org",
            "lang": "de_DE",
            **vals,
        }

    def _book(self, *people, course=None, **vals):
        """Book and run the jobs, then Odoo's mail queue."""
        with trap_jobs() as trap:
            bookings = (course or self.course)._drk_book(list(people or [self._person()]), **vals)
            self.jobs = trap.jobs_count()
            self._perform(trap)
        return bookings

    def _perform(self, trap):
        with self.mock_mail_gateway():
            trap.perform_enqueued_jobs()
            self.env["mail.mail"].process_email_queue()
        self.env.invalidate_all()

    def _message(self, bookings, kind="confirmation"):
        return bookings.drk_course_mail_ids.filtered(lambda m: m.kind == kind and m.state != "replaced")

    def _files(self, mail):
        return {name: content for name, content, _mimetype in mail["attachments"]}

    def _pdf_text(self, content):
        text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        return re.sub(r"\s+", " ", text)

    def _text(self, mail):
        return re.sub(r"\s+", " ", html2plaintext(mail["body"]).replace("*", ""))


@tagged("post_install", "-at_install")
class TestConfirmation(CourseMailCase):
    def test_confirmation_goes_out_by_itself(self):
        """D-KTV-8: set so, the confirmation is on its way without a click; set to manual, nothing is sent."""
        self.association_a.drk_ktv_confirmation_mode = "manual"
        self._book(self._person("Anton", "Ärmel"))
        self.assertFalse(self._mails)
        self.association_a.drk_ktv_confirmation_mode = "auto"
        bookings = self._book()
        (mail,) = self._mails
        self.assertEqual(mail["email_to"], ['"Greta Größling" <greta@example.org>'])
        self.assertIn("kurse.a@example.org", mail["email_from"])
        self.assertIn("kurse.a@example.org", mail["reply_to"])
        self.assertEqual(bookings.drk_mail_state, "sent")

    def test_mail_says_everything_in_german(self):
        self._book()
        mail = self._mails[0]
        text = self._text(mail)
        for words in (
            "vielen Dank für Ihre Anmeldung",
            "Erste-Hilfe-Kurs",
            self.course.drk_number,
            "Samstag, 27. März 2027, 09:00 bis 13:00 Uhr",
            "Sonntag, 28. März 2027, 09:00 bis 13:00 Uhr",
            "Lindenstraße 24, 44999 Musterstadt",
            "Bus 4 bis Rathausplatz",
            "Greta Größling",
            "Bitte Decke mitbringen.",
            "Mit freundlichen Grüßen",
        ):
            self.assertIn(words, text)
        self.assertRegex(text, r"Preis pro Person: 55,00\s€")
        self.assertIn("Anmeldebestätigung: Erste-Hilfe-Kurs ab Samstag, 27. März 2027", mail["subject"])

    def test_mail_in_english_for_who_books_in_english(self):
        self._book(self._person(lang="en_US"), lang="en_US")
        text = self._text(self._mails[0])
        self.assertIn("thank you for your booking", text)
        self.assertIn("Saturday, 27 March 2027, 09:00 to 13:00", text)
        self.assertIn(f"Booking-confirmation-{self.course.drk_number}.pdf", self._files(self._mails[0]))

    def test_letter_calendar_and_sketch_are_attached(self):
        """D-KTV-11: the parking sketch of the room comes with the confirmation."""
        self._book()
        files = self._files(self._mails[0])
        number = self.course.drk_number
        self.assertEqual(
            set(files),
            {f"Anmeldebestaetigung-{number}.pdf", f"Kurstermine-{number}.ics", "Parkplatzskizze-Lehrsaal-Sued.png"},
        )
        self.assertEqual(files["Parkplatzskizze-Lehrsaal-Sued.png"], base64.b64decode(PNG))
        events = icalendar.Calendar.from_ical(files[f"Kurstermine-{number}.ics"]).walk("VEVENT")
        self.assertEqual(
            [event["DTSTART"].dt.strftime("%d.%m.%Y %H:%M") for event in events],
            ["27.03.2027 09:00", "28.03.2027 09:00"],
        )
        self.assertIn("Lindenstraße 24", str(events[0]["LOCATION"]))

    def test_letter_confirms_people_dates_room_price_and_payer(self):
        payer = {"is_company": True, "name": "Hobelspan GmbH", "zip": "44999", "street": "Gewerbering 1"}
        self.course.drk_kind_id.price_ids = [
            Command.create({"payer_kind": "company", "date_from": "2024-01-01", "amount": 60})
        ]
        people = [self._person(), self._person("Anton", "Ärmel", birthdate_date="1985-01-02")]
        self._book(*people, payer=payer, payer_kind="company")
        text = self._pdf_text(self._files(self._mails[0])[f"Anmeldebestaetigung-{self.course.drk_number}.pdf"])
        for words in ("Greta Größling", "Anton Ärmel", "04.05.1990", "27. März 2027", "28. März 2027", "Lehrsaal Süd"):
            self.assertIn(words, text)
        self.assertIn("Hobelspan GmbH", text)
        self.assertRegex(text, r"60,00\s€ pro Person, zusammen 120,00\s€")

    def test_group_gets_one_mail_with_all_names(self):
        bookings = self._book(self._person(), self._person("Anton", "Ärmel", birthdate_date="1985-01-02"))
        (mail,) = self._mails
        self.assertIn("Anton Ärmel", self._text(mail))
        self.assertEqual(mail["email_to"], ['"Greta Größling" <greta@example.org>'])
        self.assertEqual(bookings.mapped("drk_mail_state"), ["sent", "sent"])

    def test_no_foreign_host_and_no_picture(self):
        self._book()
        body = self._mails[0]["body"]
        self.assertEqual(set(re.findall(r"https?://([^/\"<\s]+)", body)), {"a.example.org"})
        self.assertNotIn("<img", body)
        self.assertNotIn("odoo", body.lower())

    def test_what_people_type_is_text_in_the_mail(self):
        self._book(self._person("<img src=x>", "{{ object.company_id.name }} ${7*7}"))
        body = self._mails[0]["body"]
        self.assertNotIn("<img", body)
        self.assertIn("{{ object.company_id.name }} ${7*7}", html2plaintext(body))

    def test_people_without_mail_show_up_for_a_letter(self):
        bookings = self._book(self._person(email=False))
        self.assertFalse(self._mails)
        self.assertEqual(bookings.drk_mail_state, "failed")
        self.assertIn("Brief", bookings.drk_mail_reason)
        found = self.env["event.registration"].search(
            [("drk_mail_state", "=", "failed"), ("event_id", "=", self.course.id)]
        )
        self.assertEqual(found, bookings)
        action = bookings.with_user(self.clerk).action_drk_print_confirmation()
        self.assertEqual(action["report_name"], "drk_ktv.course_confirmation")

    def test_letter_can_be_printed_for_several_bookings(self):
        bookings = self._book() + self._book(self._person("Anton", "Ärmel", birthdate_date="1985-01-02"))
        content = self.env["ir.actions.report"]._drk_pdf("drk_ktv.report_course_confirmation", bookings)
        self.assertIn("Greta Größling", self._pdf_text(content))
        self.assertIn("Anton Ärmel", self._pdf_text(content))

    def test_letter_never_confirms_a_waiting_booking(self):
        self._book(*[self._person(f"P{number}", birthdate_date=f"1990-01-0{number + 1}") for number in range(4)])
        waiting = self._book(on_full="waiting")
        with self.assertRaises(UserError):
            waiting.with_user(self.clerk).action_drk_print_confirmation()
        with self.assertRaises(UserError):
            self.env["ir.actions.report"]._drk_pdf("drk_ktv.report_course_confirmation", waiting)


@tagged("post_install", "-at_install")
class TestModes(CourseMailCase):
    def test_semi_automatic_waits_for_the_click(self):
        """D-KTV-9: prepared, and sent when the clerk clicks."""
        self.association_a.drk_ktv_confirmation_mode = "semi"
        bookings = self._book()
        self.assertFalse(self._mails)
        self.assertEqual(bookings.drk_mail_state, "prepared")
        with trap_jobs() as trap:
            bookings.with_user(self.clerk).action_drk_mail_send()
            self._perform(trap)
        self.assertEqual(len(self._mails), 1)
        self.assertEqual(bookings.drk_mail_state, "sent")

    def test_manual_mode_writes_from_the_template(self):
        """D-KTV-10: nothing by itself; the clerk starts from the template and changes the text."""
        self.association_a.drk_ktv_confirmation_mode = "manual"
        bookings = self._book()
        self.assertFalse(bookings.drk_course_mail_ids)
        action = bookings.with_user(self.clerk).action_drk_mail_write()
        wizard = self.env[action["res_model"]].with_user(self.clerk).with_context(**action["context"]).create({})
        self.assertIn("vielen Dank für Ihre Anmeldung", wizard.body)
        self.assertIn(f"Anmeldebestaetigung-{self.course.drk_number}.pdf", wizard.attachment_names)
        wizard.body = "<p>Liebe Frau Größling, bis bald!</p>"
        with trap_jobs() as trap:
            wizard.action_send()
            self._perform(trap)
        self.assertIn("bis bald!", self._mails[0]["body"])
        self.assertIn(f"Anmeldebestaetigung-{self.course.drk_number}.pdf", self._files(self._mails[0]))

    def test_waiting_list_is_told_in_each_mode(self):
        self.association_a.drk_ktv_confirmation_mode = "manual"
        self._book(*[self._person(f"P{number}", birthdate_date=f"1990-01-0{number + 1}") for number in range(4)])
        self._book(self._person(), on_full="waiting")
        self.assertIn("Warteliste", self._mails[0]["subject"])
        self.assertIn("ein Platz ist damit noch nicht reserviert", self._text(self._mails[0]))
        self.assertFalse(self._mails[0]["attachments"])


@tagged("post_install", "-at_install")
class TestWaitingList(CourseMailCase):
    def setUp(self):
        super().setUp()
        people = [self._person(f"P{number}", birthdate_date=f"1990-01-0{number + 1}") for number in range(4)]
        self.seated = self._book(*people)
        self.waiting = self._book(self._person(), on_full="waiting")

    def _cancel(self, bookings, **vals):
        with trap_jobs() as trap:
            bookings._drk_cancel(**vals)
            self._perform(trap)
        return {mail["email_to"][0]: mail for mail in self._mails}

    def test_cancellation_offers_the_seat_with_a_link(self):
        mails = self._cancel(self.seated[0], reason="krank")
        offer = mails['"Greta Größling" <greta@example.org>']
        token = re.search(r"https://a\.example\.org/kurse/angebot/([^\s\"<]+)", offer["body"]).group(1)
        link = self.env["drk.link"]._verify("ktv_offer", token)
        self.assertEqual((link.res_id, link.expires), (self.waiting.id, self.waiting.drk_offer_until))
        self.assertIn("Das Angebot gilt bis Mittwoch, 3. Februar 2027, 10:00 Uhr", self._text(offer))

    def test_cancelled_person_can_clear_the_calendar(self):
        mail = self._cancel(self.seated, reason="krank")['"P0 Größling" <p0@example.org>']
        self.assertIn("Grund: krank", self._text(mail))
        calendar = icalendar.Calendar.from_ical(self._files(mail)[f"Kurstermine-{self.course.drk_number}.ics"])
        self.assertEqual(str(calendar["METHOD"]), "CANCEL")

    def test_accepted_offer_is_confirmed(self):
        self._cancel(self.seated[0])
        with trap_jobs() as trap:
            self.waiting._drk_accept_offer()
            self._perform(trap)
        self.assertIn("Anmeldebestätigung", self._mails[0]["subject"])
        self.assertIn(f"Anmeldebestaetigung-{self.course.drk_number}.pdf", self._files(self._mails[0]))

    def test_answered_offer_can_be_written_anew(self):
        """What is true now is written, the offer is gone."""
        self._cancel(self.seated[0])
        offer = self._message(self.waiting, "offer")
        self.association_a.drk_ktv_confirmation_mode = "manual"
        self.waiting._drk_accept_offer()
        action = offer.with_user(self.clerk).action_open_mail()
        wizard = self.env[action["res_model"]].with_user(self.clerk).with_context(**action["context"]).create({})
        self.assertEqual(wizard.kind, "confirmation")
        with trap_jobs() as trap:
            self.waiting.with_user(self.clerk).action_drk_mail_resend()
            self._perform(trap)
        self.assertIn("Anmeldebestätigung", self._mails[0]["subject"])

    def test_cancelled_course_is_told_to_everybody(self):
        with trap_jobs() as trap:
            self.course._drk_cancel_course("Ausbilder erkrankt")
            self._perform(trap)
        self.assertEqual(len(self._mails), 2)
        self.assertIn("leider müssen wir diesen Kurs absagen", self._text(self._mails[0]))

    def test_offer_overtaken_by_events_is_not_sent(self):
        with trap_jobs() as trap, self.mock_mail_gateway():
            self.seated[0]._drk_cancel()
            self.waiting._drk_decline_offer()
            trap.perform_enqueued_jobs()
        self.assertEqual(self._message(self.waiting, "offer").state or "replaced", "replaced")
        self.assertEqual(self._new_mails.mapped("email_to"), ['"P0 Größling" <p0@example.org>'])


@tagged("post_install", "-at_install")
class TestDelivery(CourseMailCase):
    def _fail(self, error):
        """Book while the mail server does not work."""
        with trap_jobs() as trap:
            bookings = self.course._drk_book([self._person()])
            with (
                self.mock_mail_gateway(),
                patch.object(IrMail_Server, "send_email", side_effect=error),
                mute_logger("odoo.addons.mail.models.mail_mail"),
            ):
                trap.perform_enqueued_jobs()
                self.env["mail.mail"].process_email_queue()
            self.retries = [job for job in trap.enqueued_jobs if "_job_retry" in job.func.__name__]
        self.env.invalidate_all()
        return bookings

    def test_booking_only_queues_one_job(self):
        with trap_jobs() as trap:
            self.course._drk_book([self._person()])
            trap.assert_jobs_count(1)
        self.assertFalse(self.env["mail.mail"].search([("model", "=", "event.registration")]))

    def test_second_run_of_the_job_sends_nothing(self):
        bookings = self._book()
        message = self._message(bookings)
        with self.mock_mail_gateway():
            message._job_deliver()
            message._job_retry()
            self.env["mail.mail"].process_email_queue()
        self.assertFalse(self._mails)

    def test_failure_shows_at_the_booking_and_is_tried_again(self):
        bookings = self._fail(OSError("Connection refused"))
        self.assertEqual(bookings.drk_mail_state, "failed")
        self.assertIn("Connection refused", bookings.drk_mail_reason)
        self.assertEqual(len(self.retries), 1)
        with self.mock_mail_gateway():
            self.retries[0].perform()
            self.env["mail.mail"].process_email_queue()
        self.env.invalidate_all()
        self.assertEqual(len(self._mails), 1)
        self.assertEqual(bookings.drk_mail_state, "sent")
        self.assertFalse(bookings.drk_mail_reason)

    def test_attempts_end(self):
        message = self._message(self._fail(OSError("Connection refused")))
        message.attempts = 4
        with trap_jobs() as trap:
            message._retry_later(message.mail_id, "mail_smtp")
            trap.assert_jobs_count(0)

    def test_wrong_address_is_not_tried_again(self):
        message = self._message(self._fail(OSError("x")))
        with trap_jobs() as trap:
            message._retry_later(message.mail_id, "mail_email_invalid")
            trap.assert_jobs_count(0)

    def test_clerk_sends_again(self):
        bookings = self._fail(OSError("Connection refused"))
        with trap_jobs() as trap:
            bookings.with_user(self.clerk).action_drk_mail_resend()
            self._perform(trap)
        self.assertEqual(len(self._mails), 1)
        self.assertEqual(bookings.drk_mail_state, "sent")
        with self.mock_mail_gateway():
            self.retries[0].perform()
            self.env["mail.mail"].process_email_queue()
        self.assertFalse(self._mails, "the failed one must not follow")

    def test_bounce_shows_at_the_booking(self):
        bookings = self._book()
        bounced = self._prepare_bounce(bookings, self._message(bookings).message_id)
        self.env["mail.thread"]._routing_handle_bounce(None, bounced)
        self.assertEqual(bookings.drk_mail_state, "failed")

    def _prepare_bounce(self, bookings, message):
        return {
            "bounced_email": "greta@example.org",
            "bounced_partner": bookings.partner_id,
            "bounced_msg_ids": [],
            "bounced_message": message,
            "body": "",
            "email_from": "mailer-daemon@example.org",
            "to": "kurse.a@example.org",
            "message_id": "<bounce@example.org>",
        }

    def test_late_bounce_of_a_replaced_message_changes_nothing(self):
        bookings = self._book()
        old = self._message(bookings)
        with trap_jobs() as trap:
            bookings.with_user(self.clerk).action_drk_mail_resend()
            self._perform(trap)
        self.env["mail.thread"]._routing_handle_bounce(None, self._prepare_bounce(bookings, old.message_id))
        self.env.flush_all()
        self.assertEqual((old.state, bookings.drk_mail_state), ("replaced", "sent"))

    def test_broken_template_shows_at_the_booking(self):
        self.env.ref("drk_ktv.mail_template_course_confirmation").with_context(lang="de_DE").subject = "{{ 1/0 }}"
        with mute_logger("odoo.addons.drk_ktv.models.drk_course_mail", "odoo.addons.mail.models.mail_render_mixin"):
            bookings = self._book()
        self.assertEqual(bookings.drk_mail_state, "failed")

    def test_filter_finds_each_state(self):
        sent = self._book()
        self.association_a.drk_ktv_confirmation_mode = "semi"
        prepared = self._book(self._person("Anton", "Ärmel", birthdate_date="1985-01-02"))
        bookings = self.env["event.registration"].with_user(self.clerk)
        here = [("event_id", "=", self.course.id)]
        self.assertEqual(bookings.search([*here, ("drk_mail_state", "=", "sent")]), sent)
        self.assertEqual(bookings.search([*here, ("drk_mail_state", "in", ["prepared", "failed"])]), prepared)
        self.assertFalse(bookings.search([*here, ("drk_mail_state", "=", "none")]))
        self.assertEqual(bookings.search([*here, ("drk_mail_state", "!=", "sent")]), prepared)

    def test_other_association_sees_no_message(self):
        message = self._message(self._book())
        stranger = self._user("mail_stranger", "drk_ktv.group_drk_ktv_user", self.association_b)
        foreign = message.with_user(stranger).with_context(allowed_company_ids=self.association_b.ids)
        self.assertFalse(foreign.search([]))
        with self.assertRaises(AccessError):
            foreign.action_send()

    def test_instructor_neither_reads_nor_sends(self):
        message = self._message(self._book())
        teacher = self._user("mail_teacher", "drk_ktv.group_drk_ktv_instructor")
        with self.assertRaises(AccessError):
            message.with_user(teacher).read(["email_to"])
        with self.assertRaises(AccessError):
            message.with_user(teacher).action_send()


@tagged("post_install", "-at_install")
class TestReminder(CourseMailCase):
    def _booked_on(self, moment):
        self.env.flush_all()
        self.env.cr.execute("UPDATE event_registration SET create_date = %s", [moment])
        self.env.invalidate_all()

    def _remind(self, when):
        with freeze_time(when), self.mock_mail_gateway():
            with trap_jobs(), self.enter_registry_test_mode():
                self.env.ref("drk_ktv.ir_cron_event_event_remind").method_direct_trigger()
            self.env.invalidate_all()
            for message in self.env["drk.course.mail"].search([("kind", "=", "reminder"), ("state", "=", "queued")]):
                message._job_deliver()
            self.env["mail.mail"].process_email_queue()
        return self._mails

    def test_reminder_comes_once_before_the_course(self):
        bookings = self._book()
        self._booked_on(datetime(2027, 2, 1))
        self.assertFalse(self._remind("2027-03-23 08:00:00"))
        (mail,) = self._remind("2027-03-24 09:00:00")
        self.assertIn("Erinnerung: Erste-Hilfe-Kurs am Samstag, 27. März 2027", mail["subject"])
        self.assertIn("Parkplatzskizze-Lehrsaal-Sued.png", self._files(mail))
        self.assertFalse(self._remind("2027-03-25 09:00:00"))
        self.assertEqual(len(self._message(bookings, "reminder")), 1)

    def test_no_reminder_for_cancelled_waiting_and_late_bookings(self):
        booking = self._book()
        late = self._book(self._person("Anton", "Ärmel", birthdate_date="1985-01-02"))
        self._booked_on(datetime(2027, 3, 25))
        with trap_jobs():
            booking._drk_cancel()
        self.assertFalse(self._remind("2027-03-25 09:00:00"))
        self.assertFalse(self._message(late, "reminder"))

    def test_zero_days_means_no_reminder(self):
        self.association_a.drk_ktv_reminder_days = 0
        self._book()
        self._booked_on(datetime(2027, 2, 1))
        self.assertFalse(self._remind(datetime(2027, 3, 27, 8) - timedelta(hours=1)))
