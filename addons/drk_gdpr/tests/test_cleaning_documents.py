import base64
import hashlib
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from freezegun import freeze_time
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.package import unpack
from .cleaning_common import CleaningCase
from .erasure_common import MARKER


@tagged("post_install", "-at_install")
class TestDocumentPackage(CleaningCase):
    def setUp(self):
        super().setUp()
        vals = {"res_model": "res.partner", "res_id": self.anna.id}
        self.env["ir.attachment"].create({**vals, "name": f"{MARKER}.txt", "raw": b"Rechnung 1"})
        self.packages = self.env["drk.document.package"]

    def _package(self):
        self._perform(self._preview(self.anna))
        return self.packages.search([])

    def test_documents_are_offered(self):
        """D-ANO-7: the documents of an anonymised person can be downloaded, and only with the passphrase be read."""
        package = self._package()
        content = package.with_context(bin_size=False).content
        raw = base64.b64decode(content)
        self.assertNotIn(MARKER.encode(), raw)
        with self.assertRaises(RuntimeError):
            unpack(raw, "geraten")
        self.assertEqual(unpack(raw, package._passphrase(self.association_a)), {f"{MARKER}.txt": b"Rechnung 1"})

    def test_sixty_days(self):
        """D-ANO-8, D-ANO-10: sixty days long; after day 60 the documents are gone."""
        package = self._package()
        self.assertEqual(package.expires_on - package.made_on, timedelta(days=60))
        with freeze_time(package.made_on + timedelta(days=60)):
            self.packages._cron_expire()
            self.assertTrue(package.exists())
        with freeze_time(package.made_on + timedelta(days=61)):
            self.packages._cron_expire()
        self.assertFalse(package.exists())

    def test_clerk_is_reminded(self):
        """D-ANO-9: 30 days before the end the clerk gets a reminder by mail, once."""
        package = self._package()
        mails = self.env["mail.mail"].search([])
        with freeze_time(package.made_on + timedelta(days=29)):
            self.packages._cron_expire()
            self.assertFalse(self.env["mail.mail"].search([]) - mails)
        with freeze_time(package.made_on + timedelta(days=30)):
            self.packages._cron_expire()
            self.packages._cron_expire()
        mail = self.env["mail.mail"].search([]) - mails
        self.assertEqual(len(mail), 1)
        self.assertIn(self.eraser.email, mail.email_to)

    def test_own_request_leaves_no_package(self):
        self._erase(self.anna, kind="request")
        self.assertFalse(self.packages.search([]))

    def _add_document(self, person, name, content):
        vals = {"res_model": "res.partner", "res_id": person.id, "name": name, "raw": content}
        return self.env["ir.attachment"].create(vals)

    def _unpacked(self, package):
        raw = base64.b64decode(package.with_context(bin_size=False).content)
        return unpack(raw, package._passphrase(self.association_a))

    def _failing_for(self, person):
        """The erasure of this person fails, after their documents were set aside."""
        engine = self.registry["drk.erasure.engine"]
        original = engine._apply

        def fail(records, work, forgetter):
            if person.id in work.people:
                raise ValueError("x")
            return original(records, work, forgetter)

        return patch.object(engine, "_apply", fail)

    @mute_logger("odoo.addons.drk_gdpr.models.drk_erasure_run")
    def test_one_package_when_one_person_fails(self):
        """The others go one by one then, and their documents still lie in one package, each once."""
        max_ = self._person(self.association_a, firstname="Max", lastname="Muster", email="max@example.org")
        self._add_document(self.erika, "bleibt.txt", b"Rechnung 2")
        self._add_document(max_, f"{MARKER}.txt", b"Rechnung 3")
        with self._failing_for(self.erika):
            run = self._erase(self.anna | self.erika | max_)
        package = self.packages.search([])
        self.assertEqual((run.failed_count, package.run_id, package.document_count), (1, run, 2))
        self.assertEqual(self._unpacked(package), {f"{MARKER}.txt": b"Rechnung 1", f"{MARKER} (2).txt": b"Rechnung 3"})
        self._erase(self.erika)
        self.assertEqual(self._unpacked(self.packages.search([], limit=1)), {"bleibt.txt": b"Rechnung 2"})

    def test_failed_archive_erases_nobody(self):
        """The chunk is one transaction: no erasure without its package, and the run goes on where it stopped."""
        disk_full = patch.object(self.registry["drk.document.package"], "_keep_archive", side_effect=OSError)
        with disk_full, mute_logger("odoo.addons.drk_base.models.drk_job_chunk"):
            run = self._erase(self.anna)
        self.assertEqual((self.anna.firstname, self.packages.search([])), (MARKER, self.packages))
        self._perform(self._as(self.eraser, run), "action_resume")
        self.assertEqual((run.state, run.erased_count), ("done", 1))
        self.assertEqual(self._unpacked(self.packages.search([])), {f"{MARKER}.txt": b"Rechnung 1"})

    def test_nothing_set_aside_stays(self):
        run = self._erase(self.anna)
        domain = [("res_model", "=", run._name), ("res_field", "=", "package_ids")]
        self.assertFalse(self.env["ir.attachment"].search(domain))
        folder = Path(self.env["ir.attachment"]._full_path("drk"))
        self.assertFalse(list(folder.iterdir()))

    def test_missing_file_hinders_nobody(self):
        lost = self._add_document(self.anna, "weg.txt", b"nur hier 4711")
        Path(self.env["ir.attachment"]._full_path(lost.store_fname)).unlink()
        with self.assertLogs("odoo.addons.drk_gdpr.models.drk_document_package", "WARNING"):
            package = self._package()
        self.assertEqual((package.document_count, self.anna.drk_anonymised_at is not False), (1, True))

    def test_documents_in_the_database(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        self._add_document(self.anna, "zweites.txt", b"Rechnung 5")
        self.assertEqual(
            self._unpacked(self._package()), {f"{MARKER}.txt": b"Rechnung 1", "zweites.txt": b"Rechnung 5"}
        )

    def test_package_is_a_file_of_the_store(self):
        package = self._package()
        domain = [("res_model", "=", package._name), ("res_id", "=", package.id), ("res_field", "=", "content")]
        attachment = self.env["ir.attachment"].search(domain)
        content = Path(attachment._full_path(attachment.store_fname)).read_bytes()
        self.assertEqual(attachment.checksum, hashlib.sha1(content).hexdigest())
        self.assertEqual(attachment.file_size, len(content))
        self.assertIn(str(package.id), package.action_download()["url"])

    def test_only_the_right_sees_it(self):
        package = self._package()
        for user in (self.clerk, self.eraser_b):
            with self.assertRaises(AccessError):
                self._as(user, package).action_show_passphrase()
