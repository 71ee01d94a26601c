"""Demo data about people: value lists, labels, a family whose child lives in two households, an employer's contact person."""

from datetime import date

from odoo import Command

MARKS = (("Presse", 1), ("Stadtrat", 4), ("Blutspender", 10), ("Ehrenamt", 3))
SUBJECT_AREAS = ("Erste Hilfe", "Pflege", "Jugend", "Katastrophenschutz")
BRANCHES = ("Handwerk", "Pflegeheim", "Schule", "Öffentliche Verwaltung")
REDUCTIONS = ("Schüler, Studierende", "Sozialpass", "Ehrenamtskarte")
#: first name, last name, salutation, years of age; the first two share the home with both children, the third is the girl's father.
FAMILY = (
    ("Sabine", "Beispielmann", "frau", 41),
    ("Jonas", "Beispielmann", "herr", 43),
    ("Mia", "Beispielmann", "frau", 9),
    ("Ben", "Beispielmann", "herr", 5),
    ("Torsten", "Waldprobst", "herr", 45),
)


def load(association):
    """Add what is missing; a second call adds nothing.

    :param association: ``demo.Association`` that has its people and employers already
    """
    env, company = association.env, association.company
    marks = _labels(env, company, "drk.mark", MARKS)
    areas = _labels(env, company, "drk.subject.area", [(name, 0) for name in SUBJECT_AREAS])
    branches = _labels(env, company, "drk.branch", [(name, 0) for name in BRANCHES])
    _labels(env, company, "drk.reduction", [(name, 0) for name in REDUCTIONS])
    if env["drk.household"].search_count([("company_id", "=", company.id)]):
        return
    _mark_people(association.pool[:24], marks, areas)
    association.employers[:1].drk_branch_ids = branches[:1]
    if association.is_first:
        _family(association, _people(association))
        _contact_person(association)


def _labels(env, company, model, rows):
    known = env[model].search([("company_id", "=", company.id)])
    names = set(known.mapped("name"))
    return known + env[model].create(
        [
            {"name": name, "color": color, "company_id": company.id, "sequence": number}
            for number, (name, color) in enumerate(rows, 1)
            if name not in names
        ]
    )


def _mark_people(people, marks, areas):
    for number, mark in enumerate(marks):
        people[number::5].drk_mark_ids = [Command.link(mark.id)]
    for number, area in enumerate(areas):
        people[number::6].drk_subject_area_ids = [Command.link(area.id)]


def _people(association):
    postcode, town = association.data["towns"][0]
    common = {
        "company_id": association.company.id,
        "drk_is_person": True,
        "zip": postcode,
        "city": town,
        "country_id": association.company.country_id.id,
        "lang": "de_DE",
    }
    code = association.data["code"]
    return association.env["res.partner"].create(
        [
            {
                **common,
                "ref": f"FAMILIE-{code}-{number}",
                "firstname": firstname,
                "lastname": lastname,
                "drk_salutation": salutation if age > 17 else "none",
                "drk_gender": "female" if salutation == "frau" else "male",
                "birthdate_date": date(date.today().year - age, 3, 10 + number),
                "street": "Ahornweg 3" if number == 5 else "Lindenallee 8",
                "email": f"{firstname}.{lastname}@example.org".lower() if age > 17 else False,
                "phone": f"+49 30 2312590{number}" if age > 17 else False,
            }
            for number, (firstname, lastname, salutation, age) in enumerate(FAMILY, 1)
        ]
    )


def _family(association, people):
    mother, father, girl, boy, other_father = people
    env, company = association.env, association.company
    env["drk.household"].create(
        [
            {"company_id": company.id, "member_ids": [Command.create({"partner_id": one.id}) for one in people[:4]]},
            {
                "company_id": company.id,
                "member_ids": [
                    Command.create({"partner_id": other_father.id}),
                    Command.create({"partner_id": girl.id, "is_main": False}),
                ],
            },
        ]
    )
    parents = [(girl, mother), (girl, other_father), (boy, mother), (boy, father)]
    env["drk.guardianship"].create([{"child_id": child.id, "guardian_id": parent.id} for child, parent in parents])
    mother.drk_contact_way_ids = [
        Command.create({"kind": "mobile", "value": "+49 151 23125901", "sequence": 1}),
        Command.create({"kind": "mail", "value": "familie.beispielmann@example.org", "sequence": 2}),
    ]
    mother.drk_family_reduction = True


def _contact_person(association):
    employer = association.employers[:1]
    association.env["res.partner"].create(
        {
            "company_id": association.company.id,
            "drk_is_person": True,
            "parent_id": employer.id,
            "firstname": "Renate",
            "lastname": "Musterkamp",
            "drk_salutation": "frau",
            "function": "Personalabteilung",
            "email": "renate.musterkamp@example.com",
            "phone": "+49 30 23125950",
            "lang": "de_DE",
        }
    )
