"""One process of the benchmark of collective invoices: invoices.py drk|plain DATABASE COUNT; prints one line of JSON.

plain: core's own invoice with COUNT lines, created and posted. drk: COUNT charges become one posted invoice, once all different (as
many lines), once all equal for one company (one line and the list of its participants as PDF). Nothing is committed.
"""

import json
import os
import sys
import time

import odoo.service.server
from odoo import SUPERUSER_ID, api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tools import config


def measured(env, work):
    """Return wall seconds, CPU seconds and statements of the work, its writes included."""
    env.flush_all()
    start, cpu, statements = time.perf_counter(), time.process_time(), env.cr.sql_log_count
    work()
    env.flush_all()
    return {
        "s": time.perf_counter() - start,
        "CPU s": time.process_time() - cpu,
        "statements": env.cr.sql_log_count - statements,
    }


def company_with_books(env):
    company = env["res.company"].search([("chart_template", "=", "de_skr03")], limit=1)
    assert company, "no company with the German chart"
    return company.with_context(allowed_company_ids=company.ids)


def bench_plain(env, count):
    company = company_with_books(env)
    env = company.env
    payer = env["res.partner"].create({"name": "Muster GmbH", "is_company": True, "company_id": company.id})
    account = env["account.account"].search(
        [("account_type", "=", "income"), ("company_ids", "in", company.ids)], limit=1
    )
    lines = [
        Command.create({"name": f"Kurs {n}", "price_unit": 42, "account_id": account.id, "tax_ids": [Command.clear()]})
        for n in range(count)
    ]

    def work():
        vals = {"move_type": "out_invoice", "partner_id": payer.id, "company_id": company.id, "invoice_line_ids": lines}
        env["account.move"].create(vals)._post(soft=False)

    return {f"plain Odoo, {count} lines": measured(env, work)}


def bench_drk(env, count):
    company = company_with_books(env)
    company.drk_is_association = True
    company._drk_finance_setup()
    env = company.env
    kind = env["drk.revenue.kind"].search([("company_id", "=", company.id), ("code", "=", "EH")])
    person = {"drk_is_person": True, "company_id": company.id}
    people = env["res.partner"].create([{"lastname": f"Muster{n}", **person} for n in range(count)])
    firm = env["res.partner"].create({"name": "Muster GmbH", "is_company": True, **person})

    def charges(payer, names, people):
        return env["drk.charge"]._drk_charge(
            [
                {
                    "name": name,
                    "payer_id": payer.id,
                    "drk_person_id": person.id,
                    "company_id": company.id,
                    "revenue_kind_id": kind.id,
                    "amount": 42,
                    "service_date": "2026-11-14",
                }
                for name, person in zip(names, people, strict=True)
            ]
        )

    different = charges(people[0], [f"Kurs {n}" for n in range(count)], [people[0]] * count)
    equal = charges(firm, ["Kurs"] * count, people)
    return {
        f"drk, {count} different charges": measured(env, different._drk_invoice),
        f"drk, {count} equal charges and their list as PDF": measured(env, equal._drk_invoice),
    }


def main(kind, database, count):
    config.parse_config(["-c", os.environ["DRK_TEST_CONF"], "-d", database, "--log-level=error"])
    odoo.service.server.load_server_wide_modules()
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "de_DE", "tracking_disable": True})
        result = {"drk": bench_drk, "plain": bench_plain}[kind](env, int(count))
        cr.rollback()
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
