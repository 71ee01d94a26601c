from datetime import timedelta

import weasyprint
from odoo import fields
from odoo.addons.drk_gdpr.tools.proof import scan_kind
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, new_test_user, tagged

from .common import GdprCase

MAIL = "nachweis.erika@example.org"
PHONE = "08631 5550123"


@tagged("post_install", "-at_install")
class TestProofKinds(BaseCase):
    def test_kinds(self):
        names = ("Erika", "Musterfrau")
        self.assertEqual(scan_kind("communication", MAIL), "email")
        self.assertEqual(scan_kind("access", MAIL), "email")
        self.assertEqual(scan_kind("communication", PHONE), "phone")
        self.assertEqual(scan_kind("bank", "DE89 3704 0044 0532 0130 00"), "iban")
        self.assertEqual(scan_kind("bank", "0532013000"), "number")
        self.assertEqual(scan_kind("identity", "Dr. Erika Musterfrau", names), "name")
        self.assertEqual(scan_kind("identity", "Muster GmbH"), "name")
        self.assertEqual(scan_kind("identity", "MITGLIED-204711", names), "number")

    def test_what_others_may_share(self):
        names = ("Erika", "Musterfrau")
        self.assertEqual(scan_kind("identity", "Sehr geehrte Damen und Herren", names), "identity")
        self.assertEqual(scan_kind("name_part", "Musterfrau", names), "name_part")
        self.assertEqual(scan_kind("address", "Hauptstraße 12345"), "address")
        self.assertEqual(scan_kind("birth", "Dresden"), "birth")


