from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..exceptions import CourseClosed, CourseFull, OfferExpired
from .common import KtvCase


@tagged("post_install", "-at_install")
class TestWaitingList(KtvCase):
    """Who waits moves up in order, by offers that end."""

    def setUp(self):
        super().setUp()
        self.course = self._create_course(seats=2)
        self.seated = self._book(self.course, 1, 2)

    def _wait(self, *numbers):
        """Put one booking on the waiting list; each one a minute later than the one before."""
        self.minutes = getattr(self, "minutes", 0) + 1
        waiting = self._book(self.course, *numbers, on_full="waiting")
        waiting.drk_waiting_since = fields.Datetime.now() + timedelta(minutes=self.minutes)
        return waiting

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("drk_ktv.ir_cron_event_registration_move_up").method_direct_trigger()
        self.env.invalidate_all()

    def test_course_with_people_is_not_cancelled_by_hand(self):
        """Archiving or the state on the kanban would tell nobody: seats, offers and waiting lists would be stuck."""
        waiting = self._wait(3)
        course = self.course.with_user(self.manager)
        for vals in ({"kanban_state": "cancel"}, {"active": False}):
            with self.assertRaisesRegex(UserError, "Cancel this date"):
                course.write(vals)
        self.assertEqual(course.drk_web_state, "full")
        course._drk_cancel_course("Krankheit")
        self.assertEqual(set((self.seated | waiting).mapped("state")), {"cancel"})
        course.active = False
        self.assertFalse(course.active)

    def test_course_of_those_who_only_wait_is_not_cancelled_by_hand(self):
        waiting = self._wait(3)
        self.seated._drk_cancel()
        self.assertEqual(waiting.state, "offered")
        with self.assertRaises(UserError):
            self.course.with_user(self.clerk).kanban_state = "cancel"

    def test_empty_and_past_courses_may_be_archived(self):
        empty = self._create_course(days=40)
        empty.with_user(self.manager).kanban_state = "cancel"
        with freeze_time(fields.Datetime.now() + timedelta(days=30)):
            self.course.with_user(self.manager).active = False
        self.assertFalse(self.course.active)

    def test_no_seat_on_a_cancelled_course(self):
        """An offer, or a place on the waiting list, is worth nothing any more when the course is cancelled."""
        offered, waiting = self._wait(3), self._wait(4)
        self.seated[0]._drk_cancel()
        self.assertEqual(offered.state, "offered")
        self.course._drk_in_turn(lambda courses: courses.write({"kanban_state": "cancel"}))
        with self.assertRaises(CourseClosed):
            offered.with_user(self.clerk)._drk_accept_offer()
        for registration in (offered, waiting):
            with self.assertRaises(CourseClosed):
                registration.with_user(self.clerk)._drk_confirm()
        self.assertEqual((offered.state, waiting.state), ("offered", "waiting"))

    def test_cancelling_moves_up_the_first_waiting(self):
        """Several people wait; the one who waits longest gets an offer with an end."""
        first, second = self._wait(3), self._wait(4)
        self.seated[0]._drk_cancel(reason="krank")
        self.assertEqual((self.seated[0].state, self.seated[0].drk_cancel_reason), ("cancel", "krank"))
        self.assertEqual((first.state, second.state), ("offered", "waiting"))
        hours = (first.drk_offer_until - fields.Datetime.now()).total_seconds() / 3600
        self.assertAlmostEqual(hours, 48, delta=0.1)
        self.assertEqual((self.course.drk_taken, self.course.drk_free), (2, 0), "an offered place is taken")

    def test_group_moves_up_only_as_a_whole(self):
        group, single = self._wait(3, 4), self._wait(5)
        self.seated[0]._drk_cancel()
        self.assertEqual((set(group.mapped("state")), single.state), ({"waiting"}, "offered"))
        single._drk_decline_offer()
        self.seated[1]._drk_cancel()
        self.assertEqual(set(group.mapped("state")), {"offered"})

    def test_two_seats_go_to_the_group_that_waits_first(self):
        group, single = self._wait(3, 4), self._wait(5)
        self.seated._drk_cancel()
        self.assertEqual((set(group.mapped("state")), single.state), ({"offered"}, "waiting"))

    def test_offer_is_accepted_for_the_whole_group(self):
        group = self._wait(3, 4)
        self.seated._drk_cancel()
        group[0]._drk_accept_offer()
        self.assertEqual(set(group.mapped("state")), {"open"})
        self.assertFalse(any(group.mapped("drk_offer_until")))
        group[0]._drk_accept_offer()  # the link is clicked twice
        self.assertEqual(set(group.mapped("state")), {"open"})

    def test_declined_offer_goes_to_the_next(self):
        first, second = self._wait(3), self._wait(4)
        self.seated[0]._drk_cancel()
        first._drk_decline_offer()
        self.assertEqual((first.state, second.state), ("cancel", "offered"))
        with self.assertRaises(OfferExpired):
            first._drk_accept_offer()

    def test_offer_cannot_be_accepted_after_its_end(self):
        first = self._wait(3)
        self.seated[0]._drk_cancel()
        with freeze_time(first.drk_offer_until + timedelta(seconds=1)), self.assertRaises(OfferExpired):
            first._drk_accept_offer()
        self.assertEqual(first.state, "offered")

    def test_cron_ends_offers_and_moves_up(self):
        first, second = self._wait(3), self._wait(4)
        self.seated[0]._drk_cancel()
        first.drk_offer_until = fields.Datetime.now() - timedelta(minutes=1)
        self._run_cron()
        self.assertEqual((first.state, second.state), ("cancel", "offered"))
        self.assertTrue(first.drk_cancel_reason)

    def test_cron_moves_up_after_more_seats(self):
        first = self._wait(3)
        self.course.with_user(self.clerk).seats_max = 3
        self._run_cron()
        self.assertEqual(first.state, "offered")

    def test_offer_ends_before_the_booking_does(self):
        first = self._wait(3)
        self.course.drk_booking_until = fields.Datetime.now() + timedelta(hours=5)
        self.seated[0]._drk_cancel()
        self.assertEqual(first.drk_offer_until, self.course.drk_booking_until)

    def test_nobody_moves_up_when_the_booking_has_ended(self):
        first = self._wait(3)
        self.course.drk_booking_until = fields.Datetime.now() - timedelta(hours=1)
        self.seated[0]._drk_cancel()
        self.assertEqual(first.state, "waiting")

    def test_office_gives_a_free_place_by_hand(self):
        first = self._wait(3)
        with self.assertRaises(CourseFull):
            first.action_confirm()
        self.course.with_user(self.manager).drk_extra_seats = 1
        first.action_confirm()
        self.assertEqual(first.state, "open")

    def test_participant_cancels_before_the_course_alone(self):
        self.seated[0].sudo()._drk_cancel(by="link")
        self.assertEqual(self.seated[0].state, "cancel")
        with freeze_time(self.course.date_begin + timedelta(hours=1)), self.assertRaises(CourseClosed):
            self.seated[1].sudo()._drk_cancel(by="portal")

    def test_cancelling_a_course_cancels_all_bookings(self):
        waiting = self._wait(3)
        self.course.with_user(self.clerk)._drk_cancel_course("Ausbilder krank")
        self.assertEqual(set((self.seated | waiting).mapped("state")), {"cancel"})
        self.assertEqual((self.course.drk_web_state, self.course.is_published), ("cancelled", False))

    def test_instructor_cannot_cancel_or_confirm(self):
        self.course.drk_instructor_id = self.instructor
        seated = self.seated[0].with_user(self.teacher)
        for call in (seated._drk_cancel, seated._drk_confirm, seated._drk_accept_offer):
            with self.assertRaises(AccessError):
                call()
