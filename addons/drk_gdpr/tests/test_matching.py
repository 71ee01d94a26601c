from odoo.tests import tagged

from .common import ERIKA, GdprCase


@tagged("post_install", "-at_install")
class TestMatching(GdprCase):
    def _match(self, **vals):
        return self.people._drk_match_person(self.association_a, {**ERIKA, **vals})

    def test_mail_and_name(self):
        self.assertEqual(self._match(birthdate_date=None, street=None, email="ERIKA@example.org"), self.erika)

    def test_name_and_birth_date(self):
        self.assertEqual(self._match(email="neu@example.org", street=None), self.erika)

    def test_name_and_address(self):
        found = self._match(email="neu@example.org", birthdate_date=None, street="Hauptstr. 12A")
        self.assertEqual(found, self.erika)

    def test_name_alone_is_not_enough(self):
        self.assertFalse(self._match(email=None, birthdate_date=None, street=None))

    def test_mail_alone_is_not_enough(self):
        self.assertFalse(self._match(firstname="Max"))

    def test_father_and_son_with_one_mail_address(self):
        self.assertFalse(self._match(birthdate_date="2010-01-01"))

    def test_title_and_umlaut_are_the_same_name(self):
        person = self._person(self.association_a, lastname="Müller", email="m@example.org")
        self.assertEqual(self._match(lastname="Dr. Mueller", email="m@example.org"), person)

    def test_never_across_associations(self):
        self.assertFalse(self.people._drk_match_person(self.association_b, ERIKA))
        other = self.people._drk_match_or_create_person(self.association_b, ERIKA)
        self.assertNotEqual(other, self.erika)
        self.assertEqual(other.company_id, self.association_b)

    def test_matched_person_is_not_changed(self):
        found = self._person(self.association_a, phone="0170/9456882", city="Woanders")
        self.assertEqual(found, self.erika)
        self.assertEqual((found.phone, found.city), ("08631/18599-0", "Dresden"))

    def test_new_person_is_complete(self):
        person = self._person(self.association_a, firstname="Max", lang="de_DE")
        self.assertTrue(person.drk_is_person)
        self.assertEqual(person.company_id, self.association_a)
        self.assertEqual(person.name, "Max Musterfrau")
        self.assertEqual(person.drk_name_key, "musterfrau|max")
        self.assertEqual(person.drk_phone_key, "+498631185990")
        self.assertEqual(person.drk_address_key, "01067|hauptstr12a")
        self.assertEqual(person.drk_consent_state, "missing")

    def test_unknown_values_are_not_taken_over(self):
        vals = {**ERIKA, "firstname": "Max", "company_id": self.association_b.id, "credit_limit": 5, "user_ids": []}
        person = self.people._drk_match_or_create_person(self.association_a, vals)
        self.assertEqual(person.company_id, self.association_a)

    def test_company_by_name_and_zip(self):
        company = self._company(self.association_a)
        self.assertTrue(company.is_company)
        self.assertEqual(self._company(self.association_a, street="Neue Str. 5"), company)
        self.assertNotEqual(self._company(self.association_a, zip="80331"), company)

    def test_person_is_not_taken_for_a_company(self):
        person = self._person(self.association_a, firstname="", lastname="Muster GmbH")
        self.assertNotEqual(self._company(self.association_a), person)

    def test_keys_follow_the_person(self):
        self.erika.write({"lastname": "Neumann-Groß", "email": "neu@example.org", "phone": False})
        self.assertEqual(self.erika.drk_name_key, "neumann gross|erika")
        self.assertEqual(self.erika.drk_email_key, "neu@example.org")
        self.assertFalse(self.erika.drk_phone_key)

    def test_match_does_not_depend_on_what_the_caller_sees(self):
        public = self.env.ref("base.public_user")
        found = self.people.with_user(public)._drk_match_person(self.association_a, ERIKA)
        self.assertEqual(found.id, self.erika.id)
        self.assertFalse(found.env.su)