@tagged("post_install", "-at_install")
class TestProof(GdprCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eraser = cls._user("gdpr_eraser", "drk_gdpr.group_drk_gdpr_erasure")
        cls.anna = cls._person(
            cls.association_a, firstname="Nachweisa", lastname="Prüfstein", email=MAIL, phone=PHONE, street="Prüfweg 7"
        )
        cls.other = cls._person(cls.association_a, firstname="Otto", lastname="Bleibt", email="otto@example.org")

    def _erase(self, people=None):
        runs = self._as(self.eraser, self.env["drk.erasure.run"])
        run = runs._create_for(people or self.anna, "manual").sudo()
        run._run_here()
        return run

    def _open(self, run):
        found = run.residue_ids.filtered(lambda residue: not residue.is_exception and residue.state == "open")
        return {(residue.table_name, residue.column_name, residue.res_id) for residue in found}

    def _markers(self, run):
        return self.env["drk.erasure.marker"].search_count([("run_id", "=", run.id)])

    def test_nothing_is_left(self):
        run = self._erase()
        self.assertEqual((run.state, self._open(run), self._markers(run)), ("done", set(), 0))
        self.assertTrue(run.proved_at and run.proof_value_count > 4)

    def test_what_is_left_keeps_the_run_open_until_it_is_gone(self):
        self.other.comment = f"<p>ruft für Nachweisa Prüfstein an, {PHONE}</p>"
        note = self.env["ir.config_parameter"].create({"key": "drk.test", "value": f"an {MAIL}"})
        run = self._erase()
        places = {("res_partner", "comment", self.other.id), ("ir_config_parameter", "value", note.id)}
        self.assertEqual((run.state, self._open(run)), ("open", places))
        self.assertTrue(self._markers(run))
        self.other.comment = False
        run._prove()
        self.assertEqual((run.state, self._open(run)), ("open", {("ir_config_parameter", "value", note.id)}))
        note.unlink()
        run._prove()
        self.assertEqual((run.state, run.open_residue_count, self._markers(run)), ("done", 0, 0))
        self.assertEqual(set(run.residue_ids.mapped("state")), {"gone"})

    def test_places_do_not_repeat_the_value(self):
        self.other.comment = f"<p>{MAIL} {PHONE} Nachweisa Prüfstein</p>"
        run = self._erase()
        self.env.cr.execute("SELECT r::text FROM drk_erasure_residue r WHERE run_id = %s", [run.id])
        rows = self.env.cr.fetchall()
        self.assertEqual(len(rows), 3)
        for word in (MAIL, "0123", "Prüfstein"):
            self.assertNotIn(word, str(rows))

    def test_text_of_a_file_is_searched(self):
        pdf = weasyprint.HTML(string="<p>Liste: Prüfstein, Nachweisa</p>").write_pdf()
        file = self.env["ir.attachment"].create({"name": "liste.pdf", "raw": pdf})
        run = self._erase()
        self.assertEqual(self._open(run), {("ir_attachment", "datas", file.id)})

    def test_what_living_people_share_counts_in_own_records_only(self):
        namesake = self._person(
            self.association_a,
            firstname="Nachweisa",
            lastname="Prüfstein",
            email="neu@example.org",
            birthdate_date="2001-01-01",
        )
        spouse = self._person(self.association_a, firstname="Uwe", lastname="Prüfstein", email=MAIL, phone=PHONE)
        self.other.comment = f"<p>Nachweisa Prüfstein, Prüfweg 7, {PHONE}, {MAIL}</p>"
        run = self._erase()
        self.assertEqual((run.state, self._open(run)), ("done", set()))
        self.assertEqual((namesake.name, spouse.phone), ("Nachweisa Prüfstein", PHONE))

    def test_a_name_that_is_the_genitive_of_another_is_somebody_else(self):
        namesake = self._person(self.association_a, firstname="Nachweisa", lastname="Prüfsteins")
        self.other.comment = "<p>Nachweisa Prüfsteins</p>"
        run = self._erase()
        self.assertEqual((run.state, self._open(run), namesake.name), ("done", set(), "Nachweisa Prüfsteins"))

    def test_genitive_is_found(self):
        self.other.comment = "<p>Nachweisa Prüfsteins Platz</p>"
        self.assertEqual(self._open(self._erase()), {("res_partner", "comment", self.other.id)})

    def test_value_of_a_person_of_another_association_is_theirs(self):
        self._person(self.association_b, firstname="Nachweisa", lastname="Prüfstein", email=MAIL, phone=PHONE)
        self.assertEqual(self._erase().state, "done")

    def test_shared_value_in_a_record_of_the_person_counts(self):
        run = self._erase()
        run.state = "open"
        self.env["drk.erasure.marker"]._insert(run, {self.anna.id: {("address", "Prüfweg 7")}})
        self.env.cr.execute(
            "UPDATE res_partner SET street2 = 'bei Prüfweg 7' WHERE id = ANY(%s)", [[self.anna.id, self.other.id]]
        )
        run._prove()
        self.assertEqual(self._open(run), {("res_partner", "street2", self.anna.id)})

    def test_proof_of_a_consent_is_a_dated_exception(self):
        consent = self.env["drk.consent"].create(
            {
                "partner_id": self.anna.id,
                "purpose_id": self.env.ref("drk_gdpr.drk_consent_purpose_privacy").id,
                "kind": "given",
                "channel_id": self.env["drk.consent.channel"].search([], limit=1).id,
                "evidence": f"Mail von {MAIL}",
            }
        )
        run = self._erase()
        kept = run.residue_ids.filtered("is_exception")
        self.assertEqual((kept.table_name, kept.column_name, kept.res_id), ("drk_consent", "evidence", consent.id))
        self.assertGreater(kept.keep_until, fields.Date.today() + timedelta(days=1000))
        self.assertEqual((run.state, run.exception_count, self._markers(run)), ("done", 1, 0))

    def test_one_search_serves_many_runs(self):
        self.other.comment = f"<p>{MAIL}</p>"
        second = self._person(
            self.association_a, firstname="Bert", lastname="Zweitens", email="bert.zweitens@example.org"
        )
        runs = self._erase() | self._erase(second)
        self.assertEqual(runs.mapped("state"), ["open", "done"])
        self.other.comment = False
        runs.filtered(lambda run: run.state == "open")._prove()
        self.assertEqual(runs.mapped("state"), ["done", "done"])

    def test_what_no_link_leads_to_is_cleaned_as_declared(self):
        """Logs and half-filled dialogues go, shared texts lose the values; both are searched again."""
        log = self.env["ir.logging"].create(
            {"name": "x", "type": "server", "path": "x", "line": "1", "func": "f", "message": f"bounced: {MAIL}"}
        )
        dialogue = self.env["mail.compose.message"].create({"subject": f"An {MAIL}", "body": "x"})
        channel = self.env["discuss.channel"].create({"name": f"Fragen von {MAIL}"})
        run = self._erase()
        self.assertEqual((run.state, self._open(run)), ("done", set()))
        self.assertFalse(log.exists() or dialogue.exists())
        self.assertEqual(channel.name, "Fragen von [gelöscht]")

    def test_button_searches_by_a_job(self):
        self.other.comment = f"<p>{MAIL}</p>"
        run = self._erase()
        self.assertEqual(run.state, "open")
        before = self.env["queue.job"].sudo().search_count([])
        self._as(self.eraser, run).action_prove()
        self.assertEqual(self.env["queue.job"].sudo().search_count([]), before + 1)
        with self.assertRaises(AccessError):
            self._as(self.clerk, run).action_prove()
        run.state = "done"
        with self.assertRaises(UserError):
            self._as(self.eraser, run).action_prove()

    def test_who_sees_the_places(self):
        self.other.comment = f"<p>{MAIL}</p>"
        residue = self._erase().residue_ids[0]
        self.assertEqual(self._as(self.officer, residue).place, "Contact: Notes")
        self.assertEqual(self._as(self.officer, residue).action_open()["res_id"], self.other.id)
        stranger = new_test_user(
            self.env,
            "gdpr_officer_b",
            "drk_gdpr.group_drk_gdpr_officer",
            company_id=self.association_b.id,
            company_ids=[(6, 0, self.association_b.ids)],
        )
        for user in (self.clerk, stranger):
            with self.assertRaises(AccessError):
                self._as(user, residue).read(["place"])
