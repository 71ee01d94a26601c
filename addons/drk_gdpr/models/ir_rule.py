from odoo import models


class IrRule(models.Model):
    """A refused access names neither records of other associations nor restricted people, not even in developer mode."""

    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        if not records._drk_of_own_associations() or records._drk_nameless():
            records.invalidate_recordset()
            records = records.browse()
        return super()._make_access_error(operation, records)
