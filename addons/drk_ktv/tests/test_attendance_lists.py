import io
from datetime import timedelta

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from pypdf import PdfReader

from .attendance_common import AttendanceMixin
from .common import KtvCase

SIGNATURE, ATTENDANCE = "drk_ktv.report_course_signature_list", "drk_ktv.report_course_attendance_list"


@tagged("post_install", "-at_install")
class TestLists(AttendanceMixin, KtvCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "lang": "de_DE"})
        cls.course = cls._create_todays_course(seats=20, drk_instructor_id=cls.instructor.id, drk_room_id=cls.room.id)

    def _pages(self, report, courses, user=None):
        pdf = self.env["ir.actions.report"].with_user(user or self.teacher)._drk_pdf(report, courses)
        return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]

    def _text(self, *args, **kwargs):
        return " ".join(self._pages(*args, **kwargs))

    def test_lists_for_attendance_and_signatures_can_be_printed(self):
        """D-KTV-21: the list to be signed has a line per participant and a column per day, the other what came of it."""
        payer = {"is_company": True, "name": "Muster & Söhne GmbH", "zip": "44999"}
        people = self._book(self.course, 1, 2)
        workers = self._book(self.course, 3, payer=payer, payer_kind="company")
        self._book(self.course, 8)._drk_cancel()
        signed = self._text(SIGNATURE, self.course)
        for word in ("Teilnehmerliste mit Unterschriften", self.course.drk_number, self.association_a.name):
            self.assertIn(word, signed)
        self.assertIn("Lehrsaal 1", signed)
        self.assertIn("Ina Lehrend", signed)
        for person in people | workers:
            self.assertIn(person.name, signed)
            self.assertIn(f"{person.drk_birthdate:%d.%m.%Y}", signed)
        self.assertNotIn("Vera8", signed)
        self.assertIn("Muster & Söhne GmbH", signed)
        for session in self.course.drk_session_ids:
            self.assertIn(f"{self.course._drk_local(session.date_begin):%d.%m.%Y}", signed)
        self.assertGreaterEqual(signed.count("Unterschrift"), 4, "title, one column per day, the instructor")
        self._record(self.course, self._entry(people[0], self.course.drk_session_ids[0], "absent"))
        self.course.invalidate_recordset()
        attended = self._text(ATTENDANCE, self.course)
        self.assertIn("Anwesenheitsliste", attended)
        self.assertIn("Abwesend", attended)

    def test_spare_lines_for_people_who_come_without_a_booking(self):
        self._book(self.course, 1)
        values = self.course._prepare_drk_list_values()
        self.assertEqual(values["spare"], 8)
        self.assertEqual(self.course._prepare_drk_list_values(recorded=True)["spare"], 0)

    def test_twenty_people_on_landscape_sheets_with_the_head_repeated(self):
        self._book(self.course, *range(20))
        pdf = self.env["ir.actions.report"].with_user(self.teacher)._drk_pdf(SIGNATURE, self.course)
        pages = PdfReader(io.BytesIO(pdf)).pages
        self.assertGreater(pages[0].mediabox.width, pages[0].mediabox.height)
        self.assertLessEqual(len(pages), 3)
        for page in pages[:2]:
            self.assertIn("geboren", page.extract_text())

    def test_several_courses_as_one_file(self):
        other = self._create_todays_course(sessions=[self._today(hours=-9)])
        with freeze_time(other.date_begin - timedelta(hours=1)):
            self._book(other, 5)
        pages = self._pages(SIGNATURE, self.course | other, user=self.clerk)
        self.assertIn(self.course.drk_number, pages[0])
        self.assertIn(other.drk_number, pages[-1])
        action = (self.course | other).with_user(self.clerk).action_drk_print_signature_list()
        self.assertEqual(action["report_name"], "drk_ktv.course_signature_list")

    def test_many_days_are_parted_over_sheets(self):
        course = self._create_todays_course(sessions=[self._today(days=day, hours=-9) for day in range(7)])
        self._book(course, 1)
        self.assertEqual([len(block) for block in course._prepare_drk_list_values()["blocks"]], [5, 2])
        self.assertEqual(len(self._pages(SIGNATURE, course, user=self.clerk)), 2)

    def test_not_for_others(self):
        olga = self._user("olga-a", "drk_ktv.group_drk_ktv_instructor")
        for user in (olga, self.clerk_b, self._user("portal-a", "base.group_portal")):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                self._pages(SIGNATURE, self.course, user=user)

    def test_events_that_are_no_courses_have_no_list(self):
        event = self.env["event.event"].create(
            {"name": "Sommerfest", "date_begin": "2031-01-01", "date_end": "2031-01-02"}
        )
        with self.assertRaises(UserError):
            event.action_drk_print_signature_list()

    def test_hostile_names_stay_text(self):
        person = self._person(1, firstname="<b>Eva</b>", lastname="<img src=x>")
        self.course.with_user(self.clerk)._drk_book([person])
        self.assertIn("<b>Eva</b> <img src=x>", self._text(SIGNATURE, self.course))
