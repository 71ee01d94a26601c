"""Odoo shell: one person whose values and marks stand everywhere where this database can keep them.

Two kinds of text are planted. VALUES are what the person is known by: they must vanish wherever they stand. A mark of its own
(``zqx0042q``) goes into each field of the inventory, in a record that belongs to the person. Records are made by the models where
that matters (booking, invoice, payment, portal user), all others by SQL from the catalogue of the database, so that a model which
joins later is planted without a word here. Prints one line of JSON.
"""

import io
import json
import zipfile
from datetime import date, datetime, timedelta

import psycopg2
import weasyprint

COMPANY = env["res.company"].search([("drk_code", "=", "MUS")])
env = env(
    user=env.ref("base.user_admin"),
    su=True,
    context={
        **env.context,
        "allowed_company_ids": COMPANY.ids,
        "drk_no_mail": True,
        "no_reset_password": True,
        "lang": "de_DE",
    },
)
VALUES = "Zqxvor Zqxnach, zqxmail@example.org, +49 341 99077001, DE38 3704 0044 0990 7700 01"
PERSON = {
    "firstname": "Zqxvor", "lastname": "Zqxnach", "email": "zqxmail@example.org", "phone": "0341 99077001",
    "street": "Zqxweg 77", "zip": "04109", "city": "Leipzig", "birthdate_date": "1913-03-17",
}  # fmt: skip
OWN_NUMBERS = {"res.partner.bank.acc_number", "res.partner.bank.sanitized_acc_number", "res.users.login"}
KNOWN_BY = (
    "name", "firstname", "lastname", "complete_name", "email", "email_normalized", "phone", "phone_sanitized", "drk_name_key",
    "drk_email_key", "drk_phone_key", "drk_address_key",
)  # fmt: skip
IBAN = "DE38370400440990770001"
BIRTH = date(1913, 3, 17)
#: Not planted: what is named here is no place of its own.
LEFT_OUT = {"drk.erasure.run", "drk.erasure.line", "drk.erasure.marker", "drk.file.text"}
#: What checks of the database ask for.
AS_CHECKED = {
    "event.registration.answer": {"value_text_box": "x"},
    "account.move.line": {"display_type": "line_note"},
    "res.users.settings.volumes": {"guest_id": None},
    "mail.activity": {"user_id": env.ref("base.user_admin").id},
    "ir.embedded.actions": {"python_method": "x", "name": "{}", "parent_res_model": "res.partner"},
    "ir.filters": {"sort": "[]", "domain": "[]", "context": "{}"},
    "res.users.apikeys": {"index": "12345678"},
    "auth_totp.device": {"index": "12345678"},
}
#: Names of files in the file store, and pieces of one certificate: a mark there would only break the record.
NO_TEXT = {"ir.attachment.store_fname", "ir.attachment.db_datas", "ir.filters.sort"}
made, marks, skipped = {}, {}, {}


def mark(model, field):
    text = f"zqx{len(marks):04d}q"
    marks[text] = f"{model}.{field}"
    return text


def paper(text):
    return weasyprint.HTML(string=f"<p>{text}</p>").write_pdf()


def word(text):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        half = len(text) // 2
        file.writestr("word/document.xml", f"<w:p><w:t>{text[:half]}</w:t><w:t>{text[half:]}</w:t></w:p>")
        file.writestr("[Content_Types].xml", "<Types/>")
    return stream.getvalue()


# ---- the life of a person, made by the models ---------------------------------------------------------------------------
def make_person():
    person = env["res.partner"]._drk_match_or_create_person(COMPANY, PERSON)
    person.write({"phone": "+49 341 99077001", "comment": f"<p>{VALUES}</p>"})
    made["res.partner"] = person.id
    user = env["res.users"].create(
        {
            "login": "zqxlogin@example.org",
            "password": "zqxlogin@example.org",
            "partner_id": person.id,
            "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
            "company_id": COMPANY.id,
            "company_ids": [(6, 0, COMPANY.ids)],
        }
    )
    made["res.users"] = user.id
    bank = env["res.partner.bank"].create(
        {"acc_number": IBAN, "partner_id": person.id, "acc_holder_name": "Zqxvor Zqxnach"}
    )
    made["res.partner.bank"] = bank.id
    for text in ("privacy", "photo"):
        env["drk.consent"].create(
            {
                "partner_id": person.id,
                "purpose_id": env["drk.consent.purpose"].search([], limit=1).id,
                "kind": "given",
                "channel_id": env["drk.consent.channel"].search([], limit=1).id,
                "evidence": f"{text} {VALUES}",
            }
        )
    return person


