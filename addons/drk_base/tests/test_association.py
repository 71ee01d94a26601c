from odoo.addons.drk_base.tests.common import DrkCase
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation, UniqueViolation


@tagged("post_install", "-at_install")
class TestAssociation(DrkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("manager", "drk_base.group_drk_base_manager")
        cls.clerk = cls._user("clerk", "drk_base.group_drk_base_user")

    def test_manager_edits_the_letterhead_and_address(self):
        own = self.association_a.with_user(self.manager)
        own.write({"drk_sender_line": "KV Musterstadt · Hauptstr. 5", "street": "Hauptstr. 5", "phone": "+49 221 1"})
        self.assertEqual(self.association_a.street, "Hauptstr. 5")
        self.assertEqual(self.association_a.drk_sender_line, "KV Musterstadt · Hauptstr. 5")

    def test_manager_changes_nothing_else(self):
        own = self.association_a.with_user(self.manager)
        for vals in ({"drk_system_ids": []}, {"parent_id": self.association_b.id}, {"drk_code": "XXX"}, {"active": 0}):
            with self.assertRaises(AccessError):
                own.write(vals)

    def test_manager_does_not_touch_another_association(self):
        with self.assertRaises(AccessError):
            self.association_b.with_user(self.manager).drk_sender_line = "Fremd"

    def test_clerk_does_not_edit(self):
        with self.assertRaises(AccessError):
            self.association_a.with_user(self.clerk).drk_sender_line = "Neu"

    def test_screen_opens_the_own_association(self):
        action = self.env["res.company"].with_user(self.manager)._drk_action_own_association()
        self.assertEqual(action["res_id"], self.association_a.id)

    def test_short_name_is_unique_and_upper_case(self):
        for code, error in (("BEI", UniqueViolation), ("mus", CheckViolation), ("M S", CheckViolation)):
            with self.assertRaises(error), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.association_a.drk_code = code
                self.env.flush_all()
