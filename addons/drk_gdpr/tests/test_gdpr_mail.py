import io
from contextlib import contextmanager
from unittest.mock import patch

from freezegun import freeze_time
from odoo.addons.base.models.ir_mail_server import IrMail_Server, MailDeliveryException
from odoo.addons.mail.tests.common import MockEmail
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from .common import GdprCase


@tagged("post_install", "-at_install")
class TestGdprMail(GdprCase, MockEmail):
    """The files of an answer go to the person and to nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2031-03-04 10:00:00"))
        cls.colleague = cls._user("gdpr_colleague", "drk_gdpr.group_drk_gdpr_user")
        requests = cls.env["drk.gdpr.request"].with_user(cls.officer)
        cls.asked = requests.with_context(allowed_company_ids=cls.association_a.ids).create(
            {
                "kind": "access",
                "drk_person_id": cls.erika.id,
                "received_on": "2031-03-03",
                "identity_kind": "document",
                "identity_on": "2031-03-04",
            }
        )
        cls.asked.action_confirm_identity()
        cls.asked.action_answer()

    def _dialog(self, action):
        self.assertEqual((action["res_model"], action["target"]), ("drk.gdpr.mail", "new"))
        return self._as(self.officer, self.env["drk.gdpr.mail"]).browse(action["res_id"])

    def _sheet_dialog(self):
        wizard = self._as(self.officer, self.env["drk.access.sheet.wizard"])
        return self._dialog(wizard.create({"partner_ids": [(6, 0, self.erika.ids)]}).action_mail())

    @contextmanager
    def _gateway(self):
        with self.mock_mail_gateway(mail_unlink_sent=True):
            yield

    def _stored_files(self):
        """Return what is stored of files, but the answer itself (a field for officers) and its letter."""
        found = self.env["ir.attachment"].search([("res_field", "=", False)])
        return {(file.res_model, file.name) for file in found if "DSA-2031" in file.name or "Musterfrau" in file.name}

    def _assert_nobody_else_reads(self, files):
        self.assertTrue(files)
        for user in (self.clerk, self.colleague, self.employee):
            seen = self._as(user, files)
            self.assertFalse(any(file.has_access("read") for file in seen), user.login)
            with self.assertRaises(AccessError):
                seen[0].read(["raw"])
            self.assertFalse(seen.search([("id", "in", files.ids)]))

    def test_mail_carries_the_letter_and_the_whole_sheet(self):
        dialog = self._dialog(self.asked.action_send())
        names = dialog.file_ids.mapped("name")
        self.assertEqual(len(names), 3)
        dialog.body = "<p>Guten Tag, Frau Musterfrau, anbei alles.</p>"
        with self._gateway():
            dialog.action_send()
        mail = self._mails[0]
        self.assertEqual(mail["email_to"], ['"Erika Musterfrau" <erika@example.org>'])
        self.assertEqual([name for name, _content, _type in mail["attachments"]], names)
        self.assertIn("anbei alles", mail["body"])
        self.assertIn(self.asked.number, mail["subject"])
        sheet = next(raw for name, raw, _type in mail["attachments"] if name == f"{self.asked.number}.pdf")
        text = " ".join(page.extract_text() for page in PdfFileReader(io.BytesIO(sheet)).pages)
        self.assertIn("Musterfrau", text)

    def test_nothing_of_the_files_is_left_but_a_note(self):
        before = self._stored_files()
        dialog = self._dialog(self.asked.action_send())
        files, names = dialog.file_ids, dialog.file_ids.mapped("name")
        with self._gateway():
            dialog.action_send()
        self.assertFalse(files.exists() or self._new_mails.exists())
        self.assertEqual(self._stored_files(), before)
        note = self.asked.message_ids[0]
        self.assertFalse(note.attachment_ids)
        self.assertEqual(note.author_id, self.officer.partner_id)
        for expected in ("erika@example.org", *names):
            self.assertIn(expected, note.body)

    def test_only_who_sends_reads_the_files_before(self):
        dialog = self._dialog(self.asked.action_send())
        self.assertTrue(dialog.file_ids[0].has_access("read"))
        self._assert_nobody_else_reads(dialog.file_ids)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_failed_delivery_notes_nothing_and_opens_the_files_to_nobody(self):
        dialog = self._dialog(self.asked.action_send())
        known = self.asked.message_ids

        def fail(*args, **kwargs):
            raise MailDeliveryException("Mail server is away")

        with self._gateway(), patch.object(IrMail_Server, "send_email", fail), self.assertRaises(UserError) as caught:
            dialog.action_send()
        self.env.invalidate_all()
        self.assertIn("Mail server is away", str(caught.exception))
        self.assertEqual(self.asked.message_ids, known)
        self.assertEqual(len(dialog.file_ids), 3)
        self._assert_nobody_else_reads(dialog.file_ids)

    def test_mail_that_waits_keeps_its_files_to_itself(self):
        """Without the gateway nothing is delivered now, as with a mail server that sends a few mails an hour."""
        dialog = self._dialog(self.asked.action_send())
        files, known = dialog.file_ids, self.env["mail.mail"].search([])
        dialog.action_send()
        mail = self.env["mail.mail"].search([]) - known
        self.assertEqual((mail.state, mail.auto_delete, mail.attachment_ids), ("outgoing", True, files))
        self.assertIn("which sends later", str(self.asked.message_ids[0].body))
        self._assert_nobody_else_reads(files)
        self.assertFalse(self._as(self.officer, files)[0].has_access("read"))
        with self._gateway():
            mail.send()
        self.assertFalse(files.exists() or mail.exists())

    def test_sheet_from_the_page_of_the_person(self):
        before = self._stored_files()
        dialog = self._sheet_dialog()
        self._assert_nobody_else_reads(dialog.file_ids)
        with self._gateway():
            dialog.action_send()
        self.assertEqual(len(self._mails[0]["attachments"]), 1)
        self.assertIn("Art. 15", self._mails[0]["body"])
        self.assertEqual(self._stored_files(), before)
        note = self.erika.message_ids[0]
        self.assertIn("erika@example.org", note.body)
        self.assertFalse(note.attachment_ids)

    def test_dialog_is_of_whoever_opened_it(self):
        dialog = self._dialog(self.asked.action_send())
        for user in (self.clerk, self.employee):
            with self.assertRaises(AccessError):
                self._as(user, dialog).action_send()

    def test_person_without_a_valid_address_gets_a_letter(self):
        self.erika.email = "keine"
        with self.assertRaises(UserError):
            self.asked.action_send()
