import base64
import io

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from pypdf import PdfReader

from ..tools.blocker import Blocker
from .test_deletion import DeletionCase

ERASURE = "drk_gdpr.group_drk_gdpr_erasure"


@tagged("post_install", "-at_install")
class TestErasureRequest(DeletionCase):
    """G-5: a request that meets a reason to keep does not end with "refused"."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.protector = cls._user("protector", ERASURE)
        cls.erika.lang = "en_US"  # the letter speaks the language of the person

    def _text(self, letter):
        pages = PdfReader(io.BytesIO(letter)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    def test_person_without_a_reason_is_gone_and_told_so(self):
        run, letter = self._as(self.protector, self.erika)._drk_erase_what_can_go("request 1")
        self.assertEqual((run.kind, run.line_ids.state), ("request", "done"))
        text = self._text(letter)
        self.assertIn("Erika Musterfrau", text)
        self.assertIn("Nothing of your data is left with us", text)
        self.assertNotIn("Musterfrau", self.erika.name)
        self.assertFalse(self.erika.email)

    def test_open_business_restricts_and_clears_what_is_not_needed(self):
        self.erika.write({"comment": "Kommt oft", "drk_occupation": "Bäckerin"})
        with self._blocked(self.erika):
            run, letter = self._as(self.protector, self.erika)._drk_erase_what_can_go("request 2")
        self.assertEqual(run.line_ids.state, "restricted")
        self.assertTrue(self.erika.drk_is_restricted)
        self.assertFalse(self.erika.comment or self.erika.drk_occupation or self.erika.birthdate_date)
        self.assertEqual((self.erika.name, self.erika.email), ("Erika Musterfrau", "erika@example.org"))
        self.assertFalse(self._as(self.clerk, self.people).search([("id", "=", self.erika.id)]))
        text = self._text(letter)
        self.assertIn("Has a locker (2)", text)
        self.assertIn("until it is settled", text)

    def test_restricted_person_is_not_found_by_what_hangs_on_them(self):
        other = self._person(self.association_a, firstname="Hans", email=False)
        self.env["drk.contact.way"].create({"partner_id": self.erika.id, "kind": "mobile", "value": "0171 4711"})
        home = self.env["drk.household"].create({"company_id": self.association_a.id})
        for person in self.erika | other:
            self.env["drk.household.member"].create({"household_id": home.id, "partner_id": person.id})
        self.env["drk.guardianship"].create({"child_id": self.erika.id, "guardian_id": other.id})
        self.erika._drk_record_consent("privacy", "given", "S")
        places = {
            "drk.contact.way": "partner_id",
            "drk.household.member": "partner_id",
            "drk.guardianship": "child_id",
            "drk.consent": "partner_id",
        }
        self.erika.drk_is_restricted = True
        self.env.invalidate_all()
        for model, link in places.items():
            domain = [(link, "=", self.erika.id)]
            self.assertFalse(self._as(self.clerk, self.env[model]).search(domain), model)
            self.assertTrue(self._as(self.protector, self.env[model]).search(domain), model)
        self.assertEqual(self._as(self.clerk, home)._heads(), other)

    def test_restriction_ends_by_itself(self):
        with self._blocked(self.erika):
            self._as(self.protector, self.erika)._drk_erase_what_can_go("request 3")
        with freeze_time(fields.Datetime.now()):
            due = self.env["drk.erasure.run"]._due_people()
        self.assertIn((self.erika.id, self.association_a.id), due)

    def test_declaration_stays_with_a_date(self):
        self.erika._drk_record_consent("privacy", "given", "S")
        until = fields.Date.context_today(self.erika).year + 3
        parts = self.erika._drk_kept_parts()
        self.assertEqual(len(parts), 1)
        self.assertIn("Art. 7(1)", parts[0]["law"])
        self.assertIn(str(until), parts[0]["until"])

    def test_record_of_a_past_booking_keeps_no_data(self):
        reason = Blocker(self.erika.id, "booked", "Courses booked", None, "event.registration", 1)
        self.patch(self.registry["res.partner"], "_drk_deletion_blockers", lambda people: [reason])
        self.assertEqual(self.erika._drk_kept_parts(), [])

    def test_dialog_erases_and_hands_out_the_letter(self):
        wizard = self._as(self.protector, self.env["drk.erasure.request"]).create({"partner_id": self.erika.id})
        self.assertIn("Nothing", wizard.kept)
        wizard.action_erase()
        self.assertTrue(base64.b64decode(wizard.with_context(bin_size=False).letter).startswith(b"%PDF"))
        self.assertFalse(wizard.partner_id)
        self.assertNotIn("Musterfrau", wizard.letter_name)

    def test_right_of_erasure_is_needed(self):
        for user in (self.clerk, self.eraser):
            with self.assertRaises(AccessError):
                self._as(user, self.erika)._drk_erase_what_can_go("x")

    def test_other_association_erases_nobody(self):
        foreign = self._user("protector-b", ERASURE, self.association_b)
        with self.assertRaises(AccessError):
            self._as(foreign, self.erika)._drk_erase_what_can_go("x")
