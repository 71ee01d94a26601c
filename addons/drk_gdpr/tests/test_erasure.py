import json
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools.blocker import Blocker
from ..tools.journal import append, read, take_back, to_repeat
from .erasure_common import MARKER, ErasureCase


@tagged("post_install", "-at_install")
class TestErasure(ErasureCase):
    def _holds(self, table, column, value=MARKER):
        query = SQL(
            "SELECT COUNT(*) FROM %s WHERE %s::text ILIKE %s",
            SQL.identifier(table),
            SQL.identifier(column),
            f"%{value}%",
        )
        self.env.flush_all()
        return self.env.execute_query(query)[0][0]

    def test_person_becomes_a_shell(self):
        run = self._erase(self.anna)
        self.assertEqual(run.state, "done")
        self.assertEqual((run.people_count, run.erased_count, run.restricted_count, run.failed_count), (1, 1, 0, 0))
        self.assertTrue(self.anna.drk_anonymised_at)
        self.assertEqual(self.anna.drk_anonymised_run_id, run)
        self.assertFalse(self.anna.active)
        self.assertFalse(self.anna.birthdate_date or self.anna.email or self.anna.phone or self.anna.zip)
        symbolic = self.association_a._drk_symbolic_values()
        self.assertEqual((self.anna.firstname, self.anna.lastname), (symbolic["firstname"], symbolic["lastname"]))
        for column in ("name", "complete_name", "drk_name_key", "drk_letter_salutation", "email_normalized"):
            self.assertFalse(self._holds("res_partner", column), column)

    def test_bank_accounts_go(self):
        account = self.env["res.partner.bank"].create(
            {"acc_number": "DE89370400440532013000", "partner_id": self.anna.id}
        )
        self._erase(self.anna)
        self.assertFalse(account.exists())

    def test_history_of_the_person_goes(self):
        self.anna.with_context(tracking_disable=False).message_post(body=f"Anruf von {MARKER}")
        self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.anna.id,
                "summary": MARKER,
                "user_id": self.clerk.id,
            }
        )
        self._erase(self.anna)
        self.assertFalse(self._holds("mail_message", "body"))
        self.assertFalse(self._holds("mail_activity", "summary"))

    def test_message_of_others_stays_without_the_values(self):
        author = self.clerk.partner_id
        message = self.erika.message_post(
            body="Kommt mit Quendolina Zwiebelfrau, quendolina@example.org",
            author_id=author.id,
            partner_ids=self.anna.ids,
        )
        self._erase(self.anna)
        self.assertTrue(message.exists())
        self.assertEqual(message.body.striptags(), "Kommt mit [gelöscht], [gelöscht]")
        self.assertFalse(message.partner_ids)

    def test_message_of_the_person_stays_empty(self):
        message = self.erika.message_post(body="Ich bin die Nachbarin", author_id=self.anna.id)
        self._erase(self.anna)
        self.assertEqual(message.body.striptags(), "[gelöscht]")

    def test_files_go_unless_others_share_them(self):
        files = self.env["ir.attachment"]
        vals = {"name": f"{MARKER}.txt", "res_model": "res.partner", "res_id": self.anna.id}
        own = files.create({**vals, "raw": b"only here"})
        shared = files.create({**vals, "raw": b"twice"})
        other = files.create({**vals, "name": "x", "res_id": self.erika.id, "raw": b"twice"})
        names = own.store_fname, shared.store_fname
        self._erase(self.anna)
        self.assertFalse((own | shared).exists())
        with self.enter_registry_test_mode():
            self.env["drk.gdpr.forgetter"]._gdpr_sweep_files(list(names))
        self.assertFalse(files._file_read(names[0]))
        self.assertEqual(other.raw, b"twice")

    def test_other_addresses_of_the_person_go(self):
        address = self.people.create(
            {
                "parent_id": self.anna.id,
                "type": "invoice",
                "name": "Rechnung",
                "street": "Quendelweg 9",
                "company_id": self.association_a.id,
            }
        )
        self._erase(self.anna)
        self.assertFalse(address.street)

    def test_import_name_goes(self):
        self.env["ir.model.data"].create(
            {"module": "__import__", "name": f"person_{MARKER}", "model": "res.partner", "res_id": self.anna.id}
        )
        self._erase(self.anna)
        self.assertFalse(self._holds("ir_model_data", "name"))

    def test_logs_and_searches_lose_the_values(self):
        self.env["ir.filters"].create(
            {"name": "Suche", "model_id": "res.partner", "domain": "[('name','=','Quendolina Zwiebelfrau')]"}
        )
        self.env["bus.bus"].create({"channel": "x", "message": json.dumps({"t": "Quendolina Zwiebelfrau"})})
        self._erase(self.anna)
        self.assertFalse(self._holds("ir_filters", "domain"))
        self.assertFalse(self._holds("bus_bus", "message"))

    def test_portal_user_is_closed(self):
        user = self._user("quendolina-portal", "base.group_portal")
        user.partner_id = self.anna
        self._erase(self.anna)
        self.assertFalse(user.active)
        self.assertEqual(user.login, f"geloescht-{user.id}")

    def test_staff_and_association_are_left_alone(self):
        name = self.clerk.partner_id.name
        run = self._erase(self.clerk.partner_id.with_context(active_test=False) | self.anna)
        self.assertEqual(self._line(run, self.clerk.partner_id).state, "failed")
        self.assertEqual(self.clerk.partner_id.name, name)
        self.assertEqual(self._line(run, self.anna).state, "done")

    def test_others_are_untouched(self):
        before = self.erika.read()[0]
        self._erase(self.anna)
        after = self.erika.read()[0]
        self.assertEqual(before, after)

    def test_consent_is_kept_three_years(self):
        """The proof of a consent stays as a dated exception; after it the ledger forgets, too."""
        self.anna._drk_record_consent("privacy", "given", "S", evidence="Blatt 12")
        run = self._erase(self.anna)
        line = self._line(run, self.anna)
        self.assertEqual(line.state, "restricted")
        self.assertTrue(self.anna.drk_anonymised_at)
        self.assertEqual(self.anna.drk_restricted_until, line.keep_until)
        self.assertTrue(self.anna.drk_consent_ids)
        self.env.cr.execute(
            "UPDATE res_partner SET drk_anonymised_at = '2020-01-01', drk_restricted_until = '2023-01-01' WHERE id = %s",
            [self.anna.id],
        )
        self.env.invalidate_all()
        runs = self.env["drk.erasure.run"]
        self.assertIn((self.anna.id, self.association_a.id), runs._due_people())
        self._erase(self.anna, "final")
        self.assertFalse(self.anna.drk_consent_ids)
        self.assertFalse(self.anna.drk_is_restricted)

    def test_no_mail_and_no_history_of_the_run(self):
        mails, messages = self.env["mail.mail"].search_count([]), self.env["mail.message"].search_count([])
        self._erase(self.anna)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertLessEqual(self.env["mail.message"].search_count([]), messages)

    def test_markers_are_forgotten_with_the_proof(self):
        self._erase(self.anna)
        self.assertFalse(self._holds("drk_erasure_marker", "value"))

    def test_old_values_are_found_in_the_history(self):
        """What a name was before stands in the tracking of the record, and in messages to the person elsewhere."""
        message = self.erika.message_post(body="Mail an alt-quendolina@example.org", partner_ids=self.anna.ids)
        field = self.env["ir.model.fields"]._get("res.partner", "email")
        note = self.anna.message_post(body="x")
        self.env["mail.tracking.value"].create(
            {"field_id": field.id, "mail_message_id": note.id, "old_value_char": "alt-quendolina@example.org"}
        )
        self._erase(self.anna)
        self.assertEqual(message.body.striptags(), "Mail an [gelöscht]")
        self.assertFalse(self._holds("mail_tracking_value", "old_value_char", "alt-quendolina"))

    def test_shell_is_deleted_for_good_after_years(self):
        self._erase(self.anna)
        runs = self.env["drk.erasure.run"]
        with freeze_time(fields.Date.today() + relativedelta(years=9)):
            runs._cron_delete_shells()
            self.assertTrue(self.anna.exists())
        with freeze_time(fields.Date.today() + relativedelta(years=11)):
            runs._cron_delete_shells()
        self.assertFalse(self.anna.exists())
        self.assertTrue(self.erika.exists())

    def test_single_fields_are_forgotten_with_their_history(self):
        field = self.env["ir.model.fields"]._get("res.partner", "phone")
        note = self.anna.message_post(body="x")
        value = self.env["mail.tracking.value"].create(
            {"field_id": field.id, "mail_message_id": note.id, "old_value_char": "alt 4711"}
        )
        self.env["drk.gdpr.forgetter"]._gdpr_forget_fields(self.anna, ["phone", "email"])
        self.assertFalse(self.anna.phone or self.anna.email or value.exists())
        self.assertEqual(self.anna.firstname, MARKER)

    def test_open_business_waits_and_a_request_takes_what_can_go(self):
        self.anna.write({"comment": "Notiz", "phone": "08631 18599"})
        blocker = Blocker(self.anna.id, "money", "Offene Rechnung", False, "account.move", 1)
        with patch.object(
            type(self.people), "_drk_open_business", lambda people: [blocker] if self.anna in people else []
        ):
            run = self._erase(self.anna)
            self.assertEqual(
                (self._line(run, self.anna).state, self._line(run, self.anna).reason), ("restricted", "Offene Rechnung")
            )
            self.assertTrue(self.anna.comment and self.anna.drk_is_restricted)
            run = self._erase(self.anna, "request")
            self.assertEqual(self._line(run, self.anna).state, "restricted")
        self.assertFalse(self.anna.comment or self.anna.birthdate_date)
        self.assertTrue(self.anna.phone and self.anna.email and self.anna.street)

    def test_engagement_that_has_to_be_kept_is_a_blocker(self):
        blockers = self.anna._drk_deletion_blockers()
        self.assertEqual(blockers, [])

    def test_restore_erases_the_same_people_again(self):
        journal = self.env["drk.erasure.run"]
        with (
            TemporaryDirectory() as folder,
            patch.object(type(journal), "_journal_path", lambda runs: Path(folder, "x.jsonl")),
        ):
            with self.env.cr.savepoint() as before_erasure:
                self._erase(self.anna)
                before_erasure.rollback()
            self.env.invalidate_all()
            self.assertEqual(self.anna.firstname, MARKER)
            self.assertNotIn(MARKER, Path(folder, "x.jsonl").read_text())
            self.assertFalse(journal._replay(since="2999-01-01"))
            runs = journal._replay()
        self.assertEqual(runs.kind, "restore")
        self.assertTrue(self.anna.drk_anonymised_at)

    def test_restore_leaves_alone_whose_erasure_was_rolled_back(self):
        entries = [
            {"person": number, "run": run, "key": "x", "time": "2026"} for number, run in ((1, 5), (2, 5), (1, 6))
        ]
        with TemporaryDirectory() as folder:
            path = Path(folder, "x.jsonl")
            append(path, entries)
            take_back(path, entries[1:])
            self.assertEqual([(person, entry["run"]) for person, entry in to_repeat(path).items()], [(1, 5)])

    def test_restore_takes_what_a_request_took(self):
        journal = self.env["drk.erasure.run"]
        self.anna.comment = "Notiz"
        blocker = Blocker(self.anna.id, "money", "Offene Rechnung", False, "account.move", 1)
        with (
            TemporaryDirectory() as folder,
            patch.object(type(journal), "_journal_path", lambda runs: Path(folder, "x.jsonl")),
            patch.object(
                type(self.people), "_drk_open_business", lambda people: [blocker] if self.anna in people else []
            ),
        ):
            with self.env.cr.savepoint() as before_erasure:
                self._erase(self.anna, "request")
                before_erasure.rollback()
            self.env.invalidate_all()
            self.assertTrue(self.anna.comment)
            journal._replay()
        self.assertFalse(self.anna.comment)
        self.assertTrue(self.anna.drk_is_restricted and self.anna.email)

    # ------------------------------------------------------------------ restriction at the person's request
    def _restrict_on_request(self):
        asked = self.env["drk.gdpr.request"].create({"kind": "restriction", "drk_person_id": self.anna.id})
        asked.state = "answered"
        asked._restrict()

    def test_whose_data_are_restricted_at_their_request_is_not_erased(self):
        """Art. 18(2): such data are stored, and nothing else happens to them."""
        self._restrict_on_request()
        run = self._erase(self.anna)
        self.assertEqual(
            (run.line_ids.state, run.line_ids.reason), ("restricted", "Restricted at the person's own request")
        )
        self.assertEqual(self.anna.firstname, MARKER)
        self.assertNotIn(self.anna.id, [person for person, _company in self.env["drk.erasure.run"]._due_people()])

    def test_whose_data_are_restricted_may_ask_for_the_erasure(self):
        self._restrict_on_request()
        self._erase(self.anna, "request")
        self.assertTrue(self.anna.drk_anonymised_at)

    # ------------------------------------------------------------------ what others have
    def test_search_for_a_language_stays(self):
        self.anna.drk_native_language = "Deutsch"
        search = self.env["ir.filters"].create(
            {"name": "Suche", "model_id": "res.partner", "domain": "[('drk_native_language','=','Deutsch')]"}
        )
        self._erase(self.anna)
        self.assertIn("Deutsch", search.domain)

    def test_no_name_in_a_list_of_choices(self):
        plan = self.env["drk.erasure.plan"]
        for unit in plan._units():
            fields = self.env[unit.model]._fields
            named = [cell.name for cell in unit.cells if cell.value != "NULL" and fields[cell.name].type == "selection"]
            self.assertFalse(named, unit.model)

    def test_run_without_chunks_is_finished(self):
        """A request is one transaction without chunks: when the job of its end is lost, the nightly work ends it."""
        run = self._as(self.eraser, self.env["drk.erasure.run"])._create_for(
            self._as(self.eraser, self.anna), "request"
        )
        run_sudo = run.sudo()
        run_sudo.state = "running"
        run_sudo._finish_if_done()
        self.assertEqual(run_sudo.state, "running")
        run_sudo._erase(self.anna.ids)
        run_sudo._finish_if_done()
        self.assertEqual(run_sudo.state, "done")

    def test_journal_goes_on_after_a_line_that_was_cut_off(self):
        with TemporaryDirectory() as folder:
            path = Path(folder, "x.jsonl")
            append(path, [{"person": 1, "time": "2"}])
            path.write_text(path.read_text() + '{"person": 2, "ti')
            append(path, [{"person": 3, "time": "2"}])
            self.assertEqual([entry["person"] for entry in read(path)], [1, 3])

    # ------------------------------------------------------------------ rights
    def test_only_the_right_erases(self):
        for user in (self.clerk, self.officer, self.cashier, self.employee):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                self._erase(self.anna, user=user)
        self.assertEqual(self.anna.firstname, MARKER)

    def test_run_of_one_association(self):
        with self.assertRaises(AccessError):
            self._erase(self.foreign)
        run = self._erase(self.foreign, user=self.eraser_b)
        self.assertFalse(self._as(self.eraser, self.env["drk.erasure.run"]).search([("id", "=", run.id)]))
        self.assertFalse(self._as(self.eraser, self.env["drk.erasure.line"]).search([("run_id", "=", run.id)]))

    def test_job_erases_people_of_its_run_only(self):
        run = self._as(self.eraser, self.env["drk.erasure.run"])._create_for(self._as(self.eraser, self.anna), "manual")
        self._as(self.eraser, self.erika)._drk_erase(run.id)
        self.env.invalidate_all()
        self.assertEqual(self.erika.firstname, "Erika")

    def test_run_starts_once(self):
        run = self._erase(self.anna)
        with self.assertRaises(UserError):
            run._start()

    def test_cancelled_run_erases_nobody(self):
        run = self._as(self.eraser, self.env["drk.erasure.run"])._create_for(self._as(self.eraser, self.anna), "manual")
        run.action_cancel()
        with self.assertRaises(UserError):
            run._start()
        self.assertEqual(self.anna.firstname, MARKER)

    def test_restricted_people_are_hidden(self):
        self.env["drk.erasure.engine"]._restrict(
            self.env["drk.erasure.run"], {self.anna.id: (False, "Offene Rechnung")}
        )
        self.env.invalidate_all()
        self.assertFalse(self._as(self.clerk, self.people).search([("id", "=", self.anna.id)]))
        self.assertTrue(self._as(self.officer, self.people).search([("id", "=", self.anna.id)]))
        vals = {"firstname": MARKER, "lastname": "Zwiebelfrau", "birthdate_date": "1971-03-04"}
        self.assertEqual(self.people._drk_match_person(self.association_a, vals), self.anna)
