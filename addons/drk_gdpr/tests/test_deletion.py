from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning
from odoo.tests import tagged

from ..tools.blocker import Blocker
from ..tools.reasons import by_person
from .common import GdprCase

PARTIAL = "drk_gdpr.group_drk_gdpr_partial"


class DeletionCase(GdprCase):
    """Who may delete in A and in B."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eraser = cls._user("eraser", PARTIAL)
        cls.eraser_b = cls._user("eraser-b", PARTIAL, cls.association_b)

    def _blocked(self, *people):
        """Let an add-on name a reason for these people."""
        ids = {person.id for person in people}
        original = self.registry["res.partner"]._drk_open_business

        def reasons(records):
            own = [
                Blocker(number, "test", "Has a locker", False, "res.partner", 2)
                for number in records.ids
                if number in ids
            ]
            return [*original(records), *own]

        return patch.object(self.registry["res.partner"], "_drk_open_business", reasons)

    def _portal_user(self, person):
        return (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "login": "erika@example.org",
                    "partner_id": person.id,
                    "group_ids": [fields.Command.set(self.env.ref("base.group_portal").ids)],
                    "company_id": self.association_a.id,
                    "company_ids": [fields.Command.set(self.association_a.ids)],
                }
            )
        )


@tagged("post_install", "-at_install")
class TestFullDeletion(DeletionCase):
    def test_blocked_person_stays_and_the_message_says_why(self):
        """K-2.6.1-6: a message names the reasons and nothing is changed."""
        with self._blocked(self.erika), self.assertRaises(RedirectWarning) as caught:
            self._as(self.eraser, self.erika).unlink()
        message = caught.exception.args[0]
        self.assertIn("Erika Musterfrau cannot be deleted:\n• Has a locker (2)", message)
        self.assertIn("Nothing was changed", message)
        self.assertEqual(self.erika.email, "erika@example.org")

    def test_message_leads_to_the_partial_deletion(self):
        """K-2.6.1-15 K-2.6.2-9 K-2.6.3-8: the message of a refused deletion offers the partial deletion of the person."""
        with self._blocked(self.erika), self.assertRaises(RedirectWarning) as caught:
            self._as(self.eraser, self.erika).unlink()
        _message, action, button, _context = caught.exception.args
        self.assertEqual(button, "Partial deletion")
        self.assertEqual(action["res_model"], "drk.partial.deletion")
        self.assertEqual(action["context"], {"default_partner_ids": self.erika.ids})

    def test_one_blocked_person_keeps_all_chosen(self):
        anna = self._person(self.association_a, firstname="Anna", email="anna@example.org")
        people = self.erika | anna
        with self._blocked(anna), self.assertRaises(RedirectWarning) as caught:
            self._as(self.eraser, people).unlink()
        self.assertEqual(people.exists(), people)
        context = caught.exception.args[3]
        self.assertEqual(context["active_ids"], people.ids)

    def test_list_says_who_can_go_and_deletes_only_them(self):
        anna = self._person(self.association_a, firstname="Anna", email="anna@example.org")
        with self._blocked(anna):
            action = self._as(self.eraser, self.erika | anna).action_drk_deletion_check()
            check = self._as(self.eraser, self.env["drk.deletion.check"]).browse(action["res_id"])
            self.assertEqual((check.free_count, check.blocked_count), (1, 1))
            self.assertEqual(check.line_ids.filtered("reasons").reasons, "Has a locker (2)")
            check.action_delete()
            self.assertEqual(check.action_partial()["context"], {"default_partner_ids": anna.ids})
        self.assertFalse(self.erika.exists())
        self.assertTrue(anna.exists())

    def test_deletion_forgets_first(self):
        """Nothing of the person stays: history, files, keys, search names; the log knows the number only."""
        person = self._person(self.association_a, firstname="Zacharias", email="zacharias@example.org")
        person.message_post(body="Zacharias war hier", message_type="comment")
        attachment = self.env["ir.attachment"].create(
            {"name": "zacharias.txt", "raw": b"Zacharias", "res_model": "res.partner", "res_id": person.id}
        )
        messages, number = person.message_ids, person.id
        self._as(self.eraser, person).unlink()
        self.assertFalse(person.exists() or messages.exists() or attachment.exists())
        log = self.env["drk.deletion.log"].search([("company_id", "=", self.association_a.id)])
        self.assertEqual((log.option, log.people, log.user_id), ("full", 1, self.eraser))
        run = self.env["drk.erasure.run"].search([("kind", "=", "deletion")], limit=1)
        self.assertEqual(run.line_ids.mapped("person_ref"), [number])
        self.assertEqual(run.line_ids.state, "done")
        run._finish()
        self.assertFalse(self.env["drk.erasure.marker"].search([("run_id", "=", run.id)]))

    def test_declaration_keeps_the_person(self):
        self.erika._drk_record_consent("privacy", "given", "S")
        with self.assertRaises(RedirectWarning) as caught:
            self._as(self.eraser, self.erika).unlink()
        self.assertIn("Proof of declarations on data protection (1), until", caught.exception.args[0])

    def test_information_given_keeps_nobody(self):
        """G-4: an automatic entry is no declaration that has to be proven."""
        self.erika._drk_record_consent("privacy", "informed", "S")
        self._as(self.eraser, self.erika).unlink()
        self.assertFalse(self.erika.exists())

    def test_login_goes_with_the_person(self):
        user = self._portal_user(self.erika)
        self._as(self.eraser, self.erika).unlink()
        self.assertFalse(user.exists())

    def test_account_that_wrote_stays_without_a_name(self):
        user = self._portal_user(self.erika)
        other = self._person(self.association_a, firstname="Otto", email="otto@example.org")
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET create_uid = %s WHERE id = %s", [user.id, other.id])
        self._as(self.eraser, self.erika).unlink()
        self.assertFalse(self.erika.exists())
        self.assertTrue(user.exists())
        self.assertFalse(user.active)
        self.assertNotIn("erika", f"{user.login}{user.name}{user.email}".lower())

    def test_clerk_without_the_right_does_not_delete(self):
        for user in (self.clerk, self.officer, self.employee, self.portal):
            with self.assertRaises(AccessError):
                self._as(user, self.erika).unlink()

    def test_other_association_does_not_delete(self):
        with self.assertRaises(AccessError):
            self._as(self.eraser_b, self.erika).unlink()
        with self.assertRaises(AccessError):
            self._as(self.eraser_b, self.erika).action_drk_deletion_check()
        self.assertTrue(self.erika.exists())

    def test_context_from_outside_does_not_skip_the_forgetting(self):
        self.erika.message_post(body="Notiz", message_type="comment")
        message = self.erika.message_ids
        for value in (True, "FORGOTTEN", 1):
            with self._blocked(self.erika), self.assertRaises(RedirectWarning):
                self._as(self.eraser, self.erika).with_context(drk_deletion=value).unlink()
        self._as(self.eraser, self.erika).with_context(drk_deletion=True).unlink()
        self.assertFalse(message.exists())
        self.assertTrue(self.env["drk.erasure.run"].search([("kind", "=", "deletion")]))

    def test_merged_person_goes_on_as_the_other_one(self):
        double = self._person(self.association_a, firstname="Erika M.", email="erika@example.org")
        double.message_post(body="Wichtige Notiz", message_type="comment")
        message = double.message_ids.filtered(lambda one: "Wichtige" in (one.body or ""))
        self.env["base.partner.merge.automatic.wizard"]._merge((self.erika | double).ids, self.erika)
        self.assertFalse(double.exists())
        self.assertEqual((message.model, message.res_id), ("res.partner", self.erika.id))
        self.assertIn("Wichtige Notiz", message.body)
        self.assertFalse(self.env["drk.erasure.run"].search([("kind", "=", "deletion")]))

    def test_merge_does_not_pass_a_reason(self):
        double = self._person(self.association_a, firstname="Erika M.", email="erika@example.org")
        with self._blocked(double), self.assertRaises(RedirectWarning):
            self.env["base.partner.merge.automatic.wizard"]._merge((self.erika | double).ids, self.erika)

    def test_reasons_of_one_kind_are_one_line(self):
        day = fields.Date.to_date("2030-12-31")
        reasons = by_person(
            [
                Blocker(1, "kept", "Booking: has to be kept", day, "a", 1),
                Blocker(1, "invoice", "Invoice", day, "b", 1),
                Blocker(1, "invoice", "Invoice", fields.Date.to_date("2031-12-31"), "b", 2),
                Blocker(2, "kept", "Booking: has to be kept", day, "a", 1),
            ]
        )
        self.assertEqual([(one.code, one.count, one.keep_until.year) for one in reasons[1]], [("invoice", 3, 2031)])
        self.assertEqual(len(reasons[2]), 1)
