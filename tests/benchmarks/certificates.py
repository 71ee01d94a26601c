"""One process of the certificate benchmark: certificates.py DATABASE COUNT; prints one line of JSON.

Issues certificates to COUNT people of courses of 20 and prints them as one PDF, chunk by chunk as the job runner does it.
"""

import json
import os
import resource
import sys
import time
from datetime import timedelta

import odoo.service.server
from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.tools import config

SIZE = 20


def prepare(env, count):
    """:return: ``event.registration`` of people who were there"""
    kind = env["drk.course.kind"].search([("company_id.drk_code", "=", "MUS"), ("code", "=", "EH")], limit=1)
    room = env["drk.room"].search([("company_id", "=", kind.company_id.id)], limit=1)
    begin = fields.Datetime.now().replace(hour=8, minute=0, second=0, microsecond=0)
    people = env["res.partner"].create(
        [
            {
                "firstname": f"Vorname{number}",
                "lastname": f"Nachname{number}",
                "birthdate_date": "1990-05-17",
                "drk_is_person": True,
                "company_id": kind.company_id.id,
            }
            for number in range(count)
        ]
    )
    registrations = env["event.registration"]
    for day in range(0, count, SIZE):
        start = begin + timedelta(days=400 + day)
        course = env["event.event"].create(
            {
                "drk_kind_id": kind.id,
                "date_begin": start,
                "date_end": start + timedelta(hours=8),
                "seats_max": SIZE,
                "drk_room_id": room.id,
            }
        )
        registrations |= env["event.registration"].create(
            [{"event_id": course.id, "drk_participant_id": person.id} for person in people[day : day + SIZE]]
        )
        past = {"date_begin": start - timedelta(days=2000), "date_end": start - timedelta(days=2000, hours=-8)}
        course.drk_session_ids.write(past)
    env["drk.course.attendance"].create(
        [
            {"registration_id": registration.id, "session_id": session.id, "state": "present"}
            for registration in registrations
            for session in registration.event_id.drk_session_ids
        ]
    )
    env.flush_all()
    return registrations


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(name, count):
    config.parse_config(["-c", os.environ["DRK_TEST_CONF"], "-d", name], setup_logging=False)
    odoo.service.server.load_server_wide_modules()
    registry = Registry(name)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"drk_no_mail": True, "tracking_disable": True})
        company = env["res.company"].search([("drk_code", "=", "MUS")], limit=1)
        env = env(context={**env.context, "allowed_company_ids": company.ids})
        registrations = prepare(env, count)
        cr.commit()
        env.invalidate_all()
        before, start = peak(), time.perf_counter()
        certificates = registrations._drk_issue_certificates()
        env.flush_all()
        cr.commit()
        issued = time.perf_counter()
        job = env["drk.job"].browse(certificates.action_drk_print()["res_id"])
        for chunk in job.chunk_ids.sorted("number"):
            chunk._run()
            cr.commit()
            env.invalidate_all()
        printed = time.perf_counter()
        order = job.certificate_print_id
        file = env["ir.attachment"].search(
            [("res_model", "=", order._name), ("res_id", "=", order.id), ("res_field", "=", "pdf")]
        )
        assert job.state == "done", job.message
        figures = {
            "certificates": len(certificates),
            "issue s": issued - start,
            "print s": printed - issued,
            "ms a page": (printed - issued) * 1000 / len(certificates),
            "MB before": before,
            "peak MB": peak(),
            "PDF MB": file.file_size / 1e6,
        }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
