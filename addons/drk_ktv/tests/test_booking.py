from datetime import timedelta

import psycopg2
from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import AlreadyBooked, CourseClosed, CourseFull
from .common import KtvCase


@tagged("post_install", "-at_install")
class TestBooking(KtvCase):
    """The door to a seat."""

    def test_clerk_books_last_seat(self):
        """A single person is booked, and the free places are right at once (D-KTV-6, D-KTV-5)."""
        course = self._create_course(seats=1)
        self.assertEqual((course.drk_free, course.drk_web_state), (1, "few"))
        registration = self._book(course, 1)
        self.assertEqual(registration.state, "open")
        self.assertEqual(registration.drk_participant_id.lastname, "Beispiel1")
        self.assertEqual(registration.drk_participant_id.company_id, self.association_a)
        self.assertEqual((course.drk_taken, course.drk_free, course.drk_web_state), (1, 0, "full"))

    def test_full_course_refuses(self):
        course = self._create_course(seats=1)
        self._book(course, 1)
        with self.assertRaises(CourseFull) as caught:
            self._book(course, 2)
        self.assertEqual(caught.exception.free, 0)
        self.assertFalse(self.env["res.partner"].search([("lastname", "=", "Beispiel2")]), "nothing is half-written")

    def test_full_course_takes_on_the_waiting_list(self):
        course = self._create_course(seats=1)
        self._book(course, 1)
        waiting = self._book(course, 2, on_full="waiting")
        self.assertEqual(waiting.state, "waiting")
        self.assertTrue(waiting.drk_waiting_since)
        self.assertEqual((course.drk_taken, course.drk_waiting_count), (1, 1))

    def test_group_is_booked_together(self):
        """A company books several people in one go and pays for them."""
        course = self._create_course(seats=3)
        payer = {"is_company": True, "name": "Muster Bau GmbH", "street": "Werkstraße 1", "zip": "44135"}
        registrations = self._book(course, 1, 2, 3, payer=payer, payer_kind="company")
        self.assertEqual(registrations.mapped("state"), ["open"] * 3)
        self.assertEqual(len(set(registrations.mapped("drk_group_ref"))), 1)
        self.assertEqual(registrations.drk_payer_id.name, "Muster Bau GmbH")
        self.assertEqual(registrations.partner_id, registrations[0].drk_participant_id)

    def test_group_gets_all_seats_or_none(self):
        course = self._create_course(seats=2)
        with self.assertRaises(CourseFull) as caught:
            self._book(course, 1, 2, 3)
        self.assertEqual(caught.exception.free, 2)
        self.assertFalse(course.registration_ids)

    def test_group_larger_than_the_course_cannot_wait(self):
        with self.assertRaises(CourseFull):
            self._book(self._create_course(seats=2), 1, 2, 3, on_full="waiting")

    def test_same_person_twice_is_refused(self):
        course = self._create_course(seats=5)
        self._book(course, 1)
        with self.assertRaises(AlreadyBooked):
            self._book(course, 1)
        with self.assertRaises(AlreadyBooked):
            self._book(course, 2, 2)

    def test_same_person_may_book_again_after_cancelling(self):
        course = self._create_course(seats=1)
        self._book(course, 1)._drk_cancel()
        self.assertEqual(self._book(course, 1).state, "open")

    def test_unique_index_is_the_last_guard_against_booking_twice(self):
        course = self._create_course(seats=5)
        registration = self._book(course, 1)
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation):
            registration.copy({"drk_participant_id": registration.drk_participant_id.id})

    def test_check_is_the_last_guard_against_overselling(self):
        course = self._create_course(seats=1)
        self._book(course, 1)
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.CheckViolation):
            self.env.cr.execute("UPDATE event_event SET drk_taken = 2 WHERE id = %s", [course.id])

    def test_past_and_cancelled_courses_are_closed(self):
        course = self._create_course()
        with freeze_time(fields.Datetime.now() + timedelta(days=30)), self.assertRaises(CourseClosed):
            self._book(course, 1)
        course.kanban_state = "cancel"
        self.assertEqual(course.drk_web_state, "cancelled")
        with self.assertRaises(CourseClosed):
            self._book(course, 1)

    def test_public_channels_need_a_published_open_course(self):
        course = self._create_course(is_published=False)
        with self.assertRaises(CourseClosed):
            course.sudo()._drk_book([self._person(1)], channel="web")
        self.assertEqual(self._book(course, 1).drk_channel, "office")
        course.write({"is_published": True, "drk_booking_until": fields.Datetime.now() - timedelta(hours=1)})
        self.assertEqual(course.drk_web_state, "closed")
        with self.assertRaises(CourseClosed):
            course.sudo()._drk_book([self._person(2)], channel="web")

    def test_booking_names_booker_price_channel_and_language(self):
        self.kind.price_ids = [
            Command.create({"payer_kind": "self", "date_from": "2020-01-01", "amount": 55}),
            Command.create({"payer_kind": "self", "date_from": "2024-01-01", "amount": 60}),
        ]
        registration = (
            self._create_course()
            .sudo()
            ._drk_book([self._person(1)], booker=self._person(9), channel="web", lang="en_US")
        )
        self.assertEqual(registration.partner_id.lastname, "Beispiel9")
        self.assertEqual(registration.drk_payer_id, registration.partner_id)
        self.assertEqual((registration.drk_price, registration.drk_channel), (60, "web"))
        self.assertEqual(registration.drk_lang, "en_US")

    def test_consent_is_recorded_for_the_booker_alone(self):
        consent = {"purpose_code": "privacy", "kind": "given", "channel_key": "I"}
        registrations = (
            self._create_course().sudo()._drk_book([self._person(1), self._person(2)], channel="web", consent=consent)
        )
        first, second = registrations.drk_participant_id
        self.assertEqual(first.drk_consent_ids.channel_id.key, "I")
        self.assertFalse(second.drk_consent_ids)

    def test_core_create_meets_the_same_door(self):
        """Core's own form, import and RPC cannot oversell or book nobody."""
        course = self._create_course(seats=1)
        registrations = self.env["event.registration"].with_user(self.clerk)
        with self.assertRaises(ValidationError):
            registrations.create({"event_id": course.id, "name": "Namenlos", "email": "x@example.org"})
        self._book(course, 1)
        person = self.env["res.partner"].create(
            {"lastname": "Zweit", "drk_is_person": True, "company_id": self.association_a.id}
        )
        with self.assertRaises(CourseFull):
            registrations.create({"event_id": course.id, "drk_participant_id": person.id})

    def test_states_change_through_the_door_alone(self):
        course = self._create_course(seats=1)
        seated = self._book(course, 1)
        waiting = self._book(course, 2, on_full="waiting")
        for registration, state in ((waiting, "open"), (seated, "cancel"), (seated, "draft")):
            with self.assertRaises(UserError):
                registration.write({"state": state})
        seated.action_set_done()
        self.assertEqual(seated.state, "done")
        with self.assertRaises(UserError):
            seated._drk_cancel()

    def test_booking_cannot_be_moved_or_deleted_by_hand(self):
        registration = self._book(self._create_course(), 1)
        with self.assertRaises(UserError):
            registration.event_id = self._create_course(days=40)
        with self.assertRaises(UserError):
            registration.with_user(self.manager).unlink()

    def test_only_managers_add_extra_seats(self):
        course = self._create_course(seats=1)
        self._book(course, 1)
        with self.assertRaises(UserError):
            course.with_user(self.clerk).drk_extra_seats = 1
        course.with_user(self.manager).drk_extra_seats = 1
        self.assertEqual(self._book(course, 2).state, "open")

    def test_places_taken_limit_a_smaller_course(self):
        course = self._create_course(seats=2)
        self._book(course, 1, 2)
        with self.assertRaises(ValidationError):
            course.with_user(self.clerk).seats_max = 1
            course.flush_recordset()

    def test_core_mails_questions_and_tickets_are_off(self):
        """Core would render its mail inside the booking."""
        course = self._create_course()
        self.assertFalse(course.event_mail_ids or course.question_ids or course.event_ticket_ids)
        self.assertFalse(self._book(course, 1).mail_registration_ids)
        other = self.env["event.event"].create(
            {"name": "Sommerfest", "date_begin": course.date_begin, "date_end": course.date_end}
        )
        self.assertTrue(other.event_mail_ids, "core's events keep theirs")

    def test_association_b_is_invisible_and_unbookable(self):
        course = self._create_course_b()
        self.assertFalse(self.env["event.event"].with_user(self.clerk).search([("id", "=", course.id)]))
        with self.assertRaises(AccessError):
            self._book(course, 1)
        person = self.env["res.partner"].create(
            {"lastname": "Fremd", "drk_is_person": True, "company_id": self.association_b.id}
        )
        with self.assertRaises(ValidationError):
            self._create_course().sudo()._drk_book([person])

    def test_people_match_inside_their_association_alone(self):
        own = self._book(self._create_course(), 1).drk_participant_id
        other = self._book(self._create_course_b(), 1, user=self.clerk_b).drk_participant_id
        self.assertNotEqual(own, other)
        self.assertEqual(self._book(self._create_course(days=40), 1).drk_participant_id, own)

    def test_statistics_stay_frozen(self):
        """Age band and postcode area stay as booked when the person's data change (G-14)."""
        course = self._create_course()
        person = self._person(1, birthdate_date="2010-01-01", zip="80331")
        registration = course.with_user(self.clerk)._drk_book([person])
        self.assertEqual((registration.drk_age_band, registration.drk_plz_area), ("12-17", "80"))
        registration.drk_participant_id.write({"birthdate_date": False, "zip": "10115"})
        self.env.flush_all()
        self.assertEqual((registration.drk_age_band, registration.drk_plz_area), ("12-17", "80"))

    def test_engagement_points_to_the_person(self):
        registration = self._book(self._create_course(), 1)
        self.assertEqual(registration.drk_person_id, registration.drk_participant_id)
        self.assertIn(registration.event_id.drk_number, registration.drk_purpose)
        self.assertEqual(registration.drk_last_activity, registration.event_id.date_end.date())

    def test_booking_one_person_needs_few_queries(self):
        course = self._create_course(seats=15)
        consent = {"purpose_code": "privacy", "kind": "informed", "channel_key": "I"}
        self._book(course, 1, consent=consent)
        self.env.invalidate_all()
        with self.assertQueryCount(40):  # 24 in a transaction of its own; savepoints and rights add the rest
            self._book(course, 2, consent=consent)
