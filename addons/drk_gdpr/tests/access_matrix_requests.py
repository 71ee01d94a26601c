"""One record of each model of requests, breaches and access sheets for an association."""


def build_person(env, company):
    return env["res.partner"]._drk_match_or_create_person(company, {"firstname": "Max", "lastname": "Muster"})


def _build_request(env, company):
    person = build_person(env, company)
    return env["drk.gdpr.request"].create({"company_id": company.id, "drk_person_id": person.id})


def _build_notice(env, company):
    return env["drk.gdpr.request.notice"].create({"request_id": _build_request(env, company).id, "name": "BG"})


def _build_sheet_default(env, company):
    sections = env["drk.access.sheet.section"].search([], limit=1)
    vals = {"company_id": company.id, "person_kind": "participant", "section_ids": [(6, 0, sections.ids)]}
    return env["drk.access.sheet.default"].create(vals)


def _build_sheet_print(env, company):
    vals = {"name": "Test", "company_id": company.id, "user_id": env.ref("base.user_admin").id, "kind": "pdf"}
    return env["drk.access.sheet.print"].create(vals)


def _build_information_line(env, company):
    person = build_person(env, company)
    vals = {"name": "Test", "company_id": company.id, "line_ids": [(0, 0, {"drk_person_id": person.id, "way": "none"})]}
    return env["drk.gdpr.information"].create(vals).line_ids


REQUEST_BUILDERS = {
    "drk.gdpr.information": lambda env, company: _build_information_line(env, company).information_id,
    "drk.gdpr.information.line": _build_information_line,
    "drk.access.sheet.default": _build_sheet_default,
    "drk.access.sheet.print": _build_sheet_print,
    "drk.gdpr.incident": lambda env, company: env["drk.gdpr.incident"].create({"company_id": company.id, "name": "X"}),
    "drk.gdpr.request": _build_request,
    "drk.gdpr.request.notice": _build_notice,
}
