import base64
from datetime import datetime

from lxml import etree
from odoo.addons.drk_report.tests.common import ReportCase
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import KtvCase

NAMES = ("UA", "UU", "UEV", "UEVS", "UEVT", "WA", "WU", "WEV", "WEVS", "WEVT")
SIGNED, WITHDRAWN = datetime(2026, 1, 1, 10, 5), datetime(2026, 7, 1, 22, 30)
INLINE = "|".join("{{ TNDSE_%s }}" % name for name in NAMES)  # noqa: UP031
BODY = "<p>" + "|".join(f'<t t-out="TNDSE_{name}"/>' for name in NAMES) + "</p>"


@tagged("post_install", "-at_install")
class TestTemplateVariables(KtvCase):
    """Variables of declarations in mails, Word templates and letters, for every kind of person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.env = cls.env(context={**cls.env.context, "lang": "de_DE"})
        cls.clerk.write({"lang": "de_DE", "name": "Klara <Kurs>", "tz": "Europe/Berlin"})
        people = cls.env["res.partner"]
        cls.company = people.create({"name": "Firma GmbH", "is_company": True, "company_id": cls.association_a.id})
        cls.contact = people.create({"name": "Karl Kontakt", "parent_id": cls.company.id})
        cls.address = people.create({"name": "Anna Anschrift", "company_id": cls.association_a.id})

    def _records(self):
        """A record of each kind, all of them with the same declarations."""
        booking = self._book(self._create_course(), 1)
        records = [booking, booking.drk_participant_id, self.instructor, self.address, self.contact, self.teacher]
        for record in records:
            person = record._drk_template_person().with_user(self.clerk)
            if not person.drk_consent_ids:
                person._drk_record_consent("privacy", "given", "P", occurred_at=SIGNED)
                person._drk_record_consent("privacy", "withdrawn", "E", occurred_at=WITHDRAWN)
        return [record.with_user(self.clerk).with_context(lang="de_DE", tz=False) for record in records]

    def _expected(self):
        texts = [self.env["drk.consent.channel"]._get(key).with_context(lang="de_DE").name for key in "PE"]
        signed = ["01.01.2026", "11:05", "Klara <Kurs>", "P", texts[0]]
        return [*signed, "02.07.2026", "00:30", "Klara <Kurs>", "E", texts[1]]

    def _docx_template(self, record, *paragraphs, **vals):
        content = base64.b64encode(ReportCase._docx(*paragraphs))
        vals = {"name": "Brief", "model": record._name, "company_id": self.association_a.id, **vals}
        return self.env["drk.docx.template"].create({**vals, "file": content}).with_env(record.env)

    def test_each_variable_of_one_function(self):
        """K-2.1-36 K-2.1-37 K-2.1-38 K-2.1-39 K-2.1-40 K-2.1-41: date, time, who, key and text of both declarations."""
        for record in self._records():
            values = record._drk_template_person()._drk_template_values()
            self.assertEqual([values[f"TNDSE_{name}"] for name in NAMES], self._expected(), record)

    def test_mails_word_and_letters_of_every_kind(self):
        """K-2.1-34: participant, lecturer, other address, contact person and user in Word, letter and mail templates."""
        plain = "|".join(self._expected())
        mails = self.env["mail.template"].with_user(self.clerk).with_context(lang="de_DE")
        for record in self._records():
            word = self._docx_template(record, INLINE)
            self.assertEqual(ReportCase._docx_text(word._render(record)[0][1]), plain, record)
            subject = mails._render_template(INLINE, record._name, record.ids)[record.id]
            self.assertEqual(subject, plain, record)
            body = mails._render_template(BODY, record._name, record.ids, engine="qweb")[record.id]
            self.assertEqual("".join(etree.fromstring(str(body)).itertext()), plain, record)
            self.assertIn("Klara &lt;Kurs&gt;", body)
            self.assertIn(plain.replace("<", "&lt;").replace(">", "&gt;"), self._letter(record))

    def _letter(self, record):
        arch = "".join(f"<t t-out=\"variables(o)['TNDSE_{name}']\"/>|" for name in NAMES)
        arch = (
            f'<t t-name="drk_ktv.test_variables"><div class="article"><t t-foreach="docs" t-as="o">{arch}</t></div></t>'
        )
        view = self.env["ir.ui.view"].create({"type": "qweb", "key": "drk_ktv.test_variables", "arch": arch})
        values = {"name": "Brief", "model": record._name, "report_name": "drk_ktv.test_variables"}
        report = self.env["ir.actions.report"].create(values)
        content = self.env["ir.actions.report"].with_env(record.env)._render_qweb_html(report, record.ids)[0]
        report.unlink()
        view.unlink()
        return content.decode()

    def test_conditions_and_lists(self):
        record = self._records()[-2]
        template = self.env["mail.template"].create(
            {"name": "x", "model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        condition = '<p><t t-if="TNDSE_WA">widerrufen</t><t t-else="">gilt</t></p>'
        rendered = template._render_template(condition, "res.partner", [record.id, self.company.id], engine="qweb")
        self.assertIn("widerrufen", rendered[record.id])
        self.assertIn("gilt", rendered[self.company.id])
        word = self._docx_template(record, "{% for item in records %}{{ item.TNDSE_UEVS }};{% endfor %}", scope="all")
        people = record + self.company.with_env(record.env)
        self.assertEqual(ReportCase._docx_text(word._render(people)[0][1]), "P;;")

    def test_clerks_write_mails_with_variables(self):
        """Naming a variable asks for no right to write programs; whatever else stands in the template does."""
        vals = {"name": "Erinnerung", "model_id": self.env["ir.model"]._get_id("res.partner")}
        mine = self.env["mail.template"].with_user(self.clerk)
        self.assertFalse(mine._has_unsafe_expression_template_inline_template(INLINE, "res.partner"))
        self.assertFalse(mine._has_unsafe_expression_template_qweb(BODY, "res.partner"))
        hostile = INLINE + "{{ object.env.cr }}"
        self.assertTrue(mine._has_unsafe_expression_template_inline_template(hostile, "res.partner"))
        self.assertTrue(self.env["mail.template"].create({**vals, "subject": INLINE}))

    def test_people_of_others_stay_unknown(self):
        foreign = self.env["res.partner"].create({"name": "Fremd", "company_id": self.association_b.id})
        with self.assertRaises(AccessError):
            foreign.with_user(self.clerk)._drk_template_values()

    def test_link_of_a_participant_goes_to_nobody_else(self):
        own, other = self._book(self._create_course(), 1, 2)
        self.assertEqual(other.partner_id, own.partner_id)
        self.assertTrue(own._drk_record_variables()["DSGVO_LINK"])
        self.assertEqual(other._drk_record_variables()["DSGVO_LINK"], "")
        own.drk_contact_email = "jemand@example.org"
        self.assertEqual(own._drk_record_variables()["DSGVO_LINK"], "")

    def test_list_of_variables_on_screen(self):
        """K-2.1-35: the variables are listed by area, beside Word templates and mail templates."""
        people = self.env["res.partner"].with_context(lang="de_DE")
        areas = [
            "Teilnehmer / DSGVO", "Teilnehmer / Einzelausgabe Ansprechpartner / DSGVO", "Dozenten / DSGVO",
            "Adressen / DSGVO",
        ]  # fmt: skip
        self.assertEqual(people._drk_template_groups("res.partner"), areas)
        self.assertEqual(people._drk_template_groups("drk.instructor"), areas[2:3])
        self.assertEqual(people._drk_template_groups("event.registration"), areas[:2])
        self.assertEqual(people._drk_template_groups("res.users"), ["Benutzer / DSGVO"])
        word = self._docx_template(self.address, "x").with_context(lang="de_DE")
        vals = {"name": "x", "model_id": self.env["ir.model"]._get_id("res.partner")}
        mail = self.env["mail.template"].create(vals).with_context(lang="de_DE")
        for text in (word.placeholder_text, mail.drk_variable_text):
            for area in areas:
                self.assertIn(area, text.split("\n"))
            for name in NAMES:
                self.assertEqual(text.count("{{ TNDSE_%s }}" % name), len(areas), name)  # noqa: UP031
        for xmlid, field in (
            ("mail.email_template_form", "drk_variable_text"),
            ("drk_report.drk_docx_template_view_form", "placeholder_text"),
        ):
            view = self.env.ref(xmlid)
            arch = etree.fromstring(self.env[view.model].get_view(view.id, "form")["arch"])
            self.assertTrue(arch.xpath(f"//page//field[@name='{field}']"))
