import re

from odoo.addons.drk_web.tests.common import DrkHttpCase
from odoo.tests import tagged

from ..tools.certificate import new_code
from .certificate_common import CertificateBuilder, pdf_pages
from .public_common import CourseWebCase

PATH = "/kurse/bescheinigung"


class CertificateWebCase(CertificateBuilder, CourseWebCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.association_a.partner_id.lang = "de_DE"
        cls.kind.action_drk_certificate_standard_texts()
        person = {"firstname": "Änne", "lastname": "Muster-Probe", "birthdate_date": "1985-12-24"}
        cls.registration = cls._attended([person])
        cls.certificate = cls.registration._drk_issue_certificates()
        cls.env.flush_all()

    def _check(self, code=None, **kwargs):
        return self._get(f"{PATH}/{code or self.certificate.code}", **kwargs)

    def _ask(self, number, code):
        page = self._get(PATH)
        return self._post_form(page, "ktv_certificate", {"number": number, "code": code})

    def _without_frame(self, page):
        """The page without what changes with each request, and without its own address."""
        return re.sub(r'"[^"]*kurse/bescheinigung[^"]*"|value="[^"]*"', "", page.text)


@tagged("post_install", "-at_install")
class TestCertificatePage(CertificateWebCase):
    def test_valid_certificate_shows_no_more_than_needed(self):
        page = self._check()
        text = self._text(page)
        self.assertEqual(page.status_code, 200)
        for words in (
            "Diese Bescheinigung ist gültig",
            self.certificate.number,
            self.kind.with_context(lang="de_DE").name,
            f"{self.certificate.drk_last_activity:%d.%m.%Y}",
            self.association_a.name,
            "Ä. M.",
        ):
            self.assertIn(words, text)
        for secret in ("Änne", "Muster-Probe", "1985", "24.12"):
            self.assertNotIn(secret, page.text)

    def test_page_is_found_by_nobody_and_tells_nobody(self):
        for path in (PATH, f"{PATH}/{self.certificate.code}", f"{PATH}/falsch"):
            page = self._get(path)
            self.assertIn('name="robots" content="noindex, nofollow"', page.text)
            self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
            self.assertIn("no-store", page.headers["Cache-Control"])
        self.assertNotIn("bescheinigung", self._get("/sitemap.xml").text)

    def test_page_in_english(self):
        text = self._text(self._get(f"/en{PATH}/{self.certificate.code}"))
        self.assertIn("This certificate is valid", text)
        self.assertIn("Check a certificate", self._get(f"/en{PATH}").text)

    def test_withdrawn_certificate_says_so_without_the_reason(self):
        self.certificate._drk_withdraw("War betrunken")
        self.env.flush_all()
        page = self._check()
        text = self._text(page)
        self.assertIn("Diese Bescheinigung wurde zurückgezogen", text)
        self.assertIn(f"{self.certificate.withdrawn_on:%d.%m.%Y}", text)
        self.assertNotIn("betrunken", page.text)
        self.assertNotIn("ist gültig", text)

    def test_replacement_is_valid_and_named(self):
        copy = self.certificate._drk_replace()
        self.env.flush_all()
        self.assertIn("(Zweitschrift)", self._text(self._check(copy.code)))
        self.assertNotIn("(Zweitschrift)", self._text(self._check()))

    def test_every_wrong_code_gets_the_same_answer(self):
        code = self.certificate.code
        swapped = code[:-1] + ("0" if code[-1] != "0" else "1")
        expected = self._check(new_code())
        self.assertEqual(expected.status_code, 404)
        self.assertIn("Bescheinigung unbekannt", self._text(expected))
        wrong = (
            *(
                swapped,
                code[:-1],
                code + "0",
                "x",
                "x" * 3000,
                "%27%20OR%201=1--",
                "%C3%A4%E2%82%AC",
                "a/b/c",
                "%3Cb%3E",
            ),
            *("%F0%9F%98%80", "..%2f..%2fweb", "0", "-1", "%25s", "%7B%7D", "dl1.abc", "٣" * 28, "%ff%fe"),
        )
        for other in wrong:
            with self.subTest(other[:30]):
                page = self._get(f"{PATH}/{other}")
                self.assertEqual(page.status_code, 404)
                self.assertEqual(self._without_frame(page), self._without_frame(expected))

    def test_null_character_is_no_error(self):
        self.assertEqual(self._get(f"{PATH}/%00").status_code, 404)

    def test_code_as_it_stands_on_the_paper(self):
        number, code = self.certificate.number, self.certificate._grouped_code()
        for typed in (code, code.lower(), code.replace("-", " "), code.replace("0", "O").replace("1", "l")):
            self.assertIn("ist gültig", self._text(self._ask(f" {number.lower()} ", typed)))

    def test_number_must_fit_the_code(self):
        for number, code in (
            ("TB-2020-00001", self.certificate.code),
            (self.certificate.number, new_code()),
            (self.certificate.number, "x" * 60),
            ("x", "y"),
        ):
            self.assertIn("Bescheinigung unbekannt", self._text(self._ask(number, code)))

    def test_empty_and_huge_entries_are_told_beside_the_field(self):
        self.assertEqual(set(self._errors(self._ask("", ""))), {"number", "code"})
        page = self._ask("9" * 5000, "A" * 100000)
        self.assertEqual(set(self._errors(page)), {"number", "code"})
        self.assertLess(len(page.text), 20000)

    def test_files_instead_of_fields(self):
        page = self._get(PATH)
        for name in ("number", "code", "drk_stamp"):
            data = self._form_values(page, "ktv_certificate") | {"number": "1", "code": "2"}
            data.pop(name)
            self.assertLess(self._post(PATH, data, files={name: ("x.txt", b"abc")}).status_code, 500)

    def test_look_ups_of_one_address_are_limited(self):
        self.env["ir.config_parameter"].sudo().set_param("drk_web.limit_address", "5")
        answers = [self._check(new_code()).status_code for _ in range(5)]
        self.assertEqual(answers, [404] * 5)
        page = self._check()
        self.assertEqual(page.status_code, 429)
        self.assertIn("Retry-After", page.headers)
        self.assertNotIn(self.certificate.number, page.text)
        self.assertEqual(self._ask(self.certificate.number, self.certificate.code).status_code, 429)

    def test_look_ups_of_all_addresses_together_are_limited(self):
        self.env["ir.config_parameter"].sudo().set_param("drk_web.limit_form", "3")
        self.assertEqual([self._check().status_code for _ in range(4)], [200, 200, 200, 429])

    def test_other_association_knows_nothing_of_it(self):
        page = self._check(site=self.site_b)
        self.assertEqual(page.status_code, 404)
        self.assertIn("Bescheinigung unbekannt", self._text(page))

    def test_neutral_site_has_no_such_page(self):
        self.assertEqual(self._check(site=self.chooser).status_code, 404)

    def test_course_addresses_still_work(self):
        self.assertEqual(self._get(self.path).status_code, 200)

    def test_pages_are_accessible(self):
        withdrawn = self._attended([{"firstname": "Kim", "lastname": "Weg"}], days=9)._drk_issue_certificates()
        withdrawn._drk_withdraw("x")
        self.env.flush_all()
        for end in ("", f"/{self.certificate.code}", f"/{withdrawn.code}", "/falsch"):
            for width in (1280, 390):
                self.assertEqual(self._axe(PATH + end, width), [], f"{end} at {width} px")
            scroll = self._in_browser(PATH + end, lambda b: b.run("document.documentElement.scrollWidth"), width=390)
            self.assertLessEqual(scroll, 390, end)
            self.assertFalse(self._foreign_hosts(PATH + end), end)
        self.assertEqual(self._in_browser(PATH, lambda browser: browser.console_errors()), [])


@tagged("post_install", "-at_install")
class TestCertificatePortal(CertificateWebCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member = cls._member("mia-cert", cls.certificate.drk_person_id)
        person = cls.env["res.partner"]._drk_match_or_create_person(
            cls.association_a, {"firstname": "Otto", "lastname": "Anders", "email": "otto-cert@example.org"}
        )
        cls.other = cls._member("otto-cert", person)

    @classmethod
    def _member(cls, login, person):
        return cls._user(login, "base.group_portal", partner_id=person.id)

    def _download(self, certificate=None, **kwargs):
        return self._get(f"/my/kurse/bescheinigung/{(certificate or self.certificate).id}", **kwargs)

    def test_participant_sees_and_downloads_the_own_certificate(self):
        self.authenticate(self.member.login, self.member.login)
        for path in ("/my/kurse", f"/my/kurse/{self.registration.id}"):
            self.assertIn(f"/my/kurse/bescheinigung/{self.certificate.id}", self._get(path).text)
        file = self._download()
        self.assertEqual((file.status_code, file.headers["Content-Type"]), (200, "application/pdf"))
        self.assertIn("no-store", file.headers["Cache-Control"])
        self.assertIn("Bescheinigung-TB-", file.headers["Content-Disposition"])
        (page,) = pdf_pages(file.content)
        self.assertIn("Änne Muster-Probe", page)

    def test_newest_one_is_offered(self):
        copy = self.certificate._drk_replace()
        self.env.flush_all()
        self.authenticate(self.member.login, self.member.login)
        self.assertIn(f"/my/kurse/bescheinigung/{copy.id}", self._get("/my/kurse").text)

    def test_withdrawn_one_is_offered_no_more(self):
        self.certificate._drk_withdraw("Irrtum")
        self.env.flush_all()
        self.authenticate(self.member.login, self.member.login)
        self.assertNotIn("/my/kurse/bescheinigung", self._get("/my/kurse").text)
        self.assertEqual(self._download().status_code, 404)

    def test_nobody_downloads_that_of_others(self):
        self.authenticate(self.other.login, self.other.login)
        self.assertEqual(self._download().status_code, 404)
        self.assertEqual(self._get("/my/kurse/bescheinigung/999999999").status_code, 404)
        self.assertFalse(self.certificate.with_user(self.other).has_access("read"))

    def test_booker_does_not_get_the_certificates_of_others(self):
        booker = self.other.partner_id
        registration = self._attended([{"firstname": "Kim", "lastname": "Kollegin"}], days=8)
        registration.partner_id = booker
        theirs = registration._drk_issue_certificates()
        self.env.flush_all()
        self.authenticate(self.other.login, self.other.login)
        page = self._get(f"/my/kurse/{registration.id}")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("/my/kurse/bescheinigung", page.text)
        self.assertEqual(self._download(theirs).status_code, 404)

    def test_stranger_is_asked_to_sign_in(self):
        self.assertIn("/web/login", self._download().url)

    def test_other_site_shows_nothing(self):
        self.authenticate(self.member.login, self.member.login)
        self.assertNotEqual(self._download(site=self.site_b).headers["Content-Type"], "application/pdf")

    def test_link_of_a_booking_shows_no_certificate(self):
        """Who only has the link of the booking page is not known to be the participant."""
        link = self.registration._drk_booking_address()
        page = self._get("/kurse/" + link.split("/kurse/")[1])
        self.assertNotIn("/my/kurse/bescheinigung", page.text)

    def test_portal_page_is_accessible(self):
        self.authenticate(self.member.login, self.member.login)
        for width in (1280, 390):
            self.assertEqual(self._axe("/my/kurse", width), [])


@tagged("post_install", "-at_install")
class TestCertificateSwitchedOff(DrkHttpCase):
    def test_association_without_courses_has_no_such_page(self):
        self.association_a.drk_system_ids = False
        self.env.flush_all()
        self.assertEqual(self._get(PATH).status_code, 404)
