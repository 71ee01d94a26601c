"""Odoo shell, after planted.py: a mark in every field of the inventory, in records made from the catalogue of the database."""

import json
from datetime import date, datetime

import psycopg2


# ---- every other field of the inventory, from the catalogue --------------------------------------------------------------
def columns_of(table):
    env.cr.execute(
        """
        SELECT a.attname, t.typname, a.attnotnull, a.atthasdef, CASE WHEN a.atttypmod > 4 THEN a.atttypmod - 4 END
          FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
         WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        """,
        [f'"{table}"'],
    )
    return {row[0]: row[1:] for row in env.cr.fetchall()}


def plain_value(field, kind):
    if field is not None and field.type == "many2one":
        return any_record(field.comodel_name)
    if field is not None and field.type == "selection":
        values = field.get_values(env)
        return values[0] if values else "x"
    return {
        "bool": False, "jsonb": "{}", "date": date.today(), "timestamp": datetime.now(), "bytea": b"", "uuid": None,
    }.get(kind, "x" if kind in ("varchar", "text", "bpchar") else 1)  # fmt: skip


def any_record(model):
    if model in ("res.partner", "res.users"):
        return made[model]
    env.cr.execute(f'SELECT MIN(id) FROM "{env[model]._table}"')
    return env.cr.fetchone()[0] or record_of(model)


def link_of(model, path):
    """:return: dict of columns that tie a record to the person, and the many2many field to fill afterwards"""
    fields = env[model]._fields
    if path and "," in path:
        return dict(zip(path.split(","), ("res.partner", made["res.partner"]), strict=True)), None
    field = fields.get((path or "").split(".")[0])
    if field is None or not field.store:
        return {}, None
    if field.type == "many2one":
        return {field.name: record_of(field.comodel_name)}, None
    return {}, field if field.type == "many2many" else None


def record_of(model):
    """Return a record of the model that belongs to the person, or None where none can be made."""
    if model not in made:
        made[model] = None  # a circle ends here
        path = env["drk.inventory.model"].search([("model", "=", model)]).path
        try:
            with env.cr.savepoint(flush=False):
                made[model] = insert(model, *link_of(model, path))
        except psycopg2.Error as error:
            skipped[model] = str(error).splitlines()[0]
    return made[model]


def insert(model, vals, many2many):
    fields, table = env[model]._fields, env[model]._table
    for name, (kind, required, has_default, _length) in columns_of(table).items():
        if name == "company_id" and name not in vals:
            vals[name] = COMPANY.id
        elif name not in vals and required and not has_default:
            vals[name] = plain_value(fields.get(name), kind)
    for name, field in fields.items():
        if (
            field.comodel_name == "res.partner"
            and field.type == "many2one"
            and field.store
            and name in columns_of(table)
        ):
            vals.setdefault(name, made["res.partner"])
    vals = vals | AS_CHECKED.get(model, {}) or {"id": 999_999}
    names = ", ".join(f'"{name}"' for name in vals)
    query = f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(["%s"] * len(vals))}) RETURNING id'
    env.cr.execute(query, list(vals.values()), log_exceptions=False)
    number = env.cr.fetchone()[0]
    if many2many is not None:
        target = record_of(many2many.comodel_name)
        query = f'INSERT INTO "{many2many.relation}" ("{many2many.column1}", "{many2many.column2}") VALUES (%s, %s)'
        env.cr.execute(query, [number, target])
    return number


def is_reached(model, path):
    """Whether a structure leads from the record to the person; all others are found by VALUES alone."""
    first = (path or "").split(".")[0].split(",")[0]
    field = env[model]._fields.get(first)
    return model in ("res.partner", "res.users") or ("," in (path or "")) or bool(field and field.relational)


def plant_fields():
    known = {row.model: row for row in env["drk.inventory.model"].search([("kind", "!=", "none")])}
    rows = env["drk.inventory.field"].search(
        [("category", "!=", "technical"), ("treatment", "!=", "none")], order="model, field"
    )
    for row in rows:
        if row.model not in known or row.model not in env or env[row.model]._abstract or row.model in LEFT_OUT:
            continue
        number = record_of(row.model)
        field = env[row.model]._fields.get(row.field)
        if f"{row.model}.{row.field}" in NO_TEXT:
            continue
        if number and (field is None or field.type not in ("selection", "reference")):
            plant(row, field, number, row.treatment != "replace" and is_reached(row.model, known[row.model].path))


def exactly(name):
    """A list of addresses is found by the address alone."""
    if "email" in name:
        return PERSON["email"]
    return "+4934199077001" if name == "number" else VALUES


def plant(row, field, number, reached):
    model, name = row.model, row.field
    if field is not None and field.type == "binary" and field.attachment:
        vals = {"name": name, "res_model": model, "res_field": name, "res_id": number}
        env["ir.attachment"].create({**vals, "raw": (mark(model, name) if reached else VALUES).encode()})
        return
    column = columns_of(env[model]._table).get(name)
    if (
        column is None or name == "lang" or row.category == "engagement"
    ):  # what is computed from other fields follows them
        return
    kind, _required, _default, length = column
    text = mark(model, name) if reached else exactly(name)
    if kind in ("date", "bytea"):  # a date has no room for a mark; a column of bytes is not read as text in a dump
        marks.pop(text, None)
    value = {
        "jsonb": json.dumps({"en_US": text, "de_DE": text}), "bytea": text.encode(), "date": BIRTH if row.category == "birth" else None,
    }.get(kind, text if kind in ("varchar", "text", "bpchar") else None)  # fmt: skip
    if value is None or kind == "bool" or (length or 99) < len(text) < 20:
        marks.pop(text, None)
        return
    try:
        with env.cr.savepoint(flush=False):
            env.cr.execute(
                f'UPDATE "{env[model]._table}" SET "{name}" = %s WHERE id = %s', [value, number], log_exceptions=False
            )
    except psycopg2.Error as error:
        marks.pop(text, None)
        skipped[f"{model}.{name}"] = str(error).splitlines()[0]


missing = env["drk.inventory.model"]._missing_rows()
person = make_person()
make_history(person)
make_traces(person)
booking = make_bookings(person)
make_money(person, booking)
env.flush_all()
env.cr.execute(f"SELECT {', '.join(KNOWN_BY)} FROM res_partner WHERE id = %s", [person.id])
known_by = env.cr.fetchone()
plant_fields()
# What the person is known by stays as the models wrote it: nobody is called by a mark.
assignments = ", ".join(f'"{name}" = %s' for name in KNOWN_BY)
env.cr.execute(f"UPDATE res_partner SET {assignments} WHERE id = %s", [*known_by, person.id])
env.cr.execute(
    "UPDATE res_partner_bank SET acc_number = %s, sanitized_acc_number = %s WHERE id = %s",
    [IBAN, IBAN, made["res.partner.bank"]],
)
env.cr.execute("UPDATE res_users SET login = 'zqxlogin@example.org' WHERE id = %s", [made["res.users"]])
env.cr.commit()
marks = {
    text: place
    for text, place in marks.items()
    if place.removeprefix("res.partner.") not in KNOWN_BY and place not in OWN_NUMBERS
}
print(
    "PLANTED",
    json.dumps({"person": person.id, "marks": marks, "skipped": skipped, "missing": missing, "models": len(made)}),
)
