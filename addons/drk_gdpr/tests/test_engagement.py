from odoo.exceptions import AccessError
from odoo.tests import tagged

from .access_matrix_records import build_engagement, forget_engagements
from .common import GdprCase


@tagged("post_install", "-at_install")
class TestEngagement(GdprCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(forget_engagements, self.env)

    def test_view_without_sources_is_empty(self):
        lines = self.env["drk.engagement"]
        if not lines._engagement_models():
            self.assertFalse(lines.search([]))
        self.assertEqual(self.erika.drk_engagement_count, 0)

    def test_mixin_offers_the_fields(self):
        fields = self.env["drk.gdpr.engagement"]._fields
        for name in ("drk_person_id", "company_id", "drk_purpose", "drk_last_activity", "drk_keep_until"):
            self.assertTrue(fields[name].store, name)
        self.assertIn("drk_confidential", fields)
        self.assertIn("drk_keep_reason", fields)

    def test_clerk_sees_own_engagements(self):
        own, other = build_engagement(self.env, self.association_a), build_engagement(self.env, self.association_b)
        lines = self._as(self.clerk, self.env["drk.engagement"])
        self.assertEqual(lines.search([]).ids, own.ids)
        with self.assertRaises(AccessError):
            self._as(self.clerk, other).read(["purpose"])
        for user in (self.employee, self.portal):
            with self.assertRaises(AccessError):
                self._as(user, lines).search([])

    def test_button_counts_and_opens(self):
        line = build_engagement(self.env, self.association_a)
        person = self._as(self.clerk, line.person_id)
        self.assertEqual(person.drk_engagement_count, 1)
        self.assertEqual(person.action_drk_engagements()["domain"], [("person_id", "=", person.id)])
        self.assertEqual(self._as(self.clerk, line).action_open_record()["res_id"], person.id)

    def test_view_is_read_only(self):
        line = build_engagement(self.env, self.association_a)
        with self.assertRaises(AccessError):
            self._as(self.clerk, line).write({"purpose": "x"})

    def test_select_of_a_source_leaves_confidential_out(self):
        for name in self.env["drk.engagement"]._engagement_models():
            self.assertIn("drk_confidential IS NOT TRUE", self.env["drk.engagement"]._engagement_select(name).code)
