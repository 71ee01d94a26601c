from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import FinanceCase


@tagged("post_install", "-at_install")
class TestRevenue(FinanceCase):
    """Account, VAT or the reason for none, by kind and date."""

    def test_each_association_has_the_standard_kinds(self):
        for company in (self.association_a, self.association_b):
            kinds = self.env["drk.revenue.kind"].search([("company_id", "=", company.id)])
            self.assertEqual(set(kinds.mapped("code")), {"EH", "BZ", "ST", "FB", "WG"})

    def test_setup_twice_adds_nothing(self):
        models = ("drk.revenue.kind", "drk.revenue.rule", "account.analytic.account", "account.tax", "account.journal")
        before = [self.env[model].with_context(active_test=False).search_count([]) for model in models]
        self.association_a._drk_finance_setup()
        self.assertEqual(before, [self.env[model].with_context(active_test=False).search_count([]) for model in models])

    def test_standard_kinds_speak_german(self):
        kind = self._kind("EH").with_context(lang="de_DE")
        self.assertEqual(kind.name, "Erste-Hilfe-Kurse")
        self.assertIn("Steuerfrei nach § 4 Nr. 22", kind._drk_rule_on("2027-03-12").exemption_text)

    def test_company_without_chart_gets_kinds_without_accounts(self):
        company = self._create_association("Ortsverein ohne Bücher", "OOB", "base.state_de_nw")
        kinds = self.env["drk.revenue.kind"].search([("company_id", "=", company.id)])
        self.assertEqual(len(kinds), 5)
        self.assertFalse(kinds.rule_ids.account_id)

    def test_what_somebody_entered_is_never_overwritten(self):
        rule = self._kind("EH").rule_ids
        rule.account_id = self.books_a["income_taxed"]
        self.association_a._drk_finance_setup()
        self.assertEqual(rule.account_id, self.books_a["income_taxed"])

    def test_tax_of_the_taxed_kind_is_included(self):
        rule = self._kind("WG").rule_ids
        self.assertEqual(rule.tax_ids, self.books_a["tax19"])

    def test_rule_follows_the_date(self):
        kind = self._kind("EH")
        new = kind.rule_ids.copy({"date_from": "2028-01-01", "exemption_text": "Neue Fassung"})
        self.assertEqual(
            kind._drk_rule_on("2027-12-31").exemption_text, kind.rule_ids.sorted("date_from")[0].exemption_text
        )
        self.assertEqual(kind._drk_rule_on("2028-01-01"), new)

    def test_day_without_rule_is_told(self):
        with self.assertRaisesRegex(UserError, "no rule for"):
            self._kind("EH").with_context(lang="en_US")._drk_rule_on("1990-01-01")

    def test_one_rule_per_day(self):
        rule = self._kind("EH").rule_ids
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            rule.copy()

    def test_no_vat_needs_a_reason(self):
        with self.assertRaises(ValidationError):
            self._kind("EH").rule_ids.exemption_text = False

    def test_vat_on_top_is_refused(self):
        tax = self.books_a["tax19"].copy({"name": "19 % oben drauf", "price_include_override": "tax_excluded"})
        with self.assertRaises(ValidationError):
            self._kind("WG").rule_ids.tax_ids = tax

    def test_expense_account_is_refused(self):
        with self.assertRaises(ValidationError):
            self._kind("EH").rule_ids.account_id = self.books_a["loss"]

    def test_account_of_another_association_is_refused(self):
        with self.assertRaises(UserError):
            self._kind("EH").rule_ids.account_id = self.books_b["income"]

    @users("accountant-a")
    def test_accountant_maintains_kinds(self):
        kind = self.env["drk.revenue.kind"].browse(self._kind("EH").id)
        kind.write({"name": "Kurse", "rule_ids": [(0, 0, {"date_from": "2029-01-01", "exemption_text": "Neu"})]})
        self.assertEqual(len(kind.rule_ids), 2)
        self.assertEqual(kind.copy().code, "EH copy")

    @users("cashier-a")
    def test_cashier_does_not(self):
        with self.assertRaises(AccessError):
            self.env["drk.revenue.kind"].browse(self._kind("EH").id).name = "x"


@tagged("post_install", "-at_install")
class TestFeeRule(FinanceCase):
    """What a cancellation costs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["drk.fee.rule"].create(
            [
                cls._rule(days_before=0, percent=100),
                cls._rule(days_before=7, percent=50),
                cls._rule(days_before=14, percent=0, amount=5),
                cls._rule(days_before=0, occasion="replacement", amount=10),
            ]
        )

    @classmethod
    def _rule(cls, **vals):
        kind = cls._kind("ST")
        company = cls.association_a
        return {"company_id": company.id, "date_from": "2027-01-01", "revenue_kind_id": kind.id, **vals}

    def _fee(self, days_before, price=55.55, day="2027-05-01", occasion="cancel"):
        return self.env["drk.fee.rule"]._fee(self.association_a, occasion, days_before, price, day)

    def test_rule_with_most_days_wins(self):
        self.assertEqual(self._fee(20), (5, self.rules[2]))
        self.assertEqual(self._fee(14), (5, self.rules[2]))
        self.assertEqual(self._fee(13)[1], self.rules[1])
        self.assertEqual(self._fee(7)[1], self.rules[1])
        self.assertEqual(self._fee(6)[1], self.rules[0])

    def test_share_is_rounded_by_the_currency(self):
        self.assertEqual(self._fee(10)[0], 27.78)

    def test_after_the_beginning_no_days_are_left(self):
        self.assertEqual(self._fee(-3), (55.55, self.rules[0]))

    def test_occasions_do_not_mix(self):
        self.assertEqual(self._fee(30, occasion="replacement"), (10, self.rules[3]))
        self.assertEqual(self._fee(30, occasion="rebook"), (0, self.env["drk.fee.rule"]))

    def test_before_the_first_list_nothing_costs(self):
        self.assertEqual(self._fee(0, day="2026-12-31")[0], 0)

    def test_newer_list_replaces_the_older_one(self):
        new = self.env["drk.fee.rule"].create(
            [
                self._rule(days_before=0, percent=80, date_from="2028-01-01"),
                self._rule(days_before=30, date_from="2028-01-01"),
            ]
        )
        self.assertEqual(self._fee(20, day="2028-02-01")[1], new[0])
        self.assertEqual(self._fee(30, day="2028-02-01"), (0, new[1]))
        self.assertEqual(self._fee(20, day="2027-12-31")[1], self.rules[2])

    def test_further_rule_joins_the_list_that_holds(self):
        self.assertEqual(str(self.env["drk.fee.rule"].new({}).date_from), "2027-01-01")

    def test_other_association_has_its_own_rules(self):
        fee, rule = self.env["drk.fee.rule"]._fee(self.association_b, "cancel", 0, 50, "2027-05-01")
        self.assertEqual((fee, len(rule)), (0, 0))

    def test_nonsense_is_refused(self):
        for vals in ({"percent": 101}, {"percent": -1}, {"amount": -1}, {"days_before": -1}):
            with (
                self.subTest(vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.env["drk.fee.rule"].create(self._rule(**vals))
                self.env.flush_all()

    @users("accountant-a")
    def test_accountant_maintains_rules(self):
        self.env["drk.fee.rule"].create(self._rule(days_before=3, percent=75))

    @users("cashier-a")
    def test_cashier_reads_rules(self):
        self.assertTrue(self._fee(0)[0])
        with self.assertRaises(AccessError):
            self.env["drk.fee.rule"].create(self._rule())
