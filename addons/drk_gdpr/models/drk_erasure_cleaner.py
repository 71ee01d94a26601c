from odoo import api, models
from odoo.tools import SQL

from ..tools.replacer import Replacer, forms_of
from ..tools.words import is_word, split_words


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
            replace = self._replacer(model, set().union(*values_by_id.values()))
            forgetter._gdpr_replace(table, [column], sorted(values_by_id), replace)
        return bool(treatment)

    @api.model
    def _replacer(self, model, values):
        """A name that is a word counts with a capital in records of the person, with a salutation in texts of others."""
        strict, words = split_words(values)
        is_shared = model._name in self.env["drk.gdpr.forgetter"]._gdpr_shared_models()
        return Replacer(strict, **{"words" if is_shared else "names": words})

    @api.model
    def _named(self, table, column, value_by_hit):
        """Return the hits that name somebody: the search finds "Koch" also where a text is about a cook.

        :param value_by_hit: dict of ``Hit`` to the value that was found
        """
        model = self.env["drk.erasure.residue"]._model_of(table)
        doubtful = {hit: value for hit, value in value_by_hit.items() if is_word(value)}
        if not doubtful or model is None or (table, column) not in self.env["drk.erasure.plan"]._columns():
            return value_by_hit.keys()
        ids = list({hit.res_id for hit in doubtful})
        query = SQL(
            "SELECT id, %s::text FROM %s WHERE id = ANY(%s)", SQL.identifier(column), SQL.identifier(table), ids
        )
        texts = dict(self.env.execute_query(query))
        replacers = {value: self._replacer(model, {value}) for value in set(doubtful.values())}
        return {
            hit
            for hit, value in value_by_hit.items()
            if hit not in doubtful or self._is_named(texts.get(hit.res_id), value, replacers[value])
        }

    @api.model
    def _is_named(self, text, value, replace):
        lowered = (text or "").lower()
        is_literal = any(form in lowered for form in forms_of(value))  # else written "Mueller": that is nobody's word
        return not is_literal or replace(text) != text

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
