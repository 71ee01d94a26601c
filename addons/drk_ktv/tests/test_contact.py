"""Whom the messages of a booking reach, and what somebody who only knows a name and a birth date does not learn."""

from unittest.mock import patch

import icalendar
from odoo import Command
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .public_common import PERSON, CourseWebCase, further
from .test_course_mail import CourseMailCase

STRANGER = "fremd@example.org"


class ContactCase(CourseMailCase):
    def _course_vals(self):
        """One more date of the same kind."""
        session = {"date_begin": "2027-04-10 08:00:00", "date_end": "2027-04-10 12:00:00"}
        return {
            "drk_kind_id": self.course.drk_kind_id.id,
            "drk_session_ids": [Command.create(session)],
            "seats_max": 4,
            "is_published": True,
        }

    def _expire_offers(self):
        """The job speaks English, and commits."""
        with patch.object(type(self.env["ir.cron"]), "_commit_progress") as progress:
            self.env["event.registration"].with_context(lang="en_US")._cron_expire_offers(batch_size=1)
        return progress


@tagged("post_install", "-at_install")
class TestContactMail(ContactCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.known = cls.env["res.partner"].create(
            {
                **cls._person(),
                "company_id": cls.association_a.id,
                "drk_is_person": True,
                "drk_title": "Dr.",
                "drk_salutation": "frau",
                "street": "Geheimweg 7",
                "zip": "44999",
                "city": "Musterstadt",
            }
        )

    def _letter(self, mail):
        return self._pdf_text(self._files(mail)[f"Anmeldebestaetigung-{self.course.drk_number}.pdf"])

    def test_stranger_gets_the_mail_but_learns_nothing_stored(self):
        booking = self._book(self._person(email=STRANGER), channel="web")
        self.assertEqual(booking.partner_id, self.known)
        (mail,) = self._mails
        self.assertEqual(mail["email_to"], [f'"Greta Größling" <{STRANGER}>'])
        self.assertIn("Guten Tag Greta Größling", self._text(mail))
        letter = self._letter(mail)
        self.assertIn("Greta Größling", letter)
        for secret in ("Geheimweg", "44999 Musterstadt Anmelde", "Dr.", "Frau", "04.05.1990"):
            self.assertNotIn(secret, letter)
            self.assertNotIn(secret, self._text(mail))
        self.assertEqual(self.known.email, "greta@example.org")

    def test_own_mailbox_gets_the_full_letter(self):
        self._book(self._person(email="Greta@Example.org"), channel="web")
        letter = self._letter(self._mails[0])
        for words in ("Geheimweg 7", "Sehr geehrte Frau Dr. Größling", "04.05.1990"):
            self.assertIn(words, letter)

    def test_office_books_with_another_address(self):
        """The clerk takes a booking by phone: mail to the typed address, letter to the stored one."""
        booking = self._book(
            self._person(email="neu@example.org"), course=self.course.with_user(self.clerk), channel="phone"
        )
        self.assertEqual(self._mails[0]["email_to"], ['"Greta Größling" <neu@example.org>'])
        self.assertIn("Geheimweg 7", self._letter(self._mails[0]))
        booking = booking.with_user(self.clerk)
        self.assertTrue(booking.drk_contact_differs)
        wizard = self.env["drk.course.mail.wizard"].with_user(self.clerk)
        wizard = wizard.create({"registration_id": booking.id, "kind": "confirmation"})
        self.assertEqual(wizard.recipient, "neu@example.org")

    def test_birth_date_of_others_is_not_printed_for_the_public(self):
        other = self._person("Anton", "Ärmel", birthdate_date="1985-01-02")
        self._book(self._person(), other, channel="web")
        letter = self._letter(self._mails[0])
        self.assertIn("04.05.1990", letter)
        self.assertNotIn("02.01.1985", letter)

    def test_booking_without_typed_address(self):
        booking = self._book(self.known)
        self.assertFalse(booking.drk_contact_email)
        self.assertFalse(booking.drk_contact_differs)
        self.assertEqual(self._mails[0]["email_to"], ['"Greta Größling" <greta@example.org>'])

    def _send_again(self, booking):
        with trap_jobs() as trap:
            booking.with_user(self.clerk).action_drk_mail_resend()
            self._perform(trap)
        return self._mails[0]["email_to"]

    def test_office_corrects_a_wrong_address(self):
        """Where nothing else was typed, the address kept at the person counts, also when it changes later."""
        booking = self._book(self.known)
        self.known.email = "richtig@example.org"
        self.assertEqual(self._send_again(booking), ['"Greta Größling" <richtig@example.org>'])
        typed = self._book(self._person(email="tippfeler@example.org"), course=self.course.create(self._course_vals()))
        with Form(typed.with_user(self.clerk), "drk_ktv.event_registration_view_form") as form:
            form.drk_contact_email = "tippfehler@example.org"
        self.assertEqual(self._send_again(typed), ['"Greta Größling" <tippfehler@example.org>'])
        self.assertTrue(typed._fields["drk_contact_email"].tracking)

    def test_letter_by_post_has_the_stored_address(self):
        """The office's print goes to where the person lives, whoever typed another mail address."""
        booking = self._book(self._person(email=STRANGER), channel="web")
        self.assertNotIn("Geheimweg", self._letter(self._mails[0]))
        printed = self.env["ir.actions.report"]._drk_pdf("drk_ktv.report_course_confirmation", booking)
        self.assertIn("Geheimweg 7", self._pdf_text(printed))

    def test_history_holds_no_signed_link(self):
        message = self._message(self._book())
        self.assertRegex(self._mails[0]["body"], r"/kurse/buchung/dl1\.[\w-]+\.")
        stored = message.message_id.body
        self.assertIn("/kurse/buchung/dl1.…", stored)
        self.assertNotRegex(stored, r"dl1\.\w")

    def test_one_life_for_site_and_mail(self):
        booking = self._book()
        token = booking._drk_booking_address().rpartition("/")[2]
        self.assertEqual(token, booking._drk_booking_token())
        days = self.env["drk.link"]._verify("ktv_booking", token).expires - self.course.date_end
        self.assertEqual(days.days, 60)

    def test_no_offer_link_without_an_end(self):
        booking = self._book().with_user(self.clerk)
        with self.assertRaises(UserError):
            self.env["drk.course.mail.wizard"].with_user(self.clerk).create(
                {"registration_id": booking.id, "kind": "offer"}
            )

    def test_reasons_are_german(self):
        message = self._message(self._book()).with_context(lang="en_US")
        message._bounced()
        self.assertIn("Postfach", message.failure_reason)
        message.mail_id.with_context(lang="en_US").state = "outgoing"
        message.mail_id.with_context(lang="en_US").cancel()
        self.assertIn("abgebrochen", message.failure_reason)

    def test_expired_offer_says_so_in_german(self):
        people = [self._person(f"P{number}", birthdate_date=f"1990-01-0{number + 1}") for number in range(4)]
        seated, waiting = self._book(*people), self._book(on_full="waiting")
        with trap_jobs() as trap:
            seated[0]._drk_cancel()
            waiting.drk_offer_until = "2027-02-01 08:00:00"
            self._expire_offers()
            self._perform(trap)
        self.assertEqual(waiting.state, "cancel")
        self.assertNotIn("accepted in time", waiting.drk_cancel_reason)
        mail = next(mail for mail in self._mails if "greta@" in mail["email_to"][0])
        self.assertIn(waiting.drk_cancel_reason, self._text(mail))
        self.assertFalse(mail["attachments"], "nobody told them about a place, nothing is in the calendar")


@tagged("post_install", "-at_install")
class TestGroups(ContactCase):
    def _pair(self, **vals):
        return self._book(self._person(), self._person("Anton", "Ärmel", birthdate_date="1985-01-02"), **vals)

    def test_partial_cancellation_keeps_the_calendar(self):
        first, second = self._pair()
        for booking, files in ((second, 0), (first, 1)):
            with trap_jobs() as trap:
                booking.with_user(self.clerk)._drk_cancel()
                self._perform(trap)
            (mail,) = self._mails
            self.assertEqual(len(mail["attachments"]), files)
            self.assertEqual("aus Ihrem Kalender" in self._text(mail), bool(files))
        calendar = icalendar.Calendar.from_ical(mail["attachments"][0][1])
        self.assertEqual(str(calendar["METHOD"]), "CANCEL")

    def test_group_confirmed_one_after_the_other(self):
        """Two who waited together get their places at different moments: two confirmations, one reminder run."""
        seated = self._book(*[self._person(f"P{n}", birthdate_date=f"1990-01-0{n + 1}") for n in range(4)])
        waiting = self._pair(on_full="waiting")
        self.course.sudo().drk_booking_until = "2027-01-31 09:00:00"  # nobody moves up by itself
        with trap_jobs() as trap:
            seated[:2].with_user(self.clerk)._drk_cancel()
            for booking in waiting:
                booking.with_user(self.clerk).action_confirm()
                self._perform(trap)
        self.assertEqual(waiting.mapped("state"), ["open", "open"])
        self.assertEqual(len(self._message(waiting)), 2)
        self.assertEqual(waiting.mapped("drk_mail_state"), ["sent", "sent"])
        with trap_jobs():
            waiting[0].with_user(self.clerk)._drk_whole_booking().action_drk_mail_resend()
        wizard = self.env["drk.course.mail.wizard"].with_user(self.clerk)
        wizard = wizard.create({"registration_id": waiting[1].id, "kind": "confirmation"})
        with trap_jobs():
            wizard.action_send()
        self.assertEqual(len(self._message(waiting)), 1)

    def test_one_bad_booking_stops_no_other_reminder(self):
        first = self._book()
        second = self._book(self._person("Anton", "Ärmel", birthdate_date="1985-01-02"))
        self.env.cr.execute("UPDATE event_registration SET create_date = '2026-01-01'")
        self.env.invalidate_all()
        messages = type(self.env["drk.course.mail"])
        create_for = messages._create_for

        def broken(model, kind, registrations, state="queued", **values):
            if registrations == first:
                raise ZeroDivisionError
            return create_for(model, kind, registrations, state, **values)

        with (
            patch.object(messages, "_create_for", broken),
            mute_logger("odoo.addons.drk_ktv.models.event_registration_mail"),
            trap_jobs(),
        ):
            (first + second)._drk_remind()
        self.assertFalse(self._message(first, "reminder"))
        self.assertEqual(len(self._message(second, "reminder")), 1)

    def test_one_bad_course_stops_no_other_offer(self):
        courses, waiting = self.course + self.course.create(self._course_vals()), []
        for course in courses:
            people = [self._person(f"P{n}", birthdate_date=f"1990-01-0{n + 1}") for n in range(4)]
            seated = self._book(*people, course=course)
            waiting.append(self._book(course=course, on_full="waiting"))
            with trap_jobs():
                seated[0]._drk_cancel()
            waiting[-1].drk_offer_until = "2027-02-01 08:00:00"
        registrations = type(self.env["event.registration"])
        expire = registrations._post_drk_expire

        def broken(group):
            if group.event_id == courses[0]:
                raise ZeroDivisionError
            return expire(group)

        with (
            patch.object(registrations, "_post_drk_expire", broken),
            mute_logger("odoo.addons.drk_ktv.models.event_registration_booking"),
            trap_jobs(),
        ):
            progress = self._expire_offers()
        self.env.invalidate_all()
        self.assertEqual([booking.state for booking in waiting], ["offered", "cancel"])
        self.assertEqual([call.kwargs["remaining"] for call in progress.call_args_list][-1:], [0])


@tagged("post_install", "-at_install")
class TestForeignMessages(ContactCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.company_ids |= cls.association_b
        room = cls._create_room(cls.association_b)
        both = cls.env(context={**cls.env.context, "allowed_company_ids": cls.association_b.ids})
        cls.course_b = cls._create_course(cls.association_b, drk_room_id=room.id).with_env(both)
        with trap_jobs():
            cls.foreign = cls.course_b._drk_book([cls._person("Berta", "Fremd")])
            cls.own = cls.course._drk_book([cls._person()])

    def test_clerk_reads_no_foreign_letter_through_the_wizard(self):
        wizards = self.env["drk.course.mail.wizard"].with_user(self.clerk)
        vals = {"registration_id": self.foreign.id, "kind": "confirmation"}
        with self.assertRaises(AccessError):
            wizards.create(vals)
        with self.assertRaises(AccessError):
            wizards.create({**vals, "subject": "Meins", "body": "<p>Meins</p>"})
        with self.assertRaises(AccessError):
            wizards.onchange({"registration_id": self.foreign.id, "kind": "confirmation"}, [], {"body": {}})
        wizard = wizards.create({"registration_id": self.own.id, "kind": "confirmation"})
        with self.assertRaises(AccessError):
            wizard.registration_id = self.foreign

    def test_clerk_writes_no_message_by_hand(self):
        message = self._message(self.own).with_user(self.clerk)
        vals = {"event_id": self.course.id, "kind": "confirmation", "booking_key": "x", "email_to": "me@example.org"}
        vals["registration_ids"] = [Command.link(self.foreign.id)]
        with self.assertRaises(AccessError):
            message.create(vals)
        with self.assertRaises(AccessError):
            message.email_to = "me@example.org"
        with self.assertRaises(AccessError):
            self.own.with_user(self.clerk).drk_course_mail_ids = [Command.link(self._message(self.foreign).id)]

    def test_message_belongs_to_its_own_date(self):
        message = self._message(self.own)
        with self.assertRaises(UserError):
            message.registration_ids = [Command.link(self.foreign.id)]
        other = self.course.create(self._course_vals())
        with trap_jobs():
            booking = other._drk_book([self._person()])
        with self.assertRaises(ValidationError):
            message.registration_ids = [Command.link(booking.id)]


@tagged("post_install", "-at_install")
class TestPublicContact(CourseWebCase):
    def setUp(self):
        super().setUp()
        self.env["res.partner"]._drk_match_or_create_person(
            self.association_a,
            {"firstname": "Änne", "lastname": "Müller-Lüdenscheidt", "birthdate_date": "1985-12-24"}
            | {"email": "geheim@example.org"},
        )

    def test_result_page_shows_what_was_typed(self):
        page = self._send(PERSON)
        self.assertIn("/kurse/buchung/", page.url)
        self.assertIn(PERSON["email"], self._text(page))
        self.assertNotIn("geheim@", page.text)
        booking = self._registrations()
        self.assertEqual(booking.partner_id.email, "geheim@example.org")
        self.assertEqual(booking.drk_contact_email, PERSON["email"])

    def test_group_shares_the_address(self):
        self._send({**PERSON, **further(1), "people": "1"})
        self.assertEqual(set(self._registrations().mapped("drk_contact_email")), {PERSON["email"]})

    def test_stranger_is_not_told_who_takes_part(self):
        self._send(PERSON)
        text = self._text(self._send(PERSON))
        self.assertIn("konnten wir nicht annehmen", text)
        self.assertNotIn("schon angemeldet", text)
        self.assertIn("schon angemeldet", self._text(self._send({**PERSON, "email": "geheim@example.org"})))
        self.assertEqual(len(self._registrations()), 1)

    def test_same_person_twice_in_the_form_is_said_clearly(self):
        """Written in two ways the form cannot see it, the door does."""
        twin = {"p1_firstname": "Aenne", "p1_lastname": "Mueller-Luedenscheidt", "p1_birthdate": PERSON["birthdate"]}
        text = self._text(self._send({**PERSON, **further(1), **twin, "people": "1"}))
        self.assertIn("zweimal genannt", text)
        self.assertFalse(self._registrations())
