from lxml import etree
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import GdprCase

SETTINGS_VIEW = "drk_gdpr.res_config_settings_view_privacy"


@tagged("post_install", "-at_install")
class TestConsentRules(GdprCase):
    def _rule(self, trigger, channel="P", company=None):
        rules = self.env["drk.consent.rule"]._of_association(company or self.association_a)
        rule = rules.filtered(lambda rule: rule.trigger == trigger)
        rule.write({"is_on": True, "channel_id": self.env["drk.consent.channel"]._get(channel).id})
        return rule

    def _create(self, **vals):
        return self._as(self.clerk, self.people).create(
            {"name": "Anna Anschrift", "drk_is_other_address": True, **vals}
        )

    def test_nothing_is_automatic_until_it_is_switched_on(self):
        self.assertEqual(self._create().drk_consent_state, "missing")
        self.assertFalse(any(self.env["drk.consent.rule"]._of_association(self.association_a).mapped("is_on")))

    def test_new_address_is_informed(self):
        """K-2.2-4 K-2.2-11: a switch informs new addresses; the entry is automatic, with its legal basis, no consent."""
        self._rule("create_address", "S")
        address = self._create()
        entry = address.drk_consent_ids
        self.assertEqual((entry.kind, entry.legal_basis, entry.automatic), ("informed", "contract", True))
        self.assertEqual((entry.channel_id.key, entry.recorded_by_id), ("S", self.clerk))
        self.assertEqual(address.drk_consent_state, "informed")
        self.assertFalse(address.drk_consent_given_at)
        signed = self._as(self.clerk, address)._drk_record_consent("privacy", "given", "S")
        self.assertEqual((signed.legal_basis, signed.automatic), ("consent", False))

    def test_new_contact_person_is_informed(self):
        """K-2.2-5: a switch of its own informs new contact persons of a company."""
        company = self._company(self.association_a)
        self._rule("create_contact", "E")
        contact, address = self._create(parent_id=company.id, drk_is_other_address=False), self._create()
        self.assertEqual(contact.drk_consent_ids.channel_id.key, "E")
        self.assertEqual((contact.drk_consent_state, address.drk_consent_state), ("informed", "missing"))
        self.assertFalse(company.drk_consent_ids)

    def test_new_user_is_informed(self):
        """K-2.2-6: a switch informs new users; who only has a web login is none."""
        self._rule("create_user")
        vals = {"company_id": self.association_a.id, "company_ids": [(6, 0, self.association_a.ids)]}
        user = new_test_user(self.env, "rule_user", "base.group_user", **vals)
        visitor = new_test_user(self.env, "rule_portal", "base.group_portal", **vals)
        self.assertEqual(user.drk_consent_state, "informed")
        self.assertEqual(visitor.drk_consent_state, "missing")

    def test_rule_is_of_one_association(self):
        self._rule("create_address", company=self.association_b)
        self.assertEqual(self._create().drk_consent_state, "missing")

    def test_rule_never_follows_a_declaration(self):
        self._rule("create_address")
        for kind in ("given", "withdrawn"):
            self.erika._drk_record_consent("privacy", kind, "S")
            self.assertFalse(self.erika._drk_inform("create_address"))
            self.assertEqual(self.erika.drk_consent_state, kind)

    def test_channel_is_needed_and_is_not_the_web(self):
        rule = self._rule("create_address")
        for channel in (False, self.env["drk.consent.channel"]._get("I").id):
            with self.assertRaises(ValidationError):
                rule.channel_id = channel

    def test_callers_do_not_make_their_entry_automatic(self):
        consent = self._as(self.clerk, self.erika)._drk_record_consent("privacy", "given", "S")
        self.assertFalse(consent.automatic)

    def test_settings_page(self):
        """K-2.2-1 K-2.2-7 K-2.2-8: a page "Datenschutz" with a switch and a channel per area, and the notice."""
        officer_settings = self._as(self.officer, self.env["drk.privacy.settings"])
        arch = etree.fromstring(officer_settings.get_view(self.env.ref(SETTINGS_VIEW).id, "form")["arch"])
        notice = arch.xpath("//group[@name='privacy_automatic']/div[@role='alert']")
        self.assertIn("before or while you enter them", " ".join("".join(notice[0].itertext()).split()))
        areas = ["create_participant", "create_lecturer", "create_address", "create_contact", "create_user"]
        values = officer_settings.default_get(["company_id", "rule_ids"])
        rules = self.env["drk.consent.rule"].browse(values["rule_ids"][0][2])
        self.assertEqual(rules[:5].mapped("trigger"), areas)
        for index, rule in enumerate(rules[:5]):
            channel = self.env["drk.consent.channel"]._get("SPE"[index % 3])
            values["rule_ids"].append(Command.update(rule.id, {"is_on": True, "channel_id": channel.id}))
        officer_settings.create(values).action_save()
        rules = self.env["drk.consent.rule"]._of_association(self.association_a)[:5]
        self.assertEqual(rules.mapped("is_on"), [True] * 5)
        self.assertEqual([rule.channel_id.key for rule in rules], ["S", "P", "E", "S", "P"])
        menus = ("drk_gdpr.menu_drk_privacy_settings", "drk_gdpr.menu_drk_settings_privacy")
        self.assertEqual({self.env.ref(menu).action.res_model for menu in menus}, {"drk.privacy.settings"})

    def test_settings_are_for_the_officer_of_the_association(self):
        rule = self._rule("create_address", company=self.association_b)
        with self.assertRaises(AccessError):
            self._as(self.officer, rule).is_on = False
        for model in ("drk.privacy.settings", "drk.consent.rule"):
            with self.assertRaises(AccessError):
                self._as(self.clerk, self.env[model]).search([])

    def test_guardian_declares_for_a_child(self):
        """The exception of GDPR Art. 8 is stored as such; nobody declares for others, nor for an adult."""
        child = self._person(self.association_a, firstname="Kim", email=False, birthdate_date="2020-05-05")
        with self.assertRaises(UserError):
            self._as(self.clerk, child)._drk_record_consent("privacy", "given", "S", guardian=self.erika)
        rows = self.env["drk.guardianship"]
        rows.create([{"child_id": child.id, "guardian_id": self.erika.id}])
        consent = self._as(self.clerk, child)._drk_record_consent("privacy", "given", "S", guardian=self.erika)
        self.assertEqual(consent.guardian_id, self.erika)
        self.assertEqual((child.drk_consent_state, self.erika.drk_consent_state), ("given", "missing"))
        adult = self._person(self.association_a, firstname="Max", email=False, birthdate_date="1990-05-05")
        row = rows.create({"child_id": adult.id, "guardian_id": self.erika.id})
        with self.assertRaises(UserError):
            adult._drk_record_consent("privacy", "given", "S", guardian=self.erika)
        row.kind = "carer"
        self.assertEqual(adult._drk_record_consent("privacy", "given", "S", guardian=self.erika).kind, "given")


