from datetime import datetime, timedelta

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ..tools import attendance
from .attendance_common import AttendanceMixin
from .common import KtvCase

NOW = datetime(2031, 3, 3, 12)
SENT = 1_930_305_600_000  # whatever the phone believes


@tagged("post_install", "-at_install")
class TestEntries(TransactionCase):
    """What a phone sends, read without a database."""

    def _read(self, **vals):
        raw = {"key": "abcdefgh", "session": 1, "registration": 2, "state": "present", "at": SENT} | vals
        return attendance.read_entry(raw, SENT, NOW)

    def test_a_wrong_clock_is_put_right(self):
        self.assertEqual(self._read(at=SENT - 60_000).moment, NOW - timedelta(minutes=1))
        self.assertEqual(self._read(at=SENT + 60_000).moment, NOW)
        self.assertEqual(self._read(at=0).moment, NOW - timedelta(days=30))

    def test_without_a_clock_it_is_now(self):
        for at in (None, "gestern", True, 10**30, [], float("inf"), float("nan")):
            self.assertEqual(self._read(at=at).moment, NOW, at)

    def test_what_is_no_entry_is_not_read(self):
        wrong = (
            {"key": None}, {"key": "a"}, {"key": "x" * 65}, {"key": "äöü-äöü-äöü"}, {"state": "here"}, {"state": None},
            {"session": "1"}, {"session": 1.0}, {"session": True}, {"session": 0}, {"session": 2**31},
            {"registration": -1}, {"registration": None}, {"registration": [1]}, {"state": ["present"]}, {"state": {}},
        )  # fmt: skip
        for vals in wrong:
            self.assertIsNone(self._read(**vals), vals)
        for raw in (None, 1, "x", [], [[]], {}, True):
            self.assertIsNone(attendance.read_entry(raw, SENT, NOW), raw)


