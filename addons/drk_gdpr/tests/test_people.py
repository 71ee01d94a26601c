from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..tools import age
from .common import BANK, ERIKA, USER, GdprCase

SOCIAL = "drk_gdpr.group_drk_gdpr_social"
SOCIAL_FIELDS = {
    "drk_schooling": "Realschule",
    "drk_training": "Tischlerin",
    "drk_occupation": "Lehrerin",
    "drk_employment": "employed",
    "drk_marital_status": "married",
    "drk_native_language": "Polnisch",
    "drk_health_insurance": "Musterkasse",
    "drk_health_insurance_number": "A123456789",
    "drk_social_security_number": "65170839J003",
    "drk_employment_office_number": "123A456789",
    "drk_disability_degree": 50,
    "drk_health_note": "Rollstuhl",
}


@tagged("post_install", "-at_install")
class TestContactWays(GdprCase):
    def _add(self, kind, value, person=None, **vals):
        vals |= {"partner_id": (person or self.erika).id, "kind": kind, "value": value}
        return self._as(self.clerk, self.env["drk.contact.way"]).create(vals)

    def test_any_number_of_each_kind(self):
        """K-1.1-4: any number of entries of each kind is stored, and declared as personal data."""
        for kind, value in (
            ("phone", "08631 185991"),
            ("phone", "08631 185992"),
            ("mobile", "0151 23125001"),
            ("office", "08631 185993"),
            ("fax", "08631 185994"),
            ("mail", "zweite@example.org"),
            ("mail", "dritte@example.org"),
            ("homepage", "https://erika.example.org"),
            ("epost", "erika@epost.example.org"),
        ):
            self._add(kind, value)
        self.assertEqual(len(self.erika.drk_contact_way_ids), 9)
        rows = self.env["drk.inventory.field"]
        for model, name in (
            ("drk.contact.way", "value"),
            ("drk.contact.way", "kind"),
            ("res.partner", "email"),
            ("res.partner", "phone"),
            ("res.partner", "website"),
        ):
            row = rows.search([("model", "=", model), ("field", "=", name)])
            self.assertEqual((row.category, row.is_personal, row.on_sheet), ("communication", True, True), name)

    def test_order_is_the_order_of_the_lines_after_the_first_of_each_kind(self):
        """K-2.1-44: the entries of each kind have an order, the first is the one that is used."""
        later = self._add("mail", "spaet@example.org", sequence=9)
        self._add("mail", "frueh@example.org", sequence=2)
        self._add("mobile", "0151 23125001", sequence=5)
        mails = [value for _kind, value in self.erika._drk_contact_ways("mail")]
        self.assertEqual(mails, ["erika@example.org", "frueh@example.org", "spaet@example.org"])
        later.sequence = 1
        self.erika.invalidate_recordset()
        mails = [value for _kind, value in self.erika._drk_contact_ways("mail")]
        self.assertEqual(mails[1], "spaet@example.org")
        arch = self._as(self.clerk, self.people).get_view(self.env.ref("base.view_partner_form").id, "form")["arch"]
        self.assertIn('name="drk_contact_way_ids"', arch)
        self.assertIn('widget="handle"', arch)

    def test_star_makes_a_mail_the_first_and_keeps_the_other(self):
        way = self._add("mail", "neu@example.org", sequence=5)
        other = self._add("mail", "dritte@example.org", sequence=3)
        way.action_make_first()
        self.assertEqual(self.erika.email, "neu@example.org")
        self.assertEqual(self.erika.drk_email_key, "neu@example.org")
        self.assertEqual(way.value, "erika@example.org")
        self.assertLess(way.sequence, other.sequence)

    def test_star_exchanges_the_kinds_of_telephones(self):
        way = self._add("mobile", "0151 23125001")
        way.action_make_first()
        self.assertEqual((self.erika.phone, self.erika.drk_phone_kind), ("0151 23125001", "mobile"))
        self.assertEqual((way.kind, way.value), ("phone", ERIKA["phone"]))

    def test_star_without_a_first_moves_the_line(self):
        self.erika.email = False
        way = self._add("mail", "neu@example.org")
        way.action_make_first()
        self.assertEqual(self.erika.email, "neu@example.org")
        self.assertFalse(way.exists())

    def test_whatever_writes_the_first_is_in_step(self):
        self._add("mail", "zweite@example.org")
        self.erika.write({"email": "portal@example.org", "phone": False})
        self.assertEqual(
            self.erika._drk_contact_ways(), [("mail", "portal@example.org"), ("mail", "zweite@example.org")]
        )

    def test_new_person_needs_no_rows(self):
        person = self._person(self.association_a, firstname="Karl", email="karl@example.org")
        self.assertFalse(person.drk_contact_way_ids)
        self.assertEqual([kind for kind, _value in person._drk_contact_ways()], ["phone", "mail"])

    def test_person_is_found_by_every_way(self):
        self._add("mobile", "0151/231 250 01")
        self._add("mail", "Zweite@Example.org")
        people = self._as(self.clerk, self.people)
        for kind, value in (
            ("phone", "+49 8631 185990"),
            ("phone", "+49 151 23125001"),
            ("mail", "zweite@example.org"),
            ("mail", "ERIKA@example.org"),
        ):
            self.assertEqual(people._drk_find_by_way(self.association_a, kind, value), self.erika, value)
        self.assertFalse(people._drk_find_by_way(self.association_a, "phone", "112"))
        self.assertFalse(people._drk_find_by_way(self.association_b, "mail", "erika@example.org"))

    def test_second_mail_tells_who_it_is(self):
        self._add("mail", "zweite@example.org")
        vals = {"firstname": "Erika", "lastname": "Musterfrau", "email": "zweite@example.org"}
        self.assertEqual(self.people._drk_match_person(self.association_a, vals), self.erika)
        vals["birthdate_date"] = "1999-09-09"
        self.assertFalse(self.people._drk_match_person(self.association_a, vals))

    def test_no_mail_address(self):
        with self.assertRaises(ValidationError):
            self._add("mail", "kein Mail")

    def test_hostile_values_are_refused_with_a_message(self):
        for value in ("a\0b", "x" * 300):
            with self.assertRaises(ValidationError):
                self._add("phone", value)

    def test_foreign_person_gets_no_way(self):
        with self.assertRaises(AccessError):
            self._add("mail", "x@example.org", person=self.foreign)


