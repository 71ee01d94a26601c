from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import GdprCase


@tagged("post_install", "-at_install")
class TestPeopleOfAnAssociation(GdprCase):
    def test_clerk_finds_own_people_only(self):
        found = self._as(self.clerk, self.people).search([])
        self.assertIn(self.erika, found)
        self.assertNotIn(self.foreign, found)
        self.assertFalse(found.filtered(lambda p: p.company_id == self.association_b))

    def test_foreign_person_is_neither_read_exported_changed_nor_deleted(self):
        clerk = self._user("exporter", "drk_gdpr.group_drk_gdpr_user,base.group_allow_export")
        foreign = self._as(clerk, self.foreign)
        for act in (
            lambda: foreign.read(["name"]),
            lambda: foreign.export_data(["name"]),
            lambda: foreign.write({"name": "x"}),
            lambda: foreign.unlink(),
            lambda: foreign._drk_record_consent("privacy", "given", "S"),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_foreign_person_is_not_found_by_name_mail_or_group(self):
        people = self._as(self.clerk, self.people)
        self.assertFalse(people.name_search("Fremd"))
        self.assertFalse(people.search([("email", "=", "fremd@example.org")]))
        names = [name for name, _count in people._read_group([], ["lastname"], ["__count"])]
        self.assertNotIn("Fremd", names)

    def test_person_is_not_moved_to_another_association(self):
        with self.assertRaises(AccessError):
            self._as(self.clerk, self.erika).company_id = self.association_b

    def test_person_with_declarations_stays(self):
        self.erika._drk_record_consent("privacy", "given", "S")
        with self.assertRaises(UserError):
            self.erika.company_id = self.association_b

    def test_clerk_creates_in_own_association(self):
        person = self._as(self.clerk, self.people).create({"name": "Neue Person"})
        self.assertEqual(person.company_id, self.association_a)
        self.assertTrue(person.drk_is_person)

    def test_clerk_does_not_create_elsewhere(self):
        with self.assertRaises(AccessError):
            self._as(self.clerk, self.people).create({"name": "X", "company_id": self.association_b.id})

    def test_foreign_person_is_not_linked_to_read_the_name(self):
        for model, vals in {
            "res.partner": {"name": "X", "parent_id": self.foreign.id},
            "drk.consent.wizard": {"partner_id": self.foreign.id, "channel_id": 1},
        }.items():
            with self.assertRaises(AccessError):
                self._as(self.clerk, self.env[model]).create(vals)
        with self.assertRaises(AccessError):
            self._as(self.clerk, self.erika).parent_id = self.foreign
        self._as(self.clerk, self.erika).parent_id = self._company(self.association_a)

    def _refused(self, act):
        with self.assertRaises(AccessError) as caught:
            act()
        self.assertNotIn("Fremd", str(caught.exception))

    def test_form_that_is_not_saved_names_no_foreign_person(self):
        """The client asks for the name of a linked record before anything is saved."""
        show = {"parent_id": {"fields": {"display_name": {}}}}
        line = {"child_ids": {"fields": show}}
        people = self._as(self.clerk, self.people)
        foreign = self.foreign.id
        for values, spec in (
            ({"parent_id": foreign}, show),
            ({"parent_id": {"id": foreign}}, show),
            ({"user_id": self.clerk_b.id}, {"user_id": {"fields": {"display_name": {}}}}),
            ({"child_ids": [[0, "virtual_1", {"parent_id": foreign}]]}, line),
            ({"child_ids": [[0, "virtual_1", {"child_ids": [[0, "virtual_2", {"parent_id": foreign}]]}]]}, line),
            ({"child_ids": [[1, self.erika.id, {"parent_id": foreign}]]}, line),
            ({"child_ids": [[4, foreign]]}, {"child_ids": {"fields": {"display_name": {}}}}),
        ):
            for names in ([next(iter(values))], []):
                self._refused(lambda: people.onchange(values, names, spec))  # noqa: B023
        self._refused(lambda: people.browse(self.erika.id).onchange({"parent_id": foreign}, ["parent_id"], show))

    def test_default_names_no_foreign_person(self):
        show = {"fields": {"display_name": {}}}
        for model, field in {"res.partner": "parent_id", "drk.consent.wizard": "partner_id"}.items():
            records = self._as(self.clerk, self.env[model]).with_context(**{f"default_{field}": self.foreign.id})
            self._refused(lambda: records.default_get([field]))  # noqa: B023
            self._refused(lambda: records.onchange({}, [], {field: show}))  # noqa: B023
        people = self._as(self.clerk, self.people).with_context(default_parent_id=self.foreign.id)
        self._refused(lambda: people.create({"name": "X"}))
        self._refused(lambda: people.name_create("X"))

    def test_form_of_own_people_goes_on(self):
        company = self._company(self.association_a)
        show = {"parent_id": {"fields": {"display_name": {}}}}
        people = self._as(self.clerk, self.people)
        shown = people.onchange({"parent_id": company.id}, ["parent_id"], show)["value"]
        self.assertEqual(shown.get("parent_id", {"id": company.id})["id"], company.id)
        shown = people.with_context(default_parent_id=company.id).onchange({}, [], show)["value"]
        self.assertEqual(shown["parent_id"]["display_name"], company.display_name)
        # what is stored already, by whoever might, stays usable
        self.env.cr.execute("UPDATE res_partner SET parent_id = %s WHERE id = %s", [self.foreign.id, self.erika.id])
        self.env.invalidate_all()
        people.browse(self.erika.id).onchange({"parent_id": self.foreign.id, "name": "X"}, ["name"], {"name": {}})

    def test_refusal_names_nobody_even_in_developer_mode(self):
        with (
            patch.object(type(self.env["res.users"]), "has_group", lambda user, group: True),
            self.assertRaises(AccessError) as caught,
        ):
            self._as(self.clerk, self.foreign).read(["name"])
        self.assertNotIn("Fremd", str(caught.exception))

    def test_empty_association_of_a_form_is_filled(self):
        person = self._as(self.clerk, self.people).create({"name": "Neue Person", "company_id": False})
        self.assertEqual(person.company_id, self.association_a)

    def test_contact_of_a_company_belongs_to_its_association(self):
        company = self._company(self.association_b)
        contact = self.people.create({"name": "Karl", "parent_id": company.id})
        self.assertEqual(contact.company_id, self.association_b)

    def test_person_without_association_is_impossible(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.erika.company_id = False
            self.env.flush_all()

    def test_employee_without_role_reads_and_does_not_change(self):
        erika = self._as(self.employee, self.erika)
        self.assertEqual(erika.name, "Erika Musterfrau")
        with self.assertRaises(AccessError):
            erika.city = "Berlin"

    def test_colleagues_are_seen_users_of_others_are_not(self):
        partners, users = self._as(self.employee, self.people), self._as(self.employee, self.env["res.users"])
        self.assertIn(self.clerk.partner_id, partners.search([]))
        self.assertIn(self.clerk, users.search([]))
        self.assertNotIn(self.clerk_b.partner_id, partners.search([]))
        self.assertNotIn(self.clerk_b, users.search([]))
        with self.assertRaises(AccessError):
            self._as(self.employee, self.clerk_b).read(["name"])

    def test_user_of_both_associations_is_seen_in_both(self):
        both = self._user(
            "both", "base.group_user", company_ids=[Command.set((self.association_a + self.association_b).ids)]
        )
        self.assertIn(both.partner_id, self._as(self.clerk, self.people).search([]))
        self.assertIn(both.partner_id, self._as(self.clerk_b, self.people).search([]))

    def test_partner_of_nobody_is_hidden(self):
        stray = self.people.with_context(drk_no_association=True).create({"name": "Unbekannt"})
        self.assertFalse(stray.company_id)
        self.assertNotIn(stray, self._as(self.clerk, self.people).search([]))
        admin = self._user("technical", "base.group_system")
        self.assertIn(stray, self._as(admin, self.people).search([]))

    def test_administrator_of_one_association_does_not_see_another(self):
        admin = self._user("admin of a", "base.group_system,base.group_erp_manager,drk_gdpr.group_drk_gdpr_officer")
        found = self._as(admin, self.people).search([])
        self.assertNotIn(self.foreign, found)
        self.assertNotIn(self.clerk_b.partner_id, found)

    def test_what_the_web_client_needs_is_visible(self):
        found = self._as(self.employee, self.people).search([])
        self.assertIn(self.employee.partner_id, found)
        self.assertIn(self.association_a.partner_id, found)
        self.assertNotIn(self.association_b.partner_id, found)
        self.env.ref("base.partner_root").with_user(self.employee).read(["name"])

    def test_portal_and_public_see_no_people(self):
        for user in (self.portal, self.env.ref("base.public_user")):
            found = self.people.with_user(user).with_context(allowed_company_ids=user.company_ids.ids).search([])
            self.assertNotIn(self.erika, found)
            self.assertNotIn(self.foreign, found)
            with self.assertRaises(AccessError):
                self.erika.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            self._as(self.portal, self.people).create({"name": "x"})

    def test_consents_of_others_are_invisible(self):
        consent = self.foreign._drk_record_consent("privacy", "given", "S")
        self.assertEqual(consent.company_id, self.association_b)
        self.assertNotIn(consent, self._as(self.clerk, self.env["drk.consent"]).search([]))
        with self.assertRaises(AccessError):
            self._as(self.clerk, consent).read(["kind"])
        for user in (self.employee, self.portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self._as(user, self.env["drk.consent"]).search([])

    def test_new_company_is_nobodys_person(self):
        company = self.env["res.company"].create({"name": "Neu", "drk_is_association": True})
        self.assertFalse(company.partner_id.drk_is_person)
        self.assertFalse(company.partner_id.company_id)

    def test_partner_of_a_new_user_belongs_to_the_users_association(self):
        user = new_test_user(
            self.env, "neu", company_id=self.association_b.id, company_ids=[Command.set(self.association_b.ids)]
        )
        self.assertEqual(user.partner_id.company_id, self.association_b)
        self.assertFalse(user.partner_id.drk_is_person)


@tagged("post_install", "-at_install")
class TestMailDoesNotCross(GdprCase):
    """Core takes the first partner with the mail address; here only one of the record's association."""

    def _find(self, record, email, **kwargs):
        return record._partner_find_from_emails_single([email], **kwargs)

    def test_find_or_create_stays_inside(self):
        person = self.people.find_or_create('"Frieda" <fremd@example.org>')
        self.assertNotEqual(person, self.foreign)
        self.assertEqual(person.company_id, self.association_a)
        self.assertEqual(self.people.find_or_create("fremd@example.org"), person)

    def test_find_or_create_as_the_clerk(self):
        person = self._as(self.clerk, self.people).find_or_create("fremd@example.org")
        self.assertEqual(person.company_id, self.association_a)

    def test_gateway_finds_the_person_of_the_record(self):
        self.foreign.email = self.erika.email
        twin = self._person(self.association_b, email=self.erika.email, firstname="Eva")
        self.assertEqual(self._find(self.erika, self.erika.email), self.erika)
        self.assertIn(self._find(twin, self.erika.email), self.foreign | twin)

    def test_gateway_does_not_find_people_of_others(self):
        self.assertFalse(self._find(self.erika, "fremd@example.org", no_create=True))

    def test_new_partner_belongs_to_the_association_of_the_record(self):
        partner = self._find(self.foreign, "neu@example.org")
        self.assertEqual(partner.company_id, self.association_b)

    def test_records_of_two_associations_in_one_call(self):
        records = self.erika | self.foreign
        emails = {record: ["neu@example.org"] for record in records}
        found = records._partner_find_from_emails(emails)
        self.assertEqual(found[self.erika.id].company_id, self.association_a)
        self.assertEqual(found[self.foreign.id].company_id, self.association_b)

    def test_colleague_is_found(self):
        self.clerk.partner_id.email = "kollegin@example.org"
        self.assertEqual(self._find(self.erika, "kollegin@example.org", no_create=True), self.clerk.partner_id)

    def test_mail_of_no_association_finds_no_person(self):
        company = self.env["res.company"].create({"name": "Technik"})
        thread = self.env["mail.thread"].with_context(allowed_company_ids=company.ids)
        self.assertFalse(thread._partner_find_from_emails_single([self.erika.email], no_create=True))

    def test_without_records_the_current_association_counts(self):
        thread = self.env["mail.thread"]
        self.assertEqual(thread._partner_find_from_emails_single([self.erika.email]), self.erika)
        self.assertFalse(thread._partner_find_from_emails_single(["fremd@example.org"], no_create=True))

    def test_no_mail_address(self):
        self.assertFalse(self.erika._partner_find_from_emails({self.erika: []})[self.erika.id])


@tagged("post_install", "-at_install")
class TestBankData(GdprCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.env["res.partner.bank"]
        cls.own = accounts.create({"acc_number": "DE89370400440532013000", "partner_id": cls.erika.id})
        cls.other = accounts.create({"acc_number": "DE02120300000000202051", "partner_id": cls.foreign.id})

    def test_only_the_group_reads(self):
        self.assertEqual(self._as(self.cashier, self.env["res.partner.bank"]).search([]).ids, self.own.ids)
        manager = self._user("contacts", "base.group_partner_manager")
        for user in (self.clerk, self.officer, self.employee, manager):
            self.assertNotIn(self.own, self._as(user, self.env["res.partner.bank"]).search([]))
            with self.assertRaises(AccessError):
                self._as(user, self.own).read(["acc_number"])

    def test_other_association_is_closed(self):
        for act in (
            lambda: self._as(self.cashier, self.other).read(["acc_number"]),
            lambda: self._as(self.cashier, self.other).write({"acc_number": "DE02120300000000202051"}),
            lambda: self._as(self.cashier, self.other).unlink(),
            lambda: self._as(self.cashier, self.other).create({"acc_number": "1", "partner_id": self.foreign.id}),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_contact_manager_of_core_cannot_create(self):
        manager = self._user("contacts", "base.group_partner_manager")
        with self.assertRaises(AccessError):
            self._as(manager, self.own).create({"acc_number": "DE75512108001245126199", "partner_id": self.erika.id})

    def test_person_form_shows_no_account_to_others(self):
        self.assertFalse(self._as(self.clerk, self.erika).bank_ids)
        self.env.invalidate_all()
        self.assertEqual(self._as(self.cashier, self.erika).bank_ids, self.own)

    def test_account_of_the_association_itself_is_no_secret(self):
        own = self.own.create({"acc_number": "DE75512108001245126199", "partner_id": self.association_a.partner_id.id})
        self.assertEqual(self._as(self.clerk, own).sanitized_acc_number, "DE75512108001245126199")
        with self.assertRaises(AccessError):
            self._as(self.clerk_b, own).read(["acc_number"])
