"""The accountant's next morning: a collective invoice, a payment at the desk, a credit note and a rebooking.

The work is done in the browser as the people who do it; figures are compared with the ledger, texts are read from the PDF.
"""

import io
import os
import re

import pytest
from conftest import Server
from pypdf import PdfReader
from watch import Watch, login

# A course that ends just now, with a company of twelve and somebody who pays at the desk, and two dates to come.
SETTING = """
from datetime import datetime, timedelta
company = env["res.company"].search([("drk_code", "=", "MUS")])
env = env(context=dict(env.context, allowed_company_ids=company.ids, drk_no_mail=True))
kind = env["drk.course.kind"].search([("company_id", "=", company.id), ("code", "=", "EH")])
now = datetime.now().replace(microsecond=0)

def course(begin, end):
    event = env["event.event"].create({
        "drk_kind_id": kind.id, "seats_max": 16, "drk_session_ids": [(0, 0, {"date_begin": begin, "date_end": end})]})
    env.cr.commit()
    return event

def people(names):
    return [{"firstname": name, "lastname": "Probe", "birthdate_date": "1990-05-17", "zip": "44999"} for name in names]

today = course(now - timedelta(hours=8), now + timedelta(minutes=1))
soon, later = course(now + timedelta(days=3), now + timedelta(days=3, hours=8)), course(now + timedelta(days=40), now + timedelta(days=40, hours=8))
works = {"is_company": True, "name": "Musterwerke GmbH", "street": "Werkweg 1", "zip": "44999", "city": "Musterstadt"}
today._drk_book(people("Ada Bea Cleo Dora Edda Fay Gesa Hedi Ida Jule Kaja Lina".split()), payer=works, payer_kind="company")
today._drk_book(people(["Barbara"]))
soon._drk_book(people(["Gundula"]))
soon._drk_book(people(["Ulrike"]))
print("SETTING", today.id, soon.id, later.id, kind._price_on(now.date(), "company"), kind._price_on(now.date(), "self"))
"""

FETCH = "async path => Array.from(new Uint8Array(await (await fetch(path)).arrayBuffer()))"


@pytest.fixture(scope="module")
def setting(database):
    line = re.search(r"SETTING (.+)", database.shell(SETTING)).group(1).split()
    return [int(number) for number in line[:3]] + [float(price) for price in line[3:]]


@pytest.fixture(scope="module")
def server(database, setting):
    os.environ["ODOO_QUEUE_JOB_CHANNELS"] = "root:1"  # invoices are made by jobs
    try:
        running = Server(database)
    finally:
        del os.environ["ODOO_QUEUE_JOB_CHANNELS"]
    yield running
    running.stop()


class Desk:
    """One person at a screen."""

    def __init__(self, browser, server, database, user):
        self.server, self.database = server, database
        self.context = browser.new_context(locale="de-DE", viewport={"width": 1400, "height": 950})
        self.page = self.context.new_page()
        self.page.set_default_timeout(60000)
        self.watch = Watch(self.page)
        login(self.page, server, user)

    def open(self, action, number=""):
        name, module = action.split(".")[::-1]
        known = "SELECT res_id FROM ir_model_data WHERE module = %s AND name = %s"
        self.page.goto(self.server.url(f"/odoo/action-{self.database.value(known, module, name)}/{number}".rstrip("/")))
        self.page.wait_for_selector(".o_view_controller, .modal .o_form_view")

    def click(self, name, where=""):
        self.page.locator(f"{where} button[name={name}]:visible").first.click()

    def dialog(self, name, field=None, value=None):
        """Fill one field of the dialog and press its button."""
        self.page.wait_for_selector(".modal .o_form_view")
        if field:
            self.page.locator(f".modal [name={field}] input").first.fill(value)
        self.click(name, ".modal")
        self.page.wait_for_selector(".modal", state="detached")

    def pdf(self, report, number):
        body = self.page.evaluate(FETCH, f"/report/pdf/{report}/{number}")
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(bytes(body))).pages)

    def leave(self):
        assert not self.watch.troubles
        self.context.close()


@pytest.fixture
def desk(browser, server, database):
    """``desk("buchhaltung")`` signs in; whoever sat there leaves without a complaint of the browser."""
    desks = []

    def sit(user):
        desks.append(Desk(browser, server, database, user))
        return desks[-1]

    yield sit
    for each in desks:
        each.leave()
    assert not server.complaints()


def invoice_run(desk, course, moves):
    """Press "Rechnungen erstellen" at a course, and wait for the job."""
    before = desk.database.value("SELECT count(*) FROM account_move WHERE state = 'posted' AND journal_id IS NOT NULL")
    desk.open("drk_ktv.event_event_action_money", course)
    desk.click("action_drk_invoice_run")
    desk.page.wait_for_selector(".modal .o_form_view")
    desk.click("action_run", ".modal")
    desk.page.wait_for_selector(".o_form_view:not(.modal *)")
    for _ in range(60):
        posted = desk.database.value(
            "SELECT count(*) FROM account_move WHERE state = 'posted' AND journal_id IS NOT NULL"
        )
        if posted >= before + moves:
            return
        desk.page.wait_for_timeout(1000)
    raise AssertionError(f"{posted - before} of {moves} were posted: {desk.server.complaints()}")


