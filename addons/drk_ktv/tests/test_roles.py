from odoo import Command
from odoo.exceptions import AccessError, UserError
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

    def test_portal_user_reads_bookings_on_the_pages_alone(self):
        """Who only named somebody must not read by RPC what is stored about them: the pages show what is theirs."""
        course = self._create_course(seats=5)
        mine = self._book(course, 1)
        user = self._user("member-a", "base.group_portal", partner_id=mine.partner_id.id)
        self.assertFalse(mine.with_user(user).has_access("read"))
        with self.assertRaises(AccessError):
            mine.with_user(user).search_read([("partner_id", "=", user.partner_id.id)], ["email", "phone"])

    def test_notes_are_for_the_staff_alone(self):
        """Notes on a course or booking name people: visitors and members of the website do not read them."""
        course = self._create_course(
            seats=5, drk_note="Schlüssel bei Frau Muster", drk_instructor_id=self.instructor.id
        )
        mine = self._book(course, 1)
        mine.drk_note = "braucht einen Rollstuhlplatz"
        member = self._user("member-n", "base.group_portal", partner_id=mine.partner_id.id)
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

    def _refused(self, act, *secrets):
        with self.assertRaises(AccessError) as caught:
            act()
        for secret in secrets:
            self.assertNotIn(secret, str(caught.exception))
        self.env.invalidate_all()

    def test_unsaved_form_names_nobody_of_another_association(self):
        """The client asks for the name of a linked record before anything is saved, and gets it by sudo."""
        course = self._create_course_b()
        booking = course.with_user(self.clerk_b)._drk_book([self._person(1, lastname="Fremd")])
        instructor = self._create_instructor("Fritz", company=self.association_b)
        name = {"fields": {"display_name": {}}}
        secrets = ("Fremd", "Fritz", course.drk_number)
        for model, field, foreign in (
            ("drk.course.mail.wizard", "registration_id", booking.id),
            ("event.event", "drk_instructor_id", instructor.id),
            ("drk.ktv.register", "event_id", course.id),
            ("drk.ktv.cancel.course", "event_id", course.id),
            ("drk.ktv.cancel", "registration_ids", [[4, booking.id]]),
            ("drk.course.session", "instructor_ids", [[4, instructor.id]]),
        ):
            with self.subTest(model, field=field):
                records = self.env[model].with_user(self.clerk)
                self._refused(lambda: records.onchange({field: foreign}, [], {field: name}), *secrets)  # noqa: B023
                self._refused(lambda: records.onchange({field: foreign}, [field], {field: name}), *secrets)  # noqa: B023
                default = records.with_context(**{f"default_{field}": foreign})
                if isinstance(foreign, int):
                    self._refused(lambda: default.onchange({}, [], {field: name}), *secrets)  # noqa: B023

    def test_refusal_names_nobody_of_another_association(self):
        course, foreign = self._create_course(), self._create_instructor("Fritz", company=self.association_b)
        session = course.drk_session_ids.with_user(self.clerk)
        for command in (Command.link(foreign.id), Command.set(foreign.ids)):
            self._refused(lambda: session.write({"instructor_ids": [command]}), "Fritz")  # noqa: B023
        self._refused(lambda: course.with_user(self.clerk).write({"drk_instructor_id": foreign.id}), "Fritz")
        session.instructor_ids = [Command.link(self.instructor.id)]
        self.assertEqual(session.instructor_ids, self.instructor)

    def test_course_takes_only_what_belongs_to_its_association(self):
        """Also who works for both associations mixes nothing of them."""
        room = self.env["drk.room"].create({"name": "Saal", "company_id": self.association_b.id})
        course = self._create_course()
        for vals in (
            {"drk_instructor_id": self._create_instructor("Fritz", company=self.association_b).id},
            {"drk_room_id": room.id},
            {"drk_kind_id": self._kind("EH", self.association_b).id},
        ):
            with self.assertRaises(UserError):
                course.write(vals)
        dates = {"date_begin": "2031-01-01 08:00:00", "date_end": "2031-01-01 10:00:00"}
        for company in (self.association_a.id, False):
            event = self.env["event.event"].create({"name": "Sommerfest", "company_id": company, **dates})
            self.assertFalse(event.drk_is_course)
            event.name = "Herbstfest"

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
