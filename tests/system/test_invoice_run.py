"""An invoice run whose server is killed in the middle: started again, every charge is invoiced once."""

import os
import re
import signal
import time

import pytest
from conftest import Server
from rpc import Client

PAYERS, CHUNK = 45, 20  # three chunks, as the run makes them

SETTING = f"""
company = env["res.company"].search([("drk_code", "=", "MUS")])
env = env(context=dict(env.context, allowed_company_ids=company.ids, tracking_disable=True))
kind = env["drk.revenue.kind"].search([("company_id", "=", company.id), ("code", "=", "EH")])
payers = env["res.partner"].create([
    {{"firstname": f"Zahler{{number}}", "lastname": "Abbruch", "drk_is_person": True, "company_id": company.id,
      "street": "Hauptstraße 1", "zip": "44999", "city": "Musterstadt"}} for number in range({PAYERS})])
charges = env["drk.charge"]._drk_charge([
    {{"name": text, "payer_id": payer.id, "drk_person_id": payer.id, "company_id": company.id, "revenue_kind_id": kind.id,
      "amount": amount + number, "service_date": "2026-01-10"}}
    for number, payer in enumerate(payers) for text, amount in (("Kurs", 50), ("Buch", 9.9))])
print("SETTING", *payers.ids)
"""


@pytest.fixture
def payers(database):
    printed = re.search(r"SETTING (.+)", database.shell(SETTING)).group(1)
    return [int(number) for number in printed.split()]


@pytest.fixture
def serve(database, monkeypatch):
    """``serve()`` starts a server that works off jobs, one at a time."""
    monkeypatch.setenv("ODOO_QUEUE_JOB_CHANNELS", "root:1")
    running = []

    def start():
        running.append(Server(database))
        return running[-1]

    yield start
    for each in running:
        each.stop()


def start_run(server, payers):
    """The accountant starts the run.

    :return: number of the job
    """
    accountant = Client(server, "buchhaltung")
    values = {"payer_ids": [[6, 0, payers]], "date": "2026-02-02", "service_until": False}
    run = accountant.execute("drk.invoice.run", "create", [values])
    return accountant.execute("drk.invoice.run", "action_run", run)["res_id"]


def chunks(database, job):
    """:return: states of the chunks of a job, in their order"""
    rows = database.rows("SELECT state FROM drk_job_chunk WHERE job_id = %s ORDER BY number", job)
    return [state for (state,) in rows]


def at_work(database):
    """Whether PostgreSQL holds an open transaction that wrote moves: a chunk is in its middle."""
    query = """SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
               WHERE c.relname = 'account_move' AND l.mode = 'RowExclusiveLock'
                 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
    return database.value(query) > 0


def wait_for(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.01)


def kill(server):
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait()
    # The queue takes a job for dead from ten seconds on: as if the server had been away for a minute.
    dead = "UPDATE queue_job SET date_enqueued = date_enqueued - interval '1 minute' WHERE state IN ('enqueued', 'started')"
    server.database.rows(dead)


def test_a_killed_run_invoices_every_charge_once(database, payers, serve):
    """Killed while a chunk is half done, and started again by the queue and by the accountant at the same time."""
    server = serve()
    job = start_run(server, payers)
    wait_for(lambda: chunks(database, job).count("done") == 1 and at_work(database), "the second chunk")
    kill(server)
    assert sorted(chunks(database, job)) == ["done", "pending", "pending"]
    assert len(invoices(database, payers)) == CHUNK

    server = serve()
    Client(server, "buchhaltung").execute("drk.job", "action_restart", [job])
    wait_for(lambda: chunks(database, job) == ["done"] * 3, "the end of the run")
    unfinished = "SELECT count(*) FROM queue_job WHERE state NOT IN ('done', 'cancelled')"
    wait_for(lambda: not database.value(unfinished), "the end of the queue")
    assert not server.complaints()

    assert charged(database, payers) == [("invoiced", 2)] * PAYERS
    moves = invoices(database, payers)
    assert [(payer, total) for payer, _name, total, _lines in moves] == [
        (payer, 59.9 + 2 * number) for number, payer in enumerate(payers)
    ]
    assert {lines for *_others, lines in moves} == {2}
    numbers = sorted(int(name.rsplit("/", 1)[1]) for _payer, name, *_others in moves)
    assert numbers == list(range(numbers[0], numbers[0] + PAYERS)), "a number is missing or stands twice"
    assert ledger(database, payers) == pytest.approx(sum(total for *_others, total, _lines in moves))


def invoices(database, payers):
    """:return: (payer, name, total, lines) of every posted or drafted move of these payers"""
    query = """SELECT m.partner_id, m.name, m.amount_total::float, count(l.id) FROM account_move m
               JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product'
               WHERE m.partner_id = ANY(%s) GROUP BY m.id ORDER BY m.partner_id, m.id"""
    return database.rows(query, payers)


def charged(database, payers):
    """:return: for each payer the one state of the charges, and how many lines of posted invoices they have"""
    query = """SELECT min(c.state), count(DISTINCT c.move_line_id) FROM drk_charge c JOIN account_move m ON m.id = c.move_id
               WHERE c.payer_id = ANY(%s) AND m.state = 'posted' GROUP BY c.payer_id"""
    return database.rows(query, payers)


def ledger(database, payers):
    query = """SELECT sum(l.balance)::float FROM account_move_line l JOIN account_account a ON a.id = l.account_id
               WHERE l.partner_id = ANY(%s) AND a.account_type = 'asset_receivable' AND l.parent_state = 'posted'"""
    return database.value(query, payers)
