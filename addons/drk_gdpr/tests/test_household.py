from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import GdprCase


@tagged("post_install", "-at_install")
class TestHousehold(GdprCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mia = cls._person(cls.association_a, firstname="Mia", birthdate_date="2018-03-01", email=False)
        cls.hans = cls._person(cls.association_a, firstname="Hans", birthdate_date="1979-03-01", email=False)
        cls.otto = cls._person(
            cls.association_a, firstname="Otto", lastname="Waldprobst", birthdate_date="1978-01-01", street="Weg 9"
        )
        (cls.erika | cls.mia | cls.hans | cls.otto).lang = "en_US"
        cls.homes = cls._as_clerk(cls.env["drk.household"])

    @classmethod
    def _as_clerk(cls, records):
        return records.with_user(cls.clerk).with_context(allowed_company_ids=cls.association_a.ids)

    def _household(self, *people, **vals):
        members = [Command.create({"partner_id": person.id}) for person in people]
        return self.homes.create({"member_ids": members, **vals})

    def test_letter_to_a_family(self):
        home = self._household(self.erika, self.hans, self.mia)
        self.assertEqual(home.letter_name, "Family Musterfrau")
        self.assertEqual(home.letter_salutation, "Dear family Musterfrau")
        self.assertEqual(home.display_name, home.letter_name)
        lines = home._drk_recipient_lines(self.association_a)
        self.assertEqual(lines, ["Family Musterfrau", "Hauptstraße 12 a", "01067 Dresden"])
        self.assertEqual(home.member_ids.mapped("role"), ["adult", "adult", "child"])

    def test_names_of_two_families(self):
        home = self._household(self.erika, self.otto)
        self.assertEqual(home.letter_name, "Family Musterfrau / Waldprobst")
        self.assertEqual(home.letter_salutation, "Dear family Musterfrau and Waldprobst")
        home.name = "Erika Musterfrau und Otto Waldprobst"
        self.assertEqual(home._drk_recipient_lines(self.association_a)[0], home.name)

    def test_one_person_is_no_family(self):
        home = self._household(self.erika)
        self.assertEqual(home.letter_name, "Erika Musterfrau")
        self.assertEqual(home.letter_salutation, self.erika.drk_letter_salutation)

    def test_first_adult_gives_the_address(self):
        home = self._household(self.erika, self.otto)
        self.assertEqual(home.address_partner_id, self.erika)
        home.member_ids[1].sequence = 1
        self.assertEqual(home.address_partner_id, self.otto)
        self.assertIn("Weg 9", home.address)

    def test_child_lives_in_two_households(self):
        first = self._household(self.erika, self.mia)
        second = self._household(self.otto, self.mia)
        lines = self.mia.drk_member_ids
        self.assertEqual(lines.household_id, first | second)
        self.assertEqual(lines.filtered("is_main").household_id, first)
        self.assertEqual(self.mia._drk_household(), first)
        self.assertEqual(lines.filtered(lambda m: m.household_id == first).other_household_ids, second)
        self.assertEqual(self.mia.drk_household_count, 2)

    def test_only_one_main_household(self):
        self._household(self.erika, self.mia)
        second = self._household(self.otto, self.mia)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            second.member_ids.is_main = True
            self.env.flush_all()

    def test_twice_in_one_household(self):
        home = self._household(self.erika)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            home.member_ids = [Command.create({"partner_id": self.erika.id, "is_main": False})]
            self.env.flush_all()

    def test_who_moved_out_is_on_no_letter(self):
        home = self._household(self.erika, self.otto)
        with freeze_time("2026-06-15"):
            home.member_ids[1].date_to = "2026-06-14"
            self.env.invalidate_all()
            self.assertEqual(home.letter_name, "Erika Musterfrau")
            self.assertEqual(home.current_member_ids.partner_id, self.erika)
            self.assertEqual(self.otto.drk_household_count, 0)

    def test_person_of_another_association_is_refused(self):
        home = self._household(self.erika)
        for record, vals in (
            (self.env["drk.household.member"], {"household_id": home.id, "partner_id": self.foreign.id}),
            (self.env["drk.guardianship"], {"child_id": self.mia.id, "guardian_id": self.foreign.id}),
            (self.env["drk.guardianship"], {"child_id": self.foreign.id, "guardian_id": self.erika.id}),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                record.create(vals)
            with self.assertRaises(AccessError):
                self._as_clerk(record).create(vals)

    def test_partner_without_association_is_refused(self):
        stray = self.people.with_context(drk_no_association=True).create({"name": "Unbekannt"})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.homes.sudo().create({"member_ids": [Command.create({"partner_id": stray.id})]})

    def test_family_stays_in_the_association(self):
        self._household(self.erika)
        with self.assertRaises(UserError):
            self.erika.company_id = self.association_b

    def test_households_of_others_are_invisible(self):
        home = self._household(self.erika)
        people = home.with_user(self.clerk_b).with_context(allowed_company_ids=self.association_b.ids)
        self.assertFalse(people.search([]))
        with self.assertRaises(AccessError):
            people.read(["letter_name"])

    def test_guardians_by_day(self):
        rows = self._as_clerk(self.env["drk.guardianship"])
        rows.create({"child_id": self.mia.id, "guardian_id": self.erika.id})
        rows.create({"child_id": self.mia.id, "guardian_id": self.hans.id, "kind": "guardian", "date_to": "2026-01-31"})
        with freeze_time("2026-06-15"):
            self.assertEqual(self.mia._drk_guardians(), self.erika)
            self.assertEqual(self.mia._drk_guardians("2026-01-31"), self.erika | self.hans)
            self.assertEqual(self.erika._drk_wards(), self.mia)
            self.assertFalse(self.hans._drk_wards())
            self.assertEqual(rows.search([("is_current", "=", True)]).guardian_id, self.erika)
            self.assertEqual(rows.search([("is_current", "=", False)]).guardian_id, self.hans)

    def test_nobody_is_their_own_guardian(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env["drk.guardianship"].create({"child_id": self.mia.id, "guardian_id": self.mia.id})

    def test_clerk_enters_the_family_in_the_form(self):
        with Form(self._as(self.clerk, self.mia), "base.view_partner_form") as form, form.drk_guardian_ids.new() as row:
            row.guardian_id = self.erika
        self.assertEqual(self.mia._drk_guardians(), self.erika)
        action = self._as(self.clerk, self.erika).action_drk_household()
        with Form(self.homes.with_context(**action["context"])) as form, form.member_ids.new() as row:
            row.partner_id = self.mia
        home = form.record
        self.assertEqual(home.member_ids.partner_id, self.erika | self.mia)
        self.assertEqual(self._as(self.clerk, self.erika).action_drk_household()["res_id"], home.id)

    def test_empty_household_goes(self):
        home = self._household(self.erika)
        home.member_ids.unlink()
        self.env.flush_all()
        self.env.cr.execute("UPDATE drk_household SET create_date = '2020-01-01' WHERE id = %s", [home.id])
        self.env.invalidate_all()
        self.env["drk.household"]._gc_empty()
        self.assertFalse(home.exists())
