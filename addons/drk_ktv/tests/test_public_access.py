from odoo.tests import tagged

from .public_common import COMPANY, PERSON, CourseWebCase

WIDTHS = (1280, 390)


@tagged("post_install", "-at_install")
class TestPublicAccess(CourseWebCase):
    """WCAG 2.1 AA as far as axe-core sees it, keyboard, no foreign host."""

    def _assert_accessible(self, *paths):
        for path in paths:
            for width in WIDTHS:
                self.assertEqual(self._axe(path, width), [], f"{path} at {width} px")

    def test_lists_and_course(self):
        self._fill(self._course(days=35, seats=1))
        self._assert_accessible("/kurse", "/kurse?art=nichts", self.path, "/en/kurse")

    def test_form(self):
        self._assert_accessible(f"{self.path}/anmelden")

    def test_form_with_errors_and_people(self):
        for width in WIDTHS:
            found = self._in_browser(f"{self.path}/anmelden", self._wrong_form, width=width)
            self.assertEqual(found, [], width)

    def _wrong_form(self, browser):
        for button in ('[value="add"]', "#absenden"):
            browser._events.clear()
            browser.run(f"document.querySelector('{button}').click()")
            browser._pump(lambda: browser._has("Page.loadEventFired"))
        self.assertTrue(browser.run("document.querySelectorAll('[aria-invalid=true]').length") >= 6)
        return browser.axe()

    def test_result_cancel_offer_and_link_pages(self):
        result = self._send({**PERSON, **COMPANY})
        path = "/kurse/" + result.url.split("/kurse/")[1]
        self._assert_accessible(path, f"{path}/stornieren", "/kurse/buchung/falsch")

    def test_offer(self):
        seated = self._fill()
        self._send(PERSON, action="waiting")
        seated[0]._drk_cancel()
        offered = self._registrations()[-1]
        self._assert_accessible("/kurse/" + offered._drk_offer_address().split("/kurse/")[1])

    def test_portal(self):
        person = self.env["res.partner"]._drk_match_or_create_person(
            self.association_a, {"firstname": "Mia", "lastname": "Muster", "email": "mia@example.org"}
        )
        self._user("mia-ktv", "base.group_portal", partner_id=person.id)
        mine = self.course._drk_book([person])
        self.authenticate("mia-ktv", "mia-ktv")
        self._assert_accessible("/my/kurse", f"/my/kurse/{mine.id}", f"/my/kurse/{mine.id}/stornieren")

    def test_no_foreign_host(self):
        for path in ("/kurse", self.path, f"{self.path}/anmelden", "/kurse/buchung/falsch"):
            self.assertFalse(self._foreign_hosts(path), path)

    def test_own_pages_run_no_script_and_complain_about_nothing(self):
        for path in ("/kurse", self.path, f"{self.path}/anmelden"):
            self.assertEqual(self._in_browser(path, lambda browser: browser.console_errors()), [], path)
        self.assertNotIn("<script src", self._form_page().text)

    def test_form_by_keyboard(self):
        """Tab reaches every field and button of the form, in the order of the page."""

        def tab_through(browser):
            names = []
            for _step in range(60):
                browser.press("Tab")
                names.append(browser.run("document.activeElement.name || document.activeElement.id || ''"))
            return names

        names = self._in_browser(f"{self.path}/anmelden", tab_through)
        for name in ("firstname", "lastname", "email", "phone", "attends", "birthdate", "payer", "consent", "action"):
            self.assertIn(name, names)
        wanted = [names.index(name) for name in ("firstname", "email", "attends", "birthdate", "payer", "consent")]
        self.assertEqual(wanted, sorted(wanted))
        self.assertNotIn("homepage", names)

    def test_narrow_page_does_not_scroll_sideways(self):
        for path in ("/kurse", self.path, f"{self.path}/anmelden"):
            width = self._in_browser(path, lambda b: b.run("document.documentElement.scrollWidth"), width=390)
            self.assertLessEqual(width, 390, path)

    def test_form_works_without_script(self):
        def without_script(browser):
            browser.call("Emulation.setScriptExecutionDisabled", value=True)
            try:
                browser.go(f"http://{self._host()}{self.path}/anmelden")
                return browser.run("document.querySelectorAll('#ktv_booking [name]').length")
            finally:
                browser.call("Emulation.setScriptExecutionDisabled", value=False)

        self.assertGreater(self._in_browser(f"{self.path}/anmelden", without_script), 10)
