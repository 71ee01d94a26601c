import io

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from .common import GdprCase


@tagged("post_install", "-at_install")
class TestGdprInformation(GdprCase):
    """The GDPR notice to many people who are stored already."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.postal = cls._person(cls.association_a, firstname="Paul", email=False)
        cls.nowhere = cls._person(cls.association_a, firstname="Nina", email=False, street=False, zip=False, city=False)

    def _prepare(self, people):
        action = self._as(self.clerk, people).action_drk_mass_information()
        return self._as(self.clerk, self.env["drk.gdpr.information"]).browse(action["res_id"])

    def _run(self, information):
        information.action_start()
        for chunk in information.job_id.sudo().chunk_ids:
            chunk.with_user(self.clerk).with_context(allowed_company_ids=self.association_a.ids)._run()

    def test_selected_people_get_the_notice(self):
        """K-3.1-1, K-3.1-3: a list action sends the notice to all selected people, participants or other addresses."""
        people = self.erika | self._person(self.association_a, firstname="Zoe", email="zoe@example.org")
        information = self._prepare(people)
        self.assertEqual(information.mail_count, 2)
        self._run(information)
        mails = self.env["mail.mail"].search([("recipient_ids", "in", people.ids)])
        self.assertEqual(mails.recipient_ids, people)
        self.assertTrue(all("Art. 13" in mail.body_html for mail in mails))
        self.assertEqual(information.sent_count, 2)
        self.assertEqual(set(people.mapped("drk_consent_state")), {"informed"})

    def test_people_without_mail_get_a_letter(self):
        information = self._prepare(self.erika | self.postal | self.nowhere)
        counts = (information.mail_count, information.letter_count, information.none_count)
        self.assertEqual(counts, (1, 1, 1))
        letters = information.line_ids.filtered(lambda line: line.way == "letter")
        content = self.env["ir.actions.report"]._drk_pdf("drk_gdpr.report_gdpr_information", letters)
        text = PdfFileReader(io.BytesIO(content)).pages[0].extract_text()
        self.assertIn("Paul Musterfrau", text)
        self.assertIn("Hauptstraße 12 a", text)
        information.action_letters_sent()
        self.assertEqual(letters.state, "sent")
        self.assertEqual(self.postal.drk_consent_state, "informed")
        self.assertEqual(self.nowhere.drk_consent_state, "missing")

    def test_nothing_is_sent_twice(self):
        information = self._prepare(self.erika)
        self._run(information)
        with self.assertRaises(UserError):
            information.action_start()
        information.line_ids._send()
        self.assertEqual(self.env["mail.mail"].search_count([("recipient_ids", "in", self.erika.ids)]), 1)

    def test_preview(self):
        information = self._prepare(self.erika)
        self.assertIn("Musterfrau", information.preview_body)

    def test_declaration_stays(self):
        self.erika._drk_record_consent("privacy", "given", "S")
        self._run(self._prepare(self.erika))
        self.assertEqual(self.erika.drk_consent_state, "given")

    def test_second_association_is_denied(self):
        with self.assertRaises(AccessError):
            self._prepare(self.foreign).line_ids.drk_person_id.mapped("name")
