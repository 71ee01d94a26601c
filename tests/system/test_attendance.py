"""An instructor's evening on a phone: attendance while the network is gone for a minute, a walk-in, the papers."""

import re

import pytest
from watch import Watch

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
COURSES = """
from datetime import datetime, timedelta
user = env["res.users"].search([("login", "=", "ausbilder")])
instructor = env["drk.instructor"].search([("user_id", "=", user.id)])
company, now = instructor.company_id, datetime.now().replace(microsecond=0)
env = env(context=dict(env.context, allowed_company_ids=company.ids, drk_no_mail=True))
kind = env["drk.course.kind"].search([("company_id", "=", company.id), ("is_bg_billable", "=", False)], limit=1)
for number in range({count}):
    course = env["event.event"].create({{
        "drk_kind_id": kind.id, "seats_max": 16, "drk_instructor_id": instructor.id, "drk_session_ids": [
            # nobody can teach several courses at once, but lead them
            (0, 0, {{"instructor_ids": [], "date_begin": now + begin, "date_end": now + end}}) for begin, end in (
                (timedelta(hours=-3), timedelta(hours=-2)), (timedelta(hours=-1), timedelta(hours=1)))
        ]}})
    env.cr.commit()  # a booking begins with a lock
    course._drk_book([
        {{"firstname": "Vera", "lastname": "Probe" + chr(65 + n), "birthdate_date": "1990-05-%02d" % (n + 1)}}
        for n in range(14)])
    print("COURSE", course.id)
"""
PRESENT = """
    SELECT count(*) FROM drk_course_attendance WHERE event_id = %s AND state = 'present'
"""


@pytest.fixture(scope="module")
def courses(database):
    """Courses of two sessions that run now, each with fourteen people and two free places."""
    return [int(number) for number in re.findall(r"COURSE (\d+)", database.shell(COURSES.format(count=6)))]


@pytest.fixture
def course(courses):
    """One of them, for this test alone."""
    return courses.pop()


