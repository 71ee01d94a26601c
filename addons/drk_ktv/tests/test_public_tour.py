import re
import time

from odoo.addons.mail.tests.common import MockEmail
from odoo.tests import tagged

from .public_common import CourseWebCase

FIRST = {"firstname": "Änne", "lastname": "Erste", "email": "aenne@example.org", "birthdate": "24.12.1985"}
SECOND = {"firstname": "Jörg", "lastname": "Zweiter", "email": "joerg@example.org", "birthdate": "1.2.1990"}


@tagged("post_install", "-at_install")
class TestPublicTour(CourseWebCase, MockEmail):
    """The whole story in a real browser, in German, each step by the person who takes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.association_a.email = "kurse@example.org"

    def test_last_place_waiting_list_cancel_offer(self):
        self.course.seats_max = 1
        first = self._in_browser("/kurse", lambda browser: self._book_in_browser(browser, FIRST))
        self.assertIn("Ihre Anmeldung ist bestätigt", first)

        second = self._in_browser("/kurse", lambda browser: self._book_in_browser(browser, SECOND))
        self.assertIn("Sie stehen auf der Warteliste", second)
        booked, waiting = self._registrations()
        self.assertEqual((booked.state, waiting.state), ("open", "waiting"))

        self._user("kursbuero-tour", "drk_ktv.group_drk_ktv_user", email="buero@example.org")
        self.authenticate("kursbuero-tour", "kursbuero-tour")
        action = "/odoo/action-drk_ktv.event_registration_action"
        self._in_browser(action, self._see_both)
        self._in_browser(f"{action}/{booked.id}", self._cancel_in_office)
        (booked | waiting).invalidate_recordset()
        self.assertEqual((booked.state, waiting.state), ("cancel", "offered"))

        self.logout(keep_db=True)
        self.session = None
        link = "/kurse/" + self._offer_link(waiting).split("/kurse/")[1]
        text = self._in_browser(link, lambda browser: self._click(browser, "button[value=accept]"))
        self.assertIn("Ihre Anmeldung ist bestätigt", text)
        waiting.invalidate_recordset()
        self.assertEqual(waiting.state, "open")

    # ---- the people -------------------------------------------------------------

    def _book_in_browser(self, browser, person):
        """From the list over the course to the sent form; returns the text of the result."""
        self._click(browser, f'a[href$="{self.path}"]')
        self._click(browser, f'a[href$="{self.path}/anmelden"]')
        for name, value in person.items():
            browser.run(f"document.querySelector('#f_{name}').focus()")
            browser.call("Input.insertText", text=value)
        return self._click(browser, "#absenden")

    def _see_both(self, browser):
        text = self._wait(browser, "document.body.innerText", lambda found: "Erste" in found and "Zweiter" in found)
        self.assertIn("Änne Erste", text)
        self.assertIn("Jörg Zweiter", text)

    def _cancel_in_office(self, browser):
        self._office_click(
            browser, ".o_form_statusbar button[name=action_cancel], .o_form_view button[name=action_cancel]"
        )
        self._office_click(browser, ".modal button[name=action_cancel]")
        self._wait(browser, "document.querySelectorAll('.modal').length", lambda count: count == 0)

    def _offer_link(self, registration):
        """The link as it stands in the mail of the offer, sent by its job."""
        message = registration.drk_course_mail_ids.filtered(lambda sent: sent.kind == "offer")
        with self.mock_mail_gateway():
            message._job_deliver()
            self.env["mail.mail"].process_email_queue()
        mail = next(sent for sent in self._mails if "joerg@example.org" in sent["email_to"][0])
        self.assertIn("Jörg Zweiter", mail["body"])
        self.assertIn(self.course.drk_number, mail["subject"] + mail["body"])
        return re.search(r"https?://[^\s\"<]+/kurse/angebot/[^\s\"<]+", mail["body"])[0]

    # ---- the browser ---------------------------------------------------------------

    def _click(self, browser, selector):
        """Click on a link or button of a public page and wait for the next page."""
        browser._events.clear()
        browser.run(f"document.querySelector({selector!r}).click()")
        end = time.monotonic() + 60
        browser._pump(lambda: browser._has("Page.loadEventFired") or time.monotonic() > end)
        return browser.run("document.querySelector('main').innerText")

    def _office_click(self, browser, selector):
        self._wait(browser, f"!!document.querySelector({selector!r})", bool)
        browser.run(f"document.querySelector({selector!r}).click()")

    def _wait(self, browser, expression, done, seconds=90):
        end = time.monotonic() + seconds
        while True:
            found = browser.run(expression)
            if done(found) or time.monotonic() > end:
                self.assertTrue(done(found), expression)
                return found
            time.sleep(0.3)
