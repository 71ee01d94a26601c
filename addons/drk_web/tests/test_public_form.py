from unittest.mock import patch

from odoo.addons.drk_web.controllers.main import PublicForm
from odoo.addons.drk_web.tests import probe
from odoo.addons.drk_web.tests.common import DrkHttpCase
from odoo.tests import new_test_user, tagged
from werkzeug.datastructures import FileStorage

GOOD = {"firstname": "Eva", "birthdate": "31.12.1990", "email": "eva@example.org", "payer": "self", "privacy": "1"}


@tagged("post_install", "-at_install")
class TestPublicForm(DrkHttpCase):
    """A public form answers everything a browser or a machine sends with a clear German page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        probe.add_view(cls.env)

    def setUp(self):
        super().setUp()
        probe.Probe.done.clear()
        probe.Probe.fail = False

    def _set(self, **limits):
        for name, value in limits.items():
            self.env["ir.config_parameter"].sudo().set_param(f"drk_web.{name}", str(value))

    def _send(self, values=None, page=None, **kwargs):
        return self._post_form(
            page or self._get(probe.PATH), "probe", {**GOOD, **(values or {})}, path=probe.PATH, **kwargs
        )

    def test_good_form_acts_and_shows_the_result(self):
        answer = self._send(allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(answer.headers["Location"], "/impressum?ergebnis=1")
        self.assertEqual(len(probe.Probe.done), 1)
        self.assertEqual(str(probe.Probe.done[0]["birthdate"]), "1990-12-31")

    def test_errors_stand_beside_the_fields_and_nothing_is_lost(self):
        answer = self._send({"birthdate": "31.02.1990", "firstname": "", "privacy": None, "note": "Rollstuhl"})
        self.assertEqual(answer.status_code, 200)
        errors = self._errors(answer)
        self.assertEqual(list(errors), ["firstname", "birthdate", "privacy"])
        self.assertEqual(errors["birthdate"], "Diesen Tag gibt es nicht. Bitte prüfen Sie das Datum.")
        typed = self._form_values(answer, "probe")
        self.assertEqual((typed["birthdate"], typed["note"], typed["payer"]), ("31.02.1990", "Rollstuhl", "self"))
        field = self._form(answer, "probe").xpath(".//input[@name='birthdate']")[0]
        self.assertEqual(field.get("aria-invalid"), "true")
        self.assertEqual(field.get("aria-describedby"), "f_birthdate_hint f_birthdate_error")
        self.assertIn('href="#f_birthdate"', answer.text)
        self.assertEqual(probe.Probe.done, [])

    def test_hostile_input_never_breaks(self):
        hostile = ("<script>alert(1)</script>", "'; DROP TABLE res_partner;--", "x" * 10_000, "\0", "😀", "${7*7}")
        for raw in hostile:
            for name in (*GOOD, "note", "unknown"):
                answer = self._send({name: raw})
                self.assertLess(answer.status_code, 500, (name, raw[:20]))
                self.assertNotIn("<script>alert", answer.text)

    def test_invalid_bytes(self):
        data = b"firstname=%ff%fe&birthdate=\xff&drk_stamp=%00"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self.assertLess(self._post(probe.PATH, data, headers=headers).status_code, 500)

    def test_file_in_place_of_a_text(self):
        page = self._get(probe.PATH)
        for name in ("drk_stamp", "homepage", "csrf_token", "firstname", "birthdate", "privacy"):
            data = {**self._form_values(page, "probe"), **GOOD}
            data.pop(name, None)
            answer = self._post(probe.PATH, data, files={name: ("x.txt", b"x" * 100, "text/plain")})
            self.assertLess(answer.status_code, 500, name)
            if name == "drk_stamp":
                self.assertEqual(answer.status_code, 400)
                self.assertIn("zu lange offen", self._text(answer))
                self.assertEqual(probe.Probe.done, [])

    def test_only_texts(self):
        post = {"a": "x", "b": FileStorage(filename="y"), "c": None, "d": ["z"]}
        self.assertEqual(PublicForm._texts(post), {"a": "x"})

    def test_file_in_place_of_the_csrf_token(self):
        new_test_user(
            self.env, "portal-f", "base.group_portal", company_id=self.association_a.id,
            company_ids=[(6, 0, self.association_a.ids)],
        )  # fmt: skip
        self.authenticate("portal-f", "portal-f")
        data = {**self._form_values(self._get(probe.PATH), "probe"), **GOOD}
        data.pop("csrf_token", None)
        answer = self._post(probe.PATH, data, files={"csrf_token": ("x.txt", b"x", "text/plain")})
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(probe.Probe.done, [])

    def test_honeypot(self):
        answer = self._send({"homepage": "http://spam.example"})
        self.assertEqual(answer.status_code, 400)
        self.assertIn("leer bleiben", self._text(answer))
        self.assertEqual(probe.Probe.done, [])

    def test_too_fast_keeps_the_input_and_may_be_sent_again(self):
        self._set(min_seconds=3600)
        answer = self._send({"note": 'Rollstuhl & "Hund"'})
        self.assertEqual(answer.status_code, 400)
        self.assertIn("ungewöhnlich schnell", self._text(answer))
        self.assertEqual(self._form_values(answer, "probe")["note"], 'Rollstuhl & "Hund"')
        self._set(min_seconds=0)
        self._post_form(answer, "probe", {}, path=probe.PATH)
        self.assertEqual(probe.Probe.done[0]["note"], 'Rollstuhl & "Hund"')

    def test_expired_or_forged_stamp(self):
        page = self._get(probe.PATH)
        self._set(max_hours="0.0000001")
        self.assertIn("zu lange offen", self._text(self._send(page=page)))
        self._set(max_hours=12)
        for forged in ("", "1.2.3", "9" * 200, "\0"):
            answer = self._send({"drk_stamp": forged})
            self.assertEqual(answer.status_code, 400)
            self.assertIn("zu lange offen", self._text(answer))
        self.assertEqual(probe.Probe.done, [])

    def test_replay_gets_the_first_result(self):
        page = self._get(probe.PATH)
        first = self._send(page=page, allow_redirects=False)
        second = self._send(page=page, allow_redirects=False)
        self.assertEqual(second.status_code, 303)
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertEqual(len(probe.Probe.done), 1)

    def test_form_without_result_may_be_sent_again(self):
        page = self._get(probe.PATH)
        probe.Probe.fail = True
        self.assertIn("Der Kurs ist voll.", self._send(page=page).text)
        probe.Probe.fail = False
        self._send(page=page)
        self.assertEqual(len(probe.Probe.done), 1)

    def test_second_click_while_the_first_works(self):
        page = self._get(probe.PATH)
        nonce = self._form_values(page, "probe")["drk_stamp"].split(".")[1]
        self.env["drk.form.once"]._claim(nonce, "probe", "somebody")
        with patch("odoo.addons.drk_web.controllers.main.REPLAY_WAIT", 0):
            answer = self._send(page=page)
        self.assertEqual(answer.status_code, 409)
        self.assertIn("werden gerade schon bearbeitet", self._text(answer))
        self.assertEqual(probe.Probe.done, [])

    def test_a_thousand_posts_from_one_address(self):
        """Hostile input: 1,000 posts from one address get a clear message and no error page."""
        self._set(limit_address=20)
        page = self._get(probe.PATH)
        data = {**self._form_values(page, "probe"), **GOOD, "birthdate": "x"}
        codes = [self._post(probe.PATH, data).status_code for _ in range(1000)]
        self.assertEqual(set(codes), {200, 429})
        self.assertLessEqual(codes.count(200), 40, "two windows at most")
        answer = self._post(probe.PATH, data)
        self.assertIn("Von Ihrem Anschluss kamen in kurzer Zeit sehr viele Formulare", self._text(answer))
        self.assertEqual(answer.headers["Retry-After"], "600")

    def test_limit_of_the_form(self):
        self._set(limit_form=1)
        self._send({"birthdate": "x"})
        answer = self._send()
        self.assertEqual(answer.status_code, 503)
        self.assertIn("Zurzeit gehen sehr viele Formulare ein", self._text(answer))
        page = self._get(probe.PATH, self.site_b)
        answer = self._post_form(page, "probe", GOOD, self.site_b, path=probe.PATH, allow_redirects=False)
        self.assertEqual(answer.status_code, 303, "the forms of another association have a sum of their own")

    def test_signed_in_visitor_needs_the_csrf_token(self):
        new_test_user(
            self.env, "portal-a", "base.group_portal", company_id=self.association_a.id,
            company_ids=[(6, 0, self.association_a.ids)],
        )  # fmt: skip
        self.authenticate("portal-a", "portal-a")
        page = self._get(probe.PATH)
        self.assertEqual(self._send({"csrf_token": "x"}, page=page).status_code, 400)
        self.assertEqual(probe.Probe.done, [])
        self._send(page=page)
        self.assertEqual(len(probe.Probe.done), 1)

    def test_not_on_the_neutral_site_and_not_for_unbooked_systems(self):
        self.assertEqual(self._get(probe.PATH, self.chooser).status_code, 404)
        self.assertEqual(self._get(probe.PATH + "?system=unbooked").status_code, 404)

    def test_english(self):
        page = self._get("/en" + probe.PATH)
        answer = self._post_form(page, "probe", {"firstname": ""}, path="/en" + probe.PATH)
        self.assertEqual(self._errors(answer)["firstname"], "Please fill in: Vorname.")
