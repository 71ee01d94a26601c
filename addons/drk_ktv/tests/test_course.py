from datetime import date, datetime, timedelta

import psycopg2
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..tools.frozen import age_band, plz_area
from .common import KtvCase


@tagged("post_install", "-at_install")
class TestCourse(KtvCase):
    """Course dates: numbers, sessions, rooms, instructors, kinds."""

    def _dated(self, *sessions, **vals):
        courses = self.env["event.event"].with_user(self.clerk)
        return courses.create({"drk_kind_id": self.kind.id, "drk_session_ids": list(sessions), **vals})

    def test_numbers_count_by_association_prefix_and_year(self):
        numbers = [self._dated(self._session(days=days)).drk_number for days in (1, 2, 400)]
        self.assertEqual(numbers, ["EH-2031-0001", "EH-2031-0002", "EH-2032-0001"])
        other = self._dated(self._session(), drk_kind_id=self._kind("EHK").id)
        self.assertEqual(other.drk_number, "EHK-2031-0001")
        self.assertEqual(self._create_course_b(date_begin=datetime(2031, 1, 1)).drk_number, "EH-2031-0001")

    def test_number_is_unique_in_the_association(self):
        first, second = self._create_course(), self._create_course()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation):
            second.drk_number = first.drk_number
            self.env.flush_all()

    def test_begin_and_end_are_those_of_the_sessions(self):
        course = self._dated(self._session(days=1), self._session(days=3))
        self.assertEqual(course.date_begin, course.drk_session_ids[0].date_begin)
        self.assertEqual(course.date_end, course.drk_session_ids[1].date_end)
        course.drk_session_ids[1].unlink()
        self.assertEqual(course.date_end, course.drk_session_ids.date_end)

    def test_course_without_sessions_gets_one(self):
        course = self._create_course()
        self.assertEqual(course.drk_session_ids.date_begin, course.date_begin)
        course.write(
            {"date_begin": course.date_begin + timedelta(days=1), "date_end": course.date_end + timedelta(days=1)}
        )
        self.assertEqual(course.drk_session_ids.date_begin, course.date_begin, "dragged in the calendar")

    def test_all_sessions_move_with_the_course(self):
        course = self._dated(self._session(days=1), self._session(days=3))
        before = course.drk_session_ids.mapped("date_begin")
        course.date_begin += timedelta(days=7)
        self.assertEqual(course.drk_session_ids.mapped("date_begin"), [day + timedelta(days=7) for day in before])

    def test_room_is_not_booked_twice(self):
        course = self._dated(self._session(), drk_room_id=self.room.id)
        with self.assertRaises(ValidationError) as caught:
            self._dated(self._session(hours=3), drk_room_id=self.room.id)
        self.assertIn(course.drk_number, caught.exception.args[0])
        self.assertTrue(self._dated(self._session(hours=4), drk_room_id=self.room.id), "one after the other is fine")

    def test_room_constraint_holds_in_the_database(self):
        self._dated(self._session(), drk_room_id=self.room.id)
        other = self._dated(self._session())
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.ExclusionViolation):
            self.env.cr.execute(
                "UPDATE drk_course_session SET room_id = %s WHERE event_id = %s", [self.room.id, other.id]
            )
            self.env.cr.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_cancelled_course_frees_its_room(self):
        course = self._dated(self._session(), drk_room_id=self.room.id)
        course._drk_cancel_course("zu wenige")
        self.assertTrue(self._dated(self._session(), drk_room_id=self.room.id))

    def test_instructor_is_not_booked_twice(self):
        self._dated(self._session(), drk_instructor_id=self.instructor.id)
        with self.assertRaises(ValidationError) as caught:
            self._dated(self._session(hours=2), drk_instructor_id=self.instructor.id)
        self.assertIn("Ina", caught.exception.args[0])

    def test_sessions_follow_room_and_instructor(self):
        course = self._dated(self._session(days=1), self._session(days=3), drk_instructor_id=self.instructor.id)
        course.write({"drk_room_id": self.room.id, "drk_instructor_id": self.other_instructor.id})
        self.assertEqual(course.drk_session_ids.room_id, self.room)
        self.assertEqual(course.drk_session_ids.instructor_ids, self.other_instructor)

    def test_courses_paid_by_insurers_hold_twenty_people(self):
        with self.assertRaises(ValidationError):
            self._create_course(seats=21)
        course = self._create_course(seats=20)
        self.assertTrue(course.drk_hint, "more than 15 is unusual")
        with self.assertRaises(ValidationError):
            course.with_user(self.manager).drk_extra_seats = 1
        self.assertEqual(self._create_course(seats=30, drk_kind_id=self._kind("EHK").id).seats_max, 30)

    def test_places_default_to_kind_and_room(self):
        self.room.capacity = 12
        self.assertEqual(self._dated(self._session(), drk_room_id=self.room.id).seats_max, 12)
        self.assertEqual(self._dated(self._session(days=2)).seats_max, 15)

    def test_few_participants_are_found(self):
        course = self._create_course(seats=15)
        found = self.env["event.event"].with_user(self.clerk).search([("drk_below_min", "=", True)])
        self.assertIn(course, found)
        self._book(course, *range(1, 11))
        self.assertFalse(course.drk_below_min)

    def test_price_is_that_of_the_course_day(self):
        self.kind.price_ids = [
            Command.create({"payer_kind": "self", "date_from": "2030-01-01", "amount": 55}),
            Command.create({"payer_kind": "self", "date_from": "2032-01-01", "amount": 60}),
        ]
        course = self._dated(self._session())
        self.assertEqual((course.drk_price, course._drk_price_for("company")), (55, 55))
        self.assertEqual((course._drk_price_for("bg"), course._drk_price_for("volunteer")), (42, 0))
        self.assertIsNone(self.kind._price_on(date(2020, 1, 1), "self"))
        course.write({"drk_has_own_price": True, "drk_own_price": 0})
        self.assertEqual((course._drk_price_for("self"), course._drk_price_for("bg")), (0, 42))

    def test_copied_course_lies_a_week_later(self):
        course = self._dated(self._session(), drk_room_id=self.room.id, drk_instructor_id=self.instructor.id)
        copy = course.copy()
        self.assertEqual(copy.date_begin, course.date_begin + timedelta(days=7))
        self.assertNotEqual(copy.drk_number, course.drk_number)
        self.assertEqual((copy.name, copy.drk_taken, copy.is_published), (course.name, 0, False))

    def test_kind_in_use_cannot_be_deleted(self):
        self._create_course()
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.ForeignKeyViolation):
            self.kind.with_user(self.manager).unlink()
            self.env.flush_all()

    def test_association_gets_the_standard_kinds_once(self):
        kinds = self.env["drk.course.kind"]
        count = kinds.search_count([("company_id", "=", self.association_a.id)])
        self.assertGreaterEqual(count, 8)
        self.assertFalse(kinds._load_standard_kinds(self.association_a))

    def test_standard_kinds_speak_german_and_english(self):
        kinds = self.env["drk.course.kind"].search([("company_id", "=", self.association_a.id)])
        kind = kinds.filtered(lambda kind: kind.code == "EH")
        german, english = (kind.with_context(lang=lang) for lang in ("de_DE", "en_US"))
        self.assertIn("Grundkurs", german.description_web)
        self.assertNotIn("Grundkurs", english.description_web)
        self.assertNotEqual(german.name, english.name)

    def test_prefix_of_numbers_makes_addresses(self):
        """The number of a course stands in the address of its page: no other signs, capital letters."""
        vals = {"code": "x", "name": "X", "company_id": self.association_a.id}
        kinds = self.env["drk.course.kind"].with_user(self.manager)
        kind = kinds.create({**vals, "number_prefix": "eh-kita "})
        self.assertEqual(kind.number_prefix, "EH-KITA")
        kind.number_prefix = "a1"
        self.assertEqual(kind.number_prefix, "A1")
        for wrong in ("EH Kita", "EH/1", "ÄRZTE", "-EH", "E" * 21, "EH_1", "EH!"):
            with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.CheckViolation), self.cr.savepoint():
                kind.number_prefix = wrong
                kind.flush_recordset()

    def test_clerk_plans_a_course_on_the_form(self):
        form = Form(
            self.env["event.event"].with_user(self.clerk).with_context(drk_course=True),
            view="drk_ktv.event_event_view_form",
        )
        form.drk_kind_id = self.kind
        form.drk_room_id = self.room
        form.date_begin = datetime(2031, 5, 5, 7)
        course = form.save()
        self.assertEqual((course.name, course.drk_number), (self.kind.name, "EH-2031-0001"))
        self.assertEqual(course.drk_session_ids.room_id, self.room)

    def test_age_bands_and_postcode_areas(self):
        day = date(2026, 6, 15)
        bands = {date(2020, 6, 16): "0-5", date(2020, 6, 15): "6-11", date(1960, 1, 1): "60+", None: False}
        self.assertEqual({born: age_band(born, day) for born in bands}, bands)
        self.assertEqual([plz_area(text) for text in ("01067", "D-44135", "SW1A", None)], ["01", "44", False, False])
