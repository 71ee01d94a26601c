from unittest.mock import patch

from odoo.addons.drk_base.tests import access_matrix
from odoo.addons.drk_base.tests.access_matrix import AccessMatrixCase
from odoo.tests import tagged

MODULE = "drk_base"


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessMatrixCase):
    def test_every_model_of_every_add_on_is_as_the_table_says(self):
        for module in self.modules:
            with self.subTest(module):
                self._check_module(module)


@tagged("post_install", "-at_install")
class TestAccessMatrixEngine(AccessMatrixCase):
    """The engine notices what it is there for."""

    def setUp(self):
        super().setUp()
        self.rows = access_matrix.read_matrix(MODULE)

    def _problems(self):
        with (
            patch.object(access_matrix, "read_matrix", lambda module: self.rows),
            self.assertRaises(AssertionError) as caught,
        ):
            self._check_module(MODULE)
        return str(caught.exception)

    def _row(self, model, role):
        return next(row for row in self.rows if row["model"] == model and row["role"] == role)

    def test_model_without_a_row_fails(self):
        self.rows = [row for row in self.rows if row["model"] != "drk.room"]
        self.assertIn("drk.room: no row for drk_base.group_drk_base_manager", self._problems())

    def test_role_without_a_row_fails(self):
        self.rows.remove(self._row("drk.room", "portal"))
        self.assertIn("drk.room: no row for portal", self._problems())

    def test_right_that_is_missing_in_the_table_fails(self):
        self._row("drk.room", "drk_base.group_drk_base_manager")["own"] = "r"
        self.assertIn("own: the table says r, true is crud", self._problems())

    def test_right_that_only_the_table_has_fails(self):
        self._row("drk.room", "public")["own"] = "r"
        self.assertIn("drk.room public own: the table says r, true is -", self._problems())

    def test_missing_rule_fails(self):
        self.env.ref("drk_base.rule_drk_room_company").active = False
        problems = self._problems()
        self.assertIn("drk.room: needs company_id and a global rule", problems)

    def test_rule_that_does_not_cover_writes_fails(self):
        self.env.ref("drk_base.rule_drk_room_company").perm_write = False
        self.env["ir.rule"].create(
            {
                "name": "Test: looks complete, is not",
                "model_id": self.env["ir.model"]._get_id("drk.room"),
                "domain_force": "[('company_id', '!=', False)]",
            }
        )
        self.assertIn("foreign: the table says -, true is u", self._problems())

    def test_wizard_without_an_owner_rule_fails(self):
        transient = next(name for name, model in self.registry.items() if name.startswith("drk.") and model._transient)
        rules = self.env["ir.rule"].search([("model_id.model", "=", transient)])
        row = {"model": transient, "tenant": "transient"}
        self.assertFalse(self._wrong_row(row))
        rules.perm_write = False
        self.assertIn("needs a global rule on create_uid", self._wrong_row(row)[0])

    def test_shared_model_is_not_called_so_by_mistake(self):
        for row in self.rows:
            if row["model"] == "drk.law.fact":
                row["tenant"] = "transient"
        self.assertIn("drk.law.fact: is no transient model", self._problems())