def booking(database, name):
    """The newest booking of this person, and the moves of all of theirs."""
    return database.value("SELECT max(id) FROM event_registration WHERE name LIKE %s", f"{name}%Probe%")


def moves(database, name, kind):
    rows = database.rows(
        """SELECT DISTINCT m.id, m.amount_total, m.amount_residual, m.payment_state FROM account_move m
           JOIN res_partner p ON p.id = m.partner_id WHERE p.name LIKE %s AND m.move_type = %s AND m.state = 'posted'
           ORDER BY m.id""",
        f"{name}%",
        kind,
    )
    return [(number, float(total), float(residual), state) for number, total, residual, state in rows]


def test_accountants_morning(desk, database, setting):
    today, soon, later, company_price, own_price = setting
    accountant = desk("buchhaltung")

    # One invoice for the twelve of the company, one for who pays for herself.
    invoice_run(accountant, today, 2)
    [(number, total, residual, state)] = moves(database, "Musterwerke", "out_invoice")
    assert (total, residual, state) == (12 * company_price, 12 * company_price, "not_paid")
    text = accountant.pdf("account.report_invoice_with_payments", number)
    assert "Musterwerke GmbH" in text and "Rechnung" in text
    assert f"{12 * company_price:,.2f}".replace(",", "X").replace(".", ",").replace("X", ".") in text
    attached = database.value(
        "SELECT count(*) FROM ir_attachment WHERE res_model = 'account.move' AND res_id = %s AND name ILIKE %s",
        number,
        "%Teilnehm%",
    )
    assert attached == 1

    # One pays at the desk.
    cashier = desk("kasse")
    cashier.open("drk_ktv.event_registration_action_money", booking(database, "Barbara"))
    cashier.click("action_drk_collect")
    cashier.dialog("action_collect_silent")
    [(_number, total, residual, state)] = moves(database, "Barbara", "out_invoice")
    assert (total, residual, state) == (own_price, 0, "paid")

    # Two invoices for the date to come; one cancels and gets a credit note, one moves on with her money.
    invoice_run(accountant, soon, 2)
    office = desk("kursbuero")
    office.open("drk_ktv.event_registration_action", booking(database, "Gundula"))
    office.click("action_cancel")
    office.dialog("action_cancel")
    cashier.open("drk_ktv.event_registration_action_money", booking(database, "Ulrike"))
    cashier.click("action_drk_collect")
    cashier.dialog("action_collect_silent")
    office.open("drk_ktv.event_registration_action", booking(database, "Ulrike"))
    office.click("action_drk_rebook")
    office.page.wait_for_selector(".modal .o_form_view")
    office.page.locator(".modal [name=event_id] input").click()
    number = database.value("SELECT drk_number FROM event_event WHERE id = %s", later)
    office.page.locator(".modal [name=event_id] input").fill(number)
    office.page.locator(f".o-autocomplete--dropdown-item:has-text('{number}')").first.click()
    office.dialog("action_rebook")
    assert database.value("SELECT event_id FROM event_registration WHERE id = %s", booking(database, "Ulrike")) == later

    invoice_run(accountant, soon, 1)
    [(credit, total, residual, _state)] = moves(database, "Gundula", "out_refund")
    assert (total, residual) == (own_price, 0)
    assert "Gutschrift" in accountant.pdf("account.report_invoice_with_payments", credit)
    invoice_run(accountant, later, 1)
    assert [move[2] for move in moves(database, "Ulrike", "out_invoice")][-1] == database.value(
        "SELECT coalesce(sum(amount), 0)::float FROM drk_charge c JOIN event_registration r ON r.id = c.registration_id "
        "WHERE r.name LIKE 'Ulrike%%' AND c.course_purpose = 'rebook_fee' AND c.is_void IS NOT TRUE"
    )

    # What is open by the invoices is open in the ledger; income is what was charged.
    open_moves, ledger = database.rows(
        """SELECT (SELECT sum(amount_residual_signed) FROM account_move WHERE state = 'posted' AND company_id = c.id),
                  (SELECT sum(balance) FROM account_move_line l JOIN account_account a ON a.id = l.account_id
                    WHERE a.account_type = 'asset_receivable' AND l.parent_state = 'posted' AND l.company_id = c.id)
             FROM res_company c WHERE drk_code = 'MUS'"""
    )[0]
    assert open_moves == ledger
    charged, income = database.rows(
        """SELECT (SELECT sum(amount) FROM drk_charge WHERE state IN ('invoiced', 'paid') AND company_id = c.id),
                  (SELECT -sum(balance) FROM account_move_line l JOIN account_account a ON a.id = l.account_id
                    WHERE l.parent_state = 'posted' AND l.company_id = c.id AND l.journal_id IN
                      (SELECT id FROM account_journal WHERE type = 'sale')
                      AND a.account_type != 'asset_receivable')
             FROM res_company c WHERE drk_code = 'MUS'"""
    )[0]
    assert charged == income
