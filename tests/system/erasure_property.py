"""One process of the property test of erasure: erasure_property.py DATABASE EXAMPLES.

Hypothesis makes up lives of people (booked, invoiced, paid, consented, withdrawn, moved) and erases some of them; after each
life the whole database is looked through. Each example is rolled back. A failure prints the shortest life that shows it.
"""

import os
import sys
from datetime import timedelta

import odoo.service.server
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.tools import SQL, config

PEOPLE = 3
EVENTS = ("book", "invoice", "pay", "consent", "withdraw", "move", "note", "mail")
LIVES = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, PEOPLE - 1)), max_size=9)
ERASED = st.sets(st.integers(0, PEOPLE - 1), min_size=1)
#: Tables of the program itself: no person's data get there, and they are most of an empty database.
PROGRAM = (
    "ir_ui_",
    "ir_model",
    "ir_asset",
    "ir_module",
    "ir_act_",
    "ir_act",
    "res_country",
    "res_lang",
    "ir_cron",
    "drk_law_fact",
)
STATISTICS = """
    SELECT event_id, state, drk_age_band, drk_plz_area, drk_channel, COUNT(*)
      FROM event_registration GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
VOUCHERS = """
    SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM (
        SELECT m.id, m::text || l.lines AS t FROM account_move m
          JOIN LATERAL (SELECT string_agg(x::text, '|' ORDER BY x.id) AS lines FROM account_move_line x WHERE x.move_id = m.id) l ON TRUE
         WHERE m.state = 'posted') t
