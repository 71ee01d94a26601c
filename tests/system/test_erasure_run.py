"""Erasure as a whole: lives that hypothesis makes up, and a run of 5,000 people whose server is killed in the middle."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import LONG, Database, Server

PEOPLE = 5000
EXAMPLES = 200 if LONG else 15
SECONDS = 240
#: 5,000 people with a message each, past the ORM; a trigger counts how often a person becomes a shell.
SETTING = f"""
company = env["res.company"].search([("drk_code", "=", "MUS")])
env = env(context=dict(env.context, allowed_company_ids=company.ids))
env.cr.execute('''
    INSERT INTO res_partner (name, complete_name, firstname, lastname, email, street, type, active, company_id, drk_is_person,
                             lang, autopost_bills, create_date)
    SELECT 'Xaver Masse' || n, 'Xaver Masse' || n, 'Xaver', 'Masse' || n, 'masse' || n || '@example.org', 'Massenweg ' || n,
           'contact', TRUE, %s, TRUE, 'de_DE', 'ask', NOW() FROM generate_series(1, {PEOPLE}) n RETURNING id''', [company.id])
people = env["res.partner"].browse([row[0] for row in env.cr.fetchall()])
env.cr.execute('''
    INSERT INTO mail_message (model, res_id, body, message_type, date) SELECT 'res.partner', id, '<p>' || name || '</p>', 'comment', NOW()
      FROM res_partner WHERE lastname LIKE 'Masse%%' ''')
env.cr.execute('''
    CREATE TABLE shell_count (person integer);
    CREATE FUNCTION count_shell() RETURNS trigger AS $$ BEGIN
        INSERT INTO shell_count VALUES (NEW.id); RETURN NEW; END $$ LANGUAGE plpgsql;
    CREATE TRIGGER shell_count AFTER UPDATE OF drk_anonymised_at ON res_partner FOR EACH ROW EXECUTE FUNCTION count_shell()''')
company.drk_anonymisation_expected = {PEOPLE}
run = env["drk.erasure.run"]._create_for(people, "manual")
run._start()
print("RUN", run.id)
"""
NAMED = "SELECT count(*) FROM res_partner WHERE lastname LIKE 'Masse%%'"
STATES = "SELECT state, count(*) FROM drk_erasure_line GROUP BY state"


def test_lives_that_hypothesis_makes_up(database):
    """No erased value anywhere, no posted entry inside its period changed, statistics equal, order of the ledger intact."""
    script = str(Path(__file__).with_name("erasure_property.py"))
    command = [sys.executable, "-W", "ignore", script, database.name, str(EXAMPLES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip().endswith(f"HOLDS {EXAMPLES}")


@pytest.fixture
def jobs(monkeypatch):
    monkeypatch.setitem(os.environ, "ODOO_QUEUE_JOB_CHANNELS", "root:1")


def until(condition, what):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.3)
    raise AssertionError(f"not within {SECONDS} s: {what}")


def test_a_killed_run_erases_each_person_exactly_once(jobs):
    """kill -9 in a run of 5,000 people; the server that starts again ends it, and the report is complete."""
    database = Database("test-sys-erasure-kill")
    try:
        database.shell(SETTING)
        assert database.value(NAMED) == PEOPLE
        server = Server(database)
        until(lambda: database.value(NAMED) < PEOPLE * 0.8, "the run begins")
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()
        states = dict(database.rows(STATES))
        assert 0 < states["pending"] < PEOPLE, states
        assert states["pending"] == database.value(NAMED), "a line says something else than its person"
        server = Server(database)
        try:
            until(lambda: database.value("SELECT state FROM drk_erasure_run") in ("done", "open"), "the run ends")
        finally:
            server.stop()
        assert dict(database.rows(STATES)) == {"done": PEOPLE}
        assert database.value(NAMED) == 0
        assert database.rows("SELECT count(*), count(DISTINCT person) FROM shell_count") == [(PEOPLE, PEOPLE)]
        assert database.value("SELECT count(*) FROM mail_message WHERE body LIKE '%%Masse%%'") == 0
    finally:
        database.close()
