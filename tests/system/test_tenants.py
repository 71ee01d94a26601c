"""Nothing of one association can be seen, changed or taken along by the users of another one: asked as a browser asks."""

import json

import pytest
from rpc import Client, RefusedError

USERS = ["kursbuero", "leitung", "ausbilder", "mitglied"]

# Every stored table with a company, and the people: the records of Beispielhausen in each.
FOREIGN = """
import json
other = env["res.company"].search([("drk_code", "=", "BEI")])
found = {}
for name, model in env.items():
    if model._abstract or model._transient or not model._auto:
        continue
    field = model._fields.get("company_id")
    if name != "res.company" and field and field.comodel_name == "res.company" and field._description_searchable:
        ids = model.sudo().with_context(active_test=False).search([("company_id", "=", other.id)], limit=40).ids
        if ids:
            found[name] = ids
found["res.users"] = env["res.users"].search([("company_id", "=", other.id)]).ids
found["res.company"] = other.ids
attachments = env["ir.attachment"].sudo().search([("res_model", "=", "drk.room"), ("res_id", "in", found["drk.room"]), ("res_field", "!=", False)])
found["ir.attachment"] = attachments.ids
print("FOUND", json.dumps(found))
"""
# What belongs to the machine room and holds no record of a person.
TECHNICAL = {"ir.default", "ir.sequence", "ir.property", "website", "resource.calendar", "account.journal"}


@pytest.fixture(scope="module")
def foreign(database):
    line = next(line for line in database.shell(FOREIGN).splitlines() if "FOUND " in line)
    found = json.loads(line.split("FOUND ", 1)[1])
    assert {"res.partner", "event.event", "event.registration", "drk.room", "drk.consent"} <= found.keys()
    return {model: ids for model, ids in found.items() if model not in TECHNICAL}


def granted(action):
    """What the server answered, or None when it refused."""
    try:
        return action()
    except RefusedError as refused:
        assert refused.name in (
            "odoo.exceptions.AccessError",
            "odoo.exceptions.MissingError",
            "odoo.exceptions.UserError",
            "odoo.exceptions.ValidationError",
            "werkzeug.exceptions.NotFound",
            "werkzeug.exceptions.Forbidden",
        ), str(refused)
        return None


@pytest.mark.parametrize("user", USERS)
def test_no_search_finds_the_other_association(user, server, foreign):
    client, leaks = Client(server, user), {}
    for model, ids in foreign.items():
        rows = granted(lambda model=model, ids=ids: client.execute(model, "search_read", [["id", "in", ids]], ["id"]))
        if rows:
            leaks[model] = [row["id"] for row in rows]
    assert not leaks


@pytest.mark.parametrize("user", USERS)
def test_no_known_number_opens_or_changes_a_foreign_record(user, server, foreign):
    client, leaks = Client(server, user), []
    for model, ids in foreign.items():
        for method, args in (("read", [ids[:1], ["id", "display_name"]]), ("export_data", [ids[:1], ["id"]])):
            if granted(lambda model=model, method=method, args=args: client.execute(model, method, *args)):
                leaks.append(f"{model}.{method}")
        if granted(lambda model=model, ids=ids: client.execute(model, "write", ids[:1], {})):
            leaks.append(f"{model}.write")
        if granted(lambda model=model, ids=ids: client.execute(model, "unlink", ids[:1])):
            leaks.append(f"{model}.unlink")
    assert not leaks


@pytest.mark.parametrize("user", USERS)
def test_files_of_the_other_association_stay_closed(user, server, foreign):
    client = Client(server, user)
    assert foreign["ir.attachment"], "the rooms of the demo have sketches"
    for number in foreign["ir.attachment"]:
        status, _headers, body = client.request("GET", f"/web/content/{number}")
        assert status in (403, 404), (number, status, body[:80])
    status, _headers, _body = client.request("GET", f"/web/content/drk.room/{foreign['drk.room'][0]}/sketch")
    assert status in (403, 404)


def test_switching_the_company_in_the_request_opens_nothing(server, foreign, database):
    """A user names the other association as allowed company: the server must not believe it."""
    client = Client(server, "leitung")
    other = database.value("SELECT id FROM res_company WHERE drk_code = 'BEI'")
    context = {"allowed_company_ids": [*client.companies, other]}
    rows = granted(
        lambda: client.execute(
            "res.partner", "search_read", [["id", "in", foreign["res.partner"]]], ["id"], context=context
        )
    )
    assert not rows


def test_the_log_holds_no_complaint(server):
    assert not server.complaints()
