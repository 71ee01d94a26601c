from odoo.tests import new_test_user, tagged

from .common import DrkHttpCase

PATH = "/my/auskunft"


@tagged("post_install", "-at_install")
class TestPrivacyRequest(DrkHttpCase):
    """Who is signed in asks about the own data and fetches the own finished sheet, nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.me = cls._portal_user("paula")
        cls.other = cls._portal_user("otto")
        cls.officer = cls._user("request-officer", "drk_gdpr.group_drk_gdpr_officer")

    @classmethod
    def _portal_user(cls, login):
        company = cls.association_a
        user = new_test_user(
            cls.env, login, "base.group_portal", company_id=company.id, company_ids=[(6, 0, company.ids)]
        )
        user.partner_id.write({"company_id": company.id, "drk_is_person": True, "email": f"{login}@example.org"})
        return user

    def _requests(self, user):
        return self.env["drk.gdpr.request"].search([("drk_person_id", "=", user.partner_id.id)])

    def _ask(self, kind="access", text=""):
        self.authenticate("paula", "paula")
        return self._post_form(self._get(PATH), "privacy_request", {"kind": kind, "subject_text": text}, path=PATH)

    def _answer(self, asked):
        asked = asked.with_user(self.officer).with_context(allowed_company_ids=self.association_a.ids)
        asked.action_confirm_identity()
        asked.action_answer()
        self.env.flush_all()

    def test_visitor_has_to_sign_in(self):
        self.assertIn("/web/login", self._get(PATH).url)

    def test_request_from_the_portal(self):
        page = self._ask(text="Was wissen Sie?")
        self.assertIn("wir haben Ihre Anfrage erhalten", self._text(page))
        asked = self._requests(self.me)
        self.assertEqual((asked.kind, asked.state, asked.identity_kind), ("access", "new", "portal"))
        self.assertEqual(asked.company_id, self.association_a)
        self.assertEqual(asked.subject_text, "Was wissen Sie?")

    def test_kind_is_needed(self):
        self.assertIn("kind", self._errors(self._ask(kind="")))
        self.assertFalse(self._requests(self.me))

    def test_sheet_only_after_identity_and_answer(self):
        self._ask()
        asked = self._requests(self.me)
        path = f"{PATH}/{asked.id}/pdf"
        self.assertEqual(self._get(path).status_code, 404)
        self._answer(asked)
        answer = self._get(path)
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.content.startswith(b"%PDF"))
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertIn(b"paula@example.org", self._get(f"{PATH}/{asked.id}/json").content)

    def test_sheet_of_somebody_else_is_not_there(self):
        self._ask()
        asked = self._requests(self.me)
        self._answer(asked)
        self.authenticate("otto", "otto")
        self.assertEqual(self._get(f"{PATH}/{asked.id}/pdf").status_code, 404)
        self.assertNotIn(asked.number, self._get(PATH).text)

    def test_downloads_are_limited(self):
        self._ask()
        asked = self._requests(self.me)
        self._answer(asked)
        codes = {self._get(f"{PATH}/{asked.id}/json").status_code for _turn in range(21)}
        self.assertEqual(codes, {200, 429})

    def test_requests_a_day_are_limited(self):
        for _turn in range(5):
            self._ask()
        self.assertIn("kind", self._errors(self._ask()))
        self.assertEqual(len(self._requests(self.me)), 5)

    def test_portal_user_reads_no_request_over_rpc(self):
        self._ask()
        asked = self._requests(self.me)
        self.assertFalse(asked.with_user(self.other).has_access("read"))
        self.assertFalse(asked.with_user(self.me).has_access("read"))

    def test_accessible_on_a_phone(self):
        self._ask()
        self.authenticate("paula", "paula")
        for width in (1280, 390):
            self.assertEqual(self._axe(PATH, width), [], width)
        width = self._in_browser(PATH, lambda b: b.run("document.documentElement.scrollWidth"), width=390)
        self.assertLessEqual(width, 390)
