from datetime import datetime, timedelta
from urllib.parse import urlsplit

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from ..models.res_partner_consent import LINK_DAYS
from .common import DrkHttpCase

PAGE = "/my/datenschutz"
SIGNED = datetime(2026, 1, 5, 10)


@tagged("post_install", "-at_install")
class TestPrivacyPages(DrkHttpCase):
    """A person sees, withdraws and gives consents: signed in, or with the link of a mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        purposes = cls.env["drk.consent.purpose"]
        cls.newsletter, cls.photo = purposes._get("newsletter"), purposes._get("photo")
        cls.texts = cls.env["drk.consent.text"].create(
            [
                {
                    "company_id": cls.association_a.id,
                    "purpose_id": purpose.id,
                    "version": "2026-01",
                    "date_from": "2026-01-01",
                    "body": f"<p>Wortlaut {purpose.code}</p>",
                }
                for purpose in (cls.newsletter, cls.photo)
            ]
        )
        cls.person = cls._create_person("Mia", "Beispielfrau")
        cls.other = cls._create_person("Otto", "Anders")
        names = {"name": cls.person.name, "email": cls.person.email, "partner_id": cls.person.id}
        cls.member = cls._user("mitglied-web", "base.group_portal", **names)

    @classmethod
    def _create_person(cls, firstname, lastname, company=None):
        vals = {"firstname": firstname, "lastname": lastname, "email": f"{firstname}@example.org".lower()}
        return cls.env["res.partner"]._drk_match_or_create_person(company or cls.association_a, vals)

    def _path(self, person=None):
        return urlsplit((person or self.person)._drk_consent_url()).path

    def _state(self, code="newsletter", person=None):
        person = person or self.person
        person.invalidate_recordset()
        return person._drk_consent_state_for(code)

    def _press(self, page, action, purpose=None, path=None):
        form = f"privacy_{(purpose or self.newsletter).id}"
        return self._post_form(page, form, {"action": action}, path=path)

    def _give(self, person=None):
        (person or self.person)._drk_record_consent("newsletter", "given", "S", occurred_at=SIGNED)

    def test_person_sees_what_when_and_the_wording(self):
        self._give()
        self.authenticate(self.member.login, self.member.login)
        self.assertIn("Meine Einwilligungen", self._text(self._get("/my")))
        text = self._text(self._get(PAGE))
        for part in ("Newsletter", "05.01.2026", "Wortlaut newsletter", "schriftlich", "2026-01", "Mia B."):
            self.assertIn(part, text)
        self.assertIn("Wortlaut photo", text)

    def test_withdraw_and_give_again_in_the_portal(self):
        """K-2.1-21: what comes in through the web is stored with the key I, here from the portal and from a link."""
        self._give()
        self.authenticate(self.member.login, self.member.login)
        answer = self._press(self._get(PAGE), "withdraw")
        self.assertIn("Ihre Erklärung wurde gespeichert", self._text(answer))
        self.assertEqual(self._state(), "withdrawn")
        self._press(self._get(PAGE), "give")
        self.assertEqual(self._state(), "given")
        self._press(self._get(self._path()), "withdraw", path=self._path())
        entries = self.person.drk_consent_ids.sorted("id")[1:]
        self.assertEqual(entries.mapped("kind"), ["withdrawn", "given", "withdrawn"])
        self.assertEqual([entry.channel_id.key for entry in entries], ["I", "I", "I"])
        self.assertEqual(entries.mapped("confirmed"), [True] * 3)
        self.assertEqual(entries[1].text_id, self.texts[0])
        self.assertEqual(entries[0].recorded_by_id, self.member)

    def test_link_needs_no_login_and_only_a_post_changes(self):
        self._give()
        path = self._path()
        for _turn in range(2):
            page = self._get(path)
            self.assertEqual(self._state(), "given")
        self.assertNotIn("Beispielfrau", page.text.split("<main")[1])
        self._press(page, "withdraw", path=path)
        self.assertEqual(self._state(), "withdrawn")
        self._press(self._get(path), "give", path=path)
        self.assertEqual(self._state(), "given")

    def test_link_confirms_what_a_web_form_claimed(self):
        self.person._drk_record_consent("newsletter", "given", "I")
        self.assertEqual(self._state(), "unconfirmed")
        page = self._get(self._path())
        self.assertIn("Einwilligung bestätigen", self._text(page))
        self._press(page, "give", path=self._path())
        self.assertEqual(self._state(), "given")

    def test_purposes_are_apart_and_nothing_else_is_taken(self):
        self._give()
        page, path = self._get(self._path()), self._path()
        self._press(page, "give", self.photo, path)
        self.assertEqual((self._state("photo"), self._state()), ("given", "given"))
        for values in (
            {"action": "inform"},
            {"einwilligung": "privacy_999999", "action": "withdraw"},
            {"action": None},
        ):
            self._post_form(page, f"privacy_{self.newsletter.id}", values, path=path)
        self._press(page, "give", path=path)  # given already
        self.assertEqual(len(self.person.drk_consent_ids), 2)

    def test_second_click_writes_once(self):
        self._give()
        page, path = self._get(self._path()), self._path()
        for _turn in range(2):
            self._press(page, "withdraw", path=path)
        self.assertEqual(len(self.person.drk_consent_ids), 2)

    def test_links_of_others_and_old_links(self):
        self._give(self.other)
        path, stranger = self._path(), self._create_person("Frida", "Fremd", self.association_b)
        for broken in (path[:-3] + "xyz", "/datenschutz/einwilligung/x", self._path(stranger)):
            self.assertEqual(self._get(broken).status_code, 404)
        booking = self.env["drk.link"]._sign("ktv_booking", self.other.id)
        self.assertEqual(self._get(f"/datenschutz/einwilligung/{booking}").status_code, 404)
        with freeze_time(fields.Datetime.now() - timedelta(days=LINK_DAYS + 1)):
            old = self._path(self.other)
        self.assertEqual(self._get(old).status_code, 410)
        self._press(self._get(path), "give", path=old)
        self.assertEqual(self._state(person=self.other), "given")
        self.assertEqual(len(self.other.drk_consent_ids), 1)

    def test_link_of_an_erased_person_is_over(self):
        path = self._path()
        self.person.drk_anonymised_at = fields.Datetime.now()
        self.assertEqual(self._get(path).status_code, 404)

    def test_portal_needs_a_login_of_this_association(self):
        self.assertIn("/web/login", self._get(PAGE, allow_redirects=False).headers["Location"])
        employee = self._user("mitarbeit-b", "base.group_user", self.association_b)
        self.authenticate(employee.login, employee.login)
        self.assertEqual(self._get(PAGE).status_code, 404)

    def test_variable_in_a_mail(self):
        source = '<p><a t-att-href="DSGVO_LINK">Einwilligung</a> {{ x }}</p>'
        templates = self.env["mail.template"]
        body = templates._render_template(source, "res.partner", self.person.ids, engine="qweb")[self.person.id]
        self.assertIn(f'href="{self.site_a.domain}/datenschutz/einwilligung/', body)

    def test_pages_are_accessible_and_fit_a_small_screen(self):
        self._give()
        self.authenticate(self.member.login, self.member.login)
        for path in (PAGE, self._path(), "/datenschutz/einwilligung/x"):
            for width in (390, 1280):
                self.assertFalse(self._axe(path, width), path)
            self.assertLessEqual(self._in_browser(path, _page_width, width=390), 390)
        self.assertFalse(self._foreign_hosts(PAGE))
        self.assertNotIn("<script", self._get(PAGE).text)


def _page_width(browser):
    return browser.run("document.documentElement.scrollWidth")
