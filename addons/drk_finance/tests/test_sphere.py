from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged, users

from .common import FinanceCase


@tagged("post_install", "-at_install")
class TestSphere(FinanceCase):
    """Every income of an association lies in one of the four spheres."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sphere = cls.association_a._drk_sphere("business_exempt")
        cls.ideal = cls.association_a._drk_sphere("ideal")

    def _invoice(self, **line):
        vals = {"name": "Altpapier", "price_unit": 10, "account_id": self.books_a["income"].id, "tax_ids": [], **line}
        return self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.firm.id, "invoice_line_ids": [Command.create(vals)]}
        )

    def test_each_association_has_its_four_spheres(self):
        for company in (self.association_a, self.association_b):
            accounts = self.env["account.analytic.account"].search([("company_id", "=", company.id)])
            self.assertEqual(len(accounts.filtered("drk_sphere")), 4)
        self.assertEqual(self.sphere.with_context(lang="de_DE").name, "Zweckbetrieb")

    @users("accountant-a")
    def test_invoice_of_charges_lies_in_the_sphere_of_its_kind(self):
        move = self._charge()._drk_invoice()
        self.assertEqual(move.invoice_line_ids.analytic_distribution, {str(self.sphere.id): 100})

    @users("accountant-a")
    def test_sum_of_a_sphere_equals_the_ledger(self):
        (self._charge(50) | self._charge(30))._drk_invoice()
        charge = self._charge(20)
        charge._drk_invoice()
        charge._drk_reverse("Krank")._drk_invoice()
        self.assertEqual(self.sphere.balance, 80)
        lines = self.env["account.move.line"].search([("account_id", "=", self.books_a["income"].id)])
        self.assertEqual(-sum(lines.mapped("balance")), 80)

    @users("accountant-a")
    def test_income_without_sphere_is_refused(self):
        with self.assertRaisesRegex(UserError, "Altpapier"):
            self._invoice().action_post()

    @users("accountant-a")
    def test_journal_entry_without_sphere_is_refused(self):
        lines = [
            Command.create({"name": "Zinsen", "account_id": self.books_a["income"].id, "credit": 5}),
            Command.create({"name": "Zinsen", "account_id": self.books_a["bank"].id, "debit": 5}),
        ]
        entry = self.env["account.move"].create({"journal_id": self.books_a["misc"].id, "line_ids": lines})
        with self.assertRaisesRegex(UserError, "Zinsen"):
            entry.action_post()

    @users("accountant-a")
    def test_default_of_the_association_helps(self):
        self.association_a.sudo().drk_sphere_id = self.ideal
        move = self._invoice()
        move.action_post()
        self.assertEqual(move.invoice_line_ids.analytic_distribution, {str(self.ideal.id): 100})

    @users("accountant-a")
    def test_default_of_an_account_goes_before_that_of_the_association(self):
        self.association_a.sudo().drk_sphere_id = self.ideal
        self.env["account.analytic.distribution.model"].sudo().create(
            {
                "account_prefix": "8100",
                "company_id": self.association_a.id,
                "analytic_distribution": {str(self.sphere.id): 100},
            }
        )
        move = self._invoice()
        move.action_post()
        self.assertEqual(move.invoice_line_ids.analytic_distribution, {str(self.sphere.id): 100})

    @users("accountant-a")
    def test_projects_are_kept_beside_the_sphere(self):
        self.association_a.sudo().drk_sphere_id = self.ideal
        plan = self.env["account.analytic.plan"].sudo().create({"name": "Projekte"})
        project = self.env["account.analytic.account"].sudo().create({"name": "Haus", "plan_id": plan.id})
        move = self._invoice(analytic_distribution={str(project.id): 100})
        move.action_post()
        (key,) = move.invoice_line_ids.analytic_distribution
        self.assertEqual(set(key.split(",")), {str(project.id), str(self.ideal.id)})

    @users("accountant-a")
    def test_half_a_sphere_is_refused(self):
        with self.assertRaises(UserError):
            self._invoice(analytic_distribution={str(self.sphere.id): 60}).action_post()

    @users("accountant-a")
    def test_two_spheres_share_an_income(self):
        move = self._invoice(analytic_distribution={str(self.sphere.id): 60, str(self.ideal.id): 40})
        move.action_post()
        self.assertEqual(move.state, "posted")

    @users("accountant-a")
    def test_posted_income_keeps_its_sphere(self):
        move = self._charge()._drk_invoice()
        with self.assertRaises(UserError):
            move.invoice_line_ids.analytic_distribution = {}

    @users("accountant-a")
    def test_expenses_need_no_sphere(self):
        lines = [
            Command.create({"name": "Gebühr", "account_id": self.books_a["loss"].id, "debit": 5}),
            Command.create({"name": "Gebühr", "account_id": self.books_a["bank"].id, "credit": 5}),
        ]
        entry = self.env["account.move"].create({"journal_id": self.books_a["misc"].id, "line_ids": lines})
        entry.action_post()
        self.assertEqual(entry.state, "posted")
