from odoo.addons.drk_web.tests import probe
from odoo.addons.drk_web.tests.common import DrkHttpCase
from odoo.tests import new_test_user, tagged

PAGES = ("/", "/impressum", "/datenschutz", "/barrierefreiheit", "/gibt-es-nicht", probe.PATH, "/en/impressum")


@tagged("post_install", "-at_install")
class TestPagesInBrowser(DrkHttpCase):
    """Every page in a real browser: accessible (WCAG 2.1 AA by axe-core), no foreign host, usable by keyboard."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        probe.add_view(cls.env)

    def test_axe(self):
        for width in (1280, 390):
            for path in PAGES:
                self.assertEqual(self._axe(path, width), [], (path, width))
            self.assertEqual(self._axe("/", width, self.chooser), [])

    def test_axe_on_errors(self):
        answer = self._post_form(self._get(probe.PATH), "probe", {"firstname": ""}, path=probe.PATH)
        self.assertEqual(len(self._errors(answer)), 3)

        def with_errors(browser):
            browser.run("document.querySelector('.drk-button').click(), 0")
            browser.wait(1.5)
            self.assertTrue(browser.run("document.querySelectorAll('.drk-error').length"))
            return browser.axe()

        for width in (1280, 390):
            self.assertEqual(self._in_browser(probe.PATH, with_errors, width=width), [])

    def test_axe_on_sign_in(self):
        self.assertEqual(self._axe("/web/login", 1280), [])
        self.assertEqual(self._axe("/web/login", 390), [])

    def test_axe_on_portal(self):
        new_test_user(
            self.env, "portal-a", "base.group_portal", company_id=self.association_a.id,
            company_ids=[(6, 0, self.association_a.ids)],
        )  # fmt: skip
        self.authenticate("portal-a", "portal-a")
        for width in (1280, 390):
            self.assertEqual(self._axe("/my", width), [])

    def test_no_foreign_host(self):
        for path in (*PAGES, "/web/login"):
            self.assertEqual(self._foreign_hosts(path), set(), path)

    def test_no_complaint_in_the_console(self):
        for path in ("/", probe.PATH, "/web/login"):
            self.assertEqual(self._in_browser(path, lambda browser: browser.console_errors()), [], path)

    def test_skip_link(self):
        def tab(browser):
            browser.press("Tab")
            first = browser.run("document.activeElement.textContent.trim()")
            visible = browser.run("document.activeElement.getBoundingClientRect().top >= 0")
            browser.press("Enter", 13)
            browser.run("document.activeElement.click(), 0")
            return first, visible, browser.run("document.activeElement.id")

        self.assertEqual(self._in_browser("/", tab), ("Zum Inhalt springen", True, "inhalt"))

    def test_nothing_is_wider_than_a_phone(self):
        for path in (*PAGES, "/web/login"):
            width = self._in_browser(path, lambda b: b.run("document.documentElement.scrollWidth"), width=390)
            self.assertLessEqual(width, 390, path)
