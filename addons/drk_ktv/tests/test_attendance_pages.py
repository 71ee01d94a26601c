import json
from datetime import timedelta

from freezegun import freeze_time
from lxml import html
from odoo import fields
from odoo.addons.drk_web.tests.common import DrkHttpCase
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .attendance_common import PDF, AttendanceMixin, picture
from .common import KtvCase

WALK_IN = {
    "firstname": "Paula",
    "lastname": "Spontan",
    "birthdate": "03.02.1990",
    "payer": "self",
}


class AttendancePagesCase(AttendanceMixin, KtvCase, DrkHttpCase):
    """A course that runs now, its instructor signed in at the site of the association."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.course = cls._create_todays_course(seats=4, drk_instructor_id=cls.instructor.id)
        cls.first, cls.second = cls.course.drk_session_ids.sorted("date_begin")
        cls.path = f"/kurse/anwesenheit/{cls.course.id}"

    def setUp(self):
        super().setUp()
        self.anna, self.bert = self._book(self.course, 1, 2)
        self._login(self.teacher)

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _token(self):
        return html.fromstring(self._get(self.path).text).xpath("//*[@id='anwesenheit']/@data-csrf")[0]

    def _send(self, content, token=None, path=None, **kwargs):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        headers = {"Content-Type": "application/json", "X-CSRF-Token": self._token() if token is None else token}
        return self._post(f"{path or self.path}/eintraege", body, headers=headers, **kwargs)

    def _states(self, person):
        self.env.invalidate_all()
        return {line.session_id: line.state for line in person.drk_attendance_ids if line.state}


@tagged("post_install", "-at_install")
class TestAttendanceAccess(AttendancePagesCase):
    """Whose pages these are: everything else is not there at all."""

    PATHS = ("", "/liste.pdf")
    POSTS = ("/speichern", "/vor-ort", "/unterlagen", "/vollstaendig")

    def _status(self, user, path):
        self._login(user)
        return self._get(path, allow_redirects=False).status_code

    def test_instructor_sees_the_own_courses_alone(self):
        other = self._create_todays_course(seats=2)
        page = self._get("/kurse/anwesenheit")
        self.assertIn(f'{self.path}"', page.text)
        self.assertNotIn(f"/kurse/anwesenheit/{other.id}", page.text)
        for path in self.PATHS:
            self.assertEqual(self._get(f"/kurse/anwesenheit/{other.id}{path}").status_code, 404)
        self.assertEqual(self._get(self.path).status_code, 200)

    def _copies(self, course, count, days):
        """Many dates like this one, so many days later; by SQL because there are hundreds."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'event_event'::regclass AND attnum > 0"
            " AND NOT attisdropped AND attname NOT IN ('id', 'drk_number', 'date_begin', 'date_end')"
        )
        names = SQL(", ").join(SQL.identifier(name) for (name,) in self.env.cr.fetchall())
        moved = SQL("date_begin + %(days)s * interval '1 day', date_end + %(days)s * interval '1 day'", days=days)
        query = SQL("INSERT INTO event_event (%s, date_begin, date_end, drk_number)", names)
        query = SQL(
            "%s SELECT %s, %s, 'VIELE' || %s || '-' || number FROM event_event,", query, names, moved, str(days)
        )
        self.env.cr.execute(SQL("%s generate_series(1, %s) number WHERE id = %s", query, count, course.id))

    def test_many_dates_hide_none_of_today(self):
        complete = self._create_course(days=20, drk_instructor_id=self.instructor.id)
        self._past(complete, 3)
        complete.sudo().drk_papers_state = "complete"
        missing = self._create_course(days=20, drk_instructor_id=self.instructor.id)
        self._past(missing, 5)
        self._copies(missing, 210, -30)
        self._copies(self.course, 210, 20)
        page = html.fromstring(self._get("/kurse/anwesenheit").text)
        groups = {
            name: page.xpath(f"//h2[@id='{name}']/following-sibling::ul[1]//h3/a/@href")
            for name in ("heute", "demnaechst", "vergangen")
        }
        self.assertEqual(groups["heute"], [self.path])
        self.assertEqual((len(groups["demnaechst"]), len(groups["vergangen"])), (100, 100))
        self.assertEqual(groups["vergangen"][0], f"/kurse/anwesenheit/{missing.id}")
        self.assertNotIn(f"/kurse/anwesenheit/{complete.id}", groups["vergangen"])

    def _past(self, course, days):
        begin = fields.Datetime.now() - timedelta(days=days)
        course.write({"date_begin": begin, "date_end": begin + timedelta(hours=8)})

    def test_office_sees_all_of_the_association_alone(self):
        foreign = self._create_course_b()
        self.assertEqual(self._status(self.clerk, self.path), 200)
        self.assertEqual(self._status(self.manager, "/kurse/anwesenheit"), 200)
        self.assertEqual(self._status(self.clerk, f"/kurse/anwesenheit/{foreign.id}"), 404)

    def test_all_others_find_nothing(self):
        employee = self._user("employee-a", "drk_base.group_drk_base_user")
        for user in (self._user("portal-a", "base.group_portal"), employee, self.clerk_b):
            for path in ("/kurse/anwesenheit", self.path, f"{self.path}/liste.pdf"):
                self.assertEqual(self._status(user, path), 404, (user.login, path))
            token = html.fromstring(self._get("/kurse").text).xpath("//input[@name='csrf_token']/@value")[:1]
            for path in self.POSTS:
                with mute_logger("odoo.http"):
                    status = self._post(self.path + path, {"csrf_token": token[0] if token else ""}).status_code
                self.assertIn(status, (400, 404), (user.login, path))
        self.assertFalse(self.course.drk_attendance_ids)

    def test_visitor_is_asked_to_sign_in(self):
        self.session = None
        self.opener.cookies.clear()
        for path in ("/kurse/anwesenheit", self.path, f"{self.path}/liste.pdf"):
            answer = self._get(path, allow_redirects=False)
            self.assertEqual(answer.status_code, 303, path)
            self.assertIn("/web/login", answer.headers["Location"])

    def test_numbers_that_are_none(self):
        for number in ("0", "2147483647", "2147483648", "9" * 30, "-1", "1x", "%00"):
            status = self._get(f"/kurse/anwesenheit/{number}").status_code
            self.assertIn(status, (400, 404), number)

    def test_every_form_needs_its_token(self):
        for path in self.POSTS:
            with mute_logger("odoo.http"):
                self.assertEqual(self._post(self.path + path, {"session": self.first.id}).status_code, 400, path)
        self.assertEqual(self._send({"entries": []}, token="falsch").status_code, 403)
        self.assertEqual(self._send({"entries": []}, token="").status_code, 403)


