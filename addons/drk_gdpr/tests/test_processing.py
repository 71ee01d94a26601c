from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import GdprCase


@tagged("post_install", "-at_install")
class TestProcessingRecord(GdprCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.activities = (
            cls.env["drk.processing.activity"]
            .with_user(cls.officer)
            .with_context(allowed_company_ids=cls.association_a.ids)
        )

    def _propose(self):
        self.activities.action_propose()
        return self.activities.search([("code", "!=", False)])

    def test_proposals_are_complete(self):
        found = self._propose()
        self.assertLessEqual({"people", "consent", "letters", "users", "system"}, set(found.mapped("code")))
        for activity in found:
            for name in ("name", "purpose", "legal_basis", "recipients", "third_country", "measures"):
                self.assertTrue(activity[name], f"{activity.code} {name}")
        people = found.filtered(lambda a: a.code == "people")
        self.assertIn("Address", people.data_categories)
        self.assertIn("participants", people.people)
        consent = found.filtered(lambda a: a.code == "consent")
        self.assertIn("3 years", consent.periods)

    def test_every_personal_field_has_an_activity(self):
        rows = self.env["drk.inventory.field"].search([("is_personal", "=", True)])
        rows = rows.filtered(lambda row: row.model in self.env)
        covered = self.env["drk.inventory.field"].concat(*self.activities._inventory_rows().values())
        self.assertEqual(covered.sudo(), rows.sorted(lambda row: covered.ids.index(row.id)))

    def test_second_proposal_keeps_own_texts(self):
        found = self._propose()
        people = found.filtered(lambda a: a.code == "people")
        people.write({"purpose": "Unser Zweck", "own_periods": "Anwesenheit: 1 Jahr"})
        (found - people)[0].active = False
        self.activities.action_propose()
        again = self.activities.with_context(active_test=False).search([("code", "!=", False)])
        self.assertEqual(again, found.sorted(lambda a: again.ids.index(a.id)))
        self.assertEqual(people.purpose, "Unser Zweck")
        self.assertIn("Anwesenheit: 1 Jahr", people.periods)

    def test_record_is_printed(self):
        found = self._propose()
        report = self.env["ir.actions.report"].with_env(found.env)
        self.assertTrue(report._drk_pdf("drk_gdpr.report_processing_record", found).startswith(b"%PDF"))
        html = report._render_qweb_html("drk_gdpr.report_processing_record", found.ids)[0].decode()
        self.assertIn(self.association_a.name, html)
        for activity in found:
            self.assertIn(activity.name, html)

    def test_record_is_for_the_officer_of_the_association(self):
        found = self._propose()
        with self.assertRaises(AccessError):
            found.with_user(self.clerk).read(["purpose"])
        officer_b = self._user("officer b", "drk_gdpr.group_drk_gdpr_officer", self.association_b)
        with self.assertRaises(AccessError):
            found.with_user(officer_b).with_context(allowed_company_ids=self.association_b.ids).read(["purpose"])


@tagged("post_install", "-at_install")
class TestInventoryPrint(GdprCase):
    def _print(self, **vals):
        return self._as(self.officer, self.env["drk.inventory.print"]).create(vals)

    def test_one_chapter_for_each_kind(self):
        """K-1.1-7: one report lists every personal field of what is installed, per kind of person."""
        chapters = dict(self._print()._chapters())
        self.assertEqual(len(chapters), 6)
        kinds = ("participant", "registration", "company", "lecturer", "address", "user")
        for kind, models in zip(kinds, chapters.values(), strict=True):
            listed = {(row.model, row.field) for _name, rows in models for row in rows}
            wanted = self.env["drk.inventory.field"].search(
                [("is_personal", "=", True), ("person_kinds", "ilike", kind)]
            )
            self.assertEqual(listed, {(row.model, row.field) for row in wanted if row.model in self.env}, kind)

    def test_is_printed_for_one_kind(self):
        wizard = self._print(person_kind="address")
        report = self._as(self.officer, self.env["ir.actions.report"])
        self.assertTrue(report._drk_pdf("drk_gdpr.report_inventory", wizard).startswith(b"%PDF"))
        html = report._render_qweb_html("drk_gdpr.report_inventory", wizard.ids)[0].decode()
        self.assertIn("Other addresses", html)
        self.assertIn("drk_name_supplement_1", html)
        self.assertNotIn("<h1>Users", html)
        self.assertEqual(wizard.action_print()["type"], "ir.actions.report")

    def test_is_for_the_officer(self):
        with self.assertRaises(AccessError):
            self._as(self.clerk, self.env["drk.inventory.print"]).create({})