@tagged("post_install", "-at_install")
class TestConsentLocks(GdprCase):
    def _lock(self, kind):
        self.clerk.group_ids += self.env.ref(f"drk_gdpr.group_drk_gdpr_lock_{kind}")

    def test_locks_of_addresses_and_users_are_apart(self):
        self._lock("user")
        self.assertTrue(self._as(self.clerk, self.employee.partner_id).drk_consent_locked)
        self.assertFalse(self._as(self.clerk, self.erika).drk_consent_locked)
        self._lock("address")
        self.erika.drk_is_other_address = True
        self.env.invalidate_all()
        self.assertTrue(self._as(self.clerk, self.erika).drk_consent_locked)
        self.assertFalse(self._as(self.officer, self.erika).drk_consent_locked)

    def test_locked_means_locked_on_the_server(self):
        self._lock("participant")
        erika = self._as(self.clerk, self.erika)
        with self.assertRaises(AccessError):
            erika.action_drk_consent_window()
        with self.assertRaises(AccessError):
            erika._drk_record_consent("privacy", "given", "S")
        with self.assertRaises(AccessError):
            erika._drk_change_consents({"given": {"at": "2026-01-01 10:00:00", "channel": "S", "evidence": False}})
        self.assertFalse(self.erika.drk_consent_ids)
