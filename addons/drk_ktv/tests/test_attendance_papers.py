from datetime import UTC, timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import AlreadyBooked, CourseClosed, CourseFull
from ..tools import papers
from .attendance_common import PDF, AttendanceMixin, encoded, picture
from .common import KtvCase


class PapersCase(AttendanceMixin, KtvCase):
    """A course of this morning with two people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.course = cls._create_todays_course(
            sessions=[cls._today(hours=-6), cls._today(hours=-4)], drk_instructor_id=cls.instructor.id
        )

    def setUp(self):
        super().setUp()
        with freeze_time(self.course.date_begin - timedelta(hours=1)):
            self.anna, self.bert = self._book(self.course, 1, 2)

    def _german(self, record):
        return record.with_context(lang="de_DE")


@tagged("post_install", "-at_install")
class TestPapers(PapersCase):
    def test_what_is_missing_is_said_in_words(self):
        self.bert.drk_participant_id.birthdate_date = False
        self._record(self.course, self._entry(self.anna, self.course.drk_session_ids[0]))
        missing = self._german(self.course)._drk_papers_missing()
        self.assertEqual(len(missing), 4)
        self.assertIn("die Anwesenheit von einer Person fehlt", missing[0])
        self.assertIn("die Anwesenheit von 2 Personen fehlt", missing[1])
        self.assertIn("Unterschriftenliste", missing[2])
        self.assertIn(self.bert.name, missing[3])
        self.assertIn(missing[2], self._german(self.course).drk_papers_hint)

    def test_a_course_to_come_is_not_complete(self):
        with freeze_time(self.course.date_begin), self.assertRaises(UserError):
            self.course.with_user(self.teacher).action_drk_papers_complete()

    def test_instructor_completes_the_own_course(self):
        with self.assertRaises(UserError):
            self.course.with_user(self.teacher).action_drk_papers_complete()
        self._close(self.course)
        self.assertEqual((self.course.drk_papers_state, self.course.drk_papers_user_id), ("complete", self.teacher))
        self.assertTrue(self.course.drk_papers_date)
        self.assertEqual(self.anna.state, "done")

    def test_office_completes_and_nobody_else(self):
        olga = self._user("olga-a", "drk_ktv.group_drk_ktv_instructor")
        employee = self._user("employee-a", "drk_base.group_drk_base_user")
        for user in (olga, employee, self.clerk_b, self._user("portal-a", "base.group_portal")):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                self.course.with_user(user).action_drk_papers_complete()
        self._close(self.course, user=self.clerk)
        self.assertEqual(self.course.drk_papers_user_id, self.clerk)

    def test_complete_papers_are_closed(self):
        self._close(self.course)
        paper = self.course.drk_paper_ids.with_user(self.clerk)
        answers = self._record(self.course, self._entry(self.anna, self.course.drk_session_ids[0], "absent"))
        self.assertFalse(answers[0]["ok"])
        self.assertIn("vollständig", self._german(self.course)._drk_papers_closed_message())
        for act in (
            lambda: self.anna.drk_attendance_ids.with_user(self.clerk).write({"state": "absent"}),
            lambda: self.anna.drk_attendance_ids.with_user(self.clerk).unlink(),
            paper.unlink,
            lambda: paper.write({"file": encoded(picture())}),
            lambda: paper.create({"event_id": self.course.id, "name": "x", "file": encoded(picture())}),
        ):
            with self.assertRaises(UserError):
                act()
        self.assertEqual(self.anna.drk_attendance, "all")

    def test_manager_opens_again_with_a_reason(self):
        self._close(self.course)
        wizard = self.env["drk.ktv.papers.reopen"].with_user(self.manager)
        wizard.create({"event_id": self.course.id, "reason": "Zweiter Tag war falsch"}).action_reopen()
        self.assertEqual(self.course.drk_papers_state, "open")
        self.assertFalse(self.course.drk_papers_user_id)
        self.assertIn("Zweiter Tag war falsch", self.course.message_ids[0].body)

    def test_others_do_not_open_again(self):
        self._close(self.course)
        for user in (self.clerk, self.teacher):
            with self.assertRaises(AccessError):
                self.course.with_user(user)._drk_papers_reopen("weil")

    def test_state_changes_by_the_buttons_alone(self):
        for vals in ({"drk_papers_state": "complete"}, {"drk_papers_user_id": self.manager.id}):
            with self.assertRaises(UserError):
                self.course.with_user(self.manager).write(vals)
        self.assertEqual(self.course.copy().drk_papers_state, "open")

    def test_filter_finds_past_courses_without_papers(self):
        view = self.env.ref("drk_ktv.event_event_view_search_attendance").arch
        self.assertIn("papers_missing", view)
        domain = [("drk_papers_state", "=", "open"), ("date_end", "<", "now"), ("kanban_state", "!=", "cancel")]
        events = self.env["event.event"].with_user(self.clerk)
        self.assertIn(self.course, events.search(domain))
        self._close(self.course)
        self.assertNotIn(self.course, events.search(domain))

    def test_a_course_without_people_needs_no_papers(self):
        empty = self._create_todays_course(sessions=[self._today(hours=-9)])
        self.assertFalse(empty._drk_papers_missing())


@tagged("post_install", "-at_install")
class TestScans(PapersCase):
    def _add(self, *files, user=None):
        return self.course.with_user(user or self.teacher)._drk_add_papers(list(files))

    def test_scans_are_kept_by_content(self):
        jpg, png = picture("JPEG"), picture("PNG")
        refused = self._add(("liste.exe", PDF), ("../../böse\x00<b>.png", jpg), ("", png))
        self.assertEqual(refused, [])
        self.assertEqual(self.course.drk_paper_ids.mapped("name"), ["liste.pdf", "böse b.jpg", "Scan.png"])
        self.assertEqual(self.course.drk_paper_ids.mapped("create_uid"), self.teacher)

    def test_what_is_no_scan_is_refused_and_the_others_kept(self):
        big = PDF + b" " * papers.MAX_BYTES
        wrong = (
            ("a.pdf", b"<html>"), ("b.png", b"\x89PNG\r\n\x1a\nkaputt"), ("c.jpg", b"\xff\xd8\xff"), ("d.pdf", b""),
            ("e.svg", b"<svg onload='alert(1)'/>"), ("f.pdf", b"%PDF-1.4 no end"), ("g.pdf", big),
        )  # fmt: skip
        with freeze_time(self.course.date_end):
            refused = self._add(*wrong, ("gut.pdf", PDF))
        self.assertEqual(len(refused), len(wrong))
        self.assertEqual(self.course.drk_paper_ids.mapped("name"), ["gut.pdf"])

    def test_office_door_looks_at_the_content_too(self):
        scans = self.env["drk.course.paper"].with_user(self.clerk)
        for file in (encoded(b"MZ"), b"kein base64 !", False):
            with self.assertRaises(UserError):
                scans.create({"event_id": self.course.id, "name": "x.pdf", "file": file})
        paper = scans.create({"event_id": self.course.id, "name": "x.pdf", "file": encoded(PDF)})
        with self.assertRaises(UserError):
            paper.file = encoded(b"MZ")

    def test_the_same_file_twice_is_kept_once(self):
        self._add(("a.pdf", PDF))
        self.assertEqual(self._add(("b.pdf", PDF)), [])
        self.assertEqual(len(self.course.drk_paper_ids), 1)

    def test_scans_are_for_the_course_roles_alone(self):
        self._add(("a.pdf", PDF))
        paper = self.course.drk_paper_ids
        file = self.env["ir.attachment"].search([("res_model", "=", paper._name), ("res_field", "=", "file")])
        olga = self._user("olga-a", "drk_ktv.group_drk_ktv_instructor")
        self._create_instructor("Olga", user_id=olga.id)
        employee = self._user("employee-a", "drk_base.group_drk_base_user")
        for user in (olga, employee, self.clerk_b, self._user("portal-a", "base.group_portal")):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                paper.with_user(user).read(["file"])
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                file.with_user(user).read(["datas"])
        for user in (self.teacher, self.clerk, self.manager):
            self.assertTrue(paper.with_user(user).file)


@tagged("post_install", "-at_install")
class TestWalkIn(AttendanceMixin, KtvCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.course = cls._create_todays_course(seats=2, drk_instructor_id=cls.instructor.id)
        cls.session = cls.course.drk_session_ids.sorted("date_begin")[-1]
        cls.typed = {"firstname": "Paula", "lastname": "Spontan", "birthdate_date": "1990-02-03"}

    def _walk_in(self, user=None, company=None, **typed):
        return self.course.with_user(user or self.teacher)._drk_walk_in(self.typed | typed, self.session, company)

    def test_instructor_adds_somebody_who_is_present(self):
        person = self._walk_in().sudo()
        self.assertEqual((person.name, person.state, person.drk_channel), ("Paula Spontan", "open", "walkin"))
        self.assertEqual(person.drk_attendance_ids.session_id, self.session)
        self.assertEqual((person.drk_payer_id, person.drk_payer_kind), (person.drk_participant_id, "self"))
        self.assertFalse(person.drk_participant_id.drk_consent_ids)
        self.assertFalse(person.drk_course_mail_ids)

    def test_full_course_is_full_on_site_too(self):
        self._walk_in()
        self._walk_in(lastname="Zweite")
        with self.assertRaises(CourseFull):
            self._walk_in(lastname="Dritte")
        self.assertEqual(self.course.drk_taken, 2)

    def test_only_on_the_days_of_the_course(self):
        for moment in (self.course.date_begin - timedelta(days=2), self.course.date_end + timedelta(days=2)):
            with freeze_time(moment), self.assertRaises(CourseClosed):
                self._walk_in()
        with freeze_time(self.course.date_end + timedelta(days=2)), self.assertRaises(UserError):
            self._book(self.course, 1)

    def test_nothing_stored_comes_to_light(self):
        """Who types a known name and birth date gets on the list, and learns nothing that was stored."""
        known = self.env["res.partner"].create(
            self.typed
            | {"drk_is_person": True, "company_id": self.association_a.id}
            | {"email": "geheim@example.org", "phone": "0211 999999", "zip": "44999", "street": "Geheimweg 1"}
        )
        booking = self._walk_in(firstname="PAULA")
        self.assertEqual(booking.sudo().drk_participant_id, known)
        shown = booking.read(["name", "email", "phone", "drk_plz_area", "drk_contact_email", "company_name"])[0]
        self.assertEqual(shown["name"], "PAULA Spontan")
        self.assertFalse([shown[name] for name in shown if name not in ("id", "name") and shown[name]])
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            known.with_user(self.teacher).read(["email"])
        self.assertFalse(self.env["res.partner"].with_user(self.teacher).search([("id", "=", known.id)]))
        booking.sudo().drk_contact_email = "neugierig@example.org"
        self.assertFalse(booking.sudo()._drk_reaches_booker())

    def test_typed_birth_date_stays_on_the_booking(self):
        known = self.env["res.partner"].create(
            {"firstname": "Paula", "lastname": "Spontan", "drk_is_person": True, "company_id": self.association_a.id}
            | {"email": "paula@example.org"}
        )
        booking = self._walk_in(email="paula@example.org")
        born = fields.Date.to_date(self.typed["birthdate_date"])
        self.assertEqual((booking.sudo().drk_participant_id, known.birthdate_date), (known, False))
        self.assertEqual((booking.drk_typed_birthdate, booking.drk_birthdate), (born, born))
        self.assertEqual(booking._prepare_drk_list_row()["born"], born)
        with freeze_time(self.course.date_end + timedelta(minutes=1)):
            self._close(self.course)
            self.assertEqual(booking.sudo()._drk_issue_certificates().holder_birthdate, born)
        known.birthdate_date = "1991-01-01"
        self.assertEqual(booking.drk_birthdate, known.birthdate_date)

    def test_typed_birth_date_is_of_that_person_alone(self):
        booking = self._walk_in().sudo()
        self.assertFalse(booking.drk_typed_birthdate)
        booking.drk_typed_birthdate = "1990-02-03"
        other = {"firstname": "Rolf", "lastname": "Anders", "drk_is_person": True, "company_id": self.association_a.id}
        booking.drk_participant_id = self.env["res.partner"].create(other)
        self.assertFalse(booking.drk_birthdate)

    def test_booked_people_stay_visible_to_their_instructor(self):
        booked = self._book(self.course, 1)
        self.assertEqual(booked.drk_participant_id.with_user(self.teacher).email, "vera1@example.org")

    def test_who_stands_on_the_list_is_not_added_twice(self):
        self._walk_in()
        with self.assertRaises(AlreadyBooked):
            self._walk_in()
        self._walk_in(lastname="Zweite")
        waiting = self._book(self.course, 9, on_full="waiting")
        self.course.drk_extra_seats = 1
        with self.assertRaises(AlreadyBooked) as caught:
            self.course.with_user(self.teacher).with_context(lang="de_DE")._drk_walk_in(self._person(9))
        self.assertEqual(waiting.state, "waiting")
        self.assertIn("Warteliste", str(caught.exception))

    def test_company_pays_and_is_found_again_on_the_list(self):
        first = self._walk_in(company="Muster GmbH").sudo()
        second = self._walk_in(lastname="Zweite", company="MUSTER gmbh").sudo()
        self.assertEqual((first.drk_payer_kind, first.company_name), ("company", "Muster GmbH"))
        self.assertTrue(first.drk_payer_id.is_company)
        self.assertEqual(second.drk_payer_id, first.drk_payer_id)

    def test_nobody_else_adds_people(self):
        olga = self._user("olga-a", "drk_ktv.group_drk_ktv_instructor")
        for user in (olga, self.clerk_b, self._user("portal-a", "base.group_portal")):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                self._walk_in(user=user)
        self.assertTrue(self._walk_in(user=self.clerk))

    def test_evening_of_the_last_day(self):
        evening = self.course._drk_local(self.course.date_end).replace(hour=23, minute=30)
        with freeze_time(evening.astimezone(UTC).replace(tzinfo=None)):
            self.assertTrue(self._walk_in())
