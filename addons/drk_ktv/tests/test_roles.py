from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import KtvCase


@tagged("post_install", "-at_install")
class TestRoles(KtvCase):
    """Who sees what; the access matrix tries the rest."""

    def test_instructor_sees_own_courses_and_their_people_alone(self):
        own = self._create_course(seats=5, drk_instructor_id=self.instructor.id)
        other = self._create_course(seats=5, days=30)
        mine, theirs = self._book(own, 1), self._book(other, 2)
        env = self.env(user=self.teacher.id)
        self.assertEqual(env["event.event"].search([("drk_is_course", "=", True)]), own)
        self.assertEqual(env["event.registration"].search([]), mine)
        self.assertEqual(mine.with_env(env).drk_participant_id.name, mine.drk_participant_id.name)
        self.assertFalse(env["res.partner"].search([("id", "=", theirs.drk_participant_id.id)]))
        with self.assertRaises(AccessError):
            theirs.with_env(env).read(["name"])

    def test_instructor_of_one_session_sees_the_course(self):
        course = self._create_course()
        course.drk_session_ids.instructor_ids = [Command.set(self.instructor.ids)]
        self.assertTrue(course.with_user(self.teacher).has_access("read"))

    def test_instructor_only_reads(self):
        course = self._create_course(drk_instructor_id=self.instructor.id)
        with self.assertRaises(AccessError):
            course.with_user(self.teacher).name = "Anders"
        with self.assertRaises(AccessError):
            self._book(course, 1, user=self.teacher)

    def test_clerk_cannot_change_kinds_or_delete_courses(self):
        with self.assertRaises(AccessError):
            self.kind.with_user(self.clerk).seats_max = 99
        with self.assertRaises(AccessError):
            self._create_course().with_user(self.clerk).unlink()

    def test_employee_without_a_role_sees_no_course(self):
        employee = self._user("employee-a", "drk_base.group_drk_base_user")
        course = self._create_course()
        self._book(course, 1)
        env = self.env(user=employee.id)
        self.assertFalse(env["event.event"].search([("drk_is_course", "=", True)]))
        with self.assertRaises(AccessError):
            env["event.registration"].search([])

    def test_core_event_manager_is_no_course_manager(self):
        """Core's event roles reach no course and no participant."""
        manager = self._user("event-manager-a", "event.group_event_manager")
        course = self._create_course()
        self._book(course, 1)
        env = self.env(user=manager.id)
        self.assertFalse(env["event.event"].search([("drk_is_course", "=", True)]))
        self.assertFalse(env["event.registration"].search([("drk_is_course", "=", True)]))

    def test_portal_user_sees_own_bookings_alone(self):
        course = self._create_course(seats=5)
        mine, theirs = self._book(course, 1), self._book(course, 2)
        user = self._user("member-a", "base.group_portal", partner_id=mine.partner_id.id)
        env = self.env(user=user.id)
        self.assertEqual(env["event.registration"].search([]), mine)
        self.assertFalse(theirs.with_env(env).has_access("read"))

    def test_notes_are_for_the_staff_alone(self):
        """Notes on a course or booking name people: visitors and members of the website do not read them."""
        course = self._create_course(
            seats=5, drk_note="Schlüssel bei Frau Muster", drk_instructor_id=self.instructor.id
        )
        mine = self._book(course, 1)
        mine.drk_note = "braucht einen Rollstuhlplatz"
        member = self._user("member-n", "base.group_portal", partner_id=mine.partner_id.id)
        self.assertTrue(mine.with_user(member).has_access("read"))
        for user in (member, self.env.ref("base.public_user")):
            for record in (course, mine):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["drk_note"])
            self.assertNotIn("drk_note", self.env["event.event"].with_user(user).fields_get())
            self.assertNotIn("drk_note", self.env["event.registration"].with_user(user).fields_get())
        self.assertEqual(course.with_user(self.teacher).drk_note, "Schlüssel bei Frau Muster")
        with self.assertRaises(AccessError):
            mine.with_user(self.teacher).read(["drk_note"])
        self.assertEqual(mine.with_user(self.clerk).drk_note, "braucht einen Rollstuhlplatz")

    def test_system_not_booked_hides_everything(self):
        course = self._create_course()
        self.association_a.drk_system_ids = [Command.unlink(self.env.ref("drk_ktv.drk_system_ktv").id)]
        self.assertFalse(self.env["event.event"].with_user(self.clerk).search([("id", "=", course.id)]))
        self.assertFalse(self.env["drk.course.kind"].with_user(self.manager).search([]))

    def test_manager_edits_course_settings_of_the_own_association(self):
        settings = self.env["drk.ktv.settings"].with_user(self.manager).create({"drk_ktv_offer_hours": 12})
        settings.action_save()
        self.assertEqual(self.association_a.drk_ktv_offer_hours, 12)
        self.assertEqual(self.association_b.drk_ktv_offer_hours, 48)
        with self.assertRaises(AccessError):
            self.env["drk.ktv.settings"].with_user(self.clerk).create({})