def make_history(person):
    """Tracked changes, own messages, messages of others, tasks, files of all kinds, mails in all states."""
    person.with_context(tracking_disable=False).write({"email": "zqxalt@example.org", "phone": "+49 341 99077002"})
    env.flush_all()
    person.with_context(tracking_disable=False).write({"email": PERSON["email"], "phone": "+49 341 99077001"})
    other = env["res.partner"].search(
        [("drk_is_person", "=", True), ("company_id", "=", COMPANY.id), ("id", "!=", person.id)], limit=1
    )
    person.message_post(body=f"Notiz {mark('chatter', 'own record')} {VALUES}", message_type="comment")
    other.message_post(body=f"Gespräch mit {VALUES}", author_id=env.user.partner_id.id, partner_ids=person.ids)
    other.message_post(body=f"Von mir {mark('chatter', 'author')}", author_id=person.id, email_from=PERSON["email"])
    person.activity_schedule(
        "mail.mail_activity_data_todo", summary=f"Anrufen {mark('task', 'summary')}", user_id=env.uid
    )
    for name, content in {
        "notiz.txt": f"{mark('file', 'text')} {VALUES}".encode(),
        "brief.pdf": paper(f"{mark('file', 'pdf')} {VALUES}"),
        "brief.docx": word(f"{mark('file', 'docx')} {VALUES}"),
        f"{mark('file', 'name')} Zqxvor.png": b"\x89PNG\r\n\x1a\n\0\0\0",
    }.items():
        env["ir.attachment"].create({"name": name, "raw": content, "res_model": "res.partner", "res_id": person.id})
    person.message_post(body="mit Datei", attachments=[("scan.pdf", paper(mark("file", "message")))])
    for state in ("sent", "exception", "outgoing", "received", "cancel"):
        env["mail.mail"].create(
            {
                "state": state,
                "model": "res.partner",
                "res_id": person.id,
                "subject": f"An Zqxvor {state} {mark('mail', state)}",
                "body_html": f"<p>{VALUES}</p>",
                "email_to": PERSON["email"],
                "recipient_ids": [(6, 0, person.ids)],
                "failure_reason": f"550 {PERSON['email']}" if state == "exception" else False,
            }
        )
    return other


def make_traces(person):
    """What has no link to the person: logs, queues, searches, names of imports."""
    env["ir.model.data"].create(
        {"module": "__import__", "name": f"zqxvor_zqxnach_{person.id}", "model": "res.partner", "res_id": person.id}
    )
    env["ir.filters"].create(
        {"name": "Suche Zqxvor Zqxnach", "model_id": "res.partner", "domain": f"[('email', '=', '{PERSON['email']}')]"}
    )
    env["ir.logging"].create(
        {"name": "x", "type": "server", "path": "x", "line": "1", "func": "f", "message": f"Fehler bei {VALUES}"}
    )
    env["bus.bus"]._sendone("broadcast", "probe", {"text": VALUES})
    env.cr.precommit.run()
    job = person.with_delay(description=f"Brief an {PERSON['email']}").write({"comment": VALUES})
    env.cr.execute("UPDATE queue_job SET state = 'done' WHERE uuid = %s", [job.uuid])
    env["drk.job"]._start("Briefe an Zqxvor Zqxnach", person, "exists", text=VALUES)
    env.cr.execute("UPDATE queue_job SET state = 'done' WHERE state = 'pending'")
    made["mail.blacklist"] = env["mail.blacklist"].create({"email": PERSON["email"]}).id
    made["phone.blacklist"] = env["phone.blacklist"].create({"number": "+4934199077001"}).id


def make_bookings(person):
    """A course that is over, a waiting list, answers, a certificate, an invoice that is paid."""
    kind = env["drk.course.kind"].search([("company_id", "=", COMPANY.id)], limit=1)
    begin = datetime.now().replace(microsecond=0) + timedelta(days=90)
    course, second = env["event.event"].create(
        [
            {
                "drk_kind_id": kind.id,
                "seats_max": 5,
                "drk_session_ids": [(0, 0, {"date_begin": begin, "date_end": begin + timedelta(hours=8)})],
            }
            for _number in range(2)
        ]
    )
    vals = {"drk_participant_id": person.id, "partner_id": person.id, "drk_payer_id": person.id}
    booking = env["event.registration"].create({**vals, "event_id": course.id})
    waiting = env["event.registration"].create({**vals, "event_id": second.id})
    past = begin - timedelta(days=180)
    (course | second).drk_session_ids.write({"date_begin": past, "date_end": past + timedelta(hours=8)})
    env.flush_all()
    env.cr.execute("UPDATE event_registration SET state = 'done' WHERE id = %s", booking.ids)
    env.cr.execute("UPDATE event_registration SET state = 'waiting' WHERE id = %s", waiting.ids)
    env.invalidate_all()
    env["drk.certificate"]._issue(booking)
    question = env["event.question"].create(
        {"title": "Anmerkung", "question_type": "text_box", "event_ids": [(4, course.id)]}
    )
    env["event.registration.answer"].create(
        {
            "registration_id": booking.id,
            "question_id": question.id,
            "value_text_box": f"{mark('answer', 'text')} {VALUES}",
        }
    )
    return booking


def make_money(person, booking):
    kind = env["drk.revenue.kind"].search([("company_id", "=", COMPANY.id)], limit=1)
    charge = env["drk.charge"].create(
        {
            "name": "Kursgebühr Zqxvor Zqxnach",
            "amount": 50,
            "company_id": COMPANY.id,
            "payer_id": person.id,
            "drk_person_id": person.id,
            "registration_id": booking.id,
            "revenue_kind_id": kind.id,
        }
    )
    move = charge._drk_invoice()
    move.message_post(body=f"Zahlt später, {VALUES}")
    env["ir.attachment"].create(
        {"name": "rechnung.pdf", "raw": paper(VALUES), "res_model": "account.move", "res_id": move.id}
    )
    wizard = (
        env["account.payment.register"]
        .with_context(active_model="account.move", active_ids=move.ids)
        .create({"communication": f"von {VALUES}"})
    )
    wizard._create_payments()


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
marks = {text: place for text, place in marks.items() if place.removeprefix("res.partner.") not in KNOWN_BY and place not in OWN_NUMBERS}
print(
    "PLANTED",
    json.dumps({"person": person.id, "marks": marks, "skipped": skipped, "missing": missing, "models": len(made)}),
)
