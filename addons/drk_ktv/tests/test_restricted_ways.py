from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .restricted_common import NAME, NO_NAME, FinishedCase

TELLING = ("name", "email", "phone", "drk_contact_email", "drk_call_phone", "drk_typed_birthdate", "drk_birthdate")


@tagged("post_install", "-at_install")
class TestRestrictedWays(FinishedCase):
    """No list, search, group or export names a restricted person to who may not see them (GDPR Art. 18(2))."""

    # ------------------------------------------------------------------ bookings
    def test_no_field_tells_who_it_was(self):
        for user in self.shut:
            row = self._as(user, self.booking).read(TELLING)[0]
            row.pop("id")
            self.assertEqual(row.pop("name"), NO_NAME)
            self.assertEqual(set(row.values()), {False}, user.login)
        for user in self.open:
            row = self._as(user, self.booking).read(TELLING)[0]
            self.assertEqual((row["name"], row["drk_call_phone"]), (NAME, "+49 231 4711"))
            self.assertTrue(row["drk_birthdate"], user.login)

    def test_name_search_shows_no_name(self):
        domain = [("id", "=", self.booking.id)]
        for user, name in [(user, NO_NAME) for user in self.shut] + [(user, NAME) for user in self.open]:
            bookings = self._as(user, self.booking.browse())
            self.assertEqual(bookings.name_search("", domain), [(self.booking.id, name)])
            found = bookings.web_name_search("", {"display_name": {}}, domain)[0]
            self.assertEqual((found["display_name"], found["__formatted_display_name"]), (name, name))
            self.assertEqual(bool(bookings.name_search("Vera1", domain)), name == NAME)
            self.assertEqual(bookings.browse(self.booking.id).display_name, name)

    def test_groups_show_no_name(self):
        domain = [("event_id", "=", self.course.id)]
        for user in self.shut:
            self.assertEqual(self._labels(user, self.booking, domain, "id"), {NO_NAME, "Vera2 Beispiel2"})
        for user in self.open:
            self.assertEqual(self._labels(user, self.booking, domain, "id"), {NAME, "Vera2 Beispiel2"})

    def test_typed_values_are_not_grouped(self):
        domain = [("event_id", "=", self.course.id)]
        fields = ("name", "email", "phone", "drk_contact_email", "drk_typed_birthdate:day")
        aggregates = ("name:array_agg", "email:max", "phone:min", "name:array_agg_distinct")
        calls = [([by], []) for by in fields] + [([], [aggregate]) for aggregate in aggregates]
        for user in self.shut:
            bookings = self._as(user, self.booking)
            for by, aggregate in calls:
                with self.subTest(user=user.login, by=by, aggregate=aggregate), self.assertRaises(AccessError):
                    bookings.formatted_read_group(domain, by, aggregate)
            with self.assertRaises(AccessError):
                bookings.formatted_read_group(domain, ["event_id"], order="name:max")
            counted = bookings.formatted_read_group(domain, [], ["name:count_distinct"])
            self.assertEqual(counted[0]["name:count_distinct"], 2)
        for user in self.open:
            groups = self._as(user, self.booking).formatted_read_group(domain, ["name"], ["email:max"])
            self.assertIn(NAME, {group["name"] for group in groups})

    def test_values_are_not_grouped_over_a_link(self):
        lines = self._as(self.clerk, self.env["drk.course.attendance"])
        with self.assertRaises(AccessError):
            lines.formatted_read_group([], ["registration_id.name"])

    def test_export_is_blank(self):
        columns = ["name", "email", "display_name", "state", "drk_call_phone"]
        bookings = self.course.sudo().registration_ids.sorted("name")
        for user in self.shut:
            rows = self._as(user, bookings).export_data(columns)["datas"]
            self.assertEqual(rows[0], [NO_NAME, "", NO_NAME, rows[1][3], ""], user.login)
            self.assertEqual(rows[1][0], "Vera2 Beispiel2")
            rows = self._as(user, self.course).export_data(["name", "registration_ids/name"])["datas"]
            self.assertEqual({row[1] for row in rows}, {NO_NAME, "Vera2 Beispiel2"})
        for user in self.open:
            self.assertEqual(self._as(user, bookings).export_data(columns)["datas"][0][0], NAME)

    def test_attendance_shows_no_name(self):
        booking, session = self.booking, self.course.drk_session_ids[:1]
        line = self.env["drk.course.attendance"].sudo()
        line = line.create({"registration_id": booking.id, "session_id": session.id, "state": "present"})
        domain = [("id", "=", line.id)]
        for user in (self.clerk, self.officer):
            lines = self._as(user, line)
            shown = f"{lines.name_search('', domain)} {lines.display_name} {self._labels(user, line, domain, 'id')}"
            self.assertEqual((NAME in shown, NO_NAME in shown), (user == self.officer, user == self.clerk))

    def test_followers_show_no_name(self):
        person = self.booking.drk_participant_id
        self.course.message_subscribe(person.ids)
        follower = self.course.sudo().message_follower_ids.filtered(lambda line: line.partner_id == person)
        for user in self.shut:
            row = self._as(user, follower).read(["name", "email"])[0]
            self.assertEqual((row["name"], row["email"]), (NO_NAME, False), user.login)
            self.assertEqual(self._as(user, follower).name_search("", [("id", "=", follower.id)])[0][1], NO_NAME)
        self.assertEqual(self._as(self.officer, follower).read(["name"])[0]["name"], NAME)

    def test_call_list_of_a_restricted_booker_opens(self):
        """The number of a person whom the office may not see is left out, the others of the list are there."""
        booking = self._book(self.later, 3).sudo()
        booking.write({"phone": False, "partner_id": self.booking.drk_participant_id.id})
        self.booking.drk_participant_id.phone = "0231 4713"
        self.env.invalidate_all()
        self.assertFalse(self._as(self.clerk, booking).read(["drk_call_phone"])[0]["drk_call_phone"])
        self.assertEqual(self._as(self.officer, booking).drk_call_phone, "+49 231 4713")

    def test_form_shows_no_name(self):
        booking = self._as(self.clerk, self.booking)
        spec = {"name": {}, "email": {}, "drk_note": {}}
        shown = booking.onchange({"drk_note": "Anruf"}, ["drk_note"], spec)
        self.assertNotIn(NAME, str(shown))
        new = booking.new(origin=booking)
        self.assertEqual(new.read(["name"])[0]["name"], NO_NAME)
        self.assertEqual(new.display_name, NO_NAME)

    def test_steps_made_for_the_user_keep_all(self):
        booking = self._as(self.clerk, self.booking).sudo()
        self.assertEqual((booking.name, booking.display_name), (NAME, NAME))
        self.assertEqual(booking.export_data(["name"])["datas"], [[NAME]])
        groups = booking.formatted_read_group([("id", "=", booking.id)], ["name"])
        self.assertEqual(groups[0]["name"], NAME)

    def test_the_length_of_a_list_costs_no_query(self):
        self.kind.is_bg_billable = False
        course = self._create_course(seats=100)
        bookings = self._book(course, *range(1, 31)).sudo()
        self._restrict(bookings.drk_participant_id)
        self._past(course)
        for way in (self._search_them, self._export_them, self._group_them):
            self._queries(way, bookings[:2])
            self.assertLessEqual(self._queries(way, bookings), self._queries(way, bookings[:2]), way)

    def _search_them(self, bookings):
        return bookings.name_search("", [("id", "in", bookings.ids)])

    def _export_them(self, bookings):
        return bookings.export_data(["name", "display_name"])

    def _group_them(self, bookings):
        return bookings.formatted_read_group([("id", "in", bookings.ids)], ["id"])

    def _queries(self, way, bookings):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertIn(NO_NAME, str(way(self._as(self.clerk, bookings))))
        return self.env.cr.sql_log_count - before

    def test_refused_access_names_nobody(self):
        person = self.booking.drk_participant_id
        with patch.object(type(self.env["res.users"]), "has_group", self._in_debug(self.env["res.users"])):
            error = self._as(self.clerk, self.env["ir.rule"])._make_access_error("read", self._as(self.clerk, person))
        self.assertNotIn("Beispiel1", str(error))

    @staticmethod
    def _in_debug(users):
        original = type(users).has_group
        return lambda user, group: group == "base.group_no_one" or original(user, group)

    # ------------------------------------------------------------------ instructors and users
    def test_a_restricted_instructor_has_no_name(self):
        other, names = self.other_instructor, ("email", "phone", "display_name")
        other.partner_id.write({"email": "otto@example.org", "phone": "0231 4712"})
        name = other.partner_id.name
        self.later.drk_instructor_id = other
        self._restrict(other.partner_id)
        for user in self.shut:
            row = self._as(user, other).read(names)[0]
            self.assertEqual([row[field] for field in names], [False, False, NO_NAME], user.login)
            self.assertEqual(self._as(user, other).name_search("", [("id", "=", other.id)]), [(other.id, NO_NAME)])
        for user in self.open:
            row = self._as(user, other).read(names)[0]
            self.assertEqual([row[field] for field in names], ["otto@example.org", "0231 4712", name])
        self.assertIn(NO_NAME, self._labels(self.clerk, self.later, [], "drk_instructor_id"))
        self.assertIn(name, self._labels(self.officer, self.later, [], "drk_instructor_id"))

    def test_the_course_of_a_restricted_instructor_opens(self):
        other = self.other_instructor
        self.later.drk_session_ids.instructor_ids = other
        self._restrict(other.partner_id)
        spec = {"drk_session_ids": {"fields": {"instructor_ids": {"fields": {"display_name": {}}}}}}
        row = self._as(self.clerk, self.later).web_read(spec)[0]
        self.assertEqual(row["drk_session_ids"][0]["instructor_ids"], [{"id": other.id, "display_name": NO_NAME}])
        domain = [("event_id", "=", self.later.id)]
        sessions = self.later.drk_session_ids
        self.assertEqual(self._labels(self.clerk, sessions, domain, "instructor_ids"), {NO_NAME})
        self.assertEqual(self._labels(self.officer, sessions, domain, "instructor_ids"), {other.partner_id.name})

    def test_a_clash_of_dates_names_nobody(self):
        other, first = self.other_instructor, self.later.drk_session_ids
        first.instructor_ids = other
        second = self._create_course(days=40).drk_session_ids
        self._restrict(other.partner_id)
        for user, shown in ((self.clerk, NO_NAME), (self.officer, other.partner_id.name)):
            with self.subTest(user=user.login), self.assertRaisesRegex(ValidationError, shown):
                self._as(user, second).write({"instructor_ids": [Command.link(other.id)]})

    def test_a_restricted_user_has_no_name(self):
        person = self.booking.drk_participant_id
        portal = self._user("portal-restricted", "base.group_portal", partner_id=person.id)
        self.booking.drk_call_user_id = portal
        named = person.name
        self._restrict(person)
        spec = {"drk_call_user_id": {"fields": {"display_name": {}}}}
        domain = [("id", "=", self.booking.id)]
        for user, name in [(user, NO_NAME) for user in self.shut] + [(user, named) for user in self.open]:
            booking = self._as(user, self.booking)
            self.assertEqual(booking.web_read(spec)[0]["drk_call_user_id"]["display_name"], name)
            self.assertEqual(booking.read(["drk_call_user_id"])[0]["drk_call_user_id"], (portal.id, name))
            self.assertEqual(self._labels(user, booking, domain, "drk_call_user_id"), {name})
        self.assertEqual(self._as(self.clerk, portal).display_name, NO_NAME)
        self.assertEqual(self._as(portal, portal).display_name, named)

    def test_a_restricted_colleague_has_no_name(self):
        """Whoever wrote a record is named at it; their login is hidden with their person."""
        colleague = self._user("colleague-a", "base.group_user")
        line = (
            self.env["drk.room"].with_user(colleague).sudo().create({"name": "X", "company_id": self.association_a.id})
        )
        self._restrict(colleague.partner_id)
        spec = {"create_uid": {"fields": {"display_name": {}}}}
        for user, shown in ((self.clerk, NO_NAME), (self.officer, colleague.name)):
            self.assertEqual(self._as(user, line).web_read(spec)[0]["create_uid"]["display_name"], shown)
            self.assertEqual(self._labels(user, line, [("id", "=", line.id)], "create_uid"), {shown})
        with self.assertRaises(AccessError):
            self._as(self.clerk, colleague).read(["login"])
        self.assertFalse(self._as(self.clerk, colleague).name_search("", [("id", "=", colleague.id)]))
