from odoo import models


class DrkInventoryModel(models.Model):
    """Each analytic plan adds a column that is named by its number, so that no row can name it."""

    _inherit = "drk.inventory.model"

    def _expected_fields(self, model, kind):
        return [name for name in super()._expected_fields(model, kind) if not self._is_plan_column(model, name)]

    def _is_plan_column(self, model, name):
        field = model._fields.get(name)
        is_link = field is not None and field.comodel_name == "account.analytic.account"
        return is_link and name.startswith("x_plan")
