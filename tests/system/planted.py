"""Odoo shell: one person whose values and marks stand everywhere where this database can keep them.

Two kinds of text are planted. VALUES are what the person is known by: they must vanish wherever they stand. A mark of its own
(``zqx0042q``) goes into each field of the inventory, in a record that belongs to the person. Records are made by the models where
that matters (booking, invoice, payment, portal user), all others by SQL from the catalogue of the database, so that a model which
joins later is planted without a word here: see planted_fields.py, which is read after this file and prints one line of JSON.
"""

import io
import zipfile
from datetime import date, datetime, timedelta

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
COMPANY.drk_system_ids |= env.ref("drk_gdpr.drk_system_ano")
COMPANY.drk_anonymisation_active = True
#: Not planted: what is named here is no place of its own.
LEFT_OUT = {"drk.erasure.run", "drk.erasure.line", "drk.erasure.marker", "drk.file.text"}
#: What checks of the database ask for, and an access request that is answered: an open one would hold the erasure back.
AS_CHECKED = {
    "event.registration.answer": {"value_text_box": "x"},
    "account.move.line": {"display_type": "line_note"},
    "res.users.settings.volumes": {"guest_id": None},
    "mail.activity": {"user_id": env.ref("base.user_admin").id},
    "ir.embedded.actions": {"python_method": "x", "name": "{}", "parent_res_model": "res.partner"},
    "ir.filters": {"sort": "[]", "domain": "[]", "context": "{}"},
    "res.users.apikeys": {"index": "12345678"},
    "auth_totp.device": {"index": "12345678"},
    "drk.certificate": {"state": "withdrawn", "withdrawn_on": "2026-01-02", "withdrawn_reason": "x"},
    "drk.guardianship": {"guardian_id": COMPANY.partner_id.id},
    "drk.gdpr.request": {"state": "answered"},
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
    home = env["drk.household"].create({"company_id": COMPANY.id, "member_ids": [(0, 0, {"partner_id": person.id})]})
    made["drk.household"] = home.id
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
    letters = env["drk.job"]._start("Briefe an Zqxvor Zqxnach", person, "exists", text=VALUES)
    letters.sudo().chunk_ids.state = "done"  # what waits is needed, and goes with the next run
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
    made["event.event"] = course.id
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
