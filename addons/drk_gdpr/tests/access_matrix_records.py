"""One record of each model for an association, made by the superuser."""

from odoo.tools import SQL

from .access_matrix_requests import REQUEST_BUILDERS

ENGAGEMENT = "drk.engagement"


def build_person(env, company):
    return env["res.partner"]._drk_match_or_create_person(company, {"firstname": "Max", "lastname": "Muster"})


def _build_bank(env, company):
    partner = build_person(env, company)
    return env["res.partner.bank"].create({"acc_number": "DE89370400440532013000", "partner_id": partner.id})


def _build_user(env, company, login="matrix"):
    vals = {
        "name": "Max Muster",
        "login": f"{login} {company.id}",
        "company_id": company.id,
        "company_ids": [(6, 0, company.ids)],
    }
    return env["res.users"].with_context(no_reset_password=True).create(vals)


def _build_text(env, company):
    purpose = env.ref("drk_gdpr.drk_consent_purpose_privacy")
    vals = {"company_id": company.id, "purpose_id": purpose.id, "version": "1", "body": "Text"}
    return env["drk.consent.text"].create(vals)


def build_engagement(env, company):
    """Let the view show one line per association; the stand-in goes with the transaction of the test."""
    model_class, lines = env.registry[ENGAGEMENT], {company.id: build_person(env, company).id}
    if "_engagement_selects" in vars(model_class):
        lines |= model_class._engagement_selects.lines
    stand_in = _stand_in(lines)
    env.cr.postrollback.add(lambda: forget_engagements(env))
    model_class._engagement_selects = stand_in
    return env[ENGAGEMENT].browse(company.id)


def forget_engagements(env):
    model_class = env.registry[ENGAGEMENT]
    if "_engagement_selects" in vars(model_class):
        del model_class._engagement_selects


def _stand_in(lines):
    def selects(self):
        return [
            SQL(
                """
                SELECT %(company)s::bigint AS id, %(person)s AS person_id, %(company)s AS company_id,
                       'res.partner'::varchar AS res_model, %(person)s AS res_id, NULL::int AS model_id,
                       'Test'::varchar AS purpose, DATE '2027-01-01' AS last_activity, NULL::date AS keep_until,
                       NULL::varchar AS keep_reason
                """,
                company=company_id,
                person=person_id,
            )
            for company_id, person_id in lines.items()
        ]

    selects.lines = lines
    return selects


def build_run(env, company):
    return env["drk.erasure.run"].with_company(company)._create_for(build_person(env, company), "manual")


def _build_household(env, company):
    return env["drk.household"].create({"company_id": company.id})


def _build_member(env, company):
    vals = {"household_id": _build_household(env, company).id, "partner_id": build_person(env, company).id}
    return env["drk.household.member"].create(vals)


def _build_guardianship(env, company):
    child = env["res.partner"]._drk_match_or_create_person(company, {"firstname": "Mia", "lastname": "Muster"})
    return env["drk.guardianship"].create({"child_id": child.id, "guardian_id": build_person(env, company).id})


def _build_way(env, company):
    vals = {"partner_id": build_person(env, company).id, "kind": "mail", "value": "max@example.org"}
    return env["drk.contact.way"].create(vals)


def _build_label(model):
    return lambda env, company: env[model].create({"name": "Muster", "company_id": company.id})


def _build_block(env, company):
    values = {"firstname": "Max", "lastname": "Muster", "email": f"max{company.id}@example.org"}
    return env["drk.block.entry"]._add(env["res.partner"]._drk_match_or_create_person(company, values))


def _build_package(env, company):
    return env["drk.document.package"].create({"name": "Muster", "company_id": company.id})


def _build_period(env, company):
    system = env["drk.system"].create({"name": f"Muster {company.id}", "code": f"muster{company.id}"})
    return env["drk.retention.period"].create({"company_id": company.id, "system_id": system.id})


def _build_due(env, company):
    person = build_person(env, company)
    env.flush_all()
    return env["drk.retention.due"].browse(person.id)


def _build_grant(env, company):
    vals = {"company_id": company.id, "user_id": _build_user(env, company, "grant").id, "is_instructed": True}
    return env["drk.erasure.grant"].create(vals)


BUILDERS = {
    **REQUEST_BUILDERS,
    "drk.block.entry": _build_block,
    "drk.branch": _build_label("drk.branch"),
    "drk.consent": lambda env, company: build_person(env, company)._drk_record_consent("privacy", "given", "S"),
    "drk.consent.rule": lambda env, company: env["drk.consent.rule"]._of_association(company)[:1],
    "drk.consent.text": _build_text,
    "drk.contact.way": _build_way,
    "drk.deletion.log": lambda env, company: env["drk.deletion.log"]._drk_note(company, "bank", 1, 2, "address"),
    "drk.document.package": _build_package,
    "drk.engagement": build_engagement,
    "drk.erasure.grant": _build_grant,
    "drk.erasure.residue": lambda env, company: env["drk.erasure.residue"].create(
        {
            "run_id": build_run(env, company).id,
            "table_name": "res_partner",
            "column_name": "name",
            "res_id": 1,
            "kind": "name",
        }
    ),
    "drk.erasure.line": lambda env, company: build_run(env, company).line_ids,
    "drk.erasure.run": build_run,
    "drk.guardianship": _build_guardianship,
    "drk.household": _build_household,
    "drk.household.member": _build_member,
    "drk.log.release": lambda env, company: env["drk.log.release"].create({"reason": "Test", "company_id": company.id}),
    "drk.mark": _build_label("drk.mark"),
    "drk.processing.activity": lambda env, company: env["drk.processing.activity"].create(
        {"name": "Kurse", "purpose": "Kurse", "company_id": company.id}
    ),
    "drk.reduction": _build_label("drk.reduction"),
    "drk.retention.due": _build_due,
    "drk.retention.period": _build_period,
    "drk.subject.area": _build_label("drk.subject.area"),
    "res.partner": build_person,
    "res.partner.bank": _build_bank,
    "res.users": _build_user,
}
