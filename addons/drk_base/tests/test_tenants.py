from odoo.addons.drk_base.tests.access_matrix_records import BUILDERS
from odoo.addons.drk_base.tests.common import DrkCase
from odoo.exceptions import AccessError
from odoo.tests import tagged

MODELS = ("drk.unit", "drk.room", "drk.offer.group", "drk.job")


@tagged("post_install", "-at_install")
class TestTenants(DrkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("manager", "drk_base.group_drk_base_manager,base.group_allow_export")
        cls.own = {model: BUILDERS[model](cls.env, cls.association_a) for model in MODELS}
        cls.foreign = {model: BUILDERS[model](cls.env, cls.association_b) for model in MODELS}

    def test_search_finds_own_records_only(self):
        for model in MODELS:
            found = self.env[model].with_user(self.manager).search([])
            self.assertIn(self.own[model].id, found.ids)
            self.assertNotIn(self.foreign[model].id, found.ids)

    def test_foreign_record_is_neither_read_nor_exported(self):
        for model in MODELS:
            record = self.foreign[model].with_user(self.manager)
            with self.assertRaises(AccessError):
                record.read(["name"])
            with self.assertRaises(AccessError):
                record.export_data(["name"])

    def test_foreign_record_is_neither_changed_nor_deleted(self):
        for model in MODELS:
            record = self.foreign[model].with_user(self.manager)
            with self.assertRaises(AccessError):
                record.write({"name": "Fremd"})
            with self.assertRaises(AccessError):
                record.unlink()

    def test_record_is_not_moved_to_another_association(self):
        with self.assertRaises(AccessError):
            self.own["drk.room"].with_user(self.manager).company_id = self.association_b
            self.env.flush_all()

    def test_other_associations_cannot_be_chosen(self):
        rooms = self.env["drk.room"].with_user(self.manager)
        with self.assertRaises(AccessError):
            rooms.with_context(allowed_company_ids=self.association_b.ids).search([])