@tagged("post_install", "-at_install")
class TestAttendanceEntries(AttendancePagesCase):
    """What the script sends."""

    def test_entries_are_stored_and_answered_one_by_one(self):
        answer = self._send({"entries": [self._entry(self.anna, self.second), {"key": "abcdefgh"}], "sent": 1})
        self.assertEqual(answer.status_code, 200)
        self.assertEqual([entry["ok"] for entry in answer.json()["entries"]], [True, False])
        found = answer.json()["states"]
        expected = {"session": self.second.id, "registration": self.anna.id, "state": "present"}
        self.assertEqual(found, [expected])
        self.assertEqual(self._states(self.anna), {self.second: "present"})
        self.assertIn("no-store", answer.headers["Cache-Control"])

    def test_empty_list_only_asks_for_the_states(self):
        self._record(self.course, self._entry(self.anna, self.first), user=self.clerk)
        states = self._send({"entries": []}).json()["states"]
        self.assertEqual([state["registration"] for state in states], [self.anna.id])

    def test_whatever_is_sent_no_error_page(self):
        token, deep = self._token(), b"[" * 200_000
        hostile = [
            b"", b"null", b"{", b"\xff\xfe", deep, b'{"entries": 1}', b'{"entries": {}}', b"[]", b'"x"', b"1e999",
            json.dumps({"entries": [{}] * 501}).encode(), b'{"entries": ["' + b"x" * 300_000 + b'"]}',
        ]  # fmt: skip
        for body in hostile:
            self.assertEqual(self._send(body, token=token).status_code, 400, body[:30])
        odd = [
            {"entries": [None, 1, "x", [], {}, {"key": {}}, {"key": "abcdefgh", "session": "1; DROP TABLE x"}]},
            {"entries": [self._entry(self.anna, self.first, at=float("inf"))], "sent": float("nan")},
            {"entries": [self._entry(self.anna, self.first) | {"session": 2**62}], "sent": "x"},
            {"entries": [self._entry(self.anna, self.first) | {"state": "\x00"}], "sent": []},
            {"entries": [self._entry(self.anna, self.first) | {"key": "abcdefgh\x00"}], "sent": -1},
        ]
        for content in odd:
            self.assertEqual(self._send(content, token=token).status_code, 200, content)
        self.assertEqual(self._states(self.anna) | self._states(self.bert), {self.first: "present"})

    def test_entries_for_a_foreign_course_reach_nothing(self):
        other = self._create_todays_course(seats=2)
        person = self._book(other, 5)
        entry = self._entry(person, other.drk_session_ids[0])
        answer = self._send({"entries": [entry]}, path=f"/kurse/anwesenheit/{other.id}")
        self.assertEqual((answer.status_code, answer.json()), (404, {"error": "course"}))
        answer = self._send({"entries": [entry]})
        self.assertFalse(answer.json()["entries"][0]["ok"])
        self.assertFalse(person.drk_attendance_ids)


