from odoo import Command
from odoo.addons.drk_base.tests.common import DrkCase
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestSystem(DrkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._user("clerk", "drk_base.group_drk_base_user")
        cls.menu = cls.env["ir.ui.menu"].create({"name": "Testsystem"})
        cls.part = cls.env["ir.ui.menu"].create(
            {"name": "Räume", "parent_id": cls.menu.id, "action": f"ir.actions.act_window,{cls._action().id}"}
        )
        cls.system = cls.env["drk.system"].create({"code": "test", "name": "Test", "menu_ids": cls.menu.ids})
        cls.association_a.drk_system_ids = [Command.link(cls.system.id)]

    @classmethod
    def _action(cls):
        return cls.env.ref("drk_base.drk_room_action")

    def _menus(self, *companies):
        menus = self.env["ir.ui.menu"].with_user(self.user)
        return menus.with_context(allowed_company_ids=[company.id for company in companies])

    def test_booked_or_not(self):
        self.assertTrue(self.association_a.with_user(self.user)._drk_has_system("test"))
        self.assertFalse(self.association_b._drk_has_system("test"))
        self.assertFalse(self.association_a._drk_has_system("unknown"))

    def test_core_system_needs_no_booking(self):
        self.system.is_core = True
        self.assertTrue(self.association_b._drk_has_system("test"))

    def test_menu_is_shown_where_booked(self):
        self.assertIn(self.part.id, self._menus(self.association_a).load_menus(False))
        self.assertIn(self.menu.id, self._menus(self.association_a).load_menus_root()["all_menu_ids"])

    def test_menu_is_hidden_with_all_below_where_not_booked(self):
        self._menus(self.association_a).load_menus(False)  # fills the cache that all companies of a user share
        self.user.company_ids += self.association_b
        menus = self._menus(self.association_b)
        loaded = menus.load_menus(False)
        self.assertFalse({self.menu.id, self.part.id} & loaded.keys())
        self.assertNotIn(self.menu.id, loaded["root"]["children"])
        self.assertNotIn(self.menu.id, menus.load_menus_root()["all_menu_ids"])
        self.assertIn(self.env.ref("drk_base.menu_drk_root").id, loaded)

    def test_menu_is_shown_when_one_active_association_booked(self):
        self.user.company_ids += self.association_b
        self.assertIn(self.menu.id, self._menus(self.association_a, self.association_b).load_menus(False))

    def test_ending_the_booking_hides_at_once(self):
        self.assertIn(self.menu.id, self._menus(self.association_a).load_menus(False))
        self.association_a.drk_system_ids = [Command.unlink(self.system.id)]
        self.assertNotIn(self.menu.id, self._menus(self.association_a).load_menus(False))

    def _rooms_by_rule(self, *companies):
        rooms = self.env["drk.room"].with_user(self.user)
        return rooms.with_context(allowed_company_ids=[company.id for company in companies]).search([]).mapped("name")

    def test_rule_sees_only_records_of_associations_that_booked(self):
        self.env["ir.rule"].create(
            {
                "name": "Test: rooms with the system only",
                "model_id": self.env["ir.model"]._get_id("drk.room"),
                "domain_force": "[('company_id', 'in', drk_companies('test'))]",
            }
        )
        self.user.company_ids += self.association_b
        both = (self.association_a, self.association_b)
        for company in both:
            self.env["drk.room"].create({"name": company.drk_code, "company_id": company.id})
        self.assertEqual(self._rooms_by_rule(*both), ["MUS"])
        self.association_b.drk_system_ids = [Command.link(self.system.id)]
        self.assertEqual(set(self._rooms_by_rule(*both)), {"MUS", "BEI"})
        self.association_a.drk_system_ids = [Command.clear()]
        self.assertEqual(self._rooms_by_rule(*both), ["BEI"])
        self.assertEqual(self._rooms_by_rule(self.association_a), [])
