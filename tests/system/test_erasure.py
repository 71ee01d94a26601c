"""The planted person: what stands in every field and every corner of a database is gone after a run, or is a dated exception."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
import remains
from conftest import HOME, Server
from rpc import Client

HERE = Path(__file__).parent
PLANTED = ("planted.py", "planted_fields.py")
#: Models whose records cannot be made by SQL alone, or that hold nothing for one person.
NOT_PLANTED = {"account.partial.reconcile", "account.full.reconcile"}
POSTGRES_LOG = HOME / "postgresql" / "server.log"
PREPARE = """
company = env["res.company"].search([("drk_code", "=", "MUS")])
person = env["res.partner"].browse({person})
run = env["drk.erasure.run"].with_user(env.ref("base.user_admin")).with_context(allowed_company_ids=company.ids)._create_for(
    person.with_user(env.ref("base.user_admin")).with_context(allowed_company_ids=company.ids), "manual")
print("RUN", run.id)
"""
STATE = """
import json
run = env["drk.erasure.run"].browse({run})
print("STATE", json.dumps({{
    "state": run.state, "lines": [[line.state, str(line.keep_until or ""), line.reason or ""] for line in run.line_ids],
    "open": sorted({{f"{{r.table_name}}.{{r.column_name}}" for r in run.residue_ids if r.state == "open" and not r.is_exception}}),
    "last": str(max([r.keep_until for r in run.residue_ids if r.is_exception and r.state == "open"], default="")),
}}))
"""
JUDGE = """
import json
from odoo import fields
judge, residues, today = env["drk.erasure.judge"], env["drk.erasure.residue"], fields.Date.today()
kept = []
for table, column, number in json.loads({places!r}):
    model = residues._model_of(table)
    found = judge._exceptions(model._name, column, [number], today) if model is not None and number else {{}}
    until, reason = found.get(number, (None, None))
    if until and until >= today and reason:
        kept.append([table, column, number, str(until)])
print("KEPT", json.dumps(kept))
"""
LATER = """
from freezegun import freeze_time
with freeze_time("{day} 12:00:00"):
    runs = env["drk.erasure.run"].with_context(queue_job__no_delay=True)
    runs._cron_finish_people()
    runs._cron_finish_people()
    print("FINAL", [(run.kind, run.state, run.line_ids.mapped("state")) for run in runs.search([("kind", "=", "final")])], [
        (r.table_name, r.column_name, r.res_id, r.kind) for r in runs.search([("kind", "=", "final")]).residue_ids])
"""


def printed(word, output):
    return re.search(rf"^(?:>>> )?{word} (.+)$", output, re.M).group(1)


@pytest.fixture(scope="module")
def planted(database):
    return json.loads(printed("PLANTED", database.shell("\n".join((HERE / name).read_text() for name in PLANTED))))


@pytest.fixture(scope="module")
def before(database, planted):
    return remains.in_dump(database.name) | remains.in_files(database)


@pytest.fixture(scope="module")
def erased(database, planted, before):
    """The run, as the client starts it; with the log of the server and that of PostgreSQL from its beginning."""
    run = int(printed("RUN", database.shell(PREPARE.format(person=planted["person"]))))
    postgres_from = POSTGRES_LOG.stat().st_size
    server = Server(database)
    try:
        client = Client(server, "admin")
        context = {"lang": "de_DE", "allowed_company_ids": client.companies, "queue_job__no_delay": True}
        client.execute("drk.erasure.run", "action_start", [run], context=context)
        # A job that starts a job at once cannot see its own end: the daily look at runs closes this one.
        cron = database.value("SELECT res_id FROM ir_model_data WHERE name = %s", "ir_cron_drk_erasure_finish")
        client.execute("ir.cron", "method_direct_trigger", [cron], context=context)
    finally:
        server.stop()
    with POSTGRES_LOG.open("rb") as file:
        file.seek(postgres_from)
        logs = server.log_path.read_bytes() + file.read()
    return {"run": run, "logs": logs}


@pytest.fixture(scope="module")
def after(database, erased):
    return remains.in_dump(database.name) | remains.in_files(database)


def state_of(database, run):
    return json.loads(printed("STATE", database.shell(STATE.format(run=run))))


def undeclared(database, found):
    """Leave out what is a declared, dated exception.

    :return: list of readable lines, one per place
    """
    places = sorted(
        {(remain.table, "datas" if "/" in remain.column else remain.column, remain.res_id) for remain in found}
    )
    kept = json.loads(printed("KEPT", database.shell(JUDGE.format(places=json.dumps(places)))))
    kept = {tuple(place[:3]) for place in kept}
    left = [r for r in found if (r.table, "datas" if "/" in r.column else r.column, r.res_id) not in kept]
    return sorted({f"{r.table}.{r.column} {r.res_id}: {r.text}" for r in left})


def test_inventory_is_complete(planted):
    """A field of any installed model that the inventory does not know would not be planted."""
    assert planted["missing"] == []


def test_every_field_is_planted(planted, before):
    """A model that cannot be planted has to be named, or its builder be taught (AS_CHECKED in planted.py)."""
    assert set(planted["skipped"]) <= NOT_PLANTED, {k: v for k, v in planted["skipped"].items() if k not in NOT_PLANTED}
    seen = {remain.text for remain in before}
    assert {text: place for text, place in planted["marks"].items() if text not in seen} == {}


def test_run_closes_its_proof(database, planted, erased):
    state = state_of(database, erased["run"])
    assert (state["open"], state["state"]) == ([], "done")
    assert [line[0] for line in state["lines"]] == ["restricted"]


def test_nothing_is_left_but_dated_exceptions(database, planted, after):
    marks = planted["marks"]
    left = undeclared(database, after)
    assert not left, "\n".join(f"{line} ({marks.get(line.rsplit(': ', 1)[1], 'value')})" for line in left)


def test_logs_name_nobody(erased):
    assert remains.in_text(erased["logs"]) == set()


def test_after_the_last_period_nothing_is_left_at_all(database, erased, after):
    """On 2 January of the year after the last period not even the exceptions are left."""
    last = date.fromisoformat(state_of(database, erased["run"])["last"])
    runs = printed("FINAL", database.shell(LATER.format(day=date(last.year + 1, 1, 2))))
    left = remains.in_dump(database.name) | remains.in_files(database)
    assert not left, runs + "\n".join(sorted(map(str, left)))


def test_forgotten_column_would_be_noticed(database, planted):
    database.rows("ALTER TABLE res_partner ADD COLUMN old_note varchar")
    database.rows("UPDATE res_partner SET old_note = 'Zqxvor' WHERE id = %s", planted["person"])
    left = remains.in_dump(database.name)
    assert undeclared(database, left) == [f"res_partner.old_note {planted['person']}: zqxvor"]
    missing = 'print("MISSING", env["drk.inventory.model"]._missing_rows())'
    assert "res_partner;old_note" in printed("MISSING", database.shell(missing)) or "res.partner;old_note" in printed(
        "MISSING", database.shell(missing)
    )
