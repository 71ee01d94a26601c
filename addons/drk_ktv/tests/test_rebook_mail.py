"""What people read when their booking moves or their course is cancelled, and what their calendar gets."""

import re
from datetime import datetime, timedelta

import icalendar
from freezegun import freeze_time
from odoo import Command
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.tests import tagged

from .test_course_mail import CourseMailCase


class RebookMailCase(CourseMailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.later = cls._date(days=14)

    @classmethod
    def _date(cls, days, **vals):
        begin = datetime(2027, 3, 27, 8) + timedelta(days=days)
        session = {"date_begin": begin, "date_end": begin + timedelta(hours=8)}
        return cls.env["event.event"].create(
            {
                "drk_kind_id": cls.course.drk_kind_id.id,
                "company_id": cls.association_a.id,
                "drk_session_ids": [Command.create(session)],
                "is_published": True,
                **vals,
            }
        )

    def _run(self, call):
        with trap_jobs() as trap:
            result = call()
            self._perform(trap)
        return result

    def _rebook(self, old, course=None, **vals):
        return self._run(lambda: old._drk_rebook(course or self.later, **vals))


@tagged("post_install", "-at_install")
class TestRebookMail(RebookMailCase):
    def test_one_mail_confirms_the_new_date(self):
        old = self._book()
        new = self._rebook(old)
        (mail,) = self._mails
        self.assertIn("Umbuchungsbestätigung: Erste-Hilfe-Kurs ab Samstag, 10. April 2027", mail["subject"])
        self.assertEqual(mail["email_to"], ['"Greta Größling" <greta@example.org>'])
        text = self._text(mail)
        for words in (
            "wir haben Ihre Anmeldung umgebucht",
            f"Statt des bisherigen Termins Samstag, 27. März 2027, 09:00 Uhr ({self.course.drk_number})",
            "Ihr Platz auf dem bisherigen Termin ist aufgegeben.",
            "Neue Termine",
            "Samstag, 10. April 2027, 10:00 bis 18:00 Uhr",
            self.later.drk_number,
            "Greta Größling",
            "ansehen, umbuchen oder stornieren",
        ):
            self.assertIn(words, text)
        self.assertNotIn("Umbuchungsgebühr", text)
        self.assertEqual((new.drk_mail_state, self._message(new, "rebooked").state), ("sent", "sent"))
        self.assertFalse(self._message(old, "cancel"))

    def test_calendar_gets_the_new_date_and_loses_the_old_one(self):
        self._rebook(self._book())
        files = self._files(self._mails[0])
        new, old = self.later.drk_number, self.course.drk_number
        self.assertEqual(
            set(files),
            {f"Anmeldebestaetigung-{new}.pdf", f"Kurstermine-{new}.ics", f"Absage-alter-Termin-{old}.ics"},
        )
        added = icalendar.Calendar.from_ical(files[f"Kurstermine-{new}.ics"])
        removed = icalendar.Calendar.from_ical(files[f"Absage-alter-Termin-{old}.ics"])
        self.assertEqual((str(added["METHOD"]), str(removed["METHOD"])), ("PUBLISH", "CANCEL"))
        self.assertEqual(
            [f"{event['DTSTART'].dt:%d.%m.%Y %H:%M}" for event in added.walk("VEVENT")], ["10.04.2027 10:00"]
        )
        self.assertEqual(
            [f"{event['DTSTART'].dt:%d.%m.%Y} {event['STATUS']}" for event in removed.walk("VEVENT")],
            ["27.03.2027 CANCELLED", "28.03.2027 CANCELLED"],
        )
        text = self._pdf_text(files[f"Anmeldebestaetigung-{new}.pdf"])
        self.assertIn("10. April 2027", text)
        self.assertNotIn("März 2027", text)

    def test_mail_in_english(self):
        self._rebook(self._book(self._person(lang="en_US"), lang="en_US"))
        self.assertIn("we have changed the date of your booking", self._text(self._mails[0]))
        self.assertIn(f"Old-course-dates-{self.course.drk_number}.ics", self._files(self._mails[0]))

    def test_group_of_which_one_stays_keeps_the_old_date_in_the_calendar(self):
        first, _second = self._book(self._person(), self._person("Anton", "Ärmel", birthdate_date="1985-01-02"))
        self._rebook(first)
        self.assertFalse([name for name in self._files(self._mails[0]) if name.startswith("Absage")])

    def test_waiting_on_the_new_date_is_told(self):
        people = [self._person(f"P{number}", birthdate_date=f"1990-01-0{number + 1}") for number in range(4)]
        self._book(*people, course=self.later)
        new = self._rebook(self._book(), on_full="waiting")
        text, files = self._text(self._mails[0]), self._files(self._mails[0])
        self.assertIn("ein Platz ist damit noch nicht reserviert", text)
        self.assertEqual(list(files), [f"Absage-alter-Termin-{self.course.drk_number}.ics"])
        self.assertEqual(new.drk_mail_state, "sent")

    def test_modes_of_the_association_hold(self):
        old = self._book()
        self.association_a.drk_ktv_confirmation_mode = "semi"
        new = self._rebook(old)
        self.assertFalse(self._mails)
        self.assertEqual(new.drk_mail_state, "prepared")
        self._run(new.with_user(self.clerk).action_drk_mail_send)
        self.assertIn("Umbuchungsbestätigung", self._mails[0]["subject"])
        self.association_a.drk_ktv_confirmation_mode = "manual"
        third = self._rebook(new, self._date(days=21))
        self.assertFalse(third.drk_course_mail_ids)
        action = third.with_user(self.clerk).action_drk_mail_write()
        wizard = self.env[action["res_model"]].with_user(self.clerk).with_context(**action["context"]).create({})
        self.assertIn("wir haben Ihre Anmeldung umgebucht", wizard.body)
        self.assertIn(f"Absage-alter-Termin-{self.later.drk_number}.ics", wizard.attachment_names)

    def test_confirmation_that_is_not_true_any_more_is_not_sent(self):
        self.association_a.drk_ktv_confirmation_mode = "semi"
        old = self._book()
        self._rebook(old)
        self.assertEqual(old.drk_course_mail_ids.state, "replaced")

    def test_moved_booking_is_reminded_of_the_new_date_alone(self):
        new = self._rebook(self._book())
        with freeze_time("2027-04-08 09:00:00"):
            self._run(new._drk_remind)
        self.assertIn("10. April 2027", self._mails[0]["subject"])

    def test_public_booker_gets_no_stored_data_after_the_office_moved_it(self):
        self._book(self._person(), course=self._date(days=50))
        typed = self._person(email="fremd@example.org")
        new = self._rebook(self._book(typed, channel="web"))
        text = self._pdf_text(self._files(self._mails[0])[f"Anmeldebestaetigung-{self.later.drk_number}.pdf"])
        self.assertNotIn("04.05.1990", text)
        self.assertEqual((new.drk_channel, new.drk_contact_email), ("web", "fremd@example.org"))


@tagged("post_install", "-at_install")
class TestCancelledCourseMail(RebookMailCase):
    def _cancel(self, **vals):
        return self._run(
            lambda: self.course.with_user(self.clerk)._drk_cancel_course("Unsere Lehrkraft ist krank.", **vals)
        )

    def test_mail_names_the_next_three_dates(self):
        dates = [self._date(days=days) for days in (28, 21, 35)]
        old = self._book()
        self._cancel()
        (mail,) = self._mails
        text = self._text(mail)
        for words in (
            "leider müssen wir diesen Kurs absagen",
            "Grund: Unsere Lehrkraft ist krank.",
            "die Umbuchung kostet nichts",
            "Samstag, 10. April 2027, 10:00 Uhr",
            "Samstag, 17. April 2027, 10:00 Uhr",
            "Samstag, 24. April 2027, 10:00 Uhr",
            "erstatten wir Ihnen",
        ):
            self.assertIn(words, text)
        self.assertNotIn("1. Mai 2027", text)
        tokens = re.findall(r"https://a\.example\.org/kurse/ersatztermin/([^\s\"<]+)", mail["body"])
        links = [self.env["drk.link"]._verify("ktv_replacement_date", token) for token in tokens]
        self.assertEqual([link.extra for link in links], [str(date.id) for date in (self.later, dates[1], dates[0])])
        self.assertEqual({link.res_id for link in links}, {old.id})
        self.assertEqual({(link.expires - datetime(2027, 2, 1, 9)).days for link in links}, {30})
        self.assertTrue(old.drk_course_lost)

    def test_dates_without_places_for_all_are_not_named(self):
        full = self._date(days=7, seats_max=1)
        self._book(self._person(), self._person("Anton", "Ärmel", birthdate_date="1985-01-02"))
        self._cancel()
        self.assertNotIn(
            f"{full.date_begin.day}. April 2027, 10:00", self._text(self._mails[0]).replace("10. April", "")
        )
        self.assertIn("10. April 2027", self._text(self._mails[0]))

    def test_without_offer_and_with_credit(self):
        self._book()
        self._cancel(settlement="credit", replacements=False)
        text = self._text(self._mails[0])
        self.assertNotIn("ersatztermin", self._mails[0]["body"])
        self.assertIn("bleibt Ihnen als Guthaben", text)
        self.assertEqual((self.course.drk_settlement, self.course.drk_offer_replacements), ("credit", False))

    def test_history_of_the_booking_shows_no_link(self):
        old = self._book()
        self._cancel()
        message = self._message(old, "cancel").message_id
        self.assertNotRegex(message.body, r"dl1\.\w")

    def test_who_cancelled_before_is_not_offered_anything(self):
        old = self._book()
        self._run(lambda: old._drk_cancel(reason="krank"))
        self._cancel()
        self.assertFalse(old.drk_course_lost)
        self.assertFalse(old._drk_replaceable())

    def test_new_date_after_a_cancelled_one(self):
        old = self._book()
        self._cancel()
        new = self._run(lambda: old.sudo()._drk_rebook(self.later, by="replacement"))
        text, files = self._text(self._mails[0]), self._files(self._mails[0])
        self.assertIn("Statt des bisherigen Termins", text)
        self.assertNotIn("Ihr Platz auf dem bisherigen Termin ist aufgegeben", text)
        self.assertFalse([name for name in files if name.startswith("Absage")])
        self.assertEqual((old.state, new.state, new.drk_rebook_fee), ("cancel", "open", 0))
        self.assertFalse(old._drk_replaceable())
