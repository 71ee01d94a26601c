from odoo.tests import tagged

from .public_common import PERSON, CourseWebCase, further


@tagged("post_install", "-at_install")
class TestPortalCourses(CourseWebCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member = cls._portal_user("mitglied-ktv", "Mia", "Muster")
        cls.other = cls._portal_user("fremd-ktv", "Otto", "Anders")

    @classmethod
    def _portal_user(cls, login, firstname, lastname, company=None):
        company = company or cls.association_a
        person = cls.env["res.partner"]._drk_match_or_create_person(
            company, {"firstname": firstname, "lastname": lastname, "email": f"{login}@example.org"}
        )
        names = {"name": person.name, "email": person.email, "partner_id": person.id}
        return cls._user(login, "base.group_portal", company, **names)

    def _book_as(self, person, *others, course=None):
        return (course or self.course)._drk_book([person, *others], booker=person)

    def test_member_books_and_sees_it(self):
        self.authenticate(self.member.login, self.member.login)
        page = self._form_page()
        typed = self._form_values(page, "ktv_booking")
        self.assertEqual((typed["firstname"], typed["email"]), ("Mia", "mitglied-ktv@example.org"))
        self._post_form(page, "ktv_booking", {"birthdate": "03.04.1990", "action": "book"})
        registration = self._registrations()
        self.assertEqual(registration.partner_id, self.member.partner_id)
        self.assertEqual(registration.drk_participant_id, self.member.partner_id)
        self.assertEqual(registration.drk_channel, "portal")
        self.assertIn(f"/my/kurse/{registration.id}", self._get("/my/kurse").text)
        self.assertIn("Meine Kurse", self._text(self._get("/my")))

    def test_member_sees_only_own_bookings(self):
        mine = self._book_as(self.member.partner_id)
        theirs = self._book_as(self.other.partner_id)
        self.authenticate(self.member.login, self.member.login)
        page = self._get("/my/kurse")
        self.assertIn(f"/my/kurse/{mine.id}", page.text)
        self.assertNotIn(f'/my/kurse/{theirs.id}"', page.text)
        self.assertNotIn("Anders", page.text)
        for end in ("", "/stornieren"):
            self.assertEqual(self._get(f"/my/kurse/{mine.id}{end}").status_code, 200)
            self.assertEqual(self._get(f"/my/kurse/{theirs.id}{end}").status_code, 404)
        self.assertEqual(self._get("/my/kurse/999999999").status_code, 404)

    def test_member_cancels_own_booking(self):
        mine = self._book_as(self.member.partner_id)
        self.authenticate(self.member.login, self.member.login)
        page = self._get(f"/my/kurse/{mine.id}/stornieren")
        self._post_form(page, "ktv_cancel", {"person": str(mine.id)})
        mine.invalidate_recordset()
        self.assertEqual(mine.state, "cancel")

    def test_member_cancels_nobody_elses_booking(self):
        mine, theirs = self._book_as(self.member.partner_id), self._book_as(self.other.partner_id)
        self.authenticate(self.member.login, self.member.login)
        page = self._get(f"/my/kurse/{mine.id}/stornieren")
        self._post_form(page, "ktv_cancel", {"person": str(theirs.id)})
        answer = self._post_form(
            page, "ktv_cancel", {"person": str(theirs.id)}, path=f"/my/kurse/{theirs.id}/stornieren"
        )
        self.assertEqual(answer.status_code, 404)
        theirs.invalidate_recordset()
        self.assertEqual(theirs.state, "open")

    def test_foreign_page_cannot_cancel_for_the_member(self):
        mine = self._book_as(self.member.partner_id)
        self.authenticate(self.member.login, self.member.login)
        page = self._get(f"/my/kurse/{mine.id}/stornieren")
        answer = self._post_form(page, "ktv_cancel", {"person": str(mine.id), "csrf_token": "falsch"})
        self.assertEqual(answer.status_code, 400)
        mine.invalidate_recordset()
        self.assertEqual(mine.state, "open")

    def test_files_instead_of_fields_cancel_nothing(self):
        mine = self._book_as(self.member.partner_id)
        self.authenticate(self.member.login, self.member.login)
        path = f"/my/kurse/{mine.id}/stornieren"
        page = self._get(path)
        for name in ("drk_stamp", "csrf_token", "person"):
            data = self._form_values(page, "ktv_cancel") | {"person": str(mine.id)}
            data.pop(name)
            answer = self._post(path, data, files={name: ("x.txt", b"abc")})
            self.assertLess(answer.status_code, 500, name)
            mine.invalidate_recordset()
            self.assertEqual(mine.state, "open", name)

    def test_participant_sees_not_the_others_of_the_group(self):
        group = self._book_as(self.other.partner_id, self.member.partner_id)
        self.authenticate(self.member.login, self.member.login)
        text = self._text(self._get(f"/my/kurse/{group[1].id}"))
        self.assertIn("Mia", text)
        self.assertNotIn("Otto", text)

    def test_booker_sees_the_whole_group(self):
        group = self._book_as(self.member.partner_id, {"firstname": "Kim", "lastname": "Kollegin"})
        self.authenticate(self.member.login, self.member.login)
        self.assertIn("Kim", self._text(self._get(f"/my/kurse/{group[0].id}")))
        self.assertNotIn("stornieren", self._cancelled(group))

    def _cancelled(self, group):
        group._drk_cancel()
        return self._text(self._get(f"/my/kurse/{group[0].id}"))

    def test_stranger_is_asked_to_sign_in(self):
        mine = self._book_as(self.member.partner_id)
        for path in ("/my/kurse", f"/my/kurse/{mine.id}"):
            self.assertIn("/web/login", self._get(path).url)

    def test_other_association_shows_nothing(self):
        mine = self._book_as(self.member.partner_id)
        self.authenticate(self.member.login, self.member.login)
        page = self._get(f"/my/kurse/{mine.id}", site=self.site_b)
        self.assertNotIn("Mia", page.text)

    def test_form_of_a_member_needs_the_token(self):
        self.authenticate(self.member.login, self.member.login)
        page = self._form_page()
        values = {**PERSON, **further(1), "people": "1", "action": "book", "csrf_token": None}
        self.assertEqual(self._post_form(page, "ktv_booking", values).status_code, 400)
        self.assertFalse(self._registrations())