@tagged("post_install", "-at_install")
class TestAttendanceForms(AttendancePagesCase):
    """The same without a script."""

    def _save(self, values, action="save", session=None):
        form = f"ktv_attendance_{(session or self.second).id}"
        return self._post_form(self._get(self.path), form, {**values, "action": action})

    def test_plain_form_stores_what_was_changed(self):
        page = self._save({f"p_{self.anna.id}": "present", f"p_{self.bert.id}": "absent"})
        self.assertIn("Die Anwesenheit ist gespeichert", self._text(page))
        self.assertEqual(self._states(self.anna), {self.second: "present"})
        self.assertEqual(self._states(self.bert), {self.second: "absent"})

    def test_old_page_undoes_nothing_of_others(self):
        page = self._get(self.path)
        self._record(self.course, self._entry(self.anna, self.second, "absent"), user=self.clerk)
        form = f"ktv_attendance_{self.second.id}"
        self._post_form(page, form, {f"p_{self.bert.id}": "present", "action": "save"})
        self.assertEqual(self._states(self.anna), {self.second: "absent"})
        self.assertEqual(self._states(self.bert), {self.second: "present"})

    def test_everybody_present_and_back(self):
        self._record(self.course, self._entry(self.anna, self.second, "absent", ago=5))
        page = self._save({}, action="all")
        self.assertEqual(self._states(self.bert), {self.second: "present"})
        self.assertEqual(self._states(self.anna), {self.second: "absent"})
        form = html.fromstring(page.text).xpath("//form[.//input[@name='batch']]")[0]
        undone = self._post(form.get("action"), dict(form.form_values()) | {"action": "undo"})
        self.assertIn("zurückgenommen", self._text(undone))
        self.assertEqual(self._states(self.anna) | self._states(self.bert), {self.second: "absent"})

    def test_page_counts_and_says_who_waits(self):
        self._book(self.course, 3, 4)
        self._book(self.course, 9, on_full="waiting")
        self._record(self.course, self._entry(self.anna, self.second), self._entry(self.bert, self.second, "absent"))
        text = self._text(self._get(self.path))
        self.assertIn("1 anwesend 1 abwesend 2 offen", text)
        self.assertIn("Warteliste: Vera9 Beispiel9", text)

    def test_walk_in_is_added_once(self):
        page = self._get(self.path)
        answer = self._post_form(page, "ktv_walkin", WALK_IN | {"session": str(self.second.id)})
        self.assertIn("als anwesend eingetragen", self._text(answer))
        again = self._post_form(page, "ktv_walkin", WALK_IN | {"session": str(self.second.id)})
        self.assertEqual(again.status_code, 200)
        added = self.course.registration_ids.filtered(lambda r: r.drk_channel == "walkin")
        self.assertEqual((added.name, added.create_uid), ("Paula Spontan", self.teacher))
        self.assertEqual(self._states(added), {self.second: "present"})
        self.assertFalse(added.drk_participant_id.drk_consent_ids)

    def test_walk_in_without_a_place_is_told(self):
        self._book(self.course, 3, 4)
        answer = self._post_form(self._get(self.path), "ktv_walkin", WALK_IN | {"session": str(self.second.id)})
        self.assertIn("Der Kurs ist voll", self._text(answer))
        self.assertIn('value="Spontan"', answer.text)
        self.assertFalse(self.course.registration_ids.filtered(lambda r: r.drk_channel == "walkin"))

    def test_walk_in_with_wrong_values_is_told_beside_the_field(self):
        values = WALK_IN | {"birthdate": "31.02.1990", "payer": "company", "session": "1"}
        answer = self._post_form(self._get(self.path), "ktv_walkin", values)
        self.assertEqual(set(self._errors(answer)), {"birthdate", "company", "session"})
        for hostile in ("<script>alert(1)</script>", "x" * 5000, "a\x00b", "{{7*7}}"):
            answer = self._post_form(self._get(self.path), "ktv_walkin", WALK_IN | {"lastname": hostile})
            self.assertLess(answer.status_code, 500)
            self.assertNotIn("<script>alert", answer.text)

    def test_scans_and_papers(self):
        self._record(
            self.course,
            *[
                self._entry(person, session)
                for person in (self.anna, self.bert)
                for session in (self.first, self.second)
            ],
        )
        files = [("files", ("liste.pdf", PDF)), ("files", ("foto.jpg", picture("JPEG"))), ("files", ("x.pdf", b"MZ"))]
        form = self._form_values(self._get(self.path), "ktv_papers")
        form.pop("files", None)
        answer = self._post(f"{self.path}/unterlagen", form, files=files)
        self.assertIn("x.pdf ist weder", self._text(answer))
        self.assertEqual(self.course.drk_paper_ids.mapped("name"), ["liste.pdf", "foto.jpg"])
        answer = self._post_form(self._get(self.path), "ktv_complete", {})
        self.assertIn("noch nicht zu Ende", self._text(answer))
        with freeze_time(self.course.date_end + timedelta(minutes=1)):
            self.assertFalse(self.course._drk_papers_missing())
            self.course.with_user(self.teacher).action_drk_papers_complete()
        page = self._get(self.path)
        self.assertIn("Die Einträge können nicht mehr geändert werden", self._text(page))
        self.assertIn("disabled", page.text)
        link = html.fromstring(page.text).xpath("//a[contains(@href, 'drk.course.paper')]/@href")[0]
        self.assertEqual(self._get(link).content, PDF)

    def test_list_as_pdf(self):
        answer = self._get(f"{self.path}/liste.pdf")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertIn("Unterschriftenliste-EH-", answer.headers["Content-Disposition"])
        self.assertTrue(answer.content.startswith(b"%PDF-"))

    def test_accessible_and_not_wider_than_a_phone(self):
        for path in ("/kurse/anwesenheit", self.path):
            for width in (1280, 390):
                self.assertEqual(self._axe(path, width), [], (path, width))
            wide = self._in_browser(path, lambda b: b.run("document.documentElement.scrollWidth"), width=390)
            self.assertLessEqual(wide, 390, path)
            self.assertEqual(self._in_browser(path, lambda browser: browser.console_errors()), [], path)
            self.assertEqual(self._foreign_hosts(path), set(), path)

    def test_choices_are_big_enough_for_a_thumb(self):
        heights = "[...document.querySelectorAll('.drk-att-choices label')].map(e => e.getBoundingClientRect())"
        look = lambda browser: browser.run(  # noqa: E731
            f"Math.min(...{heights}.filter(r => r.width).map(r => Math.min(r.width, r.height)))"
        )
        self.assertGreaterEqual(self._in_browser(self.path, look, width=390), 48)