@tagged("post_install", "-at_install")
class TestAttendance(AttendanceMixin, KtvCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.course = cls._create_todays_course(drk_instructor_id=cls.instructor.id)
        cls.first, cls.second = cls.course.drk_session_ids.sorted("date_begin")

    def setUp(self):
        super().setUp()
        self.anna, self.bert = self._book(self.course, 1, 2)

    def _states(self, person):
        return {line.session_id: line.state for line in person.drk_attendance_ids}

    def test_instructor_records_the_own_course(self):
        answers = self._record(
            self.course, self._entry(self.anna, self.first), self._entry(self.bert, self.first, "absent")
        )
        self.assertEqual([(answer["ok"], answer["state"]) for answer in answers], [(True, "present"), (True, "absent")])
        self.assertEqual(self._states(self.anna), {self.first: "present"})
        self.assertEqual(self.anna.drk_attendance_ids.recorded_by_id, self.teacher)
        self.assertEqual((self.anna.drk_attendance, self.bert.drk_attendance), ("partly", "absent"))

    def test_nobody_else_records(self):
        other = self._create_instructor("Olga", user_id=self._user("olga-a", "drk_ktv.group_drk_ktv_instructor").id)
        portal = self._user("portal-a", "base.group_portal")
        employee = self._user("employee-a", "drk_base.group_drk_base_user")
        for user in (other.user_id, portal, employee, self.clerk_b, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                self._record(self.course, self._entry(self.anna, self.first), user=user)
        self.assertFalse(self.anna.drk_attendance_ids)

    def test_office_records_every_course_of_the_association(self):
        for user in (self.clerk, self.manager):
            self._record(self.course, self._entry(self.anna, self.first, key=f"key-{user.login}"), user=user)
        self.assertEqual(self.anna.drk_attendance_ids.recorded_by_id, self.manager)

    def test_instructor_writes_no_entry_by_hand(self):
        self._record(self.course, self._entry(self.anna, self.first))
        line = self.anna.drk_attendance_ids.with_user(self.teacher)
        self.assertEqual(line.state, "present")
        for act in (
            lambda: line.write({"state": "absent"}),
            line.unlink,
            lambda: line.create({"registration_id": self.bert.id, "session_id": self.first.id}),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_office_corrects_by_hand_under_its_own_name(self):
        self._record(self.course, self._entry(self.anna, self.first))
        line = self.anna.drk_attendance_ids.with_user(self.clerk)
        line.write({"state": "partly", "recorded_by_id": self.manager.id, "recorded_at": "2001-01-01"})
        self.assertEqual((line.state, line.recorded_by_id), ("partly", self.clerk))
        self.assertGreater(line.recorded_at.year, 2001)

    def test_the_same_entry_twice_counts_once(self):
        entry = self._entry(self.anna, self.first)
        self._record(self.course, entry)
        before = self.anna.drk_attendance_ids.recorded_at
        self._record(self.course, entry, entry)
        self.assertEqual(len(self.anna.drk_attendance_ids), 1)
        self.assertEqual(self.anna.drk_attendance_ids.recorded_at, before)

    def test_the_later_tap_wins_whenever_it_arrives(self):
        self._record(self.course, self._entry(self.anna, self.first, "absent", ago=10))
        late = self._record(self.course, self._entry(self.anna, self.first, "present", ago=600), user=self.clerk)
        self.assertEqual((late[0]["ok"], late[0]["state"]), (True, "absent"))
        self._record(self.course, self._entry(self.anna, self.first, "partly"), user=self.clerk)
        self.assertEqual(self._states(self.anna), {self.first: "partly"})

    def test_all_others_present_keeps_what_a_colleague_entered(self):
        self._record(self.course, self._entry(self.anna, self.second, "absent", ago=60))
        late = self._entry(self.anna, self.second, "present", fill=True)
        self.assertEqual(self._record(self.course, late)[0]["state"], "absent")
        undo = self._entry(self.anna, self.second, "", undoes=late["key"])
        self.assertEqual(self._record(self.course, undo)[0]["state"], "absent")
        own = self._entry(self.anna, self.second, "present", key="own-tap-of-all")
        self._record(self.course, own)
        undo = self._entry(self.anna, self.second, "", key="undo-own-tap", undoes=own["key"])
        self.assertEqual(self._record(self.course, undo)[0]["state"], "")

    def test_an_entry_taken_back_stays_gone(self):
        self._record(self.course, self._entry(self.anna, self.first, ago=20))
        self._record(self.course, self._entry(self.anna, self.first, "", ago=10))
        self._record(self.course, self._entry(self.anna, self.first, "absent", ago=15))
        self.assertEqual((self.anna.drk_attendance, self._states(self.anna)), ("none", {self.first: False}))

    def test_two_phones_keep_each_others_entries(self):
        self._record(self.course, self._entry(self.anna, self.first))
        self._record(self.course, self._entry(self.bert, self.first), user=self.clerk)
        self.assertEqual(self._states(self.anna) | self._states(self.bert), {self.first: "present"})

    def test_wrong_entries_are_refused_one_by_one(self):
        """A foreign person, session or course is named in words; what is right is kept."""
        other = self._create_todays_course(seats=2)
        stranger = self._book(other, 7)
        self._book(self.course, 3)._drk_cancel()
        cancelled = self.course.registration_ids.filtered(lambda r: r.state == "cancel")
        waiting = self._create_waiting()
        answers = self._record(
            self.course,
            self._entry(stranger, self.first),
            self._entry(self.anna, other.drk_session_ids[0]),
            self._entry(stranger, other.drk_session_ids[0]),
            self._entry(cancelled, self.first),
            self._entry(waiting, self.first),
            {"key": "abcdefgh", "state": "present"},
            None,
            self._entry(self.anna, self.first),
        )
        self.assertEqual([answer["ok"] for answer in answers], [False] * 7 + [True])
        self.assertTrue(all(answer["message"] for answer in answers[:7]))
        self.assertEqual(len({answer["message"] for answer in answers[:7]}), 5)
        self.assertFalse(stranger.drk_attendance_ids | cancelled.drk_attendance_ids | waiting.drk_attendance_ids)
        self.assertEqual(self._states(self.anna), {self.first: "present"})

    def _create_waiting(self):
        self._book(self.course, *range(10, 10 + self.course.drk_free))
        return self._book(self.course, 30, on_full="waiting")

    def test_a_session_of_another_day_waits_for_its_day(self):
        course = self._create_todays_course(sessions=[self._today(), self._today(days=3)])
        person = self._book(course, 1)
        answers = self._record(course, self._entry(person, course.drk_session_ids[-1]), user=self.clerk)
        self.assertFalse(answers[0]["ok"])
        self.assertFalse(person.drk_attendance_ids)

    def test_full_attendance_of_an_ended_course_is_attended(self):
        self._record(self.course, self._entry(self.anna, self.first), self._entry(self.anna, self.second))
        self.assertEqual((self.anna.drk_attendance, self.anna.state), ("all", "open"))
        self.assertTrue(self.anna._drk_attended_all())
        with freeze_time(self.course.date_end + timedelta(hours=1)), self.enter_registry_test_mode():
            self.env.ref("drk_ktv.ir_cron_event_registration_finish_attended").method_direct_trigger()
        self.assertEqual((self.anna.state, self.bert.state), ("done", "open"))

    def test_a_corrected_entry_takes_the_state_back(self):
        course = self._create_todays_course(sessions=[self._today(hours=-6)], drk_instructor_id=self.instructor.id)
        person = self._book_past(course, 5)
        self._record(course, self._entry(person, course.drk_session_ids, ago=5))
        self.assertEqual(person.state, "done")
        self._record(course, self._entry(person, course.drk_session_ids, "partly"))
        self.assertEqual((person.state, person._drk_attended_all()), ("open", False))

    def _book_past(self, course, *numbers):
        with freeze_time(course.date_begin - timedelta(hours=1)):
            return self._book(course, *numbers)

    def test_ticked_by_hand_is_present_where_it_has_begun(self):
        self.anna.with_user(self.clerk).action_set_done()
        self.assertEqual(set(self._states(self.anna).values()), {"present"})
        self.assertEqual((self.anna.state, self.anna.drk_attendance), ("done", "all"))

    def test_session_must_be_of_the_same_course(self):
        other = self._create_todays_course()
        with self.assertRaises(ValidationError):
            self.env["drk.course.attendance"].create(
                {"registration_id": self.anna.id, "session_id": other.drk_session_ids[0].id, "state": "present"}
            )

    def test_one_entry_per_person_and_session(self):
        vals = {"registration_id": self.anna.id, "session_id": self.first.id, "state": "present"}
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["drk.course.attendance"].create([vals, vals])

    def test_attended_session_stays(self):
        self._record(self.course, self._entry(self.anna, self.first))
        with self.assertRaises(UserError):
            self.first.with_user(self.clerk).unlink()

    def test_a_new_session_makes_the_attendance_incomplete(self):
        self._record(self.course, self._entry(self.anna, self.first), self._entry(self.anna, self.second))
        later = self.second.date_end + timedelta(hours=1)
        self.env["drk.course.session"].create(
            {"event_id": self.course.id, "date_begin": later, "date_end": later + timedelta(hours=1)}
        )
        self.assertEqual(self.anna.drk_attendance, "partly")