@tagged("post_install", "-at_install")
class TestMasterData(GdprCase):
    def _arch(self, user=None):
        people = self._as(user or self.clerk, self.people)
        return people.get_view(self.env.ref("base.view_partner_form").id, "form")["arch"]

    def test_page_one(self):
        """K-2.1-42: page 1 shows salutation to blocking note, the age and its class with the birthday."""
        self._as(self.clerk, self.erika).write(
            {"drk_block_note": "Hausverbot", "drk_search_name": "musterfrau erika", "drk_person_number": "4711"}
        )
        arch = self._arch()
        for name in (
            "drk_salutation", "drk_title", "drk_search_name", "lastname", "firstname", "drk_person_number",
            "drk_name_supplement_1", "drk_name_supplement_2", "street", "city", "zip", "country_id",
            "drk_nationality_id", "drk_gender", "state_id", "drk_letter_salutation", "birthdate_date", "age",
            "drk_age_class", "drk_reduction_id", "drk_family_reduction", "drk_block_note",
        ):  # fmt: skip
            self.assertIn(f'name="{name}"', arch)
        self.assertLess(arch.index('name="drk_master_page"'), arch.index('name="contact_addresses"'))

    def test_bank_on_page_one_by_right(self):
        both = self._user("clerk with bank", f"{USER},{BANK}")
        arch = self._arch(both)
        for name in ("bank_ids", "bank_id", "bank_bic", "acc_number", "acc_holder_name", "drk_mandate_state"):
            self.assertIn(f'name="{name}"', arch)
        self.assertNotIn("drk_mandate_state", self._arch())
        self.assertTrue(self.erika.drk_mandate_state)

    def test_labels_are_set_and_filtered(self):
        """K-2.1-45: several marks, subject areas and branches, as filter and group of every list of people."""
        for model, name in (
            ("drk.mark", "drk_mark_ids"),
            ("drk.subject.area", "drk_subject_area_ids"),
            ("drk.branch", "drk_branch_ids"),
        ):
            labels = self.env[model].create(
                [{"name": word, "company_id": self.association_a.id} for word in ("Presse", "Rat")]
            )
            erika = self._as(self.clerk, self.erika)
            erika[name] = [Command.set(labels.ids)]
            people = self._as(self.clerk, self.people)
            self.assertEqual(people.search([(name, "in", labels[0].ids)]), erika)
            groups = dict(people._read_group([("id", "=", erika.id)], [name], ["__count"]))
            self.assertEqual([groups[label] for label in labels.with_env(people.env)], [1, 1])
            view = self.env.ref("drk_gdpr.res_partner_view_search_people")
            arch = people.get_view(view.id, "search")["arch"]
            self.assertIn(f"'group_by': '{name}'", arch)
            self.assertIn(f'<field name="{name}" select="multi"', arch)
            base_search = people.get_view(self.env.ref("base.view_res_partner_filter").id, "search")["arch"]
            self.assertIn(f'name="{name}"', base_search)

    def test_labels_of_others_are_refused(self):
        mark = self.env["drk.mark"].create({"name": "Fremd", "company_id": self.association_b.id})
        with self.assertRaises(UserError):
            self.erika.drk_mark_ids = [Command.link(mark.id)]

    def test_clerk_makes_no_labels(self):
        with self.assertRaises(AccessError):
            self._as(self.clerk, self.env["drk.mark"]).create({"name": "Neu"})

    def test_social_data_have_a_right_of_their_own(self):
        """K-1.1-6: social data are stored, declared as personal, and locked by a right of their own."""
        worker = self._user("social worker", f"{USER},{SOCIAL}")
        self._as(worker, self.erika).write(SOCIAL_FIELDS)
        self.assertEqual(self._as(worker, self.erika).drk_health_note, "Rollstuhl")
        for name in SOCIAL_FIELDS:
            row = self.env["drk.inventory.field"].search([("model", "=", "res.partner"), ("field", "=", name)])
            self.assertIn(row.category, ("social", "health"), name)
            self.assertTrue(row.on_sheet, name)
            with self.assertRaises(AccessError):
                self._as(self.clerk, self.erika).read([name])
            with self.assertRaises(AccessError):
                self._as(self.clerk, self.people).search([(name, "!=", False)])
            self.assertIn(f'name="{name}"', self._arch(worker))
            self.assertNotIn(f'name="{name}"', self._arch())
            self.assertNotIn(f'name="{name}"', self._arch(self.officer))

    def test_cash_reference_needs_the_right_to_payment_data(self):
        with self.assertRaises(AccessError):
            self._as(self.clerk, self.erika).drk_cash_reference = "K 1"
        self.assertNotIn("drk_cash_reference", self._arch())

    def test_company_and_contact_offer_the_same_fields(self):
        """K-1.3-1: a company and its contact person store what a participant stores, in the same inventory rows."""
        company = self._company(self.association_a)
        with Form(self._as(self.clerk, self.people), "base.view_partner_form") as form:
            form.firstname = "Renate"
            form.lastname = "Kontakt"
            form.parent_id = company
            form.birthdate_date = "1980-01-01"
            form.drk_birth_name = "Früher"
        contact = form.record
        self.assertEqual(contact.company_id, self.association_a)
        self.assertEqual(contact._drk_person_kinds()[contact.id], {"contact"})
        for person in (company, contact):
            self.assertTrue(person.drk_is_person)
            self._as(self.clerk, person).action_drk_consent_window()
            person.write({"drk_name_supplement_1": "Haus 2", "drk_nationality_id": self.env.ref("base.de").id})
        rows = self.env["drk.inventory.field"].search([("model", "=", "res.partner"), ("on_sheet", "=", True)])
        self.assertFalse(rows.filtered(lambda row: "company" not in row.person_kinds))

    def test_consent_of_a_company_is_nobody_elses(self):
        """K-1.3-2: declarations of a company leave its contacts and employees unchanged."""
        company = self._company(self.association_a)
        contact = self.people.create({"firstname": "Renate", "lastname": "Kontakt", "parent_id": company.id})
        for kind in ("given", "withdrawn", "given"):
            company._drk_record_consent("privacy", kind, "S")
            self.assertEqual(contact.drk_consent_state, "missing")
            self.assertFalse(contact.drk_consent_ids)

    def test_lecturer_kind_is_in_the_inventory(self):
        """K-1.4-1 K-1.4-2 K-1.4-3 K-1.4-4: what a lecturer stores is declared for lecturers, too."""
        self._check_declared("lecturer", ("drk_nationality_id", "drk_birth_place", "drk_birth_name"))

    def test_other_address_is_in_the_inventory(self):
        """K-1.5-1 K-1.5-4: names, communication, bank and social data are declared for other addresses, too."""
        self._check_declared("address", ())

    def _check_declared(self, kind, further):
        names = (
            "lastname", "firstname", "drk_name_supplement_1", "drk_name_supplement_2", "drk_name_supplement_3",
            "street", "zip", "city", "country_id", "birthdate_date", "email", "phone", *further, *SOCIAL_FIELDS,
        )  # fmt: skip
        keys = [("res.partner", name) for name in names]
        keys += [("res.partner.bank", "acc_number"), ("drk.contact.way", "value")]
        for model, name in keys:
            row = self.env["drk.inventory.field"].search([("model", "=", model), ("field", "=", name)])
            self.assertTrue(row.is_personal, name)
            self.assertIn(kind, row.person_kinds, name)

    def test_other_address_shows_birthday_without_nationality_and_birth_place(self):
        """K-1.5-2 K-1.5-3: the form of another address has country and birthday, no nationality, place or name of birth."""
        with Form(self._as(self.clerk, self.people), "base.view_partner_form") as form:
            form.firstname = "Amt"
            form.lastname = "Musterstadt"
            form.drk_is_other_address = True
            form.street, form.zip, form.city = "Rathausplatz 1", "44999", "Musterstadt"
            form.country_id = self.env.ref("base.de")
            form.birthdate_date = "1990-01-01"
            for name in ("drk_nationality_id", "drk_birth_place", "drk_birth_name"):
                with self.assertRaises(AssertionError):
                    form[name] = "x"
        self.assertEqual(form.record._drk_person_kinds()[form.record.id], {"address"})

    def test_kinds_of_people(self):
        company = self._company(self.association_a)
        contact = self.people.create({"firstname": "Renate", "lastname": "Kontakt", "parent_id": company.id})
        address = self._person(self.association_a, firstname="Amt")
        address.drk_is_other_address = True
        people = self.erika | company | contact | address | self.clerk.partner_id
        expected = ["participant", "company", "contact", "address", "user"]
        kinds = people._drk_person_kinds()
        self.assertEqual([kinds[person.id] for person in people], [{kind} for kind in expected])
        for person, kind in zip(people, expected, strict=True):
            found = self._as(self.clerk, self.people).search([("drk_person_kinds", "in", [kind])])
            self.assertIn(person, found)
            self.assertFalse(found & (people - person), kind)
        self.assertFalse(self.people.search([("drk_person_kinds", "in", ["nonsense"])]))

    def test_age_class(self):
        with freeze_time("2026-06-15"):
            for born, code in (
                ("2013-06-15", "child"),
                ("2012-06-15", "youth"),
                ("2008-06-15", "young_adult"),
                ("2008-06-16", "youth"),
                ("1999-06-15", "adult"),
                ("1961-06-15", "senior"),
                (False, False),
            ):
                self.erika.birthdate_date = born
                self.assertEqual(self.erika.drk_age_class, code, born)
                found = self.people.search([("drk_age_class", "in", [code]), ("id", "=", self.erika.id)])
                self.assertEqual(found, self.erika, born)
                others = [name for name, _first in age.AGE_CLASSES if name != code]
                domain = [("drk_age_class", "in", others), ("id", "=", self.erika.id)]
                self.assertFalse(self.people.search(domain), born)

    def test_copies(self):
        self.erika.drk_contact_way_ids = [Command.create({"kind": "fax", "value": "08631 1"})]
        self.erika.drk_birth_name = "Alt"
        erika = self._as(self.clerk, self.erika)
        for action, is_address in (("action_drk_copy", False), ("action_drk_copy_address", True)):
            copy = self.people.browse(getattr(erika, action)()["res_id"])
            self.assertEqual((copy.name, copy.street, copy.email), (erika.name, erika.street, erika.email))
            self.assertEqual(copy.drk_contact_way_ids.value, "08631 1")
            self.assertEqual(copy.company_id, self.association_a)
            self.assertEqual(copy.drk_is_other_address, is_address)
            self.assertFalse(copy.drk_birth_name or copy.birthdate_date)

    def test_company_and_its_people_lead_to_each_other(self):
        company = self._company(self.association_a)
        contact = self.people.create({"firstname": "Renate", "lastname": "Kontakt", "parent_id": company.id})
        action = self._as(self.clerk, company).action_drk_employees()
        self.assertEqual(self.people.search(action["domain"]), contact)
        self.assertEqual(self._as(self.clerk, contact).action_drk_employees()["res_id"], company.id)

    def test_labels_are_printed(self):
        pdf = self._as(self.clerk, self.env["ir.actions.report"])._drk_pdf("drk_gdpr.report_labels", self.erika)
        self.assertTrue(pdf.startswith(b"%PDF"))
        html = self._as(self.clerk, self.env["ir.actions.report"])._render_qweb_html(
            "drk_gdpr.report_labels", self.erika.ids
        )[0]
        self.assertIn(b"Erika Musterfrau", html)
        self.assertIn(b"01067 Dresden", html)

    def test_map_is_off_until_the_association_chooses_one(self):
        self.assertFalse(self.erika.drk_map_url)
        with self.assertRaises(ValidationError):
            self.association_a.drk_map_url = "javascript:alert('{address}')"
        self.association_a.drk_map_url = "https://karte.example.org/?q={address}"
        url = self._as(self.clerk, self.erika).action_drk_map()["url"]
        self.assertEqual(url, "https://karte.example.org/?q=Hauptstra%C3%9Fe%2012%20a%2C%2001067%20Dresden")

    def test_employee_without_role_reads_the_form(self):
        """Fields of models that an employee may not read must not break the contact form."""
        erika = self._as(self.employee, self.erika)
        arch = self._arch(self.employee)
        self.assertNotIn("drk_contact_way_ids", arch)
        self.assertNotIn("drk_mark_ids", arch)
        erika.web_read({"name": {}, "drk_block_note": {}})
