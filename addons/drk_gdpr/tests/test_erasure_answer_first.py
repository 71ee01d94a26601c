from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .erasure_common import ERASURE, MARKER, ErasureCase


@tagged("post_install", "-at_install")
class TestAnswerBeforeErasure(ErasureCase):
    """Who asked what is stored about them is not erased before the answer, not even at their own wish."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.officer.write({"group_ids": [Command.link(cls.env.ref(ERASURE).id)]})
        cls.anna.write({"comment": "Notiz"})
        cls.asked = cls._ask(cls, "access")

    def _ask(self, kind):
        requests = self.env["drk.gdpr.request"].with_user(self.officer)
        vals = {"kind": kind, "drk_person_id": self.anna.id, "identity_kind": "known", "identity_on": "2026-01-05"}
        asked = requests.with_context(allowed_company_ids=self.association_a.ids).create(vals)
        asked.action_confirm_identity()
        return asked

    def _assert_untouched(self):
        self.env.invalidate_all()
        self.assertFalse(self.anna.drk_anonymised_at)
        self.assertEqual((self.anna.firstname, str(self.anna.birthdate_date)), (MARKER, "1971-03-04"))
        self.assertIn("Notiz", self.anna.comment)

    def _assert_held_back(self, run):
        line = self._line(run, self.anna)
        self.assertEqual(line.state, "restricted")
        self.assertIn(self.asked.number, line.reason)
        self._assert_untouched()

    def test_manual_run_waits(self):
        self._assert_held_back(self._erase(self.anna))

    def test_automatic_run_waits(self):
        self._assert_held_back(self._erase(self.anna, "automatic"))

    def test_other_people_of_the_run_are_erased(self):
        run = self._erase(self.anna | self.erika)
        self._assert_held_back(run)
        self.assertTrue(self.erika.drk_anonymised_at)

    def test_portability_waits_as_well(self):
        self.asked.action_answer()
        self.asked = self._ask("portability")
        self._assert_held_back(self._erase(self.anna))

    def test_reason_says_in_german_what_to_do(self):
        run = self._erase(self.anna, user=self.officer)
        self.assertIn("still open", self._line(run, self.anna).reason)
        people = self._as(self.officer, self.anna).with_context(lang="de_DE")
        [blocker] = people._drk_open_access_requests()
        expected = f"Auskunftsanfrage {self.asked.number} ist noch offen; bitte zuerst beantworten"
        self.assertEqual(people._drk_blocker_lines([blocker]), [expected])

    def test_erasure_request_comes_after_the_answer(self):
        erasure = self._ask("erasure")
        with self.assertRaises(UserError) as caught:
            erasure.action_answer()
        self.assertIn(self.asked.number, str(caught.exception))
        self.assertEqual(erasure.state, "working")
        self._assert_untouched()
        self.asked.action_answer()
        erasure.action_answer()
        self.assertEqual(erasure.state, "answered")
        self.assertTrue(self.anna.drk_anonymised_at)

    def test_dialog_of_an_erasure_request_names_it_and_erases_nothing(self):
        dialog = self._as(self.officer, self.env["drk.erasure.request"]).create({"partner_id": self.anna.id})
        self.assertIn(self.asked.number, dialog.kept)
        with self.assertRaises(UserError):
            dialog.action_erase()
        self._assert_untouched()

    def test_run_at_the_persons_request_takes_nothing(self):
        self._assert_held_back(self._erase(self.anna, "request"))

    def test_restore_repeats_what_came_after_the_answer(self):
        """In the backup the request is still open; whoever was erased afterwards had the answer."""
        self._erase(self.anna, "restore")
        self.assertTrue(self.anna.drk_anonymised_at)

    def test_answered_closed_and_refused_requests_hold_nobody(self):
        self.asked.action_answer()
        self.assertFalse(self.anna._drk_open_access_requests())
        self.asked.action_close()
        self.assertFalse(self.anna._drk_open_access_requests())
        refused = self._ask("access")
        refused.refusal_reason = "Offensichtlich exzessiv"
        self.assertTrue(self.anna._drk_open_access_requests())
        refused.action_refuse()
        self.assertFalse(self.anna._drk_open_access_requests())

    def test_nightly_run_erases_after_the_answer(self):
        self._erase(self.anna)
        runs = self.env["drk.erasure.run"]
        self.assertNotIn(self.anna.id, [person for person, _company in runs._due_people()])
        self.asked.action_answer()
        self.assertIn(self.anna.id, [person for person, _company in runs._due_people()])

    def test_full_deletion_is_refused(self):
        eraser = self._user("gdpr_deleter", "drk_gdpr.group_drk_gdpr_partial")
        with self.assertRaises(UserError) as caught:
            self._as(eraser, self.anna).unlink()
        self.assertIn(self.asked.number, str(caught.exception))
        self._assert_untouched()

    def test_partial_deletion_is_refused(self):
        eraser = self._user("gdpr_deleter", "drk_gdpr.group_drk_gdpr_partial")
        with self.assertRaises(UserError) as caught:
            self._as(eraser, self.anna)._drk_partial_delete(["phone"], "participant")
        self.assertIn(self.asked.number, str(caught.exception))
        self._assert_untouched()
        self.asked.action_answer()
        self._as(eraser, self.anna)._drk_partial_delete(["phone"], "participant")
