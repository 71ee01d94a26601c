from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from odoo.tests import tagged

from ..tools.blocker import Blocker
from ..tools.journal import append, parts_to_repeat, take_back, to_repeat
from .test_deletion import DeletionCase


@tagged("post_install", "-at_install")
class TestJournalOfParts(DeletionCase):
    """A restore of an older backup must not bring back what was deleted in parts."""

    def setUp(self):
        super().setUp()
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name, "x.jsonl")
        self.runs = self.env["drk.erasure.run"]
        self.patch(self.registry["drk.erasure.run"], "_journal_path", lambda runs: self.path)
        self.erika.write({"phone": "030 1234567", "drk_block_note": "Zahlt nicht"})

    def _delete_after_backup(self, *options, user=None):
        """Delete parts, then go back to the moment before, as a restore does."""
        with self.env.cr.savepoint() as backup:
            self._as(user or self.eraser, self.erika)._drk_partial_delete(list(options), "participant")
            backup.rollback()
        self.env.invalidate_all()

    def test_restore_deletes_the_same_parts_again(self):
        self._delete_after_backup("phone")
        self.assertEqual(self.erika.phone, "030 1234567")
        self.assertFalse(self.runs._replay())
        self.assertFalse(self.erika.phone)
        self.assertEqual(self.erika.email, "erika@example.org")
        log = self.env["drk.deletion.log"].search([("company_id", "=", self.association_a.id)])
        self.assertEqual((log.option, log.people, log.items), ("phone", 1, 1))

    def test_who_was_left_alone_is_left_alone_by_a_restore(self):
        """Somebody with open business loses nothing by a run; a restore does not make up for it."""
        blocker = Blocker(self.erika.id, "money", "Offene Rechnung", False, "account.move", 1)
        with self.env.cr.savepoint() as backup:
            with patch.object(self.registry["res.partner"], "_drk_open_business", lambda people: [blocker]):
                run = self.runs._create_for(self.erika, "manual")
                run._erase(self.erika.ids)
            self.assertEqual(run.line_ids.state, "restricted")
            backup.rollback()
        self.env.invalidate_all()
        self.assertFalse(to_repeat(self.path))
        self.runs._replay()
        self.assertFalse(self.erika.drk_anonymised_at)

    def test_journal_names_parts_and_nobody(self):
        self._delete_after_backup("phone", "email")
        [entries] = parts_to_repeat(self.path).values()
        entry = entries[self.erika.id]
        self.assertEqual((entry["parts"], entry["association"]), (["phone", "email"], self.association_a.drk_code))
        self.assertEqual(entry.keys(), {"association", "key", "mark", "parts", "person", "time"})
        self.assertNotIn("1234567", self.path.read_text())
        self.assertFalse(to_repeat(self.path))

    def test_what_was_entered_after_the_deletion_stays(self):
        """The journal is read from a day before the backup on: a deletion that the backup knows is not repeated."""
        self._as(self.eraser, self.erika)._drk_partial_delete(["phone"], "participant")
        self.erika.phone = "030 7654321"
        self.runs._replay()
        self.assertEqual(self.erika.phone, "030 7654321")

    def test_repeated_once(self):
        self._delete_after_backup("phone")
        self.runs._replay()
        self.erika.phone = "030 7654321"
        self.runs._replay()
        self.assertEqual(self.erika.phone, "030 7654321")

    def test_deletion_before_the_backup_is_left_alone(self):
        self._delete_after_backup("phone")
        self.runs._replay(since="2999-01-01")
        self.assertEqual(self.erika.phone, "030 1234567")

    def test_somebody_else_with_the_same_number_keeps_everything(self):
        self._delete_after_backup("phone")
        self.env.cr.execute("UPDATE res_partner SET create_date = '2001-01-01' WHERE id = %s", [self.erika.id])
        self.runs._replay()
        self.assertEqual(self.erika.phone, "030 1234567")

    def test_parts_before_the_erasure_of_the_same_person(self):
        with self.env.cr.savepoint() as backup:
            self._as(self.eraser, self.erika)._drk_partial_delete(["phone"], "participant")
            self.runs._create_for(self.erika, "manual")._run_here()
            backup.rollback()
        self.env.invalidate_all()
        self.assertEqual(self.runs._replay().kind, "restore")
        self.assertTrue(self.erika.drk_anonymised_at)
        self.assertEqual(self.env["drk.deletion.log"].search([]).mapped("option"), ["phone"])

    def test_request_with_open_business_repeats_what_could_go(self):
        note = self.erika.message_post(body="Notiz", message_type="comment")
        with self._blocked(self.erika):
            with self.env.cr.savepoint() as backup:
                self.erika._drk_erase_what_can_go("request 3")
                backup.rollback()
            self.env.invalidate_all()
            self.assertTrue(note.exists())
            self.runs._replay()
        self.assertFalse(note.exists() or self.erika.drk_block_note)
        self.assertEqual((self.erika.phone, self.erika.drk_is_restricted), ("030 1234567", True))

    def test_rolled_back_deletion_is_taken_back(self):
        self._as(self.eraser, self.erika)._drk_partial_delete(["phone"], "participant")
        self.assertTrue(parts_to_repeat(self.path))
        self.env.cr.postrollback.run()
        self.assertFalse(parts_to_repeat(self.path))

    def test_order_of_the_journal(self):
        entries = [{"person": 1, "mark": mark, "key": "x", "time": "2026"} for mark in ("b", "a", "c")]
        append(self.path, entries)
        take_back(self.path, entries[1:2])
        self.assertEqual(list(parts_to_repeat(self.path)), ["b", "c"])

    def test_failed_restore_takes_back_only_its_own(self):
        """The restored database counts its runs from the same number again."""
        before, again = ({"person": 1, "run": 5, "key": "x", "time": time} for time in ("2026-01-01", "2026-01-02"))
        append(self.path, [before, again])
        take_back(self.path, [again])
        self.assertEqual(list(to_repeat(self.path)), [1])
