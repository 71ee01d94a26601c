"""What reaches the data protection officer: an access request, an erasure request that meets an invoice, a breach."""

import io
import re
from types import SimpleNamespace

import pytest
from backend import choose, confirm, downloaded, open_action, pick
from pypdf import PdfReader

# Two people who wrote to the association; one of them has a paid invoice, which the tax law wants kept.
SETTING = """
from odoo import fields
company = env["res.company"].search([("drk_code", "=", "MUS")])
env = env(context=dict(env.context, allowed_company_ids=company.ids, tracking_disable=True))
officer = env["res.users"].search([("login", "=", "datenschutz")])
env["drk.erasure.grant"].create({"company_id": company.id, "user_id": officer.id, "is_instructed": True})
asker, payer = [env["res.partner"]._drk_match_or_create_person(company, {
    "firstname": name, "lastname": "Anfrage", "birthdate_date": "1984-03-09", "zip": "44135", "city": "Musterstadt",
    "street": "Fragweg 7", "email": f"{name.lower()}@example.org", "lang": "de_DE"}) for name in ("Adelheid", "Leberecht")]
payer.drk_occupation = "Imker"
company.drk_sphere_id = env["account.analytic.account"].search(
    [("company_id", "=", company.id), ("drk_sphere", "!=", False)], limit=1)
invoice = env["account.move"].create({
    "move_type": "out_invoice", "partner_id": payer.id, "invoice_date": fields.Date.today(),
    "invoice_line_ids": [fields.Command.create({"name": "Erste Hilfe", "price_unit": 60})]})
invoice.action_post()
env["account.payment.register"].with_context(
    active_model="account.move", active_ids=invoice.ids).create({})._create_payments()
print("SETTING", asker.id, payer.id, invoice.invoice_date.year)
"""


@pytest.fixture(scope="module")
def setting(database):
    asker, payer, year = map(int, re.search(r"SETTING (.+)", database.shell(SETTING)).group(1).split())
    return SimpleNamespace(asker=asker, payer=payer, year=year)


@pytest.fixture
def officer(sign_in, setting, server):
    page = sign_in("datenschutz")
    yield page
    assert not page.watch.troubles
    assert not server.complaints()


def pdf_text(content):
    assert content[:5] == b"%PDF-"
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def ask(page, server, kind, person):
    """Enter a request that came by mail."""
    open_action(page, server, "drk_gdpr.drk_gdpr_request_action")
    page.locator(".o-kanban-button-new").click()
    pick(page, "kind", kind)
    choose(page, "channel_id", "E-Mail")
    choose(page, "drk_person_id", person)
    page.locator("[name=subject_text] textarea").fill("Bitte um Antwort an die bekannte Anschrift.")


def check_identity(page):
    """Without a proof nothing leaves the house."""
    page.locator("button[name=action_confirm_identity]").click()
    page.locator(".modal", has_text="wie und wann die Identität").wait_for()
    page.locator(".modal footer .btn-primary").click()
    pick(page, "identity_kind", "Ausweis")
    page.locator("button[name=action_confirm_identity]").click()
    page.locator("button[name=action_answer]").wait_for()


def answer(page):
    page.locator("button[name=action_answer]").click()
    confirm(page)


def test_access_request(server, database, officer, setting):
    """From the letter of the person to the sheet: entered, identity checked, answered, closed."""
    ask(officer, server, "Auskunft (Art. 15)", "Adelheid Anfrage")
    check_identity(officer)
    answer(officer)
    officer.locator("button[name=action_send]").wait_for()
    officer.locator(".o_notebook a", has_text="Antwort").click()
    name, sheet = downloaded(officer, officer.locator("[name=sheet_pdf] a").click)
    assert name.endswith(".pdf")
    text = pdf_text(sheet)
    assert "Adelheid Anfrage" in text
    assert "Fragweg 7" in text
    assert "Leberecht" not in text
    officer.locator("button[name=action_close]").click()
    officer.locator("button[name=action_reopen]").wait_for()
    query = "SELECT state, identity_kind, closed_on = answered_on FROM drk_gdpr_request WHERE drk_person_id = %s"
    assert database.rows(query, setting.asker) == [("closed", "document", True)]


def test_erasure_request_meets_an_invoice(server, database, officer, setting):
    """What can go is erased, the rest is restricted until the end of its period, and the letter says so."""
    ask(officer, server, "Löschung (Art. 17)", "Leberecht Anfrage")
    check_identity(officer)
    _name, letter = downloaded(officer, lambda: answer(officer))
    text, end = pdf_text(letter), f"{setting.year + 8}-12-31"
    assert "Leberecht Anfrage" in text
    assert f"31.12.{setting.year + 8}" in text
    assert "Rechnungsempfänger" in text
    query = """
        SELECT name, email, drk_occupation, drk_is_restricted, drk_restricted_until::text, drk_anonymised_at
          FROM res_partner WHERE id = %s
    """
    assert database.rows(query, setting.payer) == [("Leberecht Anfrage", None, None, True, end, None)]
    officer.locator("button[name=action_answer]").wait_for(state="hidden")
    officer.goto(server.url(f"/odoo/action-drk_gdpr.res_partner_action_people/{setting.payer}"))
    officer.locator(".alert", has_text=re.compile(rf"Gesperrt bis 31\. Dez\. {setting.year + 8}")).wait_for()


def test_breach(server, database, officer):
    """The clock of 72 hours runs from the knowledge on; the risk is assessed, the authority told, the notice printed."""
    open_action(officer, server, "drk_gdpr.drk_gdpr_incident_action")
    officer.locator(".o_list_button_add").click()
    officer.locator("[name=name] input, [name=name] textarea").fill("Teilnehmerliste im Bus vergessen")
    officer.locator("[name=description] textarea").fill("Eine Liste mit zwölf Namen blieb im Bus liegen.")
    officer.locator(".o_form_button_save").click()
    countdown = officer.locator("[name=countdown]")
    countdown.wait_for()
    assert re.fullmatch(r"71 Std\. 5\d Min\.|72 Std\. 0 Min\.", countdown.inner_text().strip())
    officer.locator(".o_notebook a", has_text="Risiko").click()
    officer.get_by_label("Risiko: Aufsicht informieren (Art. 33)", exact=True).check()
    officer.locator("[name=risk_reason] textarea").fill("Namen und Anschriften, keine weiteren Daten.")
    officer.locator("button[name=action_assess]").click()
    officer.locator("button[name=action_assess]").wait_for(state="hidden")
    officer.locator("button[name=action_authority_told]").click()
    officer.locator("[name=authority_told_at]").first.wait_for()
    _name, notice = downloaded(officer, officer.get_by_role("button", name="Meldung (PDF)").click)
    text = pdf_text(notice)
    assert "Eine Liste mit zwölf Namen blieb im Bus liegen." in text
    query = "SELECT state, authority_told_at < deadline FROM drk_gdpr_incident WHERE name LIKE 'Teilnehmerliste %%'"
    assert database.rows(query) == [("reported", True)]
