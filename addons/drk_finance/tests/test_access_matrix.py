from odoo.addons.drk_base.tests.access_matrix import AccessMatrixCase
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessMatrixCase):
    def test_finance_models_are_as_the_table_says(self):
        self._check_module("drk_finance")