"""


class Life:
    """The people of one example and what happens to them."""

    def __init__(self, env):
        self.env = env
        self.people = [self._person(number) for number in range(PEOPLE)]
        self.bookings = {}
        self.charges = {}

    def _person(self, number):
        vals = {
            "firstname": f"Xaverius{number}",
            "lastname": f"Ypsilonski{number}",
            "email": f"xaverius{number}@example.org",
            "phone": f"030 7654321{number}",
            "street": f"Zypressenallee {number}{number}",
            "zip": "44135",
            "birthdate_date": f"198{number}-03-04",
        }
        return self.env["res.partner"]._drk_match_or_create_person(self.env.company, vals)

    def values(self, number):
        """What identifies a person for sure; the first three may be kept with a voucher."""
        known = [f"Xaverius{number}", f"Ypsilonski{number}", f"Zypressenallee {number}{number}"]
        return known, [f"xaverius{number}@example.org", f"7654321{number}", f"alt{number}@example.org"]

    def do_book(self, number):
        """A booking of a course that is over, past the door, which has a transaction of its own."""
        if number in self.bookings:
            return
        course, person = self.env["event.event"].browse(self.env.context["drk_course"]), self.people[number]
        vals = {
            "event_id": course.id, "company_id": course.company_id.id, "active": True, "drk_is_course": True, "state": "done",
            "drk_participant_id": person.id, "drk_person_id": person.id, "partner_id": person.id, "name": person.name,
            "email": person.email, **self.env["event.registration"]._prepare_drk_frozen_vals(person, course),
        }  # fmt: skip
        names = SQL(", ").join(map(SQL.identifier, vals))
        values = SQL(", ").join(SQL("%s", value or None) for value in vals.values())
        self.env.flush_all()
        self.env.cr.execute(SQL("INSERT INTO event_registration (%s) VALUES (%s)", names, values))
        self.env.invalidate_all()
        self.bookings[number] = True

    def do_invoice(self, number):
        if number in self.charges:
            return
        kind = self.env["drk.revenue.kind"].search([("company_id", "=", self.env.company.id)], limit=1)
        person = self.people[number]
        vals = {
            "name": f"Kurs {person.name}", "payer_id": person.id, "drk_person_id": person.id, "amount": 50.0,
            "company_id": self.env.company.id, "revenue_kind_id": kind.id, "service_date": fields.Date.today(),
        }  # fmt: skip
        charge = self.env["drk.charge"]._drk_charge([vals])
        charge._drk_invoice(fields.Date.today())
        self.charges[number] = charge

    def do_pay(self, number):
        charge = self.charges.get(number)
        if charge and charge.state != "paid":
            domain = [("drk_cash_kind", "=", "cash"), ("company_id", "=", self.env.company.id)]
            charge._drk_collect(self.env["account.journal"].search(domain, limit=1))

    def do_consent(self, number):
        self.people[number]._drk_record_consent("privacy", "given", "S")

    def do_withdraw(self, number):
        self.people[number]._drk_record_consent("privacy", "withdrawn", "S")

    def do_move(self, number):
        self.people[number].with_context(tracking_disable=False).email = f"alt{number}@example.org"
        self.people[number].email = f"xaverius{number}@example.org"

    def do_note(self, number):
        self.people[number].message_post(
            body=f"Anruf von Xaverius{number} Ypsilonski{number}, xaverius{number}@example.org"
        )

    def do_mail(self, number):
        other = self.people[(number + 1) % PEOPLE]
        other.message_post(body=f"Auch an xaverius{number}@example.org", partner_ids=self.people[number].ids)


def look_through(env, values):
    """:return: table -> the first of the values it holds"""
    env.flush_all()
    rows = env.execute_query(SQL("SELECT relname FROM pg_stat_user_tables"))
    tables = [table for (table,) in rows if not table.startswith(PROGRAM) and table != "drk_erasure_marker"]
    patterns = [f"%{value}%" for value in values]
    parts = [
        SQL("(SELECT %s AS name FROM %s t WHERE t::text ILIKE ANY(%s) LIMIT 1)", table, SQL.identifier(table), patterns)
        for table in tables
    ]
    return sorted(name for (name,) in env.execute_query(SQL(" UNION ALL ").join(parts)))


def check(env, life, erased):
    env.flush_all()
    statistics, vouchers = env.execute_query(SQL(STATISTICS)), env.execute_query(SQL(VOUCHERS))
    ledger = env.execute_query(
        SQL("SELECT id, partner_id, kind, occurred_at FROM drk_consent ORDER BY occurred_at, id")
    )
    people = env["res.partner"].concat(*(life.people[number] for number in erased))
    run = env["drk.erasure.run"]._create_for(people, "manual")
    run._run_here()
    states = {line.person_ref: line for line in run.line_ids}
    assert run.failed_count == 0, [line.reason for line in run.line_ids]
    assert env.execute_query(SQL(STATISTICS)) == statistics, "the statistics changed"
    assert env.execute_query(SQL(VOUCHERS)) == vouchers, "a posted entry inside its period changed"
    after = env.execute_query(SQL("SELECT id, partner_id, kind, occurred_at FROM drk_consent ORDER BY occurred_at, id"))
    assert after == ledger, "the ledger changed"
    env.invalidate_all()
    unwanted = []
    for number in erased:
        person, (known, always) = life.people[number], life.values(number)
        if not states[person.id].keep_until and states[person.id].state == "restricted":
            assert number in life.charges, "restricted without a reason"
            assert person.email, "open money, but the address is gone"
            continue
        unwanted += always + (known if person.drk_anonymised_at else [])
        assert person.drk_anonymised_at or number in life.charges, "kept without a voucher"
    found = look_through(env, unwanted) if unwanted else []
    assert not found, f"{found} hold values of an erased person"
    for number in set(range(PEOPLE)) - erased:
        assert life.people[number].email == f"xaverius{number}@example.org", "somebody else was erased"


def course_of(env):
    """:return: a course that is over"""
    kind = env["drk.course.kind"].search([("company_id", "=", env.company.id), ("is_bg_billable", "=", False)], limit=1)
    begin = fields.Datetime.now() + timedelta(days=2)
    vals = {"drk_kind_id": kind.id, "company_id": env.company.id, "date_begin": begin, "seats_max": 50}
    course = env["event.event"].create(vals | {"date_end": begin + timedelta(hours=8)})
    env.flush_all()
    past = fields.Datetime.now() - timedelta(days=3)
    env.cr.execute("UPDATE event_event SET date_begin = %s, date_end = %s WHERE id = %s", [past, past, course.id])
    env.invalidate_all()
    return course


def main(database, examples):
    config.parse_config(["-c", os.environ["DRK_TEST_CONF"], "-d", database, "--log-level=error"])
    odoo.service.server.load_server_wide_modules()
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "de_DE"})
        company = env["res.company"].search([("drk_code", "=", "MUS")])
        env = env(
            context={**env.context, "allowed_company_ids": company.ids, "drk_no_mail": True, "tracking_disable": True}
        )
        course = course_of(env)
        env = env(context={**env.context, "drk_course": course.id})
        cr.execute("ANALYZE")

        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(LIVES, ERASED)
        def property_holds(events, erased):
            savepoint = cr.savepoint()
            try:
                life = Life(env)
                for kind, number in events:
                    getattr(life, f"do_{kind}")(number)
                check(env, life, erased)
            finally:
                savepoint.close(rollback=True)
                env.invalidate_all(flush=False)
                env.transaction.clear()

        property_holds()
        cr.rollback()
    print("HOLDS", examples)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
