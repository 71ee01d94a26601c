from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from .public_common import PERSON, CourseWebCase, further


@tagged("post_install", "-at_install")
class TestBookingLink(CourseWebCase):
    def setUp(self):
        super().setUp()
        page = self._send(PERSON, action="add")
        self.result = self._send({**PERSON, **further(1)}, page=page)
        self.address = self.result.url.split(":", 2)[2].split("/", 1)[1]
        self.address = "/" + self.address
        self.first, self.second = self._registrations()

    def _token(self, purpose="ktv_booking", registration=None, expires=None):
        return self.env["drk.link"]._sign(purpose, (registration or self.first).id, expires)

    def test_result_page_is_private(self):
        headers = self.result.headers
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertIn("noindex", headers["X-Robots-Tag"])
        self.assertEqual(headers["Cache-Control"], "no-store")

    def test_cancel_one_of_two(self):
        page = self._get(f"{self.address}/stornieren")
        self.assertNotIn("person", self._form_values(page, "ktv_cancel"))
        result = self._post_form(page, "ktv_cancel", {"person": str(self.second.id)})
        self.assertEqual(self._registrations().mapped("state"), ["open", "cancel"])
        self.assertIn("storniert", self._text(result))

    def test_cancel_needs_a_choice(self):
        page = self._post_form(self._get(f"{self.address}/stornieren"), "ktv_cancel", {})
        self.assertEqual(set(self._errors(page)), {"person"})
        self.assertEqual(set(self._registrations().mapped("state")), {"open"})

    def test_get_cancels_nothing(self):
        self._get(f"{self.address}/stornieren?person={self.first.id}")
        self.assertEqual(self._registrations().mapped("state"), ["open", "open"])

    def test_other_peoples_registrations_cannot_be_cancelled(self):
        other = self._book(course=self._course(days=50), firstname="Zoë", email="zoe@example.org")
        self._post_form(self._get(f"{self.address}/stornieren"), "ktv_cancel", {"person": str(other.id)})
        other.invalidate_recordset()
        self.assertEqual(other.state, "open")

    def test_link_of_the_mail_opens_the_booking(self):
        path = self.first._drk_booking_address().split("/kurse/")[1]
        self.assertIn("Änne", self._text(self._get(f"/kurse/{path}")))

    def test_token_of_another_purpose(self):
        for purpose in ("ktv_offer", "ktv_bookings", ""):
            for end in ("", "/stornieren"):
                page = self._get(f"/kurse/buchung/{self._token(purpose)}{end}")
                self.assertEqual(page.status_code, 404)
                self.assertNotIn("Änne", page.text)
        self.assertEqual(self._get(f"/kurse/angebot/{self._token('ktv_booking')}").status_code, 404)

    def test_changed_and_invented_tokens(self):
        token = self._token()
        prefix, payload, mac = token.split(".")
        for wrong in (
            f"{token}x",
            f"{prefix}.{payload[:-2]}AA.{mac}",
            "x",
            "dl1..",
            "a" * 3000,
            "%3Cscript%3E",
            "dl1.e30.ä",
        ):
            page = self._get(f"/kurse/buchung/{wrong}")
            self.assertEqual(page.status_code, 404, wrong)
            self.assertIn("nicht gültig", self._text(page))

    def test_expired_token(self):
        token = self._token(expires=fields.Datetime.now() - timedelta(minutes=1))
        page = self._get(f"/kurse/buchung/{token}")
        self.assertEqual(page.status_code, 410)
        self.assertNotIn("Änne", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")

    def test_archived_booking_has_no_page(self):
        token = self._token()
        self.first._drk_cancel()
        self.first.active = False
        for end in ("", "/stornieren"):
            page = self._get(f"/kurse/buchung/{token}{end}")
            self.assertEqual(page.status_code, 404)
            self.assertNotIn("Änne", page.text)
        self.assertIn("Jörg", self._text(self._get(f"/kurse/buchung/{self._token(registration=self.second)}")))

    def test_files_instead_of_fields_cancel_nothing(self):
        """Who sends files under the names of the fields gets a page, and nothing happens."""
        page = self._get(f"{self.address}/stornieren")
        for name in ("drk_stamp", "person"):
            data = self._form_values(page, "ktv_cancel") | {"person": str(self.second.id)}
            data.pop(name)
            answer = self._post(f"{self.address}/stornieren", data, files={name: ("x.txt", b"abc")})
            self.assertLess(answer.status_code, 500, name)
            self.assertEqual(set(self._registrations().mapped("state")), {"open"}, name)
        for name in ("csrf_token", "action", "homepage"):
            data = self._form_values(page, "ktv_cancel")
            answer = self._post(f"{self.address}/stornieren", data, files={name: ("x.txt", b"abc")})
            self.assertLess(answer.status_code, 500, name)

    def test_other_association_does_not_know_the_booking(self):
        self.assertEqual(self._get(f"/kurse/buchung/{self._token()}", site=self.site_b).status_code, 404)


@tagged("post_install", "-at_install")
class TestOfferLink(CourseWebCase):
    def setUp(self):
        super().setUp()
        self.seated = self._fill()
        page = self._send(PERSON, action="waiting")
        self.assertIn("/kurse/buchung/", page.url)
        self.waiting = self._registrations()[-1]
        self.seated[0]._drk_cancel(reason="krank")
        self.assertEqual(self.waiting.state, "offered")
        self.path = self.waiting._drk_offer_address().split("/kurse/")[1]

    def _answer(self, answer, page=None):
        return self._post_form(page or self._get(f"/kurse/{self.path}"), "ktv_offer", {"answer": answer})

    def test_looking_changes_nothing(self):
        page = self._get(f"/kurse/{self.path}?answer=accept")
        self.assertIn("Platz annehmen", self._text(page).replace("zahlungspflichtig ", ""))
        self.assertEqual(self.waiting.state, "offered")
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")

    def test_accept(self):
        text = self._text(self._answer("accept"))
        self.waiting.invalidate_recordset()
        self.assertEqual(self.waiting.state, "open")
        self.assertIn("Ihre Anmeldung ist bestätigt", text)

    def test_decline_offers_the_place_to_the_next(self):
        last = self.course._drk_book([{"firstname": "Eva", "lastname": "Nächste"}], on_full="waiting")
        text = self._text(self._answer("decline"))
        (self.waiting | last).invalidate_recordset()
        self.assertEqual((self.waiting.state, last.state), ("cancel", "offered"))
        self.assertIn("storniert", text)

    def test_two_clicks_act_once(self):
        page = self._get(f"/kurse/{self.path}")
        self._answer("accept", page)
        self.assertIn("bestätigt", self._text(self._answer("decline", page)))
        self.waiting.invalidate_recordset()
        self.assertEqual(self.waiting.state, "open")

    def test_link_after_the_answer_shows_the_booking(self):
        self._answer("accept")
        self.assertIn("/kurse/buchung/", self._get(f"/kurse/{self.path}").url)

    def test_offer_of_a_cancelled_course(self):
        page = self._get(f"/kurse/{self.path}")
        self.course._drk_in_turn(lambda courses: courses.write({"kanban_state": "cancel"}))
        answer = self._answer("accept", page)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("abgesagt", self._text(answer))
        self.waiting.invalidate_recordset()
        self.assertEqual(self.waiting.state, "offered")

    def test_files_instead_of_fields_answer_nothing(self):
        page = self._get(f"/kurse/{self.path}")
        for name in ("drk_stamp", "answer"):
            data = self._form_values(page, "ktv_offer") | {"answer": "accept"}
            data.pop(name)
            answer = self._post(f"/kurse/{self.path}", data, files={name: ("x.txt", b"abc")})
            self.assertLess(answer.status_code, 500, name)
            self.waiting.invalidate_recordset()
            self.assertEqual(self.waiting.state, "offered", name)

    def test_offer_that_ran_out(self):
        self.waiting.drk_offer_until = fields.Datetime.now() - timedelta(minutes=1)
        self.assertEqual(self._get(f"/kurse/{self.path}").status_code, 410)

    def test_link_that_ran_out(self):
        with freeze_time(fields.Datetime.now() + timedelta(days=5)):
            self.assertEqual(self._get(f"/kurse/{self.path}").status_code, 410)

    def test_invented_answer(self):
        self.assertEqual(self._answer("<b>").status_code, 200)
        self.assertEqual(self.waiting.state, "offered")
