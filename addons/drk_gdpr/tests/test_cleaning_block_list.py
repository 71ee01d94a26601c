from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from ..tools.blocker import Blocker
from .cleaning_common import CleaningCase
from .erasure_common import ERASURE


@tagged("post_install", "-at_install")
class TestBlockList(CleaningCase):
    def test_objection_outlives_the_data(self):
        self.anna.drk_no_advertising = True
        self._erase(self.anna, kind="request")
        again = self._person(self.association_a, firstname="Q.", lastname="Z.", email="quendolina@example.org")
        self.assertTrue(again.drk_no_advertising)
        post = {
            "firstname": "Quendolina",
            "lastname": "Zwiebelfrau",
            "street": "Quendelweg 7",
            "email": "neu@example.org",
        }
        self.assertTrue(self._person(self.association_a, **post).drk_no_advertising)

    def test_objection_of_the_register_counts(self):
        self.env["drk.gdpr.request"].create({"kind": "objection", "drk_person_id": self.anna.id})
        self._erase(self.anna)
        again = self._person(self.association_a, firstname="Q.", lastname="Z.", email="quendolina@example.org")
        self.assertTrue(again.drk_no_advertising)

    def test_others_are_not_blocked(self):
        self.anna.drk_no_advertising = True
        self._erase(self.anna)
        self.assertFalse(self._person(self.association_b, email="quendolina@example.org").drk_no_advertising)
        self.assertFalse(self._person(self.association_a, firstname="Max", email="max@example.org").drk_no_advertising)

    def test_unsubscribed_address_outlives_the_data(self):
        self.env["mail.blacklist"]._add("quendolina@example.org")
        self._erase(self.anna)
        self.assertFalse(self.env["mail.blacklist"].search([("email", "=", "quendolina@example.org")]))
        self.assertEqual(self.env["drk.block.entry"].search([]).mapped("kind"), ["email"])
        again = self._person(self.association_a, firstname="Q.", lastname="Z.", email="quendolina@example.org")
        self.assertTrue(again.drk_no_advertising)

    def test_unsubscribed_address_of_two_associations(self):
        """The list belongs to all: the address stays in it for the other, and is remembered in each."""
        self.foreign.email = "quendolina@example.org"
        self.env["mail.blacklist"]._add("quendolina@example.org")
        self._erase(self.anna)
        self.assertTrue(self.env["mail.blacklist"].search([("email", "=", "quendolina@example.org")]))
        self._erase(self.foreign, user=self.eraser_b)
        companies = self.env["drk.block.entry"].search([("kind", "=", "email")]).company_id
        self.assertEqual(companies, self.association_a | self.association_b)

    def test_whose_address_is_kept_stays_unsubscribed(self):
        self.env["mail.blacklist"]._add("quendolina@example.org")
        blocker = Blocker(self.anna.id, "money", "Offene Rechnung", False, "account.move", 1)
        self.patch(self.registry["res.partner"], "_drk_open_business", lambda people: [blocker])
        self.anna.phone = "0231 4711"
        self.env["phone.blacklist"]._add([self.anna.phone_sanitized])
        self._erase(self.anna, kind="request")
        self.assertTrue(self.anna.email)
        self.assertTrue(self.anna.is_blacklisted)
        self.assertTrue(self.anna.phone_sanitized_blacklisted)

    def test_nothing_can_be_read(self):
        self.anna.drk_no_advertising = True
        self._erase(self.anna)
        entries = self.env["drk.block.entry"].search([])
        self.assertEqual(sorted(entries.mapped("kind")), ["address", "email"])
        self.assertFalse([digest for digest in entries.mapped("digest") if "quend" in digest.lower()])

    def test_without_objection_nobody_is_remembered(self):
        self._erase(self.anna)
        self.assertFalse(self.env["drk.block.entry"].search([]))


@tagged("post_install", "-at_install")
class TestGrant(CleaningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("gdpr_manager", "drk_base.group_drk_base_manager")
        cls.grants = cls.env["drk.erasure.grant"]

    @users("gdpr_manager")
    def test_association_grants_to_instructed_people(self):
        """D-ANO-4, D-ANO-5: the association's manager grants the right, and confirms that the person was instructed."""
        vals = {"user_id": self.clerk.id, "company_id": self.association_a.id}
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._as(self.manager, self.grants).create(vals)
        self.assertFalse(self.clerk.has_group(ERASURE))
        grant = self._as(self.manager, self.grants).create({**vals, "is_instructed": True})
        self.assertTrue(self.clerk.has_group(ERASURE))
        grant.action_revoke()
        self.assertFalse(self.clerk.has_group(ERASURE))
        self.assertTrue(grant.revoked_on)

    def test_granted_for_one_association_only(self):
        both = self._user("gdpr_both", "drk_gdpr.group_drk_gdpr_user")
        both.company_ids |= self.association_b
        vals = {"user_id": both.id, "company_id": self.association_a.id, "is_instructed": True}
        self._as(self.manager, self.grants).create(vals)
        runs = self._as(both, self.runs)
        self.assertTrue(runs._create_for(self.anna.with_env(runs.env), "manual"))
        with self.assertRaises(AccessError):
            runs._create_for(self.foreign.with_env(runs.env), "manual")
        self.foreign.is_company = True
        with self.assertRaises(AccessError):
            self._as(both, self.foreign).action_drk_release_cleaning()

    def test_not_to_users_of_others(self):
        vals = {"user_id": self.clerk_b.id, "company_id": self.association_a.id, "is_instructed": True}
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._as(self.manager, self.grants).create(vals)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_clerks_grant_nothing(self):
        vals = {"user_id": self.clerk.id, "company_id": self.association_a.id, "is_instructed": True}
        for user in (self.clerk, self.eraser, self.officer):
            with self.assertRaises(AccessError):
                self._as(user, self.grants).create(vals)