@pytest.fixture
def phone(browser, server):
    context = browser.new_context(
        locale="de-DE", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.set_default_timeout(60000)
    sign_in(page, server, "ausbilder")
    yield page
    context.close()


def sign_in(page, server, name):
    """Ask for the page, and land on it after the sign-in: nothing of the back office is loaded on the phone."""
    page.goto(server.url("/kurse/anwesenheit"))
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", name)
    with page.expect_navigation(url="**/kurse/anwesenheit"):
        page.click(".oe_login_form button[type=submit]")


def open_course(page, server, course):
    page.goto(server.url(f"/kurse/anwesenheit/{course}"))
    says(page, "Alles gesendet")


def tap(page, number, state="present"):
    """Tap a choice of the n-th person of the shown session, as a thumb does."""
    section = page.locator(".drk-att-session:not([hidden])")
    section.locator(".drk-att-person").nth(number).locator(f"label.drk-att-{state}").tap()


def says(page, text):
    page.wait_for_function("text => document.getElementById('stand').textContent.includes(text)", arg=text)


def test_instructors_evening(server, database, phone, course):
    """Taps without a network are kept, seen, and sent when it is back; then a walk-in, a scan and the papers."""
    page, watch = phone, Watch(phone)
    page.goto(server.url("/kurse/anwesenheit"))
    page.locator(f"a[href$='/kurse/anwesenheit/{course}']").tap()
    says(page, "Alles gesendet")
    tap(page, 0)
    says(page, "Alles gesendet")
    assert database.value(PRESENT, course) == 1

    page.context.set_offline(True)
    tap(page, 1)
    says(page, "1 Eintrag noch nicht gesendet")
    tap(page, 2, "absent")
    page.locator(".drk-att-tabs a").first.tap()  # the other session, without a network too
    tap(page, 3)
    says(page, "3 Einträge noch nicht gesendet")
    assert database.value(PRESENT, course) == 1
    page.context.set_offline(False)
    says(page, "Alles gesendet")
    assert database.value(PRESENT, course) == 3
    watch.troubles = [trouble for trouble in watch.troubles if "ERR_INTERNET_DISCONNECTED" not in trouble]

    for link in page.locator(".drk-att-tabs a").all():
        link.tap()
        page.locator(".drk-att-session:not([hidden]) button[value=all]").tap()
        says(page, "Alles gesendet")
    assert database.value(PRESENT, course) == 27, "one was absent"

    page.locator("summary").tap()
    for name, value in (("firstname", "Paula"), ("lastname", "Spontan"), ("birthdate", "03.02.1991")):
        page.fill(f"#f_{name}", value)
    page.select_option("#f_payer", "self")
    assert page.input_value("#f_session"), "the session that is shown"
    page.wait_for_timeout(2500)  # forms that are filled in faster are taken for machines
    page.get_by_role("button", name="Hinzufügen und als anwesend eintragen").tap()
    page.get_by_text("Die Person ist hinzugefügt und als anwesend eingetragen.").wait_for()
    rows = database.rows(
        "SELECT r.name, r.drk_channel, a.state FROM event_registration r JOIN drk_course_attendance a"
        " ON a.registration_id = r.id WHERE r.event_id = %s AND r.name = 'Paula Spontan'",
        course,
    )
    assert rows == [("Paula Spontan", "walkin", "present")]

    page.set_input_files("#f_files", {"name": "liste.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.get_by_role("button", name="Hochladen").tap()
    page.get_by_text("Die Dateien sind hochgeladen.").wait_for()
    page.get_by_role("button", name="Unterlagen vollständig").tap()
    page.get_by_text("Der Kurs ist noch nicht zu Ende.").first.wait_for()
    database.rows(
        "UPDATE event_event SET date_end = now() AT TIME ZONE 'UTC' - interval '1 minute' WHERE id = %s", course
    )
    page.locator(".drk-att-tabs a").first.tap()
    name = page.locator(".drk-att-session:not([hidden]) .drk-att-person", has_text="Paula")
    name.locator("label.drk-att-absent").tap()
    says(page, "Alles gesendet")
    page.get_by_role("button", name="Unterlagen vollständig").tap()
    page.get_by_text("Die Unterlagen sind vollständig. Vielen Dank!").wait_for()
    assert database.value("SELECT drk_papers_state FROM event_event WHERE id = %s", course) == "complete"
    states = database.rows(
        "SELECT state, count(*) FROM event_registration WHERE event_id = %s GROUP BY state ORDER BY state", course
    )
    assert states == [("done", 13), ("open", 2)], "who was there all the time has attended"
    assert not watch.troubles
    assert not server.complaints()


def test_entries_survive_a_closed_tab(server, database, phone, course):
    page, context = phone, phone.context
    open_course(page, server, course)
    context.set_offline(True)
    tap(page, 0)
    tap(page, 1, "partly")
    says(page, "2 Einträge noch nicht gesendet")
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(server.url("/kurse/anwesenheit"))
    page.wait_for_function("() => document.getElementById('stand').hidden")
    query = "SELECT state FROM drk_course_attendance WHERE event_id = %s ORDER BY state"
    assert database.rows(query, course) == [("partly",), ("present",)]


def test_two_phones_keep_each_others_entries(server, database, browser, phone, course):
    """The later tap on the same person wins, though it was sent earlier."""
    other = browser.new_context(locale="de-DE", viewport={"width": 390, "height": 844}).new_page()
    sign_in(other, server, "kursbuero")
    open_course(phone, server, course)
    open_course(other, server, course)
    phone.context.set_offline(True)
    tap(phone, 0, "absent")
    tap(phone, 1)
    other.wait_for_timeout(1200)
    for number in (0, 2):
        section = other.locator(".drk-att-session:not([hidden])")
        section.locator(".drk-att-person").nth(number).locator("label.drk-att-present").click()
    says(other, "Alles gesendet")
    phone.context.set_offline(False)
    says(phone, "Alles gesendet")
    assert database.value(PRESENT, course) == 3
    shown = phone.locator(".drk-att-session:not([hidden]) .drk-att-person").nth(0).locator("input:checked")
    assert shown.get_attribute("value") == "present", "the page shows what holds now"
    other.context.close()


def test_everybody_present_can_be_undone(server, database, phone, course):
    open_course(phone, server, course)
    tap(phone, 4, "absent")
    phone.locator(".drk-att-session:not([hidden]) button[value=all]").tap()
    says(phone, "Alles gesendet")
    assert database.value(PRESENT, course) == 13
    phone.locator("#zuruecknehmen button").tap()
    says(phone, "Alles gesendet")
    query = "SELECT state FROM drk_course_attendance WHERE event_id = %s AND state IS NOT NULL"
    assert database.rows(query, course) == [("absent",)]


def test_names_can_be_searched(server, phone, course):
    open_course(phone, server, course)
    section = phone.locator(".drk-att-session:not([hidden])")
    section.locator("input[type=search]").fill("probec")
    assert section.locator(".drk-att-person:visible").count() == 1
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_walk_in_form_waits_for_the_network(server, database, phone, course):
    open_course(phone, server, course)
    phone.locator("summary").tap()
    phone.fill("#f_lastname", "Wartend")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Hinzufügen und als anwesend eintragen").tap()
    phone.locator("#vor-ort-netz", has_text="Gerade gibt es kein Netz.").wait_for()
    assert phone.input_value("#f_lastname") == "Wartend"
    phone.context.set_offline(False)
