from odoo.addons.drk_base.tests.common import DrkCase
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import ExclusionViolation


@tagged("post_install", "-at_install")
class TestLawFact(DrkCase):
    def setUp(self):
        super().setUp()
        self.facts = self.env["drk.law.fact"].with_user(self._user("clerk", "drk_base.group_drk_base_user"))

    def _create(self, date_from, date_to=False, code="test_fact"):
        vals = {"code": code, "name": "Test", "value": 1, "source": "Test"}
        fact = self.env["drk.law.fact"].create({**vals, "date_from": date_from, "date_to": date_to})
        self.env.flush_all()
        return fact

    def test_known_values(self):
        for code, day, value in [
            ("retention_vouchers_years", "2024-12-31", 10),
            ("retention_vouchers_years", "2026-11-21", 8),
            ("retention_first_aid_years", "2026-11-21", 5),
            ("first_aid_max_participants", "2027-01-01", 20),
            ("first_aid_units", "2027-01-01", 9),
            ("bg_lump_sum", "2024-06-01", 42.0),
            ("bg_lump_sum", "2021-12-31", 35.0),
            ("vat_standard_rate", "2020-06-30", 19),
            ("vat_standard_rate", "2020-07-01", 16),
            ("vat_standard_rate", "2026-01-01", 19),
            ("trainer_allowance", "2025-12-31", 3000),
            ("trainer_allowance", "2026-01-01", 3300),
            ("donation_simplified_proof_limit", "2026-01-01", 300),
        ]:
            self.assertEqual(self.facts._value(code, day), value, (code, day))

    def test_known_text(self):
        self.assertEqual(self.facts._text("sepa_direct_debit_message", "2026-11-14"), "pain.008.001.08")

    def test_nothing_is_told_that_no_source_gives(self):
        facts = self.env["drk.law.fact"].search([])
        self.assertNotIn("pain.008.001.02", facts.mapped("text"))
        for code, day in [("sepa_direct_debit_message", "2026-11-13"), ("taxable_business_limit", "2025-12-31")]:
            with self.assertRaises(UserError):
                self.facts._on(code, day)
        rules = facts.filtered(lambda fact: fact.code in ("retention_consent_years", "retention_field_log_years"))
        self.assertEqual(set(rules.mapped("source")), {"eigene Regel"})

    def test_period_of_vouchers_says_which_day_counts(self):
        """AO § 147: what was not yet expired on 1 January 2025 is kept 8 years, whenever it came to be."""
        for fact in self.env["drk.law.fact"].search([("code", "=", "retention_vouchers_years")]):
            self.assertIn("day of deletion", fact.with_context(lang="en_US").name)

    def test_missing_value_says_what_to_do(self):
        with self.assertRaisesRegex(UserError, "bg_lump_sum"):
            self.facts._value("bg_lump_sum", "2026-06-01")

    def test_two_values_on_one_day_are_impossible(self):
        self._create("2020-01-01", "2020-12-31")
        for period in [("2020-12-31", "2021-06-30"), ("2019-01-01", False), ("2020-03-01", "2020-04-01")]:
            with self.assertRaises(ExclusionViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self._create(*period)

    def test_next_day_and_other_code_are_fine(self):
        self._create("2020-01-01", "2020-12-31")
        self._create("2021-01-01")
        self._create("2020-01-01", code="other_fact")

    def test_office_does_not_change_law(self):
        manager = self._user("manager", "drk_base.group_drk_base_manager")
        with self.assertRaises(AccessError):
            self._create("2020-01-01").with_user(manager).value = 2

    def test_every_shipped_fact_names_its_source(self):
        self.assertFalse(self.env["drk.law.fact"].search([("source", "in", [False, ""])]))
