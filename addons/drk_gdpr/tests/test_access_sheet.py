import base64
import io
import json
import zipfile

from docx import Document
from odoo.addons.mail.tests.common import MockEmail
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from .common import USER, GdprCase

OFFICER = "drk_gdpr.group_drk_gdpr_officer"


@tagged("post_install", "-at_install")
class TestAccessSheet(GdprCase, MockEmail):
    """Who gets which sheet, with which contents, in which form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.erika.lang = "de_DE"
        cls.sections = cls.env["drk.access.sheet.section"]

    def _engine(self, user=None):
        user = user or self.officer
        return self._as(user, self.env["drk.access.sheet"]).with_context(lang="de_DE")

    def _sheet(self, person=None, user=None, sections=None):
        person = person or self.erika
        engine = self._engine(user)
        return json.loads(engine._json(person.with_env(engine.env), sections)[person.id])

    def _codes(self, sheet):
        return [section["code"] for section in sheet["sections"]]

    def _pdf_text(self, content):
        return "\n".join(page.extract_text() for page in PdfFileReader(io.BytesIO(content)).pages)

    def _default(self, kind, codes, **vals):
        sections = self.sections.search([("code", "in", codes)])
        company = self.association_a.id
        vals = {"company_id": company, "person_kind": kind, "section_ids": [Command.set(sections.ids)], **vals}
        return self._as(self.officer, self.env["drk.access.sheet.default"]).create(vals)

    def _template(self, name, text="Auskunft fuer {{ record.name }}: {{ sheet[0][0] }}"):
        document, content = Document(), io.BytesIO()
        document.add_paragraph(text)
        document.save(content)
        vals = {"name": name, "model": "res.partner", "company_id": self.association_a.id}
        return self.env["drk.docx.template"].create({**vals, "file": base64.b64encode(content.getvalue())})

    # Rights

    def test_officer_prints(self):
        self.assertIn("Musterfrau", json.dumps(self._sheet()))

    def test_clerk_needs_the_permission_of_the_association(self):
        with self.assertRaises(AccessError):
            self._sheet(user=self.clerk)
        self._default("participant", ["master", "bank"], by_clerks=True)
        self.assertIn("master", self._codes(self._sheet(user=self.clerk)))

    def test_clerk_sees_no_bank_data(self):
        self._default("participant", ["master", "bank"], by_clerks=True)
        self.assertNotIn("bank", self._codes(self._sheet(user=self.clerk)))
        self.clerk.write({"group_ids": [Command.link(self.env.ref("drk_gdpr.group_drk_gdpr_bank").id)]})
        self.assertIn("bank", self._codes(self._sheet(user=self.clerk)))

    def test_clerk_sees_no_social_data(self):
        self.erika.write({"drk_occupation": "Bäckerin", "drk_health_note": "Diabetes"})
        self._default("participant", ["master", "social"], by_clerks=True)
        for sections in (None, {"master", "social"}):
            self.assertNotIn("Diabetes", json.dumps(self._sheet(user=self.clerk, sections=sections)))
        self.clerk.write({"group_ids": [Command.link(self.env.ref("drk_gdpr.group_drk_gdpr_social").id)]})
        self.assertIn("Diabetes", json.dumps(self._sheet(user=self.clerk)))

    def test_second_association_is_denied(self):
        officer_b = self._user("officer_b", OFFICER, self.association_b)
        with self.assertRaises(AccessError):
            self._sheet(self.erika, user=officer_b)

    def test_portal_user_gets_only_the_own_sheet(self):
        own = self.portal.partner_id
        self.assertEqual(self._sheet(own, user=self.portal)["person"], own.name)
        with self.assertRaises(AccessError):
            self._sheet(self.erika, user=self.portal)

    def test_printed_report_asks_for_the_right(self):
        report = self._as(self.clerk, self.env["ir.actions.report"])
        with self.assertRaises(AccessError):
            report._drk_pdf("drk_gdpr.report_access_sheet", self.erika.with_env(report.env))

    def test_caller_brings_no_inventory(self):
        engine = self._engine().with_context(drk_sheet_rows={"res.partner": {"drk_name_key": "identity"}})
        self.assertNotIn(b"drk_name_key", engine._json(self.erika.with_env(engine.env))[self.erika.id])

    # Contents

    def test_contents_by_kind_of_person(self):
        """K-3.2-9: the contents are set for participants, lecturers, addresses and contact persons apart."""
        self._default("participant", ["master", "consent"])
        self._default("lecturer", ["master"])
        self._default("address", ["rights"])
        self._default("contact", ["master", "rights"])
        company = self._company(self.association_a)
        contact = self._person(self.association_a, firstname="Carla", parent_id=company.id)
        contact.parent_id = company
        self.assertEqual(self._codes(self._sheet()), ["master", "consent"])
        self.assertEqual(self._codes(self._sheet(contact)), ["master", "rights"])
        settings = self.env["drk.access.sheet.default"]
        self.assertEqual(settings._of(self.association_a, "lecturer")._section_codes(), {"master"})
        self.assertEqual(settings._of(self.association_a, "address")._section_codes(), {"rights"})

    def test_contents_can_be_chosen(self):
        """K-3.2-7: whoever prints chooses the contents."""
        self.assertEqual(self._codes(self._sheet(sections={"master", "origin"})), ["master", "origin"])

    def test_consent_data_only_if_chosen(self):
        """K-3.2-8: the contents list has the item "Datenschutzinformationen"; if chosen, the consents are printed."""
        section = self.env.ref("drk_gdpr.drk_access_sheet_section_consent").with_context(lang="de_DE")
        self.assertEqual(section.name, "Datenschutzinformationen")
        self.erika._drk_record_consent("privacy", "given", "S", evidence="Unterschrift vom Montag")
        self.assertIn("Unterschrift vom Montag", json.dumps(self._sheet(sections={"consent"})))
        self.assertNotIn("Unterschrift vom Montag", json.dumps(self._sheet(sections={"master"})))

    def test_purpose_period_and_origin(self):
        """K-3.2-13: purposes, periods and origin stand on the sheet, with the association's own words."""
        self._default(
            "participant", ["purpose", "period", "origin"], purpose="Erste Hilfe lehren", origin="Anmeldung am Telefon"
        )
        sheet = self._sheet()
        lines = {section["code"]: section["lines"] for section in sheet["sections"]}
        self.assertIn("Erste Hilfe lehren", lines["purpose"])
        self.assertIn("Anmeldung am Telefon", lines["origin"])
        self.assertTrue(all(lines.values()))

    def test_values_are_readable(self):
        self.erika.write({"drk_salutation": "frau", "country_id": self.env.ref("base.de").id})
        found = {
            field["name"]: field
            for group in self._sheet(sections={"master"})["sections"][0]["groups"]
            for record in group["records"]
            for field in record["fields"]
        }
        self.assertEqual(found["drk_salutation"]["value"], "Frau")
        self.assertEqual(found["drk_salutation"]["raw"], "frau")
        self.assertEqual(found["country_id"]["value"], "Deutschland")
        self.assertEqual(found["birthdate_date"]["value"], "29.02.1980")
        self.assertEqual(found["birthdate_date"]["raw"], "1980-02-29")

    def test_guardian_is_not_named(self):
        guardian = self._person(self.association_a, firstname="Gerda", email="gerda@example.org")
        self.env["drk.consent"].create(
            {
                "partner_id": self.erika.id,
                "guardian_id": guardian.id,
                "purpose_id": self.env.ref("drk_gdpr.drk_consent_purpose_privacy").id,
                "kind": "given",
                "channel_id": self.env.ref("drk_gdpr.drk_consent_channel_written").id,
                "evidence": "Unterschrieben von Gerda Musterfrau, gerda@example.org",
            }
        )
        sheet = json.dumps(self._sheet(), ensure_ascii=False)
        self.assertIn("Unterschrieben von [eine andere Person]", sheet)
        self.assertNotIn("Gerda", sheet)
        self.assertNotIn("gerda@", sheet)

    def test_message_of_the_person_only(self):
        self.erika.message_post(body="Anruf: zieht nach Köln um")
        self.foreign.message_post(body="Anruf wegen Rechnung")
        sheet = json.dumps(self._sheet(), ensure_ascii=False)
        self.assertIn("zieht nach Köln um", sheet)
        self.assertNotIn("wegen Rechnung", sheet)

    def test_staff_do_not_get_what_they_wrote_about_others(self):
        post = self.erika.with_user(self.officer).with_context(allowed_company_ids=self.association_a.ids)
        post.message_post(body="Frau Musterfrau ist umgezogen")
        sheet = json.dumps(self._sheet(self.officer.partner_id), ensure_ascii=False)
        self.assertNotIn("umgezogen", sheet)

    # Forms

    def test_printed_sheet(self):
        """K-3.2-4: the sheet is printed on paper."""
        content = self._engine()._pdf(self._as(self.officer, self.erika).with_context(lang="de_DE"))[self.erika.id]
        text = self._pdf_text(content)
        for expected in ("Auskunft über Ihre Daten", "Musterfrau", "Hauptstraße 12 a", "Speicherdauer", "Herkunft"):
            self.assertIn(expected, text)

    def test_word_file_without_template(self):
        """K-3.2-5: the sheet is handed to Word, where it can be edited."""
        engine = self._engine()
        content = engine._docx(self.erika.with_env(engine.env))[self.erika.id]
        text = "\n".join(self._docx_texts(content))
        self.assertIn("Auskunft über Ihre Daten", text)
        self.assertIn("Hauptstraße 12 a", text)

    def _docx_texts(self, content):
        document = Document(io.BytesIO(content))
        yield from (paragraph.text for paragraph in document.paragraphs)
        for table in document.tables:
            for row in table.rows:
                yield from (cell.text for cell in row.cells)

    def _action_docx(self):
        person = self._as(self.officer, self.erika).with_context(lang="de_DE")
        return person.action_drk_access_sheet_docx()

    def _download(self, action):
        wizard = self.env["drk.access.sheet.wizard"].browse(int(action["url"].split("/")[4]))
        return base64.b64decode(wizard.result)

    def test_own_template_with_the_sheet(self):
        """K-3.2-10: an own template can be used for the sheet; its logo and text stay."""
        self._template(
            "Auskunft DSGVO",
            "{% for part in sheet %}{{ part[0] }} {% for row in part[1] %}{{ row[1] }} {% endfor %}{% endfor %}",
        )
        text = "\n".join(self._docx_texts(self._download(self._action_docx())))
        self.assertIn("Stammdaten", text)
        self.assertIn("Hauptstraße 12 a", text)

    def test_only_template_opens_directly_several_ask(self):
        """K-3.2-11: one template with DSGVO in its title opens directly, several are offered for choice."""
        self._template("Brief an Teilnehmer")
        self._template("Stammdatenblatt DSGVO")
        action = self._action_docx()
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertIn("Auskunft fuer", "\n".join(self._docx_texts(self._download(action))))
        self._template("Zweite DSGVO-Vorlage")
        action = self._action_docx()
        self.assertEqual((action["res_model"], action["target"]), ("drk.access.sheet.wizard", "new"))

    def test_only_mail_template_opens_directly_several_ask(self):
        """K-3.2-12: mail templates are picked by the same rule."""
        action = self._as(self.officer, self.erika).action_drk_information()
        self.assertEqual(action["res_model"], "mail.compose.message")
        template = self.env.ref("drk_gdpr.mail_template_information")
        template.copy({"name": "Zweite DSGVO-Mail"})
        action = self._as(self.officer, self.erika).action_drk_information()
        self.assertEqual(action["res_model"], "drk.access.sheet.wizard")
        wizard = self._as(self.officer, self.env["drk.access.sheet.wizard"]).browse(action["res_id"])
        wizard.mail_template_id = template
        self.assertEqual(wizard.action_mail()["context"]["default_template_id"], template.id)

    def _send(self, action):
        context = action["context"]
        composer = self._as(self.officer, self.env["mail.compose.message"]).with_context(**context).create({})
        before = self.env["mail.mail"].search([])
        composer._action_send_mail()
        return self.env["mail.mail"].search([]) - before

    def test_information_by_button(self):
        """K-3.2-1, K-3.2-3: a button opens and sends an information with the GDPR notice."""
        mail = self._send(self._as(self.officer, self.erika).action_drk_information())
        self.assertIn("Art. 13", mail.body_html)
        self.assertIn(self.erika, mail.recipient_ids)

    def _send_sheet(self, action):
        dialog = self._as(self.officer, self.env["drk.gdpr.mail"]).browse(action["res_id"])
        with self.mock_mail_gateway():
            dialog.action_send()
        return self._mails[0]

    def test_sheet_by_mail(self):
        """K-3.2-6: the sheet is sent as PDF by e-mail."""
        wizard = self._as(self.officer, self.env["drk.access.sheet.wizard"])
        action = wizard.create({"partner_ids": [Command.set(self.erika.ids)]}).action_mail()
        [(_name, sheet, mimetype)] = self._send_sheet(action)["attachments"]
        self.assertEqual(mimetype, "application/pdf")
        self.assertIn("Musterfrau", self._pdf_text(sheet))

    def test_person_without_mail_gets_a_letter(self):
        self.erika.email = False
        with self.assertRaises(UserError):
            self._as(self.officer, self.erika).action_drk_information()

    def test_information_about_the_user(self):
        """K-3.3-1: a button on the user opens and sends an information about the data stored on the user."""
        self.clerk.partner_id.email = "clerk@example.org"
        action = self._as(self.officer, self.clerk).action_drk_access_sheet()
        wizard = self._as(self.officer, self.env["drk.access.sheet.wizard"]).browse(action["res_id"])
        mail = self._send_sheet(wizard.action_mail())
        self.assertIn("gdpr_clerk", self._pdf_text(mail["attachments"][0][1]))
        self.assertIn("clerk@example.org", mail["email_to"][0])

    # Many people

    def test_many_people_in_one_file(self):
        second = self._person(self.association_a, firstname="Zoe", email="zoe@example.org")
        wizard = self._as(self.officer, self.env["drk.access.sheet.wizard"])
        people = (self.erika | second).ids
        action = wizard.create({"partner_ids": [Command.set(people)], "kind": "json"}).action_make()
        with zipfile.ZipFile(io.BytesIO(self._download(action))) as archive:
            self.assertEqual(len(archive.namelist()), 2)

    def test_work_for_many_people(self):
        people = self.people
        for number in range(25):
            people |= self._person(self.association_a, firstname=f"Vera{number}", email=f"v{number}@example.org")
        wizard = self._as(self.officer, self.env["drk.access.sheet.wizard"])
        action = wizard.create({"partner_ids": [Command.set(people.ids)], "kind": "json"}).action_make()
        order = self._as(self.officer, self.env["drk.access.sheet.print"]).browse(action["res_id"])
        for chunk in order.job_id.sudo().chunk_ids:
            chunk.with_user(self.officer).with_context(allowed_company_ids=self.association_a.ids)._run()
        self.assertEqual(order.file_count, 25)
        with zipfile.ZipFile(io.BytesIO(self._download(order.action_download()))) as archive:
            self.assertEqual(len(archive.namelist()), 25)
        other = self._user("second_officer", USER)
        self.assertFalse(self._as(other, order).has_access("read"))
