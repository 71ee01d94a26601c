import threading
from datetime import timedelta

from odoo import fields
from odoo.api import Environment
from odoo.orm.utils import SUPERUSER_ID
from odoo.tests import tagged

from ..exceptions import CourseFull
from .test_race import CONTEXT, TestRace


@tagged("post_install", "-at_install")
class TestRebookRace(TestRace):
    """Two bookings of two dates want the last place of a third one; real transactions on committed data."""

    test_twenty_clients_get_ten_seats = None
    test_negative_control_oversells = None

    def _course(self, env, seats, days):
        return env["event.event"].create(
            {
                "drk_kind_id": self.kind_id,
                "date_begin": fields.Datetime.now() + timedelta(days=days),
                "is_published": True,
                "seats_max": seats,
            }
        )

    def _prepare(self, number):
        """:return: ids of two bookings on dates of their own, id of the date with one place"""
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, CONTEXT)
            old_ids = [self._course(env, 1, 20 + day).id for day in (0, 1)]
            target_id = self._course(env, 1, 30).id
        with self.registry.cursor() as cr:  # the courses are committed, the lock wants a clean transaction
            env = Environment(cr, SUPERUSER_ID, CONTEXT)
            bookings = []
            for course in env["event.event"].browse(old_ids):
                person = {
                    "firstname": f"Umbuchung {number}-{course.id}",
                    "lastname": "Wettlauf",
                    "birthdate_date": "1990-01-01",
                }
                bookings.append(course._drk_book([person], channel="web").id)
        return bookings, target_id

    def _move(self, booking_id, target_id, answers):
        try:
            self.barrier.wait(timeout=30)
            with self.registry.cursor() as cr:
                env = Environment(cr, SUPERUSER_ID, CONTEXT)
                cr.execute("SELECT 1")
                booking = env["event.registration"].browse(booking_id)
                answers.append(booking._drk_rebook(env["event.event"].browse(target_id), by="link").state)
        except CourseFull:
            answers.append("full")
        except Exception as error:
            answers.append(error)

    def test_last_place_goes_to_one_and_the_other_keeps_the_old_one(self):
        for number in range(5):
            bookings, target_id = self._prepare(number)
            answers = []
            self.barrier = threading.Barrier(2)
            threads = [
                threading.Thread(target=self._move, args=(booking_id, target_id, answers)) for booking_id in bookings
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=60)
            self.assertCountEqual(answers, ["open", "full"])
            with self.registry.cursor() as cr:
                env = Environment(cr, SUPERUSER_ID, CONTEXT)
                old = env["event.registration"].browse(bookings)
                self.assertCountEqual(old.mapped("state"), ["open", "cancel"])
                self.assertEqual(env["event.event"].browse(target_id).drk_taken, 1)
                self.assertEqual(len(old.drk_rebooked_to_id), 1)
                self.assertEqual(sum(old.event_id.mapped("drk_taken")), 1)
