from datetime import date, timedelta
from unittest.mock import patch

import psycopg2
from odoo import fields
from odoo.addons.drk_base.tools.lock import Busy
from odoo.tests import tagged
from odoo.tools import mute_logger

from .public_common import COMPANY, PERSON, CourseWebCase, further


@tagged("post_install", "-at_install")
class TestPublicBooking(CourseWebCase):
    def test_one_person_books(self):
        """D-KTV-6, D-KTV-2: one person registers on the site and stands in the system, nothing is typed again."""
        page = self._send(PERSON)
        text = self._text(page)
        self.assertIn("/kurse/buchung/", page.url)
        self.assertIn("Ihre Anmeldung ist bestätigt", text)
        self.assertIn("aenne@example.org", text)
        registration = self._registrations()
        person = registration.drk_participant_id
        self.assertEqual(registration.state, "open")
        self.assertEqual(registration.drk_channel, "web")
        self.assertEqual((person.firstname, person.lastname), ("Änne", "Müller-Lüdenscheidt"))
        self.assertEqual(person.birthdate_date, date(1985, 12, 24))
        self.assertEqual(person.company_id, self.association_a)
        self.assertEqual(registration.partner_id, person)
        self.assertEqual(registration.drk_payer_id, person)
        self.assertEqual(registration.drk_price, 55)
        self.assertEqual(registration.drk_lang, "de_DE")

    def test_three_people_in_one_go(self):
        """D-KTV-7: several people are registered in one go, all or none."""
        page = self._send(PERSON, action="add")
        page = self._send({**PERSON, **further(1)}, action="add", page=page)
        page = self._send({**PERSON, **further(1), **further(2, "Ali", "Öztürk")}, page=page)
        registrations = self._registrations()
        self.assertEqual(len(registrations), 3)
        self.assertEqual(len(set(registrations.mapped("drk_group_ref"))), 1)
        self.assertEqual(registrations.partner_id, registrations[0].drk_participant_id)
        for name in ("Änne", "Jörg", "Ali"):
            self.assertIn(name, self._text(page))
        self.assertIn("165,00", self._text(page))

    def test_company_registers_others_and_pays(self):
        """D-KTV-7: a company registers its people and pays; who types does not take part."""
        page = self._send({**PERSON, **COMPANY, "attends": "no"}, action="add")
        values = {
            **PERSON,
            **COMPANY,
            **further(1),
            **further(2, "Ali"),
            "attends": "no",
            "people": "2",
            "birthdate": "",
        }
        self._send(values, page=page)
        registrations = self._registrations()
        payer = registrations.drk_payer_id
        self.assertEqual(registrations.mapped("drk_participant_id.firstname"), ["Jörg", "Ali"])
        self.assertEqual((payer.name, payer.street, payer.zip), ("Muster & Söhne GmbH", "Werkstraße 7", "44999"))
        self.assertTrue(payer.is_company)
        self.assertEqual(payer.company_id, self.association_a)
        self.assertEqual(set(registrations.mapped("drk_payer_kind")), {"company"})
        self.assertEqual(registrations.mapped("drk_price"), [60, 60])
        self.assertEqual(registrations.partner_id.firstname, "Änne")

    # ---- consent ---------------------------------------------------------------

    def test_consent_box_is_never_ticked(self):
        """K-2.3-1: the form has a consent box, and it is not ticked beforehand."""
        page = self._form_page()
        self.assertIn('name="consent"', page.text)
        self.assertNotIn("consent", self._form_values(page, "ktv_booking"))

    def test_consent_of_who_books(self):
        """K-2.4-11, K-2.4-14: ticking stores date, time, wording and channel I with the booking, at once."""
        before = fields.Datetime.now()
        text = self.env["drk.consent.text"].create(
            {
                "company_id": self.association_a.id,
                "purpose_id": self.env["drk.consent.purpose"]._get("privacy").id,
                "version": "Test 1",
                "body": "<p>So verarbeiten wir Ihre Daten.</p>",
            }
        )
        self.assertIn("So verarbeiten wir Ihre Daten.", self._text(self._form_page()))
        registration = self._book(consent="1")
        consent = registration.partner_id.drk_consent_ids
        self.assertEqual(consent.kind, "given")
        self.assertEqual(consent.channel_id.key, "I")
        self.assertEqual(consent.purpose_id.code, "privacy")
        self.assertTrue(before <= consent.occurred_at <= fields.Datetime.now())
        self.assertEqual(consent.text_id, text)
        self.assertTrue(consent.automatic)
        self.assertFalse(consent.confirmed, "a stranger may have typed the address")
        self.assertEqual(registration.partner_id.drk_consent_state, "unconfirmed")

    def test_consent_is_stored_whatever_the_mails_are_set_to(self):
        """The consent does not depend on how confirmations are sent."""
        self.association_a.drk_ktv_confirmation_mode = "manual"
        self.assertTrue(self._book(consent="1").partner_id.drk_consent_ids)

    def test_no_consent_without_the_tick(self):
        self.assertEqual(self._book().partner_id.drk_consent_state, "missing")

    def test_no_consent_for_the_others(self):
        """K-1.3-4: nobody but who books gets a consent value."""
        page = self._send(PERSON, action="add")
        self._send({**PERSON, **further(1), "consent": "1"}, page=page)
        first, second = self._registrations()
        self.assertEqual(first.drk_participant_id.drk_consent_state, "unconfirmed")
        self.assertEqual(second.drk_participant_id.drk_consent_state, "missing")
        self.assertFalse(second.drk_participant_id.drk_consent_ids)

    def test_no_consent_for_employees_and_payer(self):
        """K-1.3-3, K-1.3-5: employees of the company and the company that pays stay without a consent value."""
        values = {**PERSON, **COMPANY, **further(1), "attends": "no", "people": "1", "consent": "1"}
        self._send(values)
        registration = self._registrations()
        self.assertFalse(registration.drk_participant_id.drk_consent_ids)
        self.assertEqual(registration.drk_participant_id.drk_consent_state, "missing")
        self.assertFalse(registration.drk_payer_id.drk_consent_ids)
        self.assertEqual(registration.drk_payer_id.drk_consent_state, "missing")

    def test_web_form_revives_no_withdrawn_consent(self):
        person = self._book().partner_id
        person._drk_record_consent("privacy", "withdrawn", "S")
        self._book(course=self._course(days=60), consent="1")
        self.assertEqual(person.drk_consent_state, "withdrawn")

    # ---- errors ----------------------------------------------------------------

    def test_nothing_is_lost_on_an_error(self):
        values = {**PERSON, **COMPANY, **further(1), "people": "1", "email": "kaputt@", "p1_birthdate": "31.02.1990"}
        page = self._send(values)
        errors = self._errors(page)
        self.assertEqual(set(errors), {"email", "p1_birthdate"})
        self.assertIn("name@example.org", errors["email"])
        typed = self._form_values(page, "ktv_booking")
        for name, value in values.items():
            self.assertEqual(typed[name], value, name)
        self.assertIn('href="#f_p1_birthdate"', page.text)
        self.assertFalse(self._registrations())

    def test_empty_form(self):
        errors = self._errors(self._send({}))
        self.assertEqual(set(errors), {"firstname", "lastname", "email", "birthdate"})

    def test_wrong_birth_dates(self):
        tomorrow = f"{date.today() + timedelta(days=1):%d.%m.%Y}"
        for wrong in ("gestern", "32.01.1990", "1990", tomorrow, "01.01.0001", "1990-13-01"):
            self.assertIn("birthdate", self._errors(self._send({**PERSON, "birthdate": wrong})), wrong)

    def test_too_young(self):
        self.kind.age_min = 16
        page = self._send({**PERSON, "birthdate": f"01.01.{date.today().year - 10}"})
        self.assertIn("16", self._errors(page)["birthdate"])

    def test_same_person_twice_in_the_form(self):
        values = {**further(1, PERSON["firstname"], PERSON["lastname"], PERSON["birthdate"]), "people": "1"}
        self.assertEqual(set(self._errors(self._send({**PERSON, **values}))), {"p1_firstname"})

    def test_remove_a_person_keeps_the_others(self):
        values = {**PERSON, **further(1), **further(2, "Ali"), **further(3, "Eva"), "people": "3"}
        typed = self._form_values(self._send(values, action="remove-2"), "ktv_booking")
        self.assertEqual((typed["p1_firstname"], typed["p2_firstname"], typed["people"]), ("Jörg", "Eva", "2"))
        self.assertEqual(typed["firstname"], PERSON["firstname"])
        self.assertNotIn("p3_firstname", typed)

    def test_at_most_ten_people(self):
        page = self._send({**PERSON, "people": "9"}, action="add")
        self.assertEqual(self._form_values(page, "ktv_booking")["people"], "9")
        self.assertNotIn('value="add"', page.text)
        page = self._send({**PERSON, "people": "999"}, action="add")
        self.assertEqual(self._form_values(page, "ktv_booking")["people"], "9")

    def test_somebody_is_booked_already(self):
        self._book()
        page = self._send(PERSON)
        self.assertIn("schon angemeldet", self._text(page))
        self.assertEqual(len(self._registrations()), 1)

    # ---- full, busy --------------------------------------------------------------

    def test_last_place_went_in_between(self):
        """The waiting list is offered with everything still in the form."""
        page = self._form_page()
        self._fill()
        answer = self._send(PERSON, page=page)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("letzte Platz wurde in der Zwischenzeit vergeben", self._text(answer))
        self.assertEqual(self._form_values(answer, "ktv_booking")["lastname"], PERSON["lastname"])
        self.assertEqual(len(self._registrations()), 3)
        waiting = self._send({}, action="waiting", page=answer)
        self.assertIn("Sie stehen auf der Warteliste", self._text(waiting))
        self.assertEqual(self._registrations()[-1].state, "waiting")

    def test_group_larger_than_the_free_places(self):
        """D-KTV-7: a group larger than the free places books none of its people."""
        self._book(firstname="Zoë", email="zoe@example.org")
        values = {**PERSON, **further(1), **further(2, "Ali"), "people": "2"}
        answer = self._send(values)
        self.assertIn("Freie Plätze im Moment: 2", self._text(answer))
        self.assertEqual(len(self._registrations()), 1)

    def test_full_course_leads_to_the_waiting_list(self):
        self._fill()
        page = self._form_page()
        self.assertIn("Auf die Warteliste", self._text(page))
        self._send(PERSON, action="waiting", page=page)
        self.assertEqual(self._registrations()[-1].state, "waiting")

    def test_trouble_in_the_database_is_a_page(self):
        errors = {
            "nicht mehr frei": psycopg2.errors.CheckViolation("drk_not_oversold"),
            "konnten wir nicht annehmen": psycopg2.errors.UniqueViolation("drk_once"),
            "sehr viele Menschen": Busy("belegt"),
            "nicht gespeichert": psycopg2.errors.NotNullViolation("x"),
        }
        for words, error in errors.items():
            with patch.object(type(self.env["event.event"]), "_drk_book", side_effect=error):
                answer = self._send(PERSON)
            self.assertEqual(answer.status_code, 200, words)
            self.assertIn(words, self._text(answer))
            self.assertEqual(self._form_values(answer, "ktv_booking")["email"], PERSON["email"])

    def test_closed_while_typing(self):
        page = self._form_page()
        self.course.kanban_state = "cancel"
        self.assertEqual(self._send(PERSON, page=page).status_code, 404)

    # ---- spam and replay ------------------------------------------------------------

    def test_replayed_form_books_once(self):
        page = self._form_page()
        first = self._send(PERSON, page=page)
        second = self._send({**PERSON, "firstname": "Zoë"}, page=page)
        self.assertEqual(first.url, second.url)
        self.assertEqual(len(self._registrations()), 1)

    def test_form_of_another_page_is_refused(self):
        page = self._form_page()
        answer = self._send({**PERSON, "drk_stamp": "0.falsch.0"}, page=page)
        self.assertEqual(answer.status_code, 400)
        self.assertIn("nichts verloren", self._text(answer))
        self.assertFalse(self._registrations())

    def test_too_many_from_one_address(self):
        self.env["ir.config_parameter"].sudo().set_param("drk_web.limit_address", "2")
        page = self._form_page()
        for _attempt in range(2):
            self._send({}, page=page)
        answer = self._send(PERSON, page=page)
        self.assertEqual(answer.status_code, 429)
        self.assertIn("warten", self._text(answer))
        self.assertFalse(self._registrations())

    def test_get_books_nothing(self):
        self._get(f"{self.path}/anmelden?firstname=Eva&lastname=X&email=eva@example.org&action=book")
        self.assertFalse(self._registrations())


