import json

from odoo.tests import tagged

from .common import KtvCase

OFFICER = "drk_gdpr.group_drk_gdpr_officer"


@tagged("post_install", "-at_install")
class TestAccessSheetOfBookings(KtvCase):
    """What stands on whose sheet when several people share a booking, a course or an invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._user("sheet-officer", OFFICER)
        cls.privacy_clerk = cls._user("sheet-clerk", f"drk_ktv.group_drk_ktv_manager,{OFFICER}")
        cls.course = cls._create_course(seats=10)

    def _sheet(self, person, user=None):
        engine = self.env["drk.access.sheet"].with_user(user or self.officer)
        engine = engine.with_context(allowed_company_ids=self.association_a.ids, lang="de_DE")
        return engine._json(person.with_env(engine.env))[person.id].decode()

    def _values(self, person, model):
        found = {}
        for section in json.loads(self._sheet(person))["sections"]:
            for group in section["groups"]:
                if group["model"] == model:
                    for record in group["records"]:
                        found |= {field["name"]: field["value"] for field in record["fields"]}
        return found

    def test_participant_does_not_see_the_others(self):
        bookings = self._book(self.course, 1, 2)
        first, second = bookings.drk_participant_id
        sheet = self._sheet(first)
        self.assertIn("Vera1", sheet)
        for text in (second.name, second.lastname, second.email, "Vera2"):
            self.assertNotIn(text, sheet)

    def test_booker_of_others_is_not_named(self):
        booker = self.env["res.partner"]._drk_match_or_create_person(
            self.association_a, self._person(7, email="bucher@example.org", phone="0211 777777")
        )
        booking = self._book(self.course, 1)
        booking.sudo().write({"partner_id": booker.id, "drk_contact_email": booker.email})
        sheet = self._sheet(booking.drk_participant_id)
        for text in (booker.name, booker.email, booker.phone):
            self.assertNotIn(text, sheet)
        self.assertIn("Für Sie gebucht von einer anderen Person", sheet)

    def test_booker_sees_that_they_booked_but_not_for_whom(self):
        booker = self.env["res.partner"]._drk_match_or_create_person(self.association_a, self._person(7))
        booking = self._book(self.course, 1)
        booking.sudo().write({"partner_id": booker.id, "drk_note": "Vera1 sitzt im Rollstuhl"})
        sheet = self._sheet(booker)
        for text in ("Vera1", "Beispiel1", "Rollstuhl", booking.drk_participant_id.email):
            self.assertNotIn(text, sheet)
        self.assertEqual(
            self._values(booker, "event.registration")["event_id"], self.course.with_context(lang="de_DE").display_name
        )

    def test_company_paying_is_a_recipient(self):
        company = self.env["res.partner"]._drk_match_or_create_person(
            self.association_a, {"is_company": True, "name": "Muster Bau GmbH", "zip": "44135"}
        )
        booking = self._book(self.course, 1)
        booking.sudo().write({"partner_id": company.id, "drk_payer_id": company.id})
        self.assertIn("Muster Bau GmbH, als Besteller oder Zahler Ihrer Kurse", self._sheet(booking.drk_participant_id))

    def test_different_payer_is_on_the_sheet(self):
        booking = self._book(self.course, 1)
        payer = self.env["res.partner"]._drk_match_or_create_person(
            self.association_a, self._person(8, street="Rechnungsweg 8")
        )
        booking.sudo().drk_payer_id = payer
        sheet = self._sheet(payer)
        self.assertIn("Rechnungsweg 8", sheet)
        self.assertNotIn("Vera1", sheet)
        self.assertNotIn("Rechnungsweg 8", self._sheet(booking.drk_participant_id))

    def test_lecturer_gets_the_notice(self):
        """K-3.2-2: a button on the lecturer opens an information with the GDPR notice, another one the sheet."""
        self.instructor.partner_id.email = "ina@example.org"
        lecturer = self.instructor.with_user(self.privacy_clerk).with_context(
            allowed_company_ids=self.association_a.ids
        )
        action = lecturer.action_drk_information()
        self.assertEqual(action["res_model"], "mail.compose.message")
        composer = self.env["mail.compose.message"].with_user(self.privacy_clerk).with_context(**action["context"])
        composer.create({})._action_send_mail()
        mail = self.env["mail.mail"].search([("recipient_ids", "in", self.instructor.partner_id.ids)])
        self.assertIn("Art. 13", mail.body_html)
        self.assertEqual(lecturer.action_drk_access_sheet()["res_model"], "drk.access.sheet.wizard")

    def test_mass_information_to_lecturers(self):
        """K-3.1-2: a list action sends the GDPR notice to the chosen lecturers."""
        self.instructor.partner_id.email = "ina@example.org"
        lecturers = (self.instructor | self.other_instructor).with_user(self.privacy_clerk)
        lecturers = lecturers.with_context(allowed_company_ids=self.association_a.ids)
        action = lecturers.action_drk_mass_information()
        information = lecturers.env["drk.gdpr.information"].browse(action["res_id"])
        self.assertEqual(information.line_ids.drk_person_id, lecturers.partner_id)
        information.action_start()
        information.line_ids._send()
        mails = self.env["mail.mail"].search([("recipient_ids", "in", lecturers.partner_id.ids)])
        self.assertEqual(mails.recipient_ids, self.instructor.partner_id)
        self.assertIn("Art. 13", mails.body_html)

    def test_registration_on_the_sheet(self):
        booking = self._book(self.course, 1)
        values = self._values(booking.drk_participant_id, "event.registration")
        for name in ("event_id", "drk_payer_kind", "drk_payer_id", "email"):
            self.assertIn(name, values)

    def test_confidential_engagement_stays_out(self):
        booking = self._book(self.course, 1)
        booking.sudo().write({"drk_confidential": True, "drk_note": "Vertraulich"})
        person = booking.drk_participant_id
        sheet = self._sheet(person)
        self.assertNotIn("Vertraulich:", sheet)
        self.assertFalse(self._values(person, "event.registration"))
        plain = self._book(self.course, 2).drk_participant_id
        notes = [json.loads(self._sheet(each))["confidential_note"] for each in (person, plain)]
        self.assertEqual(*notes)

    def test_payer_of_an_invoice_does_not_read_the_names_of_participants(self):
        payer = self.env["res.partner"]._drk_match_or_create_person(self.association_a, self._person(9))
        booking = self._book(self.course, 1)
        booking.sudo().drk_payer_id = payer
        charge = self.env["drk.charge"].sudo().search([("registration_id", "=", booking.id)])
        charge = charge or self.env["drk.charge"].sudo().create(
            {
                "name": f"Kurs: {booking.drk_participant_id.name}",
                "payer_id": payer.id,
                "drk_person_id": booking.drk_participant_id.id,
                "company_id": self.association_a.id,
                "amount": 50,
                "revenue_kind_id": self.env["drk.revenue.kind"].search([], limit=1).id,
            }
        )
        charge.name = f"Kurs: {booking.drk_participant_id.name}"
        self.assertEqual(self._values(charge.payer_id, "drk.charge")["name"], "Kurs: [eine andere Person]")

    def test_portable_data_are_what_the_person_gave(self):
        booking = self._book(self.course, 1)
        booking.sudo().write({"drk_note": "Ich brauche einen Stuhl", "drk_cancel_reason": "intern"})
        person = booking.drk_participant_id
        engine = self.env["drk.access.sheet"].with_user(self.officer)
        data = engine._portable_json(person.with_env(engine.env))[person.id].decode()
        self.assertIn("Ich brauche einen Stuhl", data)
        self.assertIn(person.lastname, data)
        for text in ("intern", "drk_age_band", "drk_keep_until"):
            self.assertNotIn(text, data)
