import re
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .public_common import PERSON, CourseWebCase


@tagged("post_install", "-at_install")
class TestPublicPages(CourseWebCase):
    def test_new_date_appears_by_itself(self):
        """D-KTV-4: what the office publishes stands on the site, what it takes back is gone."""
        clerk = self._user("kursbuero-seite", "drk_ktv.group_drk_ktv_user")
        course = self._course(days=40, is_published=False).with_user(clerk)
        self.assertNotIn(self._path(course), self._get("/kurse").text)
        course.action_drk_publish()
        self.assertIn(self._path(course), self._get("/kurse").text)
        self.assertIn(course.with_context(lang="de_DE").name, self._text(self._get(self._path(course))))
        course.action_drk_publish()
        self.assertNotIn(self._path(course), self._get("/kurse").text)

    def test_free_places_are_live(self):
        """D-KTV-5: the number of free places follows each booking; a full course is marked as full."""
        self.course.company_id.drk_ktv_few_threshold = 1
        for path in ("/kurse", self.path):
            self.assertIn("3 Plätze frei", self._text(self._get(path)))
        self._book()
        self._book(firstname="Zoë", email="zoe@example.org")
        for path in ("/kurse", self.path):
            self.assertIn("nur noch 1 Platz frei", self._text(self._get(path)))
        self._fill()
        for path in ("/kurse", self.path):
            self.assertIn("ausgebucht", self._text(self._get(path)))
        self.assertIn("Auf die Warteliste", self._text(self._get(self.path)))

    def test_filters_stand_in_the_address(self):
        other = self.env["drk.course.kind"].search(
            [("company_id", "=", self.association_a.id), ("id", "!=", self.kind.id)], limit=1
        )
        far = self._course(days=95, kind=other, no_room=True)
        month = f"{far.date_begin:%Y-%m}"
        for query in (f"art={other.code}", f"monat={month}"):
            page = self._get(f"/kurse?{query}").text
            self.assertIn(self._path(far), page, query)
            self.assertNotIn(f'{self.path}"', page, query)
        page = self._get("/kurse?ort=Musterstadt").text
        self.assertIn(self.path, page)
        self.assertNotIn(self._path(far), page)

    def test_filter_by_days(self):
        far = self._course(days=95)
        near_day, far_day = (course.date_begin.date() for course in (self.course, far))
        day = timedelta(days=1)
        near, later = f'{self.path}"', f'{self._path(far)}"'
        for query, shown, hidden in (
            (f"von={far_day:%d.%m.%Y}", later, near),
            (f"von={far_day:%Y-%m-%d}", later, near),
            (f"bis={far_day - day:%d.%m.%Y}", near, later),
            (f"von={near_day + day}&bis={far_day}", later, near),
            (f"von={near_day}&bis={near_day}", near, later),
        ):
            page = self._get(f"/kurse?{query}").text
            self.assertIn(shown, page, query)
            self.assertNotIn(hidden, page, query)
        self.assertIn(f'value="{far_day}"', self._get(f"/kurse?von={far_day}").text)

    def test_wrong_days_are_told_and_left_out(self):
        for wrong in ("gestern", "31.02.2027", "9999-99-99", "<script>"):
            page = self._get("/kurse", params={"von": wrong, "bis": "01.01.2090"})
            self.assertEqual(page.status_code, 200, wrong)
            self.assertIn(f'{self.path}"', page.text, wrong)
            self.assertEqual(set(self._errors(page)), {"von"}, wrong)

    def test_filter_for_free_places(self):
        self._fill()
        self.assertNotIn(self.path, self._get("/kurse?frei=1").text)

    def test_empty_list_helps(self):
        page = self._get("/kurse?art=gibt-es-nicht")
        self.assertEqual(page.status_code, 200)
        self.assertIn("alle Termine anzeigen", self._text(page))

    def test_strange_filters_do_no_harm(self):
        for query in ("monat=2026-13", "monat=x", "seite=-1", "seite=99999", "seite=x", "ort='--", "frei[]=1"):
            self.assertEqual(self._get(f"/kurse?{query}").status_code, 200, query)
        self.assertEqual(self._get("/kurse?art=%00").status_code, 404)

    def test_long_list_has_pages(self):
        for number in range(55):
            self._course(days=50 + number, no_room=True)
        first, second = self._get("/kurse"), self._get("/kurse?seite=2")
        self.assertEqual(len(re.findall("drk-ktv-row", first.text)), 30)
        self.assertEqual(len(re.findall("drk-ktv-row", second.text)), 26)
        self.assertIn("Spätere Termine", self._text(first))

    def test_queries_do_not_grow_with_the_dates(self):
        def queries():
            self._get("/kurse")
            before = self.cr.sql_log_count
            self._get("/kurse")
            return self.cr.sql_log_count - before

        few = queries()
        for number in range(40):
            self._course(days=50 + number)
        self.assertLessEqual(queries(), few + 1)

    def test_detail_says_when_where_and_how_much(self):
        text = self._text(self._get(self.path))
        for part in ("Lehrsaal 1", "Hauptstraße 5, 44999 Musterstadt", "55,00", "60,00", self.course.drk_number):
            self.assertIn(part, text)

    def test_page_in_english(self):
        text = self._text(self._get(f"/en{self.path}"))
        self.assertIn("3 places free", text)
        self.assertIn("Book now", text)
        self.assertIn("Book a course", self._text(self._get(f"/en{self.path}/anmelden")))

    def test_calendar_file(self):
        page = self._get(f"{self.path}.ics")
        self.assertTrue(page.headers["Content-Type"].startswith("text/calendar"))
        self.assertIn("BEGIN:VEVENT", page.text)

    def test_hidden_courses_do_not_exist(self):
        unpublished = self._course(is_published=False, days=41)
        cancelled = self._course(kanban_state="cancel", days=42)
        foreign = self._course(kind=self._kind(self.association_b), days=43)
        for course in (unpublished, cancelled):
            for end in ("", "/anmelden", ".ics"):
                self.assertEqual(self._get(self._path(course) + end).status_code, 404)
        # both associations count from one, so the same number may name a course of this site
        foreign.drk_number = "FREMD-2026-0001"
        for end in ("", "/anmelden", ".ics"):
            self.assertEqual(self._get(self._path(foreign) + end).status_code, 404)
            self.assertEqual(self._get(self._path(foreign) + end, site=self.site_b).status_code, 200)
        self.assertNotIn("fremd-2026", self._get("/kurse").text)

    def test_association_without_courses(self):
        self.association_a.drk_system_ids = False
        for path in ("/kurse", self.path, f"{self.path}/anmelden"):
            self.assertEqual(self._get(path).status_code, 404)

    def test_begun_course_takes_no_bookings(self):
        page = self._form_page()
        self.course.drk_booking_until = fields.Datetime.now() - timedelta(minutes=1)
        self.assertIn("nicht mehr online", self._text(self._get(self.path)))
        answer = self._send(PERSON, page=page)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("nicht mehr online", self._text(answer))
        self.assertFalse(self._registrations())

    def test_sitemap_names_only_public_courses(self):
        hidden = self._course(is_published=False, days=44)
        text = self._get("/sitemap.xml").text
        self.assertIn(self.path, text)
        self.assertNotIn(self._path(hidden), text)