@tagged("post_install", "-at_install")
class TestAttendanceRefused(AttendancePagesCase):
    """What the server refuses stays on the phone until somebody has read why."""

    STORE = "Object.keys(localStorage).filter(name => name.startsWith('drk-anwesenheit:')).length"
    BOX = "document.getElementById('abgelehnt')"

    def _kept(self, *entries):
        """A script that keeps entries on the phone as an earlier visit did."""
        kept = {f"{entry['session']}:{entry['registration']}": entry for entry in entries}
        name = f"drk-anwesenheit:{self.teacher.id}:{self.course.id}"
        return f"localStorage.clear(), localStorage.setItem({name!r}, {json.dumps(json.dumps(kept))})"

    def _look(self, path, script, width=390):
        """Come back to a page with entries on the phone.

        :return: dict of what the page shows and keeps, before and after the note is dismissed
        """

        def look(browser):
            browser.run(script)
            browser.go(browser.run("location.href"))
            browser.wait(1)
            found = {
                "lines": browser.run(f"[...{self.BOX}.querySelectorAll('li')].map(line => line.textContent)"),
                "shown": browser.run(f"{self.BOX}.checkVisibility() && {self.BOX}.getAttribute('role') === 'alert'"),
                "width": browser.run("document.documentElement.scrollWidth"),
                "axe": browser.axe(),
                "kept": browser.run(self.STORE),
                "errors": browser.console_errors(),
            }
            browser.run(f"{self.BOX}.querySelector('button').click()")
            found["kept_after"] = browser.run(self.STORE)
            found["shown_after"] = browser.run(f"{self.BOX}.checkVisibility()")
            browser.run("localStorage.clear()")
            return found

        return self._in_browser(path, look, width=width)

    def test_both_pages_show_what_was_refused_until_it_was_read(self):
        self.anna.with_user(self.clerk)._drk_cancel(reason="krank")
        script = self._kept(self._entry(self.anna, self.first), self._entry(self.bert, self.first))
        for path in ("/kurse/anwesenheit", self.path):
            found = self._look(path, script)
            (line,) = found["lines"]
            day = f"{self.course._drk_local(self.first.date_begin):%d.%m.%Y, %H:%M}"
            for words in (self.course.drk_number, day, self.anna.name, "ist storniert"):
                self.assertIn(words, line, path)
            self.assertTrue(found["shown"], path)
            self.assertEqual((found["kept"], found["kept_after"], found["shown_after"]), (1, 0, False), path)
            self.assertEqual((found["axe"], found["errors"]), ([], []), path)
            self.assertLessEqual(found["width"], 390, path)
        self.assertEqual(self._states(self.bert), {self.first: "present"})

    def test_entries_that_cannot_be_read_are_shown_and_end(self):
        strange = self._entry(self.anna, self.first) | {"key": "!", "session": "x"}
        found = self._look("/kurse/anwesenheit", self._kept(strange))
        self.assertEqual(len(found["lines"]), 1)
        self.assertIn(self.course.drk_number, found["lines"][0])
        self.assertEqual((found["kept"], found["kept_after"]), (1, 0))

    def test_answer_names_who_is_of_this_course_alone(self):
        other = self._book(self._create_todays_course(seats=2), 5)
        answers = self._record(self.course, self._entry(other, self.first), {"key": "abcdefgh"})
        self.assertTrue(all(self.course.drk_number in answer["about"] for answer in answers))
        self.assertFalse([answer for answer in answers if other.name in answer["about"] or answer["ok"]])
