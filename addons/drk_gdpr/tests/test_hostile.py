from unittest.mock import patch

from odoo.addons.drk_gdpr.models import res_partner
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import ERIKA, GdprCase

HTML = "<script>alert('x')</script>"
SQL = "'; DROP TABLE res_partner; --"
FIELDS = ("firstname", "lastname", "email", "phone", "street", "zip", "city")


@tagged("post_install", "-at_install")
class TestHostile(GdprCase):
    def _book(self, **vals):
        person = self.people._drk_match_or_create_person(self.association_a, {**ERIKA, "firstname": "Neu", **vals})
        self.env.flush_all()
        return person

    def test_html_and_sql_are_plain_text(self):
        for text in (HTML, SQL, "%s %(x)s {0} ${x}", "\\", "𝔘𝔫𝔦 😀 ș Ğ"):
            for name in FIELDS:
                person = self._book(**{name: text})
                self.assertTrue(person.exists(), (text, name))
        self.assertEqual(self._book(lastname=HTML).lastname, HTML)

    def test_letter_salutation_is_escaped_where_it_is_shown(self):
        person = self._book(lastname=HTML)
        html = self.env["ir.qweb"]._render(self._template(), {"person": person})
        self.assertNotIn("<script", str(html))

    def _template(self):
        vals = {"type": "qweb", "name": "test", "arch": '<p><t t-out="person.drk_letter_salutation"/></p>'}
        return self.env["ir.ui.view"].create(vals).id

    def test_ten_thousand_characters_are_refused_with_a_message(self):
        for name in FIELDS:
            with self.assertRaisesRegex(ValidationError, "too long"):
                self._book(**{name: "ä" * 10_000})

    def test_nul_is_refused_with_a_message(self):
        for name in FIELDS:
            with self.assertRaisesRegex(ValidationError, "not allowed"):
                self._book(**{name: "Eri\0ka"})

    def test_the_same_holds_for_changes(self):
        for value in ("x" * 10_000, "Eri\0ka"):
            with self.assertRaises(ValidationError):
                self.erika.lastname = value

    def test_longest_allowed_name_fits_every_index(self):
        length = res_partner.TEXT_LENGTH
        name = "".join(chr(0x1F300 + number % 500) for number in range(length))
        person = self._book(lastname=name, firstname=name[::-1])
        self.assertEqual(person.lastname, name)

    def test_wrong_date_is_a_value_error_of_the_caller_not_of_the_database(self):
        for value in ("31.02.2000", "2000-02-31", "gestern"):
            with self.assertRaises(ValueError):
                self._book(birthdate_date=value)

    def test_evidence_with_html_stays_text(self):
        consent = self.erika._drk_record_consent("privacy", "given", "S", evidence=HTML)
        self.assertEqual(consent.evidence, HTML)

    def test_evidence_with_nul_is_refused(self):
        with self.assertRaises(UserError):
            self.erika._drk_record_consent("privacy", "given", "I", evidence="a\0b")

    def test_length_is_checked_before_the_database(self):
        with patch.object(res_partner, "TEXT_LENGTH", 5), self.assertRaises(ValidationError):
            self._book(lastname="Muster")
