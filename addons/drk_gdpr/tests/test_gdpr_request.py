import base64
import io
import json
from datetime import date

from docx import Document
from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.pdf import PdfFileReader

from .common import ERIKA, GdprCase


@tagged("post_install", "-at_install")
class TestGdprRequest(GdprCase):
    """A request of a person from its receipt to its end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        erasure = cls.env.ref("drk_gdpr.group_drk_gdpr_erasure", raise_if_not_found=False)  # a right of its own
        cls.officer.write({"group_ids": [Command.link(erasure.id)] if erasure else []})

    def _create(self, kind="access", user=None, **vals):
        requests = self._as(user or self.officer, self.env["drk.gdpr.request"])
        return requests.create({"kind": kind, "drk_person_id": self.erika.id, "received_on": "2031-03-03", **vals})

    def _working(self, kind="access", **vals):
        asked = self._create(kind, **vals)
        asked.write({"identity_kind": "document", "identity_on": "2031-03-04"})
        asked.action_confirm_identity()
        return asked

    def _letter(self, asked):
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", asked._name), ("res_id", "=", asked.id), ("mimetype", "=", "application/pdf")],
            order="id desc",
            limit=1,
        )
        pages = PdfFileReader(io.BytesIO(attachment.raw)).pages
        return " ".join("\n".join(page.extract_text() for page in pages).split())

    @freeze_time("2031-03-04 10:00:00")
    def test_one_month(self):
        asked = self._create()
        self.assertEqual(asked.deadline, date(2031, 4, 3))
        self.assertEqual(asked.activity_ids.date_deadline, date(2031, 4, 3))
        self.assertRegex(asked.number, r"^DSA-2031-\d{4}$")

    @freeze_time("2031-03-14 10:00:00")
    def test_end_on_a_holiday_of_the_land(self):
        asked = self._create(received_on="2031-03-13")
        self.assertEqual(asked.deadline, date(2031, 4, 15))  # 13 April is Easter Sunday, 14 Easter Monday

    def test_overdue(self):
        with freeze_time("2031-03-04"):
            asked = self._create()
        with freeze_time("2031-04-04"):
            asked.invalidate_recordset()
            self.assertTrue(asked.is_overdue)
            self.assertEqual(asked.color, 1)
            self.assertIn(asked, asked.search([("is_overdue", "=", True)]))

    @freeze_time("2031-03-20")
    def test_extension_in_the_first_month_with_reasons(self):
        asked = self._create()
        with self.assertRaises(UserError):
            asked.action_extend()
        asked.extension_reason = "Sehr viele Unterlagen"
        asked.action_extend()
        self.assertEqual(asked.deadline, date(2031, 6, 3))
        self.assertEqual(asked.first_deadline, date(2031, 4, 3))
        self.assertEqual(asked.activity_ids.date_deadline, date(2031, 6, 3))
        self.assertIn("Sehr viele Unterlagen", self._letter(asked))
        with self.assertRaises(UserError):
            asked.action_extend()

    def test_no_extension_after_the_first_month(self):
        with freeze_time("2031-03-04"):
            asked = self._create(extension_reason="Zu spät")
        with freeze_time("2031-04-05"), self.assertRaises(UserError):
            asked.action_extend()

    @freeze_time("2031-03-04")
    def test_nothing_leaves_before_the_identity_check(self):
        asked = self._create()
        with self.assertRaises(UserError):
            asked.action_confirm_identity()
        with self.assertRaises(UserError):
            asked.action_answer()
        self.assertFalse(asked.sheet_pdf)

    @freeze_time("2031-03-04")
    def test_person_found_by_the_exact_rules(self):
        given = {f"asker_{name.replace('birthdate_date', 'birthdate')}": value for name, value in ERIKA.items()}
        asked = self._create(drk_person_id=False, **given)
        asked.action_match()
        self.assertEqual(asked.drk_person_id, self.erika)
        unknown = self._create(drk_person_id=False, asker_firstname="Nie", asker_lastname="Gesehen")
        with self.assertRaises(UserError):
            unknown.action_match()

    @freeze_time("2031-03-04")
    def test_access_is_answered_with_the_whole_sheet(self):
        asked = self._working()
        asked.action_answer()
        self.assertEqual((asked.state, asked.answered_on), ("answered", date(2031, 3, 4)))
        sheet = json.loads(base64.b64decode(asked.sheet_json))
        self.assertEqual(len(sheet["sections"]), self.env["drk.access.sheet.section"].search_count([]))
        self.assertTrue(base64.b64decode(asked.sheet_pdf).startswith(b"%PDF"))
        self.assertIn(asked.number, self._letter(asked))
        self.assertFalse(asked.activity_ids)

    @freeze_time("2031-03-04")
    def test_portability_gives_what_the_person_provided(self):
        self.erika.comment = "<p>Interne Notiz</p>"
        asked = self._working("portability")
        asked.action_answer()
        data = base64.b64decode(asked.sheet_json).decode()
        self.assertIn("Hauptstraße 12 a", data)
        self.assertNotIn("Interne Notiz", data)
        self.assertFalse(asked.sheet_pdf)

    @freeze_time("2031-03-04")
    def test_objection_stops_advertising_at_once(self):
        self.erika._drk_record_consent("newsletter", "given", "S")
        self.assertEqual(self.erika._drk_consent_state_for("newsletter"), "given")
        self._create("objection")
        self.assertEqual(self.erika._drk_consent_state_for("newsletter"), "withdrawn")

    @freeze_time("2031-03-04")
    def test_refusal_names_reasons_and_authority(self):
        asked = self._create()
        with self.assertRaises(UserError):
            asked.action_refuse()
        asked.refusal_reason = "Offensichtlich exzessiv"
        asked.action_refuse()
        self.assertEqual(asked.state, "refused")
        self.assertIn("Offensichtlich exzessiv", self._letter(asked))

    @freeze_time("2031-03-04")
    def test_recipients_are_told_before_the_end(self):
        asked = self._working("rectification")
        asked.notice_ids = [(0, 0, {"name": "Berufsgenossenschaft", "address": "Weg 1\n10115 Berlin"})]
        asked.action_answer()
        with self.assertRaises(UserError):
            asked.action_close()
        letter = self.env["ir.actions.report"]._drk_pdf("drk_gdpr.report_gdpr_request_notice", asked.notice_ids)
        self.assertTrue(letter.startswith(b"%PDF"))
        asked.notice_ids.action_notified()
        asked.action_close()
        self.assertEqual(asked.state, "closed")

    def test_proof_is_kept_three_years_and_then_goes(self):
        with freeze_time("2031-03-04"):
            asked = self._working()
            asked.action_answer()
            asked.action_close()
        self.assertEqual((asked.kept_until, asked.drk_keep_until), (date(2034, 12, 31), date(2034, 12, 31)))
        with freeze_time("2034-12-31"):
            self.env["drk.gdpr.request"]._gc_old()
            self.assertTrue(asked.exists())
        with freeze_time("2035-01-01"):
            self.env["drk.gdpr.request"]._gc_old()
            self.assertFalse(asked.exists())

    @freeze_time("2031-03-04")
    def test_erasure_request_does_not_keep_the_person(self):
        asked = self._working("erasure")
        asked.action_answer()
        asked.action_close()
        self.assertFalse(asked.drk_keep_until)
        self.assertEqual(asked.kept_until, date(2034, 12, 31))
        self.assertRegex(asked.number, r"^DSA-2031-\d{4}$")  # what is left as a proof

    @freeze_time("2031-03-04")
    def test_every_kind_has_a_letter(self):
        kinds = dict(self.env["drk.gdpr.request"]._fields["kind"].selection)
        for kind in sorted(kinds, key=lambda kind: kind == "erasure"):  # erased people ask for nothing else
            asked = self._working(kind)
            if not asked.action_answer():  # the letter of an erasure is handed out, it is not kept
                self.assertIn("DSA-2031", self._letter(asked), kind)
            self.assertEqual(asked.state, "answered", kind)

    @freeze_time("2031-03-04")
    def test_letter_can_be_edited_in_word(self):
        asked = self._create()
        attachment = int(asked.action_letter_docx()["url"].split("/")[3].split("?")[0])
        document = Document(io.BytesIO(self.env["ir.attachment"].browse(attachment).raw))
        text = "\n".join(paragraph.text for paragraph in document.paragraphs)
        for expected in (asked.number, "Hauptstraße 12 a", "04.03.2031"):
            self.assertIn(expected, text)

    @freeze_time("2031-03-04")
    def test_clerk_enters_but_only_the_officer_answers_access(self):
        asked = self._create(user=self.clerk)
        asked.write({"identity_kind": "known", "identity_on": "2031-03-04"})
        asked.action_confirm_identity()
        with self.assertRaises(AccessError):
            asked.action_answer()
        with self.assertRaises(AccessError):
            asked.unlink()

    @freeze_time("2031-03-04")
    def test_sheet_of_an_answer_is_not_for_all_who_work_on_requests(self):
        asked = self._working()
        asked.action_answer()
        seen = self._as(self.clerk, asked)
        self.assertEqual(seen.state, "answered")
        for name in ("sheet_pdf", "sheet_json"):
            with self.assertRaises(AccessError):
                seen.read([name])
        with self.assertRaises(AccessError):
            seen.action_send()

    def test_request_cannot_come_from_the_future(self):
        with freeze_time("2031-03-01"), self.assertRaises(UserError):
            self._create()
