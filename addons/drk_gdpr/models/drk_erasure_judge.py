from collections import defaultdict

from odoo import api, models, tools
from odoo.tools import SQL

from ..tools.erasure import PARTNER
from ..tools.paths import find_people_sql
from .drk_erasure_engine import IDENTITY_FIELDS

#: Pairs of fields that lead from a record to the one it belongs to.
REFERENCES = (("model", "res_id"), ("res_model", "res_id"))
PARENTS = {"mail_message_id": "mail.message", "message_id": "mail.message"}
FILES_OF_TEXTS = """
    SELECT t.id, a.id FROM drk_file_text t JOIN ir_attachment a ON a.store_fname = LEFT(t.checksum, 2) || '/' || t.checksum
     WHERE t.id = ANY(%s)
"""
DEEPEST = 4
#: Records that are a person, or a number of one, and the field with the person.
OWN_MODELS = {
    PARTNER: "id",
    "res.users": "partner_id",
    "res.partner.bank": "partner_id",
    "drk.contact.way": "partner_id",
}
OWN_CATEGORIES = ("identity", "birth", "address", "communication", "bank", "access", "social")


class DrkErasureJudge(models.AbstractModel):
    """Says to whom a record belongs, and until when it has to be kept as it is."""

    _name = "drk.erasure.judge"
    _description = "Judgement on Remains"

    # ---- to whom ------------------------------------------------------------------------------------------------------
    @api.model
    def _owners(self, model_name, column, ids, people, depth=0):
        """Return the people that a value of records belongs to.

        :param str model_name: model of the records
        :param str column: the field that holds the value, where fields of one record belong to different people
        :param ids: numbers of the records
        :param people: numbers of the people to look for
        :return: dict of id to set of people
        """
        owners = defaultdict(set)
        for select in self._owner_selects(model_name, column):
            query = SQL(f"SELECT id, person_id FROM ({select}) f WHERE id = ANY(%(ids)s)", people=people, ids=list(ids))
            for res_id, person in self.env.execute_query(query):
                owners[res_id].add(person)
        if depth < DEEPEST:
            for target, pairs in self._targets(model_name, ids).items():
                found = self._owners(target, None, {target_id for _id, target_id in pairs}, people, depth + 1)
                for res_id, target_id in pairs:
                    owners[res_id] |= found.get(target_id, set())
        return owners

    @api.model
    def _owner_selects(self, model_name, column):
        paths = self._paths()
        default = "" if model_name == PARTNER else paths.get(model_name)
        overrides = self.env["drk.gdpr.forgetter"]._gdpr_field_paths(model_name)
        wanted = overrides.get(column, overrides.get("", default))
        for path in (wanted,) if isinstance(wanted, str) else wanted or ():
            select, _way = find_people_sql(self.env, model_name, path, paths)
            if select:
                yield select

    @api.model
    @tools.ormcache()
    def _paths(self):
        rows, _cells = self.env["drk.erasure.plan"]._inventory()
        return {name: path for name, (path, _treatment, _kind) in rows.items() if path and "," not in path}

    @api.model
    def _own_columns(self):
        """Return the columns in which people have names, addresses and numbers of their own: dict of table to columns."""
        query = SQL(
            "SELECT model, field FROM drk_inventory_field WHERE category = ANY(%s) ORDER BY model, field",
            list(OWN_CATEGORIES),
        )
        columns = defaultdict(list)
        for model_name, name in self.env.execute_query(query):
            if model_name in OWN_MODELS and model_name in self.env:
                columns[self.env[model_name]._table].append(name)
        return columns

    @api.model
    def _living(self, model_name, ids):
        """Return the people who are not erased and whose own record this is: dict of id to number of the person."""
        link, table = SQL.identifier(OWN_MODELS[model_name]), SQL.identifier(self.env[model_name]._table)
        query = SQL(
            "SELECT r.id, p.id FROM %s r JOIN res_partner p ON p.id = r.%s WHERE r.id = ANY(%s) AND p.drk_anonymised_at IS NULL",
            table,
            link,
            list(ids),
        )
        return dict(self.env.execute_query(query))

    @api.model
    def _targets(self, model_name, ids):
        """Return the records that others are attached to: dict of model to list of (id, id of the target)."""
        fields, table = self.env[model_name]._fields, SQL.identifier(self.env[model_name]._table)
        targets = defaultdict(list)
        for name, number in self._references_of(self.env[model_name]):
            query = SQL(
                "SELECT id, %s, %s FROM %s WHERE id = ANY(%s)",
                *map(SQL.identifier, (name, number)),
                table,
                list(ids),
            )
            for res_id, target, target_id in self.env.execute_query(query):
                if target in self.env and target_id and not self.env[target]._abstract:
                    targets[target].append((res_id, target_id))
        if model_name == "drk.file.text":
            targets["ir.attachment"] = self.env.execute_query(SQL(FILES_OF_TEXTS, list(ids)))
        for name, target in PARENTS.items():
            if name in fields and fields[name].store and fields[name].comodel_name == target:
                query = SQL(
                    "SELECT id, %(name)s FROM %(table)s WHERE id = ANY(%(ids)s) AND %(name)s IS NOT NULL",
                    name=SQL.identifier(name),
                    table=table,
                    ids=list(ids),
                )
                targets[target] += self.env.execute_query(query)
        return targets

    @api.model
    def _references_of(self, model):
        fields = model._fields
        return [pair for pair in REFERENCES if all(name in fields and fields[name].store for name in pair)]

    @api.model
    def _has_reference(self, model):
        return bool(self._references_of(model))

    # ---- until when ---------------------------------------------------------------------------------------------------
    @api.model
    def _exceptions(self, model_name, column, ids, day, depth=0):
        """Return the records that a law wants as they are: the record itself, or the one that it belongs to.

        :return: dict of id to (last day, reason)
        """
        if model_name == PARTNER:
            return self._restricted(column, ids, day)
        kept = self.env["drk.gdpr.retention"]._running(model_name, list(ids), day)
        rest = [res_id for res_id in ids if res_id not in kept]
        if rest and depth < DEEPEST:
            for target, pairs in self._targets(model_name, rest).items():
                if target == PARTNER:
                    continue  # what hangs on a restricted person is not needed for the voucher
                found = self._exceptions(target, None, {target_id for _id, target_id in pairs}, day, depth + 1)
                kept |= {res_id: found[target_id] for res_id, target_id in pairs if target_id in found}
        return kept

    @api.model
    def _restricted(self, column, ids, day):
        """Name and address of a restricted person stay as long as something that is kept needs them."""
        if column not in IDENTITY_FIELDS:
            return {}
        query = SQL(
            """
            SELECT id, drk_restricted_until, drk_restricted_reason FROM res_partner
             WHERE id = ANY(%s) AND drk_is_restricted AND drk_restricted_until >= %s
            """,
            list(ids),
            day,
        )
        return {res_id: (until, reason or "") for res_id, until, reason in self.env.execute_query(query)}
