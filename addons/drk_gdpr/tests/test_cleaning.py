import base64
import hashlib
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import get_public_method
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from ..tools.blocker import Blocker
from ..tools.package import unpack
from .erasure_common import ERASURE, MARKER, ErasureCase

CLEANING_DAY = "2027-01-03"


class CleaningCase(ErasureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        system = cls.env.ref("drk_gdpr.drk_system_ano")
        cls.association_a.write({"drk_system_ids": [fields.Command.link(system.id)]})
        cls.association_a.write({"drk_anonymisation_active": True, "drk_anonymisation_auto": True})
        cls.association_a.drk_anonymisation_user_id = cls.eraser
        cls.second = cls._user("gdpr_eraser_2", ERASURE)
        cls.wizards = cls.env["drk.anonymise"]
        cls.runs = cls.env["drk.erasure.run"]

    @classmethod
    def _age(cls, people, day="2010-05-01"):
        """People who were entered long ago and did nothing since."""
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE res_partner SET create_date = %s WHERE id = ANY(%s)", [day, people.ids])
        cls.env.invalidate_all()

    def _wizard(self, people, user=None, **vals):
        context = {"active_model": "res.partner", "active_ids": people.ids}
        wizards = self._as(user or self.eraser, self.wizards).with_context(**context)
        return wizards.create({"reason": "Aufräumen", **vals})

    def _preview(self, people, user=None, **vals):
        action = self._wizard(people, user, **vals).action_preview()
        return self._as(user or self.eraser, self.runs).browse(action["res_id"])

    def _perform(self, run, method="action_start"):
        with trap_jobs() as trap:
            getattr(run, method)()
            while trap.enqueued_jobs:
                trap.perform_enqueued_jobs()
        self.env.invalidate_all()

    def _clean(self, day=CLEANING_DAY):
        with freeze_time(f"{day} 03:00:00"), trap_jobs() as trap:
            self.runs._cron_clean()
            while trap.enqueued_jobs:
                trap.perform_enqueued_jobs()
        self.env.invalidate_all()
        return self.runs.search([("kind", "=", "automatic")])

    def _everything(self):
        """Everything the database says about Anna, as text."""
        self.env.flush_all()
        self.env.cr.execute("SELECT row_to_json(p)::text FROM res_partner p WHERE id = %s", [self.anna.id])
        return self.env.cr.fetchall()


@tagged("post_install", "-at_install")
class TestAnonymiseByHand(CleaningCase):
    def test_form_counts_then_anonymises(self):
        """D-ANO-22, D-ANO-23: at any time one person is anonymised from the form, without waiting for a quarter."""
        run = self._preview(self.anna)
        self.assertEqual((run.kind, run.state, run.expected_done), ("manual", "draft", 1))
        self._perform(run)
        self.assertTrue(self.anna.drk_anonymised_at)

    def test_selection_is_anonymised(self):
        """D-ANO-24, K-4.8-1: all selected people of a list are anonymised."""
        self._perform(self._preview(self.anna | self.erika))
        self.assertTrue(self.anna.drk_anonymised_at and self.erika.drk_anonymised_at)

    def test_preview_changes_nothing(self):
        before = self._everything()
        run = self._preview(self.anna)
        self.assertEqual(self._everything(), before)
        self.assertEqual(run.line_ids.person_id, self.anna)
        self._perform(run)
        self.assertEqual(run.erased_count, run.expected_done)

    def test_mark_is_set_and_hides(self):
        """K-4.8-2, K-4.8-3: each anonymised person gets the chosen mark, and the mark hides them from the next selection."""
        mark = self.env["drk.mark"].create({"name": "anonymisiert", "company_id": self.association_a.id})
        self._perform(self._preview(self.anna, mark_id=mark.id))
        self.assertEqual(self.anna.drk_mark_ids, mark)
        people = self._as(self.eraser, self.people).with_context(active_test=False)
        self.assertNotIn(self.anna, people.search([("drk_mark_ids", "not in", mark.ids)]))

    def test_symbolic_values_of_the_association(self):
        """K-4.8-4, K-4.8-17: first name, name, street and search term become the values that the association has set."""
        self.association_a.write(
            {
                "drk_symbol_firstname": "Xaver",
                "drk_symbol_lastname": "Ypsilon",
                "drk_symbol_street": "Ohne Straße",
                "drk_symbol_search_name": "gelöscht",
            }
        )
        self.anna.drk_search_name = MARKER
        self._perform(self._preview(self.anna))
        self.assertEqual((self.anna.firstname, self.anna.lastname), ("Xaver", "Ypsilon"))
        self.assertEqual((self.anna.street, self.anna.drk_search_name), ("Ohne Straße", "gelöscht"))

    def test_contact_data_go(self):
        """K-4.8-6, K-4.8-7: phone, mail, birth name, salutation and letter salutation are deleted."""
        self.anna.write({"phone": "030 123456", "drk_birth_name": MARKER, "drk_salutation": "frau"})
        self.env["drk.contact.way"].create({"partner_id": self.anna.id, "kind": "mobile", "value": "0151 1234567"})
        self._perform(self._preview(self.anna))
        self.assertFalse(self.anna.phone or self.anna.email or self.anna.drk_birth_name)
        self.assertFalse(self.anna.drk_salutation not in (False, "none"))
        self.assertNotIn("Zwiebelfrau", self.anna.drk_letter_salutation or "")
        self.assertFalse(self.env["drk.contact.way"].search([("partner_id", "=", self.anna.id)]))

    def test_copy_to_the_info_is_a_pseudonym(self):
        """K-4.8-5: on wish first name, name and street stand in the internal info; the run then says pseudonymised."""
        run = self._preview(self.anna, copy_to_info=True)
        self.assertTrue(run.is_pseudonymous)
        self._perform(run)
        self.assertIn(f"{MARKER} Zwiebelfrau, Quendelweg 7", self.anna.drk_internal_info)

    def test_options_are_preset(self):
        """K-4.8-18: the two options of the dialog are preset by the settings, and off as delivered."""
        self.assertFalse(self._wizard(self.anna).copy_to_info)
        self.association_a.write({"drk_anonymise_copy_to_info": True, "drk_anonymise_unlink_documents": True})
        wizard = self._wizard(self.erika)
        self.assertTrue(wizard.copy_to_info and wizard.unlink_documents)

    def test_help_lists_the_fields(self):
        """K-4.8-19: the dialog lists which fields are anonymised."""
        text = self._wizard(self.anna).with_context(lang="de_DE").fields_help
        for label in ("Geburtsname", "Vorname", "Geburtsdatum"):
            self.assertIn(label, text)

    def test_not_before_it_is_switched_on(self):
        """K-4.8-16: without the central switch nobody is anonymised."""
        self.association_a.drk_anonymisation_active = False
        with self.assertRaises(UserError):
            self._preview(self.anna)
        self.assertFalse(self.anna.drk_anonymised_at)

    def test_not_without_the_booked_system(self):
        """D-ANO-1: the tool is booked per association; without it the dialog refuses."""
        self.association_a.drk_system_ids -= self.env.ref("drk_gdpr.drk_system_ano")
        with self.assertRaises(UserError):
            self._preview(self.anna)

    def test_only_with_the_right(self):
        """D-ANO-2: anonymising is a permission level of its own; clerk and officer have it not by their role."""
        for user in (self.clerk, self.officer, self.employee):
            with self.assertRaises(AccessError):
                self._wizard(self.anna, user)

    def test_not_in_another_association(self):
        with self.assertRaises(AccessError):
            self._wizard(self.anna, self.eraser_b)

    def test_place_of_other_documents_is_shown(self):
        """D-ANO-28: the dialog shows where documents lie outside of the system."""
        self.association_a.drk_document_place = "Ordner im Keller"
        self.assertEqual(self._wizard(self.anna).document_place, "Ordner im Keller")

    def test_excluded_company_goes_by_hand(self):
        """D-ANO-26: a company that is excluded from the automatic cleaning can be anonymised by hand."""
        company = self._company(self.association_a)
        self._as(self.eraser, company).action_drk_exclude_cleaning()
        self._perform(self._preview(company))
        self.assertTrue(company.drk_anonymised_at)

    def test_report_names_both_kinds(self):
        """D-ANO-11, D-ANO-12: automatic and manual cleanings stand in the same report."""
        self._perform(self._preview(self.anna))
        self._age(self.erika)
        self._clean()
        reports = self._as(self.eraser, self.runs).search([])
        self.assertEqual(set(reports.mapped("kind")), {"manual", "automatic"})
        self.assertEqual([report.erased_count for report in reports], [1, 1])


@tagged("post_install", "-at_install")
class TestBrake(CleaningCase):
    def setUp(self):
        super().setUp()
        self.association_a.drk_anonymisation_expected = 1
        self.run = self._preview(self.anna | self.erika)

    def test_large_run_waits(self):
        self._perform(self.run)
        self.assertEqual(self.run.state, "waiting")
        self.assertFalse(self.anna.drk_anonymised_at)
        self.assertIn(self.second, self.run.sudo().activity_ids.user_id)

    def test_who_asks_cannot_release(self):
        self._perform(self.run)
        with self.assertRaises(UserError):
            self.run.action_approve()
        self.assertEqual(self.run.state, "waiting")

    def test_second_person_releases(self):
        self._perform(self.run)
        run = self._as(self.second, self.run)
        self._perform(run, "action_approve")
        self.assertEqual((run.approved_by_id, run.erased_count), (self.second, 2))

    def test_run_of_the_expected_size_needs_nobody(self):
        self.association_a.drk_anonymisation_expected = 2
        self._perform(self.run)
        self.assertEqual(self.run.erased_count, 2)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_nobody_chooses_a_kind_without_brake(self):
        """Only the steps made for it give a run its kind: neither a call from outside nor a default does."""
        runs = self._as(self.eraser, self.runs)
        vals = {"kind": "request", "company_id": self.association_a.id}
        with self.assertRaises(AccessError):
            runs.create(vals)
        with self.assertRaises(AccessError):
            self._as(self.eraser, self.run).write({"kind": "request"})
        for method in ("_create_for", "_start", "_erase", "_run_here", "_replay", "_cron_finish_people"):
            with self.assertRaises(AccessError):
                get_public_method(runs, method)
        wizard = self._wizard(self.anna | self.erika).with_context(default_kind="request", kind="request")
        run = runs.browse(wizard.action_preview()["res_id"])
        self._perform(run.with_context(default_kind="request"))
        self.assertEqual((run.kind, run.state), ("manual", "waiting"))

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_waiting_run_is_not_started_on_another_way(self):
        self._perform(self.run)
        run = self._as(self.eraser, self.run)
        run.action_resume()
        run.action_stop()
        self._perform(run, "action_resume")
        with self.assertRaises(AccessError):
            run.write({"approved_by_id": self.second.id})
        with self.assertRaises(UserError):
            self._perform(run)
        self.assertEqual((run.state, self.anna.drk_anonymised_at), ("waiting", False))

    def test_request_is_about_one_person(self):
        people = self._as(self.eraser, self.anna | self.erika)
        with self.assertRaises(ValueError):
            people._drk_erase_what_can_go("request 3")

    def test_deletion_of_many_is_refused(self):
        """Deleting does not get past the brake either."""
        deleter = self._user("gdpr_deleter", "drk_gdpr.group_drk_gdpr_partial")
        people = self._as(deleter, self.anna | self.erika)
        with self.assertRaises(UserError):
            people.unlink()
        self.assertEqual(people.exists(), people)
        self.assertTrue(people[:1].unlink())


@tagged("post_install", "-at_install")
class TestQuarterlyCleaning(CleaningCase):
    def setUp(self):
        super().setUp()
        self._age(self.anna)

    def test_runs_by_itself_on_the_first_sunday(self):
        """D-ANO-14, D-ANO-18: the automatic cleaning takes who is due on the first Sunday of the quarter, not before."""
        self.assertFalse(self._clean("2026-12-30"))
        run = self._clean()
        self.assertEqual((run.cutoff, run.erased_count), (date(2027, 1, 3), 1))
        self.assertTrue(self.anna.drk_anonymised_at)
        self.assertFalse(self.erika.drk_anonymised_at)

    def test_who_came_back_before_the_release_stays(self):
        self._age(self.erika)
        self.association_a.drk_anonymisation_expected = 1
        run = self._clean()
        self.assertEqual(run.state, "waiting")
        self._age(self.erika, "2027-01-10")
        with freeze_time("2027-02-01"):
            self._perform(self._as(self.second, run), "action_approve")
        self.assertTrue(self.anna.drk_anonymised_at)
        self.assertFalse(self.erika.drk_anonymised_at)
        self.assertEqual(self._line(run, self.erika).reason, "Active again since the run was prepared")

    def test_once_a_quarter(self):
        self._clean()
        self._age(self.erika)
        self.assertEqual(len(self._clean("2027-01-04")), 1)
        self.assertFalse(self.erika.drk_anonymised_at)
        self.assertEqual(len(self._clean("2027-04-04")), 2)

    def test_is_made_up_for(self):
        self.assertEqual(self._clean("2027-01-08").cutoff, date(2027, 1, 3))

    def test_switched_off_association_stays(self):
        self.association_a.drk_anonymisation_auto = False
        self.assertFalse(self._clean())

    def test_other_association_stays(self):
        self._age(self.foreign)
        self._clean()
        self.assertFalse(self.foreign.drk_anonymised_at)

    def test_period_of_the_system(self):
        """D-ANO-15, D-ANO-16: each system has its own period of 3, 5 or 10 years (and 8)."""
        period = self.env["drk.retention.period"]
        years = [key for key, _label in period._fields["years"].selection]
        self.assertEqual(years, ["3", "5", "8", "10"])
        tool = self.env.ref("drk_gdpr.drk_system_ano")
        other = self.env["drk.system"].create({"code": "muster", "name": "Muster"})
        self.association_a.drk_system_ids += other
        periods = period._load_missing(self.association_a)
        self.assertEqual(periods.system_id, self.association_a.drk_system_ids - tool)

    def test_companies_wait_for_a_look(self):
        """D-ANO-19, D-ANO-20: a company is prepared and not cleaned; released, the next cleaning takes it."""
        company = self._company(self.association_a)
        self._age(company)
        self._clean()
        self.assertEqual((company.drk_cleaning_release, bool(company.drk_anonymised_at)), ("prepared", False))
        self._as(self.eraser, company).action_drk_release_cleaning()
        self._clean("2027-04-04")
        self.assertTrue(company.drk_anonymised_at)

    def test_excluded_company_stays(self):
        """D-ANO-21: an excluded company is left out of every automatic cleaning."""
        company = self._company(self.association_a)
        self._age(company)
        self._as(self.eraser, company).action_drk_exclude_cleaning()
        self._clean()
        self.assertFalse(company.drk_anonymised_at)

    def test_only_the_right_releases(self):
        company = self._company(self.association_a)
        with self.assertRaises(AccessError):
            self._as(self.clerk, company).action_drk_release_cleaning()

    def test_marks_of_an_erasure_are_not_written_by_hand(self):
        """What frees, hides or keeps a person is set by the steps that ask for the right."""
        company = self._company(self.association_a)
        marks = {
            "drk_cleaning_release": "released",
            "drk_is_restricted": True,
            "drk_restricted_until": "2030-01-01",
            "drk_anonymised_at": "2001-01-01 00:00:00",
        }
        people = self._as(self.clerk, self.people)
        for name, value in marks.items():
            with self.assertRaises(AccessError):
                self._as(self.clerk, company).write({name: value})
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                people.create({"lastname": "Neu", "company_id": self.association_a.id, name: value})
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                default = people.with_context(**{f"default_{name}": value})
                default.create({"lastname": "Neu", "company_id": self.association_a.id})

    def test_count_leaves_cleaned_people_out(self):
        """D-ANO-13: cleaned people no longer count for the measurement."""
        before = self.association_a.drk_people_count
        self._clean()
        self.assertEqual(self.association_a.drk_people_count, before - 1)

    def test_clock_says_from_when_on(self):
        due = self.env["drk.retention.due"].search([("person_id", "=", self.anna.id)])
        self.assertEqual((due.last_activity, due.due_on), (date(2010, 5, 1), date(2020, 5, 1)))

    def test_clock_names_the_cleaning_day(self):
        clock = self.env["drk.retention.due"]
        for today, expected in (
            ("2027-01-03", "2027-01-03"),
            ("2027-01-04", "2027-04-04"),
            ("2028-07-10", "2028-10-01"),
        ):
            with freeze_time(today):
                self.env.invalidate_all()
                due = clock.search([("person_id", "=", self.anna.id)])
                self.assertEqual(due.cleaning_on, fields.Date.to_date(expected))


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


@tagged("post_install", "-at_install")
class TestBlockList(CleaningCase):
    def test_objection_outlives_the_data(self):
        self.anna.drk_no_advertising = True
        self._erase(self.anna, kind="request")
        again = self._person(self.association_a, firstname="Q.", lastname="Z.", email="quendolina@example.org")
        self.assertTrue(again.drk_no_advertising)
        post = {
            "firstname": "Quendolina",
            "lastname": "Zwiebelfrau",
            "street": "Quendelweg 7",
            "email": "neu@example.org",
        }
        self.assertTrue(self._person(self.association_a, **post).drk_no_advertising)

    def test_objection_of_the_register_counts(self):
        self.env["drk.gdpr.request"].create({"kind": "objection", "drk_person_id": self.anna.id})
        self._erase(self.anna)
        again = self._person(self.association_a, firstname="Q.", lastname="Z.", email="quendolina@example.org")
        self.assertTrue(again.drk_no_advertising)

    def test_others_are_not_blocked(self):
        self.anna.drk_no_advertising = True
        self._erase(self.anna)
        self.assertFalse(self._person(self.association_b, email="quendolina@example.org").drk_no_advertising)
        self.assertFalse(self._person(self.association_a, firstname="Max", email="max@example.org").drk_no_advertising)

    def test_unsubscribed_address_outlives_the_data(self):
        self.env["mail.blacklist"]._add("quendolina@example.org")
        self._erase(self.anna)
        self.assertFalse(self.env["mail.blacklist"].search([("email", "=", "quendolina@example.org")]))
        self.assertEqual(self.env["drk.block.entry"].search([]).mapped("kind"), ["email"])
        again = self._person(self.association_a, firstname="Q.", lastname="Z.", email="quendolina@example.org")
        self.assertTrue(again.drk_no_advertising)

    def test_unsubscribed_address_of_two_associations(self):
        """The list belongs to all: the address stays in it for the other, and is remembered in each."""
        self.foreign.email = "quendolina@example.org"
        self.env["mail.blacklist"]._add("quendolina@example.org")
        self._erase(self.anna)
        self.assertTrue(self.env["mail.blacklist"].search([("email", "=", "quendolina@example.org")]))
        self._erase(self.foreign, user=self.eraser_b)
        companies = self.env["drk.block.entry"].search([("kind", "=", "email")]).company_id
        self.assertEqual(companies, self.association_a | self.association_b)

    def test_whose_address_is_kept_stays_unsubscribed(self):
        self.env["mail.blacklist"]._add("quendolina@example.org")
        blocker = Blocker(self.anna.id, "money", "Offene Rechnung", False, "account.move", 1)
        self.patch(self.registry["res.partner"], "_drk_open_business", lambda people: [blocker])
        self.anna.phone = "0231 4711"
        self.env["phone.blacklist"]._add([self.anna.phone_sanitized])
        self._erase(self.anna, kind="request")
        self.assertTrue(self.anna.email)
        self.assertTrue(self.anna.is_blacklisted)
        self.assertTrue(self.anna.phone_sanitized_blacklisted)

    def test_nothing_can_be_read(self):
        self.anna.drk_no_advertising = True
        self._erase(self.anna)
        entries = self.env["drk.block.entry"].search([])
        self.assertEqual(sorted(entries.mapped("kind")), ["address", "email"])
        self.assertFalse([digest for digest in entries.mapped("digest") if "quend" in digest.lower()])

    def test_without_objection_nobody_is_remembered(self):
        self._erase(self.anna)
        self.assertFalse(self.env["drk.block.entry"].search([]))


@tagged("post_install", "-at_install")
class TestGrant(CleaningCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("gdpr_manager", "drk_base.group_drk_base_manager")
        cls.grants = cls.env["drk.erasure.grant"]

    @users("gdpr_manager")
    def test_association_grants_to_instructed_people(self):
        """D-ANO-4, D-ANO-5: the association's manager grants the right, and confirms that the person was instructed."""
        vals = {"user_id": self.clerk.id, "company_id": self.association_a.id}
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._as(self.manager, self.grants).create(vals)
        self.assertFalse(self.clerk.has_group(ERASURE))
        grant = self._as(self.manager, self.grants).create({**vals, "is_instructed": True})
        self.assertTrue(self.clerk.has_group(ERASURE))
        grant.action_revoke()
        self.assertFalse(self.clerk.has_group(ERASURE))
        self.assertTrue(grant.revoked_on)

    def test_granted_for_one_association_only(self):
        both = self._user("gdpr_both", "drk_gdpr.group_drk_gdpr_user")
        both.company_ids |= self.association_b
        vals = {"user_id": both.id, "company_id": self.association_a.id, "is_instructed": True}
        self._as(self.manager, self.grants).create(vals)
        runs = self._as(both, self.runs)
        self.assertTrue(runs._create_for(self.anna.with_env(runs.env), "manual"))
        with self.assertRaises(AccessError):
            runs._create_for(self.foreign.with_env(runs.env), "manual")
        self.foreign.is_company = True
        with self.assertRaises(AccessError):
            self._as(both, self.foreign).action_drk_release_cleaning()

    def test_not_to_users_of_others(self):
        vals = {"user_id": self.clerk_b.id, "company_id": self.association_a.id, "is_instructed": True}
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._as(self.manager, self.grants).create(vals)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_clerks_grant_nothing(self):
        vals = {"user_id": self.clerk.id, "company_id": self.association_a.id, "is_instructed": True}
        for user in (self.clerk, self.eraser, self.officer):
            with self.assertRaises(AccessError):
                self._as(user, self.grants).create(vals)
