from datetime import datetime

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import GdprCase

SIGNED, WITHDRAWN = datetime(2026, 1, 1, 10), datetime(2026, 2, 1, 10)
WIZARD = "drk.consent.bulk"


@tagged("post_install", "-at_install")
class TestConsentBulk(GdprCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.max = cls._person(cls.association_a, firstname="Max", email="max@example.org", birthdate_date="1970-01-01")
        cls.both = cls.erika | cls.max
        cls.signed = cls.env["drk.consent.channel"]._get("S")
        cls.mail = cls.env["drk.consent.channel"]._get("E")

    def _open(self, records, user=None):
        wizards = self._as(user or self.clerk, self.env[WIZARD])
        return Form(wizards.with_context(active_model=records._name, active_ids=records.ids))

    def _apply(self, records, **values):
        form = self._open(records)
        for name, value in values.items():
            form[name] = value
        return form.save().action_apply()

    def test_all_four_fields(self):
        """K-2.1-27 K-2.1-28: date and channel of signature and withdrawal; each person names who processed them."""
        self._apply(self.both, given_at=SIGNED, given_channel_id=self.signed)
        for person in self.both:
            self.assertEqual((person.drk_consent_given_at, person.drk_consent_given_channel_id), (SIGNED, self.signed))
            self.assertEqual(person.drk_consent_given_by_id, self.clerk)
        self._apply(self.both, withdrawn_at=WITHDRAWN, withdrawn_channel_id=self.mail)
        for person in self.both:
            self.assertEqual(person.drk_consent_state, "withdrawn")
            self.assertEqual(person.drk_consent_withdrawn_at, WITHDRAWN)
            self.assertEqual(person.drk_consent_withdrawn_channel_id, self.mail)
            self.assertEqual(person.drk_consent_withdrawn_by_id, self.clerk)
        action = self.env.ref("drk_gdpr.drk_consent_bulk_action")
        self.assertEqual((action.binding_model_id.model, action.binding_view_types), ("res.partner", "list"))

    def test_one_field_alone_keeps_the_others(self):
        self._apply(self.both, given_at=SIGNED, given_channel_id=self.signed)
        self._apply(self.both, given_channel_id=self.mail)
        self.assertEqual(self.both.mapped("drk_consent_given_at"), [SIGNED, SIGNED])
        self.assertEqual(self.both.drk_consent_given_channel_id, self.mail)
        self.assertEqual(len(self.erika.drk_consent_ids), 2, "the first line stays in the history")

    def test_who_lacks_a_date_is_named_and_nobody_changed(self):
        self._apply(self.erika, given_at=SIGNED, given_channel_id=self.signed)
        with self.assertRaisesRegex(UserError, "Max"):
            self._apply(self.both, given_channel_id=self.mail)
        self.assertEqual(self.erika.drk_consent_given_channel_id, self.signed)

    def test_nothing_filled_in_and_the_future_are_refused(self):
        for values in ({}, {"given_at": "2999-01-01 00:00:00", "given_channel_id": self.signed}):
            with self.assertRaises(UserError):
                self._apply(self.both, **values)

    def test_many_people_are_a_job(self):
        vals = [{"name": f"Muster {number}", "company_id": self.association_a.id} for number in range(201)]
        people = self.people.create(vals)
        with trap_jobs() as trap:
            action = self._apply(people, given_at=SIGNED, given_channel_id=self.signed)
            self.assertEqual(action["res_model"], "drk.job")
            self.assertFalse(people.drk_consent_ids)
            trap.perform_enqueued_jobs()
        self.assertEqual(set(people.mapped("drk_consent_state")), {"given"})
        self.assertEqual(people.drk_consent_given_by_id, self.clerk)

    def test_people_of_others_and_hostile_numbers(self):
        for people in (self.foreign, self.erika | self.foreign):
            with self.assertRaises(AccessError):
                self._apply(people, given_at=SIGNED, given_channel_id=self.signed)
        wizard = self._as(self.clerk, self.env[WIZARD]).create({"partner_ids_text": '["x", null, {}]'})
        self.assertEqual(wizard.partner_count, 0)
        self.assertFalse(self.both.drk_consent_ids)

    def test_users_are_chosen_in_the_user_administration(self):
        self.officer.group_ids += self.env.ref("base.group_erp_manager")
        form = self._open(self._as(self.officer, self.employee), self.officer)
        form.given_at, form.given_channel_id = SIGNED, self.signed
        form.save().action_apply()
        self.assertEqual(self.employee.drk_consent_given_at, SIGNED)

    def test_user_filter(self):
        """K-2.1-32: each consent field is a criterion of the list of users, and users are listed only there."""
        partner = self.employee.partner_id
        self._as(self.clerk, partner)._drk_record_consent("privacy", "given", "S", occurred_at=SIGNED)
        self._as(self.clerk, partner)._drk_record_consent("privacy", "withdrawn", "E", occurred_at=WITHDRAWN)
        users = self.env["res.users"]
        arch = users.get_view(self.env.ref("base.view_users_search").id, "search")["arch"]
        for name, value in {
            "drk_consent_given_at": SIGNED,
            "drk_consent_given_by_id": self.clerk.id,
            "drk_consent_given_channel_id": self.signed.id,
            "drk_consent_withdrawn_at": WITHDRAWN,
            "drk_consent_withdrawn_by_id": self.clerk.id,
            "drk_consent_withdrawn_channel_id": self.mail.id,
        }.items():
            self.assertIn(f'name="{name}"', arch)
            self.assertEqual(users.search([(name, "=", value), ("id", "=", self.employee.id)]), self.employee, name)
        people = self.env["ir.actions.act_window"]._for_xml_id("drk_gdpr.res_partner_action_people")
        self.assertNotIn(partner, self.people.search([("drk_is_person", "=", True)]))
        self.assertEqual(people["domain"], "[('drk_is_person', '=', True)]")
