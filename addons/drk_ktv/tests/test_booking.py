from datetime import date, datetime, timedelta
from unittest.mock import patch

import psycopg2
from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import AlreadyBooked, CourseClosed, CourseFull, NamedTwice
from .common import KtvCase


@tagged("post_install", "-at_install")
class TestBooking(KtvCase):
    """The door to a seat."""

    def test_clerk_books_last_seat(self):
        """A single person is booked, and the free places are right at once (D-KTV-6)."""
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
        """A group larger than the free places books none of its people (D-KTV-7)."""
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
        with self.assertRaises(NamedTwice):
            self._book(course, 2, 2)

    def test_public_booking_takes_nothing_stored_of_the_people_it_names(self):
        known = self._book(self._create_course(days=40), 1).drk_participant_id
        known.phone = "+493023125001"
        named = {name: value for name, value in self._person(1).items() if name != "email"}
        booker = self._person(2, phone="+493023125002")
        for channel, booked_by in (("web", booker), ("portal", known.create({"name": "Mia", **booker}))):
            course = self._create_course(seats=5)
            booking = course.sudo()._drk_book([named], booker=booked_by, channel=channel)
            self.assertEqual(booking.drk_participant_id, known)
            self.assertEqual((booking.email, booking.phone), (booker["email"], "+493023125002"))
        booking = self._create_course().with_user(self.clerk)._drk_book([named], booker=booker)
        self.assertEqual((booking.email, booking.phone), (known.email, known.phone))

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

    def test_statistics_keep_what_was_typed(self):
        """Somebody known types birth date and postcode anew: the statistics of this booking keep them (G-14)."""
        known = {"firstname": "Vera", "lastname": "Bekannt", "email": "vera.bekannt@example.org"}
        course = self._create_course(days=40)
        first = self._create_course().with_user(self.clerk)._drk_book([known])
        self.assertEqual((first.drk_age_band, first.drk_plz_area), (False, False))
        typed = {**known, "birthdate_date": date(1990, 1, 1), "zip": "80331"}
        second = course.with_user(self.clerk)._drk_book([typed])
        self.assertEqual(second.drk_participant_id, first.drk_participant_id)
        born = first.drk_participant_id.birthdate_date
        self.assertEqual((second.drk_age_band, second.drk_plz_area), ("27-39", "80"), f"the person has {born}")

    def test_statistics_take_the_rest_from_the_person(self):
        person = self._person(1, birthdate_date="1990-01-01", zip="80331")
        partner = self._book(self._create_course(), 1).drk_participant_id
        partner.write({"birthdate_date": "1990-01-01", "zip": "80331"})
        for people in ([partner], [{**person, "zip": False, "birthdate_date": False}]):
            registration = self._create_course(days=40).with_user(self.clerk)._drk_book(people)
            self.assertEqual((registration.drk_age_band, registration.drk_plz_area), ("27-39", "80"))
            registration.with_user(self.clerk)._drk_cancel()

    def test_bookings_that_insurers_pay_for_are_kept(self):
        """Records of first aid courses are kept for five years after the last day, to the day."""
        course = self._create_course(
            drk_session_ids=[self._session(days=0), self._session(days=1)], date_begin=False, date_end=False
        )
        registration = self._book(course, 1)
        self.assertEqual(registration.drk_last_activity, date(2031, 3, 4))
        self.assertEqual(registration.drk_keep_until, date(2036, 3, 4))
        self.assertIn("DGUV Vorschrift 1", registration.drk_keep_reason)
        course.with_user(self.clerk).drk_session_ids[1].date_end += timedelta(days=1)
        self.assertEqual(registration.drk_keep_until, date(2036, 3, 5))
        registration.with_user(self.clerk)._drk_cancel()
        self.assertFalse(registration.drk_keep_until or registration.drk_keep_reason)

    def test_last_day_of_keeping_is_counted_on_the_clock_of_the_course(self):
        """A course that ends after midnight in Germany ends on that day, whatever the day is in UTC."""
        begin = datetime(2031, 7, 1, 16)
        session = Command.create({"date_begin": begin, "date_end": begin + timedelta(hours=6, minutes=30)})
        course = self._create_course(drk_session_ids=[session], date_begin=False, date_end=False)
        self.assertEqual(self._book(course, 1).drk_keep_until, date(2036, 7, 2))

    def test_old_courses_are_kept_by_the_rule_of_today(self):
        begin = datetime(2025, 6, 2, 7)
        with freeze_time("2025-06-01"), patch.object(type(self.env["event.event"]), "_drk_bg_limit", return_value=None):
            course = self._create_course(date_begin=begin, date_end=begin + timedelta(hours=8))
        with freeze_time("2026-11-20"), patch.object(type(course), "_drk_is_over", return_value=False):
            registration = self._book(course, 1)
        self.assertEqual(registration.drk_keep_until, date(2030, 6, 2))

    def test_other_bookings_have_no_legal_end_of_keeping(self):
        self.kind.is_bg_billable = False
        course = self._create_course(seats=1)
        registration = self._book(course, 1)
        self.assertFalse(registration.drk_keep_until or registration.drk_keep_reason)
        self.assertFalse(self._book(course, 2, on_full="waiting").drk_keep_until)
        insured = self._book(self._create_course(days=40), 1, payer_kind="bg")
        self.assertEqual(insured.drk_keep_until, insured.drk_last_activity + relativedelta(years=5))

    def test_engagements_of_a_person_list_the_booking(self):
        registration = self._book(self._create_course(), 1)
        domain = [("person_id", "=", registration.drk_participant_id.id)]
        engagement = self.env["drk.engagement"].with_user(self.clerk).search(domain)
        self.assertEqual((engagement.res_model, engagement.res_id), ("event.registration", registration.id))
        self.assertIn(registration.event_id.drk_number, engagement.purpose)
        self.assertEqual(engagement.keep_until, registration.drk_keep_until)
        env_b = self.env(user=self.clerk_b.id, context={"allowed_company_ids": self.association_b.ids})
        self.assertFalse(env_b["drk.engagement"].search(domain))

    def test_attended_booking_can_be_archived(self):
        seated = self._book(self._create_course(), 1)
        seated.state = "done"
        seated.with_user(self.clerk).action_archive()
        self.assertFalse(seated.active)

    def test_years_to_keep_are_looked_up_once_for_all_of_a_day(self):
        course = self._create_course(seats=20)
        bookings = self._book(course, *range(5), payer_kind="bg")
        facts = type(self.env["drk.law.fact"])
        with patch.object(facts, "_on", autospec=True, side_effect=facts._on) as looked_up:
            bookings._compute_drk_keep()
        self.assertEqual(looked_up.call_count, 1)
        self.assertEqual(len(set(bookings.mapped("drk_keep_until"))), 1)

    def test_live_booking_cannot_be_archived(self):
        course = self._create_course(seats=1)
        seated, waiting = self._book(course, 1), self._book(course, 2, on_full="waiting")
        for registration in (seated, waiting):
            with self.assertRaisesRegex(UserError, "cancel a booking before you archive"):
                registration.with_user(self.clerk).action_archive()
        seated.with_user(self.clerk)._drk_cancel()
        seated.with_user(self.clerk).action_archive()
        self.assertFalse(seated.active)
        self.assertEqual(course.drk_taken, 1, "who waited was offered the place")

    def test_engagement_points_to_the_person(self):
        registration = self._book(self._create_course(), 1)
        self.assertEqual(registration.drk_person_id, registration.drk_participant_id)
        self.assertIn(registration.event_id.drk_number, registration.drk_purpose)
        course = registration.event_id
        self.assertEqual(registration.drk_last_activity, course._drk_local(course.date_end).date())

    def test_booking_one_person_needs_few_queries(self):
        course = self._create_course(seats=15)
        consent = {"purpose_code": "privacy", "kind": "informed", "channel_key": "I"}
        self._book(course, 1, consent=consent)
        self.env.invalidate_all()
        with self.assertQueryCount(40):  # 24 in a transaction of its own; savepoints and rights add the rest
            self._book(course, 2, consent=consent)
