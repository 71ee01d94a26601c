from odoo import api, models

from ..tools.replacer import Replacer


class DrkErasureCleaner(models.AbstractModel):
    """Does to what a search found what the inventory declares, where no link led the engine to the record."""

    _name = "drk.erasure.cleaner"
    _description = "Cleaner of Remains"

    @api.model
    def _clean(self, table, column, values_by_id):
        """Clean the records of one table.

        Logs, queues and half-filled dialogues go; shared texts lose the values. Other records are left to people: what
        stands in them was written about somebody else.

        :param values_by_id: dict of id to set of values that were found there
        :return: whether these records could be cleaned
        """
        model = self.env["drk.erasure.residue"]._model_of(table)
        treatment = model is not None and self._treatment(model, column)
        forgetter = self.env["drk.gdpr.forgetter"]
        if treatment == "delete":
            forgetter._gdpr_delete(model._name, sorted(values_by_id))
        elif treatment == "replace":
            replace = Replacer(set().union(*values_by_id.values()))
            forgetter._gdpr_replace(table, [column], sorted(values_by_id), replace)
        return bool(treatment)

    @api.model
    def _treatment(self, model, column):
        """Return ``delete``, ``replace`` or an empty text."""
        if model._transient:
            return "delete"
        rows, cells = self.env["drk.erasure.plan"]._inventory()
        _path, treatment, _kind = rows.get(model._name, (None, None, None))
        field = model._fields.get(column)
        if ("replace" in {row[1] for row in cells[model._name] if row[0] == column}) and field and not field.translate:
            return "replace"
        return "delete" if treatment == "delete" and not self._is_linked(model, column) else ""

    @api.model
    def _is_linked(self, model, column):
        judge = self.env["drk.erasure.judge"]
        return any(judge._owner_selects(model._name, column)) or judge._has_reference(model)
