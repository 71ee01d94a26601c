"""One record of every model that leads to a person, with a value of its own in every field that stands on a sheet."""

import json
from collections import defaultdict

from odoo.tools import SQL

from ..models.drk_access_sheet_reach import BANK, PARTNER, USER

PLAIN_TYPES = {"integer": "integer", "float": "numeric", "monetary": "numeric", "boolean": "boolean", "date": "date"}
#: Field types that cannot be filled without a definition elsewhere.
UNPLANTED = {"properties", "properties_definition", "reference"}
LISTS = {
    "mail.blacklist": "email",
    "mail.gateway.allowed": "email",
    "phone.blacklist": "number",
    "mailing.contact": "email",
}


class Planter:
    """Plants by SQL, below every rule of business, so that later add-ons join by their inventory alone."""

    def __init__(self, env, person, user):
        self.env, self.person, self.user = env, person, user
        self.engine = env["drk.access.sheet"].sudo()._with_inventory()
        self.rows = defaultdict(dict, self.engine._sheet_rows())
        self.planted = {PARTNER: person.id, USER: user.id}
        #: (model, field) -> text to be found, or None where only the field is expected
        self.expected = {}
        self.begun = {PARTNER, USER}
        self.count = 0
        env.cr.execute("SET LOCAL session_replication_role = replica")

    def plant(self):
        models = [name for name in list(self.rows) if name not in self.planted]
        self._fill_existing(PARTNER)
        self._fill_existing(USER)
        for name in sorted(models, key=lambda name: (self._depth(name), name)):
            self._plant_model(name)
        for name in models:
            self._link_back(name)
        self.env.invalidate_all()
        return self.expected

    def _depth(self, name):
        """Models whose path leads over another one come after it."""
        way = self.engine._main_way(name)
        end = self.engine._end_model(name, way) if way else PARTNER
        first = self.env[name]._fields.get(way.partition(".")[0]) if way else None
        via = first.comodel_name if first is not None and first.comodel_name not in (PARTNER, USER, BANK) else None
        if first is not None and first.type == "one2many":
            return 0
        if via and via != name:
            return 1 + self._depth(via)
        return 0 if end in (PARTNER, USER, BANK) else 1

    def _marker(self):
        self.count += 1
        return f"Q{self.count:04}x"

    def _plant_model(self, name):
        if name in self.begun:
            return
        self.begun.add(name)
        model = self.env[name]
        columns = self._columns(model._table)
        values = {
            column: self._required(model._fields.get(column), self._value(name, model._fields.get(column), kind), kind)
            if required
            else self._value(name, model._fields.get(column), kind)
            for column, (kind, required) in columns.items()
            if column in self.rows[name] or required or column in ("company_id", "create_uid")
        }
        self._set_way(name, values)
        values.pop("id", None)
        self._drop_checks(model._table)
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
                SQL.identifier(model._table),
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(SQL("%s", value) for value in values.values()),
            )
        )
        self.planted[name] = self.env.cr.fetchone()[0]
        self._plant_relations(name)
        self._plant_files(name)

    def _fill_existing(self, name):
        model = self.env[name]
        columns = self._columns(model._table)
        values = {
            column: self._value(name, model._fields[column], columns[column][0])
            for column in self.rows[name]
            if column in columns and model._fields[column].comodel_name not in (PARTNER, USER)
        }
        if name == USER:
            values.pop("partner_id", None)
        self._drop_checks(model._table)
        sets = SQL(", ").join(SQL("%s = %s", SQL.identifier(key), value) for key, value in values.items())
        if values:
            self.env.cr.execute(
                SQL("UPDATE %s SET %s WHERE id = %s", SQL.identifier(model._table), sets, self.planted[name])
            )
        self._plant_relations(name)
        self._plant_files(name)

    def _columns(self, table):
        self.env.cr.execute(
            """
            SELECT column_name, data_type, is_nullable = 'NO' AND column_default IS NULL
              FROM information_schema.columns WHERE table_name = %s AND table_schema = current_schema()
            """,
            [table],
        )
        return {name: (kind, required) for name, kind, required in self.env.cr.fetchall()}

    def _drop_checks(self, table):
        self.env.cr.execute(
            "SELECT conname FROM pg_constraint WHERE contype IN ('c', 'x') AND conrelid = %s::regclass", [table]
        )
        for (constraint,) in self.env.cr.fetchall():
            self.env.cr.execute(
                SQL("ALTER TABLE %s DROP CONSTRAINT %s", SQL.identifier(table), SQL.identifier(constraint))
            )

    def _value(self, name, field, kind):
        if field is not None and field.company_dependent:
            return json.dumps(
                {str(self.person.company_id.id): self._bare_value(name, field, PLAIN_TYPES.get(field.type, "text"))}
            )
        return self._bare_value(name, field, kind)

    def _required(self, field, value, kind):
        """A link to a model without records needs a record."""
        if value is None and field is not None and field.type == "many2one":
            self._plant_model(field.comodel_name)
            return self.planted[field.comodel_name]
        return self._plain(kind) if value is None else value

    def _bare_value(self, name, field, kind):
        on_sheet = field is not None and field.name in self.rows[name] and field.type not in UNPLANTED
        if field is not None and field.name == "create_uid":
            return self.user.id
        if field is not None and field.type == "many2one":
            return self._linked(name, field, on_sheet)
        if on_sheet and field.type == "char" and field.size and field.size < len(self._marker()):
            self.expected[name, field.name] = None
            return "x"
        if on_sheet and field.type in ("char", "text", "html"):
            marker = self.expected[name, field.name] = self._marker()
            return json.dumps({"en_US": marker, "de_DE": marker}) if kind == "jsonb" else marker
        if on_sheet and field.type == "json":
            marker = self.expected[name, field.name] = self._marker()
            return json.dumps({"text": marker})
        if on_sheet:
            self.expected[name, field.name] = None
        if field is not None and field.type == "selection":
            return next(iter(field.get_values(self.env)), None)
        return self._plain(kind)

    def _linked(self, name, field, on_sheet):
        if field.comodel_name == "res.company":
            return self.person.company_id.id
        if on_sheet:
            self.expected[name, field.name] = None
        if self.rows.get(field.comodel_name):
            self._plant_model(field.comodel_name)
        if field.comodel_name in self.planted:
            return self.planted[field.comodel_name]
        linked = self.env[field.comodel_name].sudo().with_context(active_test=False).search([], limit=1).id
        if not linked and on_sheet:
            del self.expected[name, field.name]
        return linked or None

    def _plain(self, kind):
        self.count += 1
        if kind in ("integer", "bigint", "numeric", "double precision", "real"):
            return self.count
        if kind == "boolean":
            return True
        if kind == "date":
            return "2031-05-06"
        if kind.startswith("timestamp"):
            return "2031-05-06 07:08:09"
        if kind == "jsonb":
            return json.dumps({"en_US": "x"})
        return b"x" if kind == "bytea" else "x"

    def _set_way(self, name, values):
        """Lead the record to the person."""
        if name in LISTS:
            self.expected.pop((name, LISTS[name]), None)
            self.expected.pop((name, "email_normalized"), None)
            address = self.person.phone_sanitized if LISTS[name] == "number" else self.person.email_normalized
            values[LISTS[name]] = address
            if "email_normalized" in self.env[name]._fields:
                values["email_normalized"] = address
        pair = self.engine._document_pair(name)
        if pair:
            values[pair[0]], values[pair[1]] = PARTNER, self.person.id
            self.expected.pop((name, pair[0]), None)
            self.expected.pop((name, pair[1]), None)
        way = self.engine._main_way(name)
        field = self.env[name]._fields.get(way.partition(".")[0]) if way else None
        if field is not None and field.type == "many2one":
            values[field.name] = self.planted.get(field.comodel_name, values.get(field.name))

    def _plant_relations(self, name):
        for field in self.env[name]._fields.values():
            is_way = field.name == self.engine._main_way(name).partition(".")[0]
            if field.type != "many2many" or not field.store or not (is_way or field.name in self.rows[name]):
                continue
            if field.relation in {model._table for model in self.env.values()}:
                continue  # the lines are records of their own
            linked = self._linked(name, field, field.name in self.rows[name])
            if linked:
                self.env.cr.execute(
                    SQL(
                        "INSERT INTO %s (%s, %s) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                        SQL.identifier(field.relation),
                        SQL.identifier(field.column1),
                        SQL.identifier(field.column2),
                        self.planted[name],
                        linked,
                    )
                )

    def _plant_files(self, name):
        for field_name in self.rows[name]:
            field = self.env[name]._fields[field_name]
            if field.type == "binary" and field.attachment:
                self.expected[name, field_name] = None
                vals = {"name": field_name, "res_model": name, "res_field": field_name, "res_id": self.planted[name]}
                self.env["ir.attachment"].sudo().create({**vals, "raw": b"content", "type": "binary"})

    def _link_back(self, name):
        """A path that begins with lines needs a line that belongs to the record."""
        field = self.env[name]._fields.get(self.engine._main_way(name).partition(".")[0])
        if field is not None and field.type == "one2many" and field.comodel_name in self.planted:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(self.env[field.comodel_name]._table),
                    SQL.identifier(field.inverse_name),
                    self.planted[name],
                    self.planted[field.comodel_name],
                )
            )
