from odoo.addons.drk_gdpr.tools import normalize
from odoo.tests import BaseCase, tagged


@tagged("post_install", "-at_install")
class TestNormalize(BaseCase):
    def test_phone_known_answers(self):
        known = {
            "08631/18599-0": "+498631185990",
            "08631 185990": "+498631185990",
            "0049 8631 18599-0": "+498631185990",
            "0170/9456882": "+491709456882",
            "+49 (0)30 868778-340": "+4930868778340",
            "+43 1 5890000": "+4315890000",
        }
        for typed, key in known.items():
            self.assertEqual(normalize.phone_key(typed), key, typed)

    def test_extension_is_part_of_the_number(self):
        self.assertNotEqual(normalize.phone_key("08631 18599-0"), normalize.phone_key("08631 18599-42"))

    def test_no_phone(self):
        for typed in (None, "", "abc", "12", "9" * 10_000, "+49" * 3000, "keine Angabe"):
            self.assertEqual(normalize.phone_key(typed), "", typed)

    def test_names_that_are_equal(self):
        for one, other in [
            ("Müller", "MUELLER"),
            ("Groß", "Gross"),
            ("André", "Andre"),
            ("Meier-Schmidt", "Meier Schmidt"),
            ("Dr. med. Ähren", "Aehren"),
            ("Prof. Dr. Dipl.-Ing. von Berg", "von Berg"),
            ("O'Neill", "O’Neill"),
            ("Łukasz", "lukasz"),
            ("Mu\u0308ller", "M\u00fcller"),
        ]:
            self.assertEqual(normalize.word_key(one), normalize.word_key(other), one)

    def test_names_that_differ(self):
        for one, other in [("Müller", "Muller"), ("Meier", "Mayer"), ("von Berg", "Berg"), ("Anna", "Annа")]:
            self.assertNotEqual(normalize.word_key(one), normalize.word_key(other), one)

    def test_a_title_alone_is_a_name(self):
        self.assertEqual(normalize.word_key("Dr"), "dr")

    def test_loose_key_is_for_suggestions(self):
        self.assertEqual(normalize.loose_name_key("Müller", "Eva"), normalize.loose_name_key("Muller", "Eva"))

    def test_no_name_has_no_key(self):
        for name in (None, "", "  ", "---", "\0"):
            self.assertEqual(normalize.name_key(name, name), "", name)

    def test_first_and_last_name_are_not_mixed_up(self):
        self.assertNotEqual(normalize.name_key("Paul", "Peter"), normalize.name_key("Peter", "Paul"))

    def test_addresses_that_are_equal(self):
        for one, other in [
            ("Hauptstraße 12a", "Hauptstr. 12 A"),
            ("Haupt-Straße 12", "hauptstrasse 12"),
            ("Straße des 17. Juni 135", "Str. des 17. Juni 135"),
        ]:
            self.assertEqual(normalize.address_key("01067", one), normalize.address_key("01067", other), one)

    def test_addresses_that_differ(self):
        for one, other in [("Weg 1-2", "Weg 12"), ("Weg 12", "Weg 12 a"), ("Am Strand 3", "Am Str. 3")]:
            self.assertNotEqual(normalize.address_key("01067", one), normalize.address_key("01067", other), one)
        self.assertNotEqual(normalize.address_key("01067", "Weg 1"), normalize.address_key("1067", "Weg 1"))
        self.assertEqual(normalize.address_key("", "Weg 1"), "")

    def test_split_street(self):
        known = {
            "Straße des 17. Juni 135": ("Straße des 17. Juni", "135"),
            "Q 7, 24": ("Q 7", "24"),
            "Hauptstr. 12 a": ("Hauptstr.", "12 a"),
            "Am Weg 5-7": ("Am Weg", "5-7"),
            "Weg 12 1/2": ("Weg", "12 1/2"),
            "Dorf": ("Dorf", ""),
        }
        for street, parts in known.items():
            self.assertEqual(normalize.split_street(street), parts)

    def test_mail(self):
        self.assertEqual(normalize.email_key(" Erika@Example.ORG "), "erika@example.org")
        for typed in (None, "", "erika", "a@b@c", "a b@c.de", "a@b\0.de"):
            self.assertEqual(normalize.email_key(typed), "", typed)

    def test_iban(self):
        self.assertEqual(normalize.iban_key("de89 3704 0044 0532 0130 00"), "DE89370400440532013000")
        for typed in (None, "", "DE88370400440532013000", "DE", "0" * 10_000):
            self.assertEqual(normalize.iban_key(typed), "", typed)

    def test_long_values_stay_exact_and_short(self):
        one, other = normalize.name_key("x" * 10_000 + "a"), normalize.name_key("x" * 10_000 + "b")
        self.assertNotEqual(one, other)
        self.assertLess(len(one), 300)
