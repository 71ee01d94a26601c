"""One record of each model for an association, made by the superuser."""

import base64
from datetime import timedelta

from odoo import fields


def _build_kind(env, company):
    kinds = env["drk.course.kind"]
    kind = kinds.search([("company_id", "=", company.id), ("code", "=", "MATRIX")])
    vals = {"code": "MATRIX", "number_prefix": "MATRIX", "name": "Matrix", "company_id": company.id}
    return kind or kinds.create(vals)


def _build_price(env, company):
    kind = _build_kind(env, company)
    return env["drk.course.price"].create({"kind_id": kind.id, "amount": 10})


def _build_person(env, company):
    return env["res.partner"].create({"lastname": "Matrix", "drk_is_person": True, "company_id": company.id})


def _build_instructor(env, company):
    return env["drk.instructor"].create({"partner_id": _build_person(env, company).id, "company_id": company.id})


def _build_course(env, company):
    begin = fields.Datetime.now() + timedelta(days=30)
    return env["event.event"].create({"drk_kind_id": _build_kind(env, company).id, "date_begin": begin})


def _build_session(env, company):
    return _build_course(env, company).drk_session_ids


def _build_registration(env, company):
    course = _build_course(env, company)
    vals = {"event_id": course.id, "drk_participant_id": _build_person(env, company).id}
    return env["event.registration"].with_context(drk_no_mail=True).create(vals)


def _build_message(env, company):
    return env["drk.course.mail"]._create_for("confirmation", _build_registration(env, company), "prepared")


def _build_certificate(env, company):
    return env["drk.certificate"]._issue(_build_registration(env, company))


def _build_certificate_print(env, company):
    return env["drk.certificate.print"].create({"name": "Matrix", "company_id": company.id})


def _build_attendance(env, company):
    registration = _build_registration(env, company)
    vals = {"registration_id": registration.id, "session_id": registration.event_id.drk_session_ids.id}
    return env["drk.course.attendance"].create(vals | {"state": "present"})


def _build_paper(env, company):
    file = base64.b64encode(b"%PDF-1.4 %%EOF")
    return env["drk.course.paper"].create({"event_id": _build_course(env, company).id, "name": "M.pdf", "file": file})


def _build_charge(env, company):
    """With its booking: the course office sees no others."""
    registration = _build_registration(env, company)
    kind = env["drk.revenue.kind"].search([("company_id", "=", company.id)], limit=1)
    vals = {"name": "Matrix", "amount": 1, "company_id": company.id, "payer_id": registration.drk_participant_id.id}
    return env["drk.charge"].create(vals | {"registration_id": registration.id, "revenue_kind_id": kind.id})


BUILDERS = {
    "drk.certificate": _build_certificate,
    "drk.certificate.print": _build_certificate_print,
    "drk.charge": _build_charge,
    "drk.course.attendance": _build_attendance,
    "drk.course.kind": _build_kind,
    "drk.course.mail": _build_message,
    "drk.course.paper": _build_paper,
    "drk.course.price": _build_price,
    "drk.course.session": _build_session,
    "drk.instructor": _build_instructor,
    "event.event": _build_course,
    "event.registration": _build_registration,
}
