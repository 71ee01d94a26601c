from odoo.tests import Form, tagged

from .common import GdprCase


@tagged("post_install", "-at_install")
class TestPerson(GdprCase):
    def test_letter_salutation_is_derived(self):
        expected = {
            "herr": "Dear Mr Dr. Musterfrau",
            "frau": "Dear Ms Dr. Musterfrau",
            "divers": "Good day Dr. Erika Musterfrau",
            "familie": "Dear family Dr. Musterfrau",
            "firma": "Dear Sir or Madam",
        }
        self.erika.write({"lang": "en_US", "drk_title": "Dr."})
        for salutation, text in expected.items():
            self.erika.drk_salutation = salutation
            self.assertEqual(self.erika.drk_letter_salutation, text)

    def test_letter_salutation_can_be_changed(self):
        self.erika.drk_letter_salutation = "Liebe Erika"
        self.erika.phone = "030 1234567"
        self.assertEqual(self.erika.drk_letter_salutation, "Liebe Erika")

    def test_letter_salutation_speaks_the_language_of_the_person(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"].search([("name", "=", "drk_gdpr")])._update_translations(["de_DE"])
        person = self._person(self.association_a, firstname="Max", lang="de_DE")
        person.drk_salutation = "herr"
        self.assertEqual(person.drk_letter_salutation, "Sehr geehrter Herr Musterfrau")

    def test_clerk_captures_a_person_in_the_form(self):
        with Form(self._as(self.clerk, self.people), "base.view_partner_form") as form:
            form.firstname = "Anna"
            form.lastname = "Beispiel"
            form.birthdate_date = "1990-05-05"
            form.drk_birth_name = "Früher"
        person = form.record
        self.assertEqual(person.company_id, self.association_a)
        self.assertEqual(person.drk_name_key, "beispiel|anna")

    def test_form_offers_button_and_state(self):
        """K-2.1-3: the status stands in the button DSGVO of the contact form."""
        arch = self._as(self.clerk, self.people).get_view(self.env.ref("base.view_partner_form").id, "form")["arch"]
        self.assertIn("action_drk_consent_window", arch)
        self.assertIn('widget="drk_consent_state"', arch)
        arch = self._as(self.employee, self.people).get_view(self.env.ref("base.view_partner_form").id, "form")["arch"]
        self.assertNotIn("action_drk_consent_window", arch)
