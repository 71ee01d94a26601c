"""The data protection officer's day: a consent is looked up and recorded, the quarterly cleaning runs, its report is printed."""

import re
import time
from types import SimpleNamespace

import pytest
from backend import confirm, downloaded, open_action
from conftest import Server

SETTING = """
from odoo import fields
company = env["res.company"].search([("drk_code", "=", "MUS")])
env = env(context=dict(env.context, allowed_company_ids=company.ids, tracking_disable=True))
officer, second = [env["res.users"].search([("login", "=", name)]) for name in ("datenschutz", "leitung")]
company.write({
    "drk_system_ids": [fields.Command.link(env.ref("drk_gdpr.drk_system_ano").id)],
    "drk_anonymisation_active": True, "drk_anonymisation_auto": True, "drk_anonymisation_expected": 2,
    "drk_anonymisation_user_id": officer.id,
})
env["drk.erasure.grant"].create([
    {"company_id": company.id, "user_id": user.id, "is_instructed": True} for user in officer + second])
people = env["res.partner"]
for number in range(3):
    people += people._drk_match_or_create_person(company, {
        "firstname": "Ottilie", "lastname": f"Vorzeit{number}", "zip": "44135", "street": f"Altweg {number}",
        "email": f"ottilie{number}@example.org"})
firm = people._drk_match_or_create_person(company, {"is_company": True, "name": "Vorzeit GmbH", "zip": "44135"})
env["ir.attachment"].create(
    {"name": "Rechnung-2011.txt", "raw": b"Rechnung 2011", "res_model": "res.partner", "res_id": people[0].id})
env.flush_all()
env.cr.execute("UPDATE res_partner SET create_date = '2011-05-01' WHERE id = ANY(%s)", [(people + firm).ids])
env.invalidate_all()
env["drk.retention.due"]._prepare_companies(company, fields.Date.context_today(company))
print("SETTING", firm.id, *people.ids)
"""
# The job of the first Sunday of the quarter, on any day.
QUARTER = """
from odoo.addons.drk_gdpr.tools.quarter import last_cleaning_day
from odoo import fields
company = env["res.company"].search([("drk_code", "=", "MUS")])
run = env["drk.erasure.run"].with_company(company)._clean(company, last_cleaning_day(fields.Date.today()))
print("RUN", run.id, run.state)
"""
ERASED = "SELECT count(*) FROM res_partner WHERE id = ANY(%s) AND drk_anonymised_at IS NOT NULL"


@pytest.fixture
def setting(database):
    """A company and three people whom the association has not had to do with since 2011."""
    firm, *people = map(int, re.search(r"SETTING (.+)", database.shell(SETTING)).group(1).split())
    return SimpleNamespace(firm=firm, people=people)


@pytest.fixture
def server(database, setting, monkeypatch):
    """A server that works off jobs, one at a time."""
    monkeypatch.setenv("ODOO_QUEUE_JOB_CHANNELS", "root:1")
    running = Server(database)
    yield running
    running.stop()


def check_consent(page, server, database, person):
    """The window DSGVO shows that a declaration is missing; the signed form on the desk is recorded."""
    page.goto(server.url(f"/odoo/action-drk_gdpr.res_partner_action_people/{person}"))
    page.locator("button[name=action_drk_consent_window]").click()
    window = page.locator(".modal", has_text="Datenschutzerklärung")
    window.get_by_text("Liegt noch nicht vor").first.wait_for()
    window.locator("button[name=action_drk_consent_give]").click()
    dialog = page.locator(".modal:has(button[name=action_record])")
    channel = dialog.locator("[name=channel_id] input")
    channel.fill("Schriftlich")
    page.locator(".o-autocomplete--dropdown-item", has_text="chriftlich").first.click()
    dialog.locator("[name=evidence] textarea").fill("Ordner 12")
    dialog.locator("button[name=action_record]").click()
    dialog.wait_for(state="detached")
    query = "SELECT kind, evidence FROM drk_consent WHERE partner_id = %s"
    assert database.rows(query, person) == [("given", "Ordner 12")]


def release_company(page, server, database, setting):
    """The clock shows the coming quarters; the company that waits for a look is released."""
    open_action(page, server, "drk_gdpr.drk_retention_due_action")
    page.locator(".o_graph_renderer canvas").wait_for()
    page.locator(".o_switch_view.o_list").click()
    row = page.locator("tr.o_data_row", has_text="Vorzeit GmbH")
    row.get_by_text("Wartet auf Prüfung").wait_for()
    row.locator(".o_list_record_selector input").check()
    page.locator("button", has_text="Firmen freigeben").click()
    page.locator("tr.o_data_row", has_text="Vorzeit GmbH").get_by_text("Freigegeben").wait_for()
    query = "SELECT drk_cleaning_release FROM res_partner WHERE id = %s"
    assert database.value(query, setting.firm) == "released"


def preview_run(page, server, database, people):
    """The run of the quarter waits, because it is larger than expected; its preview counts and changes nothing.

    :return: address of the run
    """
    open_action(page, server, "drk_gdpr.drk_erasure_run_action")
    page.locator("tr.o_data_row", has_text="Wartet auf Freigabe").first.click()
    page.locator(".alert", has_text="Eine zweite Person").wait_for()
    assert not page.locator("button[name=action_approve]").is_visible(), "who asked does not release"
    page.locator("button[name=action_preview]").click()
    page.get_by_text("Was geschehen würde").wait_for()
    assert page.locator("[name=expected_done]").inner_text() == str(len(people))
    assert database.value(ERASED, people) == 0
    return page.url


def release_run(page, database, address, people):
    """A second person releases the run, and it does its work."""
    page.goto(address)
    page.locator("button[name=action_approve]").click()
    confirm(page)
    end = time.monotonic() + 120
    while database.value("SELECT state FROM drk_erasure_run ORDER BY id DESC LIMIT 1") not in ("done", "open"):
        assert time.monotonic() < end, "the run does not end"
        time.sleep(0.5)
    assert database.value(ERASED, people) == len(people)


def print_report(page, address, people):
    """The report says how many; the documents wait encrypted."""
    page.goto(address)
    page.get_by_text("Ergebnis", exact=False).first.wait_for()
    assert page.locator("[name=erased_count]").inner_text() == str(len(people))
    _name, report = downloaded(page, page.locator("button[name=action_print_report]").click)
    assert report[:5] == b"%PDF-"
    page.locator(".o_notebook a", has_text="Dokumente").click()
    _name, content = downloaded(page, page.locator("button[name=action_download]").click)
    assert content[:2] == b"PK"
    assert b"Rechnung 2011" not in content


def test_officers_day(server, database, sign_in, setting):
    """From the first consent to the printed report, in German, with a second person for the large run."""
    officer, cleaned = sign_in("datenschutz"), [setting.firm, *setting.people]
    known = database.value("SELECT id FROM res_partner WHERE email = 'achim.heinrich.45@example.com'")
    check_consent(officer, server, database, known)
    release_company(officer, server, database, setting)
    assert "waiting" in database.shell(QUARTER)
    address = preview_run(officer, server, database, cleaned)
    second = sign_in("leitung")
    release_run(second, database, address, cleaned)
    print_report(officer, address, cleaned)
    assert not officer.watch.troubles + second.watch.troubles
    assert not server.complaints()