@tagged("post_install", "-at_install")
class TestCoreDoors(CourseWebCase):
    def test_core_pages_lead_to_ours(self):
        for path in (f"/event/{self.course.id}", f"/event/{self.course.id}/register"):
            self.assertTrue(self._get(path).url.endswith(self.path), path)

    @mute_logger("odoo.addons.base.models.ir_qweb")  # core's list template warns about itself
    def test_core_list_and_search_show_no_courses(self):
        for path in ("/event", f"/website/search/all?search={self.course.name}"):
            page = self._get(path).text
            self.assertNotIn(self.path, page)
            self.assertNotIn(f"/event/{self.env['ir.http']._slug(self.course)}", page)

    @mute_logger("odoo.http")
    def test_core_form_books_nothing(self):
        values = {"1-name-1": "Eva", "1-email-2": "eva@example.org", "1-event_ticket_id": "0"}
        answer = self._post(f"/event/{self.course.id}/registration/confirm", values)
        self.assertIn(answer.status_code, (400, 404))
        csrf = self._csrf()
        answer = self._post(f"/event/{self.course.id}/registration/confirm", {**values, "csrf_token": csrf})
        self.assertEqual(answer.status_code, 404)
        self.assertFalse(self._registrations())

    def _csrf(self):
        """A token as Odoo's own pages carry it."""
        page = self._get("/web/login").text
        return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]

    @mute_logger("odoo.http")
    def test_core_json_doors(self):
        for path in ("registration/new", "registration/slot/1/tickets"):
            data = {"jsonrpc": "2.0", "params": {"nb_register-0": "1"}}
            answer = self.url_open(f"/event/{self.course.id}/{path}", json=data, headers={"Host": self._host()})
            self.assertIn("error", answer.json(), path)
        for path in (
            "registration/success?registration_ids=1",
            "community",
            "my_tickets?registration_ids=[1]&tickets_hash=x",
        ):
            self.assertEqual(self._get(f"/event/{self.course.id}/{path}").status_code, 404, path)
