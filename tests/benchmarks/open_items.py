"""One process of the benchmark of open items: open_items.py DATABASE MOVES; prints one line of JSON.

MOVES invoices are multiplied in the database (making them is not what is measured), a fifth of them settled. Then the list of
what payers owe is read as the web client reads it, ours and core's own on the same books.
"""

import json
import os
import sys
import time

import odoo.service.server
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

PAYERS = 2000
OUR_COLUMNS = ("name", "text", "date", "due", "days", "bucket")
CORE_COLUMNS = ("move_name", "name", "date", "date_maturity")


def books(env, company):
    """Return a sales journal with an account for receivables and one for income."""
    accounts = env["account.account"]
    receivable = accounts.create(
        {"name": "Bench", "code": "998000", "account_type": "asset_receivable", "reconcile": True}
    )
    income = accounts.create({"name": "Bench", "code": "998001", "account_type": "income"})
    journal = env["account.journal"].create(
        {"name": "Bench", "code": "BENCH", "type": "general", "company_id": company.id}
    )
    return journal, receivable, income


def one_move(env, company):
    journal, receivable, income = books(env, company)
    payer = env["res.partner"].create({"lastname": "Bench", "drk_is_person": True, "company_id": company.id})
    lines = [
        (0, 0, {"account_id": receivable.id, "partner_id": payer.id, "balance": 50, "date_maturity": "2026-01-31"}),
        (0, 0, {"account_id": income.id, "balance": -50, **sphere(company)}),
    ]
    move = env["account.move"].create({"journal_id": journal.id, "date": "2026-01-01", "line_ids": lines})
    move.action_post()
    return move


def sphere(company):
    company._drk_finance_setup()
    account = company._drk_sphere("business_exempt")
    return {"analytic_distribution": {str(account.id): 100}} if account else {}


def multiply(env, move, count):
    """Copy a posted move ``count`` times by SQL, spread over payers and due dates."""
    columns = {
        table: [column for column in names(env, table) if column != "id"]
        for table in ("account_move", "account_move_line")
    }
    payers = env["res.partner"].create(
        [{"lastname": f"Zahler {n}", "drk_is_person": True, "company_id": move.company_id.id} for n in range(PAYERS)]
    )
    cr = env.cr
    env.flush_all()
    special = {"name": "'BENCH/2026/' || n", "sequence_number": "n + 1"}
    chosen = ", ".join(special.get(column, f'"{column}"') for column in columns["account_move"])
    quoted = ", ".join(f'"{column}"' for column in columns["account_move"])
    cr.execute(
        f"INSERT INTO account_move ({quoted}) SELECT {chosen} FROM account_move, generate_series(1, {count}) n "
        "WHERE id = %s ORDER BY n RETURNING id",
        [move.id],
    )
    first = cr.fetchone()[0]
    cr.execute("ANALYZE account_move; ANALYZE res_partner")  # or each foreign key is looked up row by row
    special = {
        "move_id": f"{first} + n - 1",
        "move_name": "'BENCH/2026/' || n",
        "partner_id": f"CASE WHEN partner_id IS NULL THEN NULL ELSE {payers.ids[0]} + n %% {PAYERS} END",
        "date_maturity": "DATE '2026-12-31' - (n %% 200)",
        "reconciled": "n %% 5 = 0",
        "amount_residual": "CASE WHEN n %% 5 = 0 THEN 0 ELSE amount_residual END",
    }
    chosen = ", ".join(special.get(column, f'"{column}"') for column in columns["account_move_line"])
    quoted = ", ".join(f'"{column}"' for column in columns["account_move_line"])
    cr.execute(
        f"INSERT INTO account_move_line ({quoted}) SELECT {chosen} FROM account_move_line, generate_series(1, {count}) n "
        "WHERE account_move_line.move_id = %s",
        [move.id],
    )
    cr.execute("ANALYZE account_move; ANALYZE account_move_line")
    env.invalidate_all()


def names(env, table):
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'", [table]
    )
    return [row[0] for row in env.cr.fetchall()]


def measure(call):
    """Return the median of milliseconds."""
    taken = []
    for _round in range(5):
        start = time.perf_counter()
        call()
        taken.append((time.perf_counter() - start) * 1000)
    return sorted(taken)[2]


def figures(model, domain, amount, ages, shown):
    """Measure the list as the client shows it, with the columns ``shown`` beside payer and amount."""
    fields = {"partner_id": {"fields": {"display_name": {}}}, amount: {}, **{name: {} for name in shown}}

    def first_page():
        model.env.invalidate_all()
        model.web_search_read(domain, fields, limit=80, count_limit=10001)

    def by_payer():
        model.env.invalidate_all()
        model.web_read_group(domain, ["partner_id"], [f"{amount}:sum"], limit=80)

    def by_age():
        model.env.invalidate_all()
        model.web_read_group(domain, [ages], [f"{amount}:sum"])

    return {"ms first page": measure(first_page), "ms by payer": measure(by_payer), f"ms by {ages}": measure(by_age)}


def main(database, count):
    config.parse_config(["-c", os.environ["DRK_TEST_CONF"], "-d", database], setup_logging=False)
    odoo.service.server.load_server_wide_modules()
    registry = Registry(database)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        company = env["res.company"].search([("drk_code", "=", "MUS")], limit=1) or env.company
        env = env(context={**env.context, "allowed_company_ids": company.ids})
        multiply(env, one_move(env, company.with_env(env)), int(count))
        ours = [("company_id", "=", company.id)]
        core = [
            *ours,
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
        ]
        results = {
            "drk": figures(env["drk.open.item"], ours, "amount", "bucket", OUR_COLUMNS),
            "plain": figures(env["account.move.line"], core, "amount_residual", "date_maturity:month", CORE_COLUMNS),
        }
        cr.rollback()
    print(json.dumps(results))


if __name__ == "__main__":
    main(*sys.argv[1:])
