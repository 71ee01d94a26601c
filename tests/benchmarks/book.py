"""One process of the booking benchmark: book.py drk|plain DATABASE COUNT; prints one line of JSON."""

import json
import os
import sys
import time
from datetime import timedelta

import odoo.service.server
from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.tools import config


def person(count, run):
    return {
        "firstname": f"Vorname{count}",
        "lastname": f"Nachname{run}{count}",
        "birthdate_date": "1990-05-17",
        "email": f"person{run}{count}@example.org",
        "phone": f"030 23125{count:03d}",
    }


def prepare_drk(env):
    kind = env["drk.course.kind"].search([("company_id.drk_code", "=", "MUS"), ("is_bg_billable", "=", False)], limit=1)
    start = fields.Datetime.now() + timedelta(days=300)
    course = (
        env["event.event"]
        .with_company(kind.company_id)
        .create(
            {
                "name": kind.name,
                "drk_kind_id": kind.id,
                "company_id": kind.company_id.id,
                "date_begin": start,
                "date_end": start + timedelta(hours=8),
            }
        )
    )
    course.write({"seats_max": 100000, "is_published": True})
    return course.id, course.company_id.id


def prepare_plain(env):
    event = env["event.event"].create(
        {"name": "Kurs", "date_begin": "2035-03-01 08:00:00", "date_end": "2035-03-01 16:00:00", "is_published": True}
    )
    event.event_mail_ids.unlink()
    return event.id, None


def book_drk(env, event_id, company_id, vals):
    event = env["event.event"].with_company(company_id).browse(event_id)  # the site knows its association
    event._drk_book([vals], vals, channel="web", on_full="refuse")


def book_plain(env, event_id, _company_id, vals):
    env["event.registration"].create(
        {
            "event_id": event_id,
            "name": f"{vals['firstname']} {vals['lastname']}",
            "email": vals["email"],
            "phone": vals["phone"],
            "partner_id": False,
        }
    )


def main(kind, name, count):
    config.parse_config(["-c", os.environ["DRK_TEST_CONF"], "-d", name], setup_logging=False)
    odoo.service.server.load_server_wide_modules()
    registry = Registry(name)
    prepare, book = {"drk": (prepare_drk, book_drk), "plain": (prepare_plain, book_plain)}[kind]
    with registry.cursor() as cr:
        event_id, company_id = prepare(api.Environment(cr, SUPERUSER_ID, {}))
    run, queries, seconds = f"{time.time_ns():x}", 0, []
    cpu = time.process_time()
    for number in range(-5, count):  # five to warm up
        if number == 0:
            cpu, queries, seconds = time.process_time(), 0, []
        start = time.perf_counter()
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            book(env(user=env.ref("base.public_user"), su=True), event_id, company_id, person(number, run))
            cr.commit()
            queries += cr.sql_log_count
        seconds.append(time.perf_counter() - start)
    seconds.sort()
    figures = {
        "per second": count / sum(seconds),
        "p50 ms": seconds[len(seconds) // 2] * 1000,
        "p95 ms": seconds[int(len(seconds) * 0.95)] * 1000,
        "CPU ms": (time.process_time() - cpu) * 1000 / count,
        "statements": queries / count,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