@tagged("post_install", "-at_install")
class TestHostileInput(CourseWebCase):
    TEXTS = (
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "'; DROP TABLE event_registration; --",
        "{{ 7*7 }} ${7*7} <t t-out='7*7'/>",
        "%s %(x)s \\ 𝔘𝔫𝔦 ‏אב",
    )

    def _everywhere(self, text):
        typed = {**PERSON, **COMPANY, **further(1)}
        return {name: text for name in typed if name != "payer"} | {"payer": "company", "people": "1"}

    def test_markup_and_sql_in_every_field(self):
        for text in self.TEXTS:
            page = self._send(self._everywhere(text))
            self.assertEqual(page.status_code, 200, text)
            self.assertNotIn("<script>alert", page.text)
            self.assertNotIn("<img src=x", page.text)
            self.assertNotIn("49 49", page.text)
            self.assertEqual(self._form_values(page, "ktv_booking")["lastname"], text)

    def test_markup_in_names_is_text_on_the_result_page(self):
        text = "<b>Eva</b> & 'Söhne'"
        page = self._send({**PERSON, "firstname": text, "lastname": self.TEXTS[0]})
        self.assertIn("/kurse/buchung/", page.url)
        self.assertNotIn("<script>alert", page.text)
        self.assertIn("&lt;b&gt;Eva", page.text)

    def test_ten_thousand_characters(self):
        typed = {**PERSON, **COMPANY, **further(1), "people": "1"}
        for name in typed:
            if name not in ("payer", "people"):
                page = self._send({**typed, name: "ä" * 10_000})
                self.assertEqual(page.status_code, 200, name)
                self.assertEqual(set(self._errors(page)), {name})
        self.assertFalse(self._registrations())

    def test_control_characters(self):
        page = self._send({**PERSON, "lastname": "Nu\x00ll\x1b"})
        self.assertEqual(page.status_code, 200)
        self.assertEqual(set(self._errors(page)), {"lastname"})

    def test_invented_values(self):
        for values in (
            {"attends": "vielleicht"},
            {"payer": "bg"},
            {"people": "-5"},
            {"people": "x"},
            {"action": "remove-99999999999999999999"},
            {"action": "remove-x"},
            {"action": "<x>"},
            {"state": "open", "drk_price": "0", "event_id": "1", "partner_id": "1"},
        ):
            page = self._post_form(self._form_page(), "ktv_booking", values)
            self.assertEqual(page.status_code, 200, values)
        self.assertFalse(self._registrations())

    def test_field_sent_as_file(self):
        page = self._form_page()
        typed = self._form_values(page, "ktv_booking") | {"action": "book"}
        for name in ("firstname", "drk_stamp", "people", "attends", "payer"):
            data = {key: value for key, value in typed.items() if key != name}
            answer = self._post(f"{self.path}/anmelden", data, files={name: ("x.txt", b"abc")})
            self.assertLess(answer.status_code, 500, name)
        self.assertFalse(self._registrations())

    def test_button_sent_as_file(self):
        page = self._form_page()
        for name in ("action", "csrf_token", "consent", "homepage"):
            data = self._form_values(page, "ktv_booking")
            data.pop(name, None)
            answer = self._post(f"{self.path}/anmelden", data, files={name: ("x.txt", b"abc")})
            self.assertLess(answer.status_code, 500, name)
        self.assertFalse(self._registrations())

    @mute_logger("odoo.http")
    def test_strange_addresses(self):
        for path in (
            "/kurse/x'--",
            "/kurse/%00",
            "/kurse/" + "a" * 500,
            "/kurse/../kurse/x",
            "/kurse/EH%25",
            "/kurse/buchung/",
            "/kurse/ä/anmelden",
        ):
            self.assertLess(self._get(path).status_code, 500, path)

    def test_confirmation_links_to_the_own_consents(self):
        """Who consented can confirm or withdraw it from the mail; a mail to another address never acts for the person."""
        registration = self._book(consent="1")
        words = registration._prepare_drk_mail_texts("confirmation")
        self.assertIn("/datenschutz/einwilligung/", words["consent_address"])
        message = registration.drk_course_mail_ids[:1]
        self.assertEqual(message.kind, "confirmation")
        body = self.env.ref("drk_ktv.mail_template_course_confirmation")._render_field(
            "body_html", registration.ids, add_context=words
        )[registration.id]
        self.assertIn(words["consent_address"], body)
        registration.drk_contact_email = "stranger@example.org"
        self.assertFalse(registration._prepare_drk_mail_texts("confirmation")["consent_address"])
