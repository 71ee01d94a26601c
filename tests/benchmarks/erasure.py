"""One process of the benchmark of erasure: erasure.py drk|oca DATABASE COUNT MESSAGES; prints one line of JSON.

COUNT people with three messages each, among MESSAGES messages of others. drk: one run in chunks, as its jobs do them, with and
without the search of the whole database at its end, and a bare UPDATE of as many rows. oca: privacy_partner_to_be_forgotten, one
person after the other. Nothing is committed.
"""

import json
import os
import sys
import time
from unittest.mock import patch

import odoo.service.server
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

PEOPLE = """
    INSERT INTO res_partner (name, complete_name, firstname, lastname, email, email_normalized, phone, street, zip, city, type,
                             active, company_id, commercial_partner_id, lang, create_date, create_uid, autopost_bills {columns})
    SELECT name, name, 'Vera' || n, 'Beispiel' || n, 'vera' || n || '@example.org', 'vera' || n || '@example.org',
           '+49 8631 ' || n, 'Weg ' || n, '01067', 'Dresden', 'contact', TRUE, %(company)s, NULL, 'en_US', NOW(), 1, 'ask' {values}
      FROM (SELECT n, 'Vera' || n || ' Beispiel' || n AS name FROM generate_series(1, %(count)s) n) people
    RETURNING id
"""
THEIR_MESSAGES = """
    INSERT INTO mail_message (model, res_id, body, message_type, author_id, email_from, date, create_date)
    SELECT 'res.partner', p.id, '<p>Anruf von ' || p.name || '</p>', 'comment', 2, 'buero@example.org', NOW(), NOW()
      FROM res_partner p, generate_series(1, 3) WHERE p.id = ANY(%(people)s)
"""
OTHER_MESSAGES = """
    INSERT INTO mail_message (model, res_id, body, message_type, author_id, email_from, date, create_date)
    SELECT 'event.event', n %% 5000 + 1, '<p>Nachricht ' || n || '</p>', 'comment', 2, 'buero@example.org', NOW(), NOW()
      FROM generate_series(1, %(messages)s) n
"""
BARE = """
    UPDATE res_partner SET name = 'Anonym', firstname = NULL, lastname = 'Anonym', email = NULL, phone = NULL, street = NULL,
           zip = NULL, city = NULL WHERE id = ANY(%s)
"""


def prepare(env, company, count, messages, columns="", values=""):
    """Write people and messages past the ORM: what is measured is their end."""
    env.cr.execute(PEOPLE.format(columns=columns, values=values), {"company": company.id, "count": count})
    people = [row[0] for row in env.cr.fetchall()]
    env.cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%s)", [people])
    env.cr.execute(OTHER_MESSAGES, {"messages": messages})
    env.cr.execute(THEIR_MESSAGES, {"people": people})
    env.cr.execute("ANALYZE res_partner")
    env.cr.execute("ANALYZE mail_message")
    return people


def measured(env, count, work):
    env.flush_all()
    start, cpu, statements = time.perf_counter(), time.process_time(), env.cr.sql_log_count
    work()
    env.flush_all()
    return {
        "ms": (time.perf_counter() - start) * 1000 / count,
        "CPU ms": (time.process_time() - cpu) * 1000 / count,
        "statements": (env.cr.sql_log_count - statements) / count,
    }


def measured_with_proof(env, count, run):
    """Return the figures of the whole run, and of its end: the search of the whole database, which the peer does not have."""
    ends, finish = [], type(run)._finish

    def timed(runs):
        ends.append(measured(env, count, lambda: finish(runs)))

    with patch.object(type(run), "_finish", timed):
        whole = measured(env, count, run._run_here)
    return whole, ends[0]


def bench_drk(env, count, messages):
    company = env["res.company"].search([("drk_is_association", "=", True)], limit=1) or env["res.company"].create(
        {"name": "Messung e.V.", "drk_code": "MESS", "drk_is_association": True}
    )
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    ids = prepare(env, company, count, messages, ", drk_is_person", ", TRUE")
    run = env["drk.erasure.run"]._create_for(env["res.partner"].browse(ids), "manual")
    whole, proof = measured_with_proof(env, count, run)
    result = {"drk, erasing": {key: whole[key] - proof[key] for key in whole}, "drk, with proof and report": whole}
    assert run.erased_count == count, (run.erased_count, run.failed_count)
    again = prepare(env, company, count, 0, ", drk_is_person", ", TRUE")
    result["a bare UPDATE"] = measured(env, count, lambda: env.cr.execute(BARE, [again]))
    return result


def bench_oca(env, count, messages):
    people = env["res.partner"].browse(prepare(env, env.company, count, messages))

    def work():
        for partner in people:
            partner.anonymize_partner_data()

    return {"OCA, one by one": measured(env, count, work)}


def main(kind, database, count, messages):
    config.parse_config(["-c", os.environ["DRK_TEST_CONF"], "-d", database, "--log-level=error", *sys.argv[5:]])
    odoo.service.server.load_server_wide_modules()
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US", "tracking_disable": True})
        result = {"drk": bench_drk, "oca": bench_oca}[kind](env, int(count), int(messages))
        cr.rollback()
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:5])
