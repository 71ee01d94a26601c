from freezegun import freeze_time
from odoo.addons.drk_gdpr.models.drk_erasure_scan import Hit
from odoo.addons.drk_gdpr.tests.erasure_common import ErasureMixin
from odoo.addons.drk_gdpr.tests.word_sentences import NAMED, PLAIN, WORDS
from odoo.addons.drk_gdpr.tools.scan import Matcher
from odoo.tests import tagged
from odoo.tools import SQL

from .money_common import MoneyCase

ERASURE = "drk_gdpr.group_drk_gdpr_erasure"
STATISTICS = """
    SELECT event_id, state, drk_age_band, drk_plz_area, date_trunc('month', create_date), drk_channel, COUNT(*)
      FROM event_registration GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
"""


@tagged("post_install", "-at_install")
class TestErasure(ErasureMixin, MoneyCase):
    """Bookings, their records and what a person left behind in courses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eraser = cls._user("ktv-eraser", ERASURE)
        cls.kind.is_bg_billable = False

    def _past_booking(self, *numbers, **kwargs):
        course = self._create_course(seats=15)
        bookings = self._book(course, *numbers, **kwargs).sudo()
        self._past(course)
        return bookings

    def _settle(self, bookings):
        """Nothing is owed: the fee was waived."""
        bookings.write({"drk_price": 0})

    def test_booking_is_emptied_and_still_counted(self):
        """Bookings by kind, age band, postcode area and month are the same before and after."""
        bookings = self._past_booking(1, 2)
        self._settle(bookings)
        person = bookings[0].drk_participant_id
        bookings[0].write({"drk_note": "Allergie", "drk_contact_email": "vera1@example.org"})
        self.env.flush_all()
        before = self.env.execute_query(SQL(STATISTICS))
        self._erase(person)
        self.assertEqual(self.env.execute_query(SQL(STATISTICS)), before)
        self.assertFalse(bookings[0].drk_note or bookings[0].email or bookings[0].drk_contact_email)
        self.assertEqual(bookings[0].drk_participant_id, person)
        self.assertEqual(bookings[1].name, bookings[1].drk_participant_id.name)

    def test_no_value_is_left_anywhere(self):
        bookings = self._past_booking(7)
        self._settle(bookings)
        person = bookings.drk_participant_id
        person.write({"street": "Sonderweg 77", "comment": "Vera7 Beispiel7", "drk_birth_name": "Altname7"})
        bookings.with_context(tracking_disable=False).message_post(body="Vera7 Beispiel7 hat angerufen")
        bookings.event_id.write({"drk_note": "Achtung Beispiel7"})
        bookings.event_id.message_post(body="Mail an vera7@example.org", partner_ids=person.ids)
        self._erase(person)
        for value in ("vera7", "beispiel7", "sonderweg 77", "altname7"):
            self.assertFalse(self._columns_with(value), value)

    def test_a_cook_is_not_erased_with_frau_koch(self):
        """A name that is a word, too, counts in a course where it is addressed, and in records of the person."""
        booking = self._past_booking(8)
        self._settle(booking)
        person, course = booking.drk_participant_id, booking.event_id
        person.write({"firstname": "Erika", "lastname": "Koch"})
        booking.write({"name": "Erika Koch"})
        course.write({"drk_note": "Der Koch kommt um zwölf. Frau Koch sitzt vorn, Erika Koch isst nichts."})
        course.description = "<p>Kochkurs mit einem Koch</p>"
        course.message_post(body="Koch bestellt, Herrn Koch gefragt")
        task = course.activity_schedule("mail.mail_activity_data_todo", summary="Koch für Samstag bestellen")
        booking.with_context(tracking_disable=False).message_post(body="Koch rief an, sie kocht nicht")
        run = self._erase(person)
        gone = "Der Koch kommt um zwölf. Frau [gelöscht] sitzt vorn, [gelöscht] isst nichts."
        self.assertEqual(course.drk_note, gone)
        self.assertEqual(course.description, "<p>Kochkurs mit einem Koch</p>")
        self.assertIn("Koch bestellt, Herrn [gelöscht] gefragt", course.message_ids[0].body)
        self.assertEqual(task.summary, "Koch für Samstag bestellen")
        self.assertIn("[gelöscht] rief an, sie kocht nicht", booking.message_ids[0].body)
        self.assertFalse(person.lastname == "Koch" or booking.name == "Erika Koch")
        self.assertEqual((run.state, run.open_residue_count), ("done", 0))

    def test_a_name_is_found_as_courses_write_it(self):
        """Behind a role or an initial even a word is a name; a name that is no word counts alone. The proof sees it alike."""
        notes = {
            "Koch": ("TN Koch, E. Koch, Frau E. Koch, Teilnehmerin Koch", "Koch für Samstag bestellen"),
            "Schmidt": ("Schmidt zahlt bar, TN Schmidt, Frau Schmidts Platz", "Schmiede besuchen"),
        }
        for number, (name, (named, about)) in enumerate(notes.items(), start=8):
            booking = self._past_booking(number)
            self._settle(booking)
            person, course = booking.drk_participant_id, booking.event_id
            person.write({"firstname": "Erika", "lastname": name})
            course.write({"drk_note": f"{named}; {about}"})
            course.message_post(body=f"{named}; {about}")
            task = course.activity_schedule("mail.mail_activity_data_todo", summary=f"{named}; {about}")
            received = self.eraser.partner_id.message_post(body=f"{named}; {about}", partner_ids=person.ids)
            gone = named.replace(f"{name}s", "[gelöscht]").replace(name, "[gelöscht]")
            run = self._erase(person)
            self.assertEqual((run.state, course.drk_note, task.summary), ("done", *[f"{gone}; {about}"] * 2))
            for message in (course.message_ids[0], received):
                self.assertIn(f"{gone}; {about}", message.body)
            for part in named.split(", "):
                self.assertTrue(self._is_found(course, name, part), part)
            self.assertFalse(self._is_found(course, name, about))

    def test_proof_finds_the_words_that_are_replaced(self):
        """What the replacer leaves as a word the proof does not count, and the other way round."""
        for text, is_named in [(text, False) for text in PLAIN] + [(text, True) for text, _cleaned in NAMED]:
            self.assertEqual(any(self._is_found(self.course, word, text) for word in WORDS), is_named, text)
        for _text, cleaned in NAMED:
            self.assertFalse(any(self._is_found(self.course, word, cleaned) for word in WORDS), cleaned)

    def _is_found(self, course, name, text):
        """Say whether the proof counts a name in the note of a course."""
        course.drk_note = text
        self.env.flush_all()
        hit = Hit("event_event", "drk_note", course.id, 0, "name_part")
        matched = Matcher([("name_part", name)]).find(text.encode())
        return bool(matched and self.env["drk.erasure.cleaner"]._named("event_event", "drk_note", {hit: name}))

    def test_coming_course_comes_first(self):
        booking = self._book(self.course, 3).sudo()
        run = self._erase(booking.drk_participant_id)
        self.assertEqual(run.line_ids.state, "restricted")
        self.assertEqual(run.line_ids.reason, "Booked or waiting for a course that is still to come")
        self.assertTrue(booking.drk_participant_id.email)

    def test_record_of_an_insured_course_is_kept_five_years(self):
        bookings = self._past_booking(4, payer_kind="bg")
        person = bookings.drk_participant_id
        run = self._erase(person)
        self.assertEqual(run.line_ids.state, "restricted")
        self.assertEqual(run.line_ids.keep_until, bookings.drk_keep_until)
        self.assertEqual((person.lastname, bookings.name), ("Beispiel4", "Vera4 Beispiel4"))
        self.assertFalse(person.email or bookings.email)
        with freeze_time("2040-01-01"):
            self._nightly()
        self.assertFalse(self._columns_with("beispiel4"))

    def test_booker_of_others_leaves_their_booking_alone(self):
        bookings = self._past_booking(5, 6)
        self._settle(bookings)
        booker = bookings[0].partner_id
        other = bookings.filtered(lambda booking: booking.drk_participant_id != booker)[:1]
        if not other:
            self.skipTest("everybody booked alone")
        name = other.name
        self._erase(booker)
        self.assertEqual(other.name, name)
        self.assertFalse(other.partner_id)

    def _answer(self, booking):
        question = self.env["event.question"].create({"title": "Essen?", "question_type": "text_box"})
        return self.env["event.registration.answer"].create(
            {"registration_id": booking.id, "question_id": question.id, "value_text_box": "vegan"}
        )

    def test_answer_goes_with_who_takes_part(self):
        bookings = self._past_booking(5, 6)
        self._settle(bookings)
        bookings.write({"partner_id": bookings[0].drk_participant_id.id})
        answer = self._answer(bookings[1])
        self._erase(bookings[0].drk_participant_id)
        self.assertTrue(answer.exists())
        self._erase(bookings[1].drk_participant_id)
        self.assertFalse(answer.exists())

    def test_booking_of_an_event_that_is_no_course(self):
        event = self.env["event.event"].create(
            {
                "name": "Sommerfest",
                "company_id": self.association_a.id,
                "date_begin": "2020-06-01 10:00:00",
                "date_end": "2020-06-01 18:00:00",
            }
        )
        person = self.env["res.partner"].create(
            {"firstname": "Vera9", "lastname": "Beispiel9", "company_id": self.association_a.id}
        )
        booking = self.env["event.registration"].create(
            {"event_id": event.id, "partner_id": person.id, "name": "Vera9 Beispiel9", "email": "vera9@example.org"}
        )
        answer = self._answer(booking)
        self._erase(person)
        self.assertFalse(answer.exists() or booking.email or "Vera9" in booking.name)

    def test_other_association_is_untouched(self):
        """The erasure in one association changes not one row of the other, compared over all tables."""
        course_b = self._create_course_b()
        clerk_b = self.clerk_b
        course_b.with_user(clerk_b)._drk_book([self._person(8)])
        bookings = self._past_booking(8)
        self._settle(bookings)
        before = self._rows_of(self.association_b)
        self._erase(bookings.drk_participant_id)
        self.assertEqual(self._rows_of(self.association_b), before)

    def _rows_of(self, company):
        self.env.flush_all()
        tables = self.env.execute_query(
            SQL(
                """
                SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
                 WHERE a.attname = 'company_id' AND c.relnamespace = current_schema()::regnamespace
                """
            )
        )
        return {
            table: self.env.execute_query(
                SQL(
                    "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM %s t WHERE company_id = %s",
                    SQL.identifier(table),
                    company.id,
                )
            )
            for (table,) in tables
        }
