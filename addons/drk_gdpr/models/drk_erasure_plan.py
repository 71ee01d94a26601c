from collections import defaultdict

from odoo import api, models, tools
from odoo.tools import SQL

from ..tools.erasure import PARTNER, Cell, Link, Unit
from ..tools.paths import find_people_sql

#: What stays is no longer about anybody once the person is an anonymous shell: amounts, dates and the link to the shell.
HARMLESS = {"money", "engagement", "link", "log", "consent", "technical"}
TEXT_TYPES = ("char", "text", "html")
PERSON_TARGETS = {"res.partner", "res.users"}
NAME = "%(name)s"


class DrkErasurePlan(models.AbstractModel):
    """The inventory, turned into what the engine of erasure does to which table."""

    _name = "drk.erasure.plan"
    _description = "Plan of an Erasure"

    @api.model
    @tools.ormcache()
    def _units(self):
        """Return the units of all installed models as a tuple of ``Unit``."""
        rows, cells = self._inventory()
        paths = {name: path for name, (path, _treatment, _kind) in rows.items() if path and "," not in path}
        units = []
        for model_name, (path, treatment, kind) in sorted(rows.items()):
            if kind == "none" or model_name in self.env["drk.gdpr.forgetter"]._gdpr_own_models():
                continue
            for field_path, names in self._fields_by_path(model_name, path, cells[model_name]).items():
                select, way = find_people_sql(self.env, model_name, field_path, paths)
                if select:
                    table = self.env[model_name]._table
                    found = tuple(filter(None, (self._cell(model_name, *row) for row in names)))
                    units.append(Unit(len(units), model_name, table, field_path, select, way, treatment, found))
        return tuple(unit for unit in units if unit.cells or unit.deletes or unit.is_voucher)

    @api.model
    def _fields_by_path(self, model_name, path, cells):
        """Split the fields of a model by whom they belong to: dict of path to rows of the inventory."""
        overrides = self.env["drk.gdpr.forgetter"]._gdpr_field_paths(model_name)
        path = overrides.get("", path)
        result = defaultdict(list)
        if model_name == PARTNER or (path and "," not in path):
            result[path or ""] = []
        for row in cells:
            paths = overrides.get(row[0], path or "")
            for one in (paths,) if isinstance(paths, str) else paths:
                if one or model_name == PARTNER:
                    result[one].append(row)
        return result

    @api.model
    def _inventory(self):
        """Read the inventory of the installed models.

        :return: dict of model to (path, treatment, kind), and dict of model to list of (field, treatment, category)
        """
        query = "SELECT model, path, treatment, kind FROM drk_inventory_model ORDER BY model"
        rows = {
            name: (path, treatment, kind)
            for name, path, treatment, kind in self.env.execute_query(SQL(query))
            if name in self.env and not self.env[name]._abstract
        }
        cells = defaultdict(list)
        query = "SELECT model, field, treatment, category FROM drk_inventory_field ORDER BY model, field"
        for name, field, treatment, category in self.env.execute_query(SQL(query)):
            if name in rows and treatment != "none":
                cells[name].append((field, treatment, category))
        return rows, cells

    @api.model
    def _cell(self, model_name, name, treatment, category):
        """Return the ``Cell`` of one row, or None where nothing can or must be done."""
        if treatment == "keep_until" and category in HARMLESS and (model_name, category) != (PARTNER, "consent"):
            return None
        field = self.env[model_name]._fields.get(name)
        if field is not None and field.type == "many2many" and field.store:
            if field.comodel_name in PERSON_TARGETS:
                return None  # others are named there, too: only the people are taken out
            return Cell(name, treatment, category, "relation", relation=(field.relation, field.column1))
        if field is not None and field.type == "binary" and field.attachment:
            return Cell(name, treatment, category, "file")
        column = self._columns().get((self.env[model_name]._table, name))
        if column is None:
            return None
        is_text = field is not None and field.type in TEXT_TYPES
        if treatment == "replace":
            return Cell(name, treatment, category, "text", is_text=is_text)
        value = self._value(model_name, name, treatment, category, column)
        return value and Cell(name, treatment, category, "column", value=value, is_text=is_text)

    @api.model
    def _value(self, model_name, name, treatment, category, column):
        """Return the SQL of the value that stays in a column, None where it has to stay as it is."""
        is_symbolic = treatment == "symbolic" or (treatment == "keep_until" and category == "identity")
        kind, required, length = column
        special = self._special_values().get((model_name, name))
        if special:
            return special
        field = self.env[model_name]._fields.get(name)
        if required and field is not None and field.type == "selection":
            return None  # a name is no value of it; one of a few values says little about anybody
        if kind in ("varchar", "text", "bpchar") and (is_symbolic or required):
            return f"LEFT({NAME}, {length})" if length else NAME
        if not required:
            return "NULL"
        return {"bool": "FALSE", "jsonb": "'{}'", "int4": None}.get(
            kind, "0" if kind in ("float8", "numeric") else None
        )

    @api.model
    def _special_values(self):
        """Hook: SQL of the value that stays, by model and field, where it is neither empty nor the symbolic name."""
        first, last = "CASE WHEN is_company THEN NULL ELSE %(firstname)s END", "%(lastname)s"
        full = "CASE WHEN is_company THEN %(lastname)s ELSE %(name)s END"
        return {
            (PARTNER, "firstname"): first,
            (PARTNER, "lastname"): last,
            (PARTNER, "name"): full,
            (PARTNER, "complete_name"): full,
            (PARTNER, "street"): "%(street)s",
            (PARTNER, "commercial_partner_id"): "id",
            ("res.users", "login"): "'geloescht-' || id",
        }

    @api.model
    def _columns(self):
        """Return what PostgreSQL knows: dict of (table, column) to (type, required, longest text or None)."""
        if "drk_columns" not in self.env.cr.cache:
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT c.relname, a.attname, t.typname, a.attnotnull,
                           CASE WHEN t.typname = 'varchar' AND a.atttypmod > 4 THEN a.atttypmod - 4 END
                      FROM pg_attribute a
                      JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
                                     AND c.relnamespace = current_schema()::regnamespace
                      JOIN pg_type t ON t.oid = a.atttypid
                     WHERE a.attnum > 0 AND NOT a.attisdropped
                    """
                )
            )
            self.env.cr.cache["drk_columns"] = {(row[0], row[1]): row[2:] for row in rows}
        return self.env.cr.cache["drk_columns"]

    @api.model
    @tools.ormcache()
    def _links(self):
        """Return the fields that name people in records of others, as a tuple of ``Link``."""
        own = {(unit.model, unit.path) for unit in self._units()}
        treated = self.env["drk.gdpr.forgetter"]._gdpr_own_models()
        deleting = {unit.model for unit in self._units() if unit.deletes}
        query = "SELECT model, field FROM drk_inventory_field WHERE treatment = 'clear' ORDER BY model, field"
        rows = [row for row in self.env.execute_query(SQL(query)) if row[0] not in treated]
        links = (self._link(model_name, name, own, deleting) for model_name, name in rows)
        return tuple(filter(None, links))

    @api.model
    def _link(self, model_name, name, own, deleting):
        field = model_name in self.env and self.env[model_name]._fields.get(name)
        if not field or field.comodel_name not in PERSON_TARGETS or not field.store:
            return None
        table = self.env[model_name]._table
        if field.type == "many2many":
            return Link(model_name, table, "", field.comodel_name, (field.relation, field.column2))
        if field.type != "many2one" or (model_name, name) in own or model_name in deleting:
            return None
        _type, required, _length = self._columns().get((table, name), (None, True, None))
        return None if required else Link(model_name, table, name, field.comodel_name)

    @api.model
    @tools.ormcache("table")
    def _references(self, table):
        """Return the columns that hinder the deletion of a row: tuple of (table, column, required)."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.conrelid::regclass::text, a.attname, a.attnotnull
                  FROM pg_constraint c
                  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                 WHERE c.contype = 'f' AND c.confdeltype IN ('a', 'r') AND c.confrelid = %s::regclass
                """,
                f'"{table}"',
            )
        )
        return tuple(rows)
