from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users

from .common import FinanceCase


@tagged("post_install", "-at_install")
class TestSetup(FinanceCase):
    """Accountant or manager, either of them sets up the finance of the own association and of no other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("manager-a", "drk_base.group_drk_base_manager")
        cls.term = cls.env.ref("account.account_payment_term_immediate")

    def _check_sets_up(self):
        self.association_a.qr_code = False
        own = self.association_a.with_env(self.env)
        own.action_drk_finance_setup()
        self.assertTrue(self.association_a.qr_code)
        own.write({"drk_sphere_id": self.association_a._drk_sphere("ideal").id, "drk_payment_term_id": self.term.id})
        self.assertEqual(self.association_a.drk_sphere_id.drk_sphere, "ideal")
        self.assertEqual(self.association_a.drk_payment_term_id, self.term)

    @users("accountant-a")
    def test_accountant_sets_up_the_own_association(self):
        self._check_sets_up()

    @users("manager-a")
    def test_manager_sets_up_the_own_association(self):
        self._check_sets_up()

    @users("accountant-a")
    def test_accountant_uses_the_screen(self):
        action = self.env["res.company"]._drk_action_own_finance()
        own = self.env["res.company"].browse(action["res_id"])
        self.assertEqual(own, self.association_a)
        with Form(own, view=action["view_id"][0]) as form:
            form.drk_payment_term_id = self.term
        self.assertEqual(self.association_a.drk_payment_term_id, self.term)

    @users("manager-a")
    def test_manager_uses_the_page_of_the_association(self):
        own = self.association_a.with_env(self.env)
        with Form(own, view="drk_base.res_company_view_form_association") as form:
            form.drk_payment_term_id = self.term
        self.assertEqual(self.association_a.drk_payment_term_id, self.term)

    @users("accountant-a")
    def test_accountant_changes_nothing_else_of_the_settings(self):
        own = self.association_a.with_env(self.env)
        for vals in ({"name": "Neu"}, {"drk_sender_line": "Neu"}, {"drk_code": "NEU"}, {"chart_template": "de_skr04"}):
            with self.assertRaises(AccessError):
                own.write({"drk_payment_term_id": self.term.id, **vals})

    @users("accountant-a", "manager-a")
    def test_another_association_is_closed(self):
        other = self.association_b.with_env(self.env)
        with self.assertRaises(AccessError):
            other.action_drk_finance_setup()
        with self.assertRaises(AccessError):
            other.drk_payment_term_id = self.term

    @users("accountant-a", "manager-a")
    def test_sphere_of_another_association_is_refused(self):
        with self.assertRaises(UserError):
            self.association_a.with_env(self.env).drk_sphere_id = self.association_b._drk_sphere("ideal")

    @users("cashier-a")
    def test_cashier_sets_up_nothing(self):
        own = self.association_a.with_env(self.env)
        with self.assertRaises(AccessError):
            own.action_drk_finance_setup()
        with self.assertRaises(AccessError):
            own.drk_payment_term_id = self.term
