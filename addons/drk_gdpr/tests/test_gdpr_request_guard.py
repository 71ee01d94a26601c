from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.drk_gdpr_request_guard import STEP
from .common import GdprCase

FORGED = {
    "number": "DSA-2031-9999",
    "state": "closed",
    "identity_user_id": 2,
    "deadline": "2040-01-01",
    "first_deadline": "2040-01-01",
    "extended_on": "2031-03-04",
    "answered_on": "2031-03-04",
    "closed_on": "2031-03-04",
    "kept_until": "2031-03-04",
    "drk_keep_until": "2040-01-01",
    "drk_keep_reason": "x",
}
SHEETS = {"sheet_pdf": "eA==", "sheet_json": "eA=="}


@tagged("post_install", "-at_install")
class TestGdprRequestGuard(GdprCase):
    """The proof of a request is made by its steps, not by whoever may write requests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time("2031-03-04 10:00:00"))
        cls.admin = cls._user("gdpr_admin", "base.group_system,drk_gdpr.group_drk_gdpr_officer")

    def _create(self, user, **vals):
        requests = self._as(user, self.env["drk.gdpr.request"])
        return requests.create({"kind": "access", "drk_person_id": self.erika.id, **vals})

    def _checked(self, user):
        asked = self._create(user, identity_kind="document", identity_on="2031-03-04")
        asked.action_confirm_identity()
        return asked

    def _roles(self):
        return ((self.clerk, FORGED), (self.officer, FORGED | SHEETS), (self.admin, FORGED | SHEETS))

    def test_nobody_writes_what_the_steps_set(self):
        for user, forged in self._roles():
            asked = self._create(user)
            for name, value in forged.items():
                with self.subTest(user=user.login, field=name), self.assertRaises(AccessError):
                    asked.write({name: value})
            self.assertEqual(asked.state, "new")

    def test_nobody_gives_it_at_the_creation(self):
        for user, forged in self._roles():
            for name, value in forged.items():
                with self.subTest(user=user.login, field=name), self.assertRaises(AccessError):
                    self._create(user, **{name: value})

    def test_nobody_gives_it_as_a_default(self):
        for user, forged in self._roles():
            requests = self._as(user, self.env["drk.gdpr.request"])
            context = {f"default_{name}": value for name, value in forged.items()}
            asked = requests.with_context(**context).create({"kind": "access", "drk_person_id": self.erika.id})
            self.assertRegex(asked.number, r"^DSA-2031-\d{4}$")
            self.assertNotEqual(asked.number, "DSA-2031-9999")
            self.assertEqual(asked.state, "new")
            for name in ("identity_user_id", "extended_on", "answered_on", "closed_on", "drk_keep_until"):
                self.assertFalse(asked[name], name)

    def test_context_from_outside_is_no_step(self):
        asked = self._create(self.officer)
        for value in (True, 1, "STEP", str(STEP), {}):
            with self.assertRaises(AccessError):
                asked.with_context(drk_request_step=value).write({"state": "closed"})

    def test_what_the_identity_was_checked_for_stays(self):
        """Otherwise the sheet of one person went to another."""
        other = self._person(self.association_a, firstname="Hans", email="hans@example.org")
        for user in (self.clerk, self.officer, self.admin):
            asked = self._checked(user)
            for name, value in {
                "drk_person_id": other.id,
                "kind": "portability",
                "received_on": "2031-03-01",
                "identity_kind": "known",
                "identity_on": "2031-03-01",
            }.items():
                with self.subTest(user=user.login, field=name), self.assertRaises(UserError):
                    asked.write({name: value})
            self.assertEqual(asked.drk_person_id, self.erika)

    def test_steps_go_on_working(self):
        asked = self._checked(self.officer)
        self.assertEqual((asked.state, asked.identity_user_id), ("working", self.officer))
        asked.write({"answer_text": "Gern geschehen", "user_id": self.clerk.id})
        asked.action_answer()
        asked.action_close()
        self.assertTrue(asked.closed_on and asked.drk_keep_until)
        asked.action_reopen()
        self.assertEqual((asked.state, asked.closed_on), ("working", False))

    def test_copy_begins_anew(self):
        asked = self._checked(self.officer)
        asked.action_answer()
        asked.action_close()
        copied = asked.copy()
        self.assertEqual((copied.state, copied.answered_on, copied.drk_keep_until), ("new", False, False))
        self.assertNotEqual(copied.number, asked.number)

    def test_employee_has_no_requests(self):
        with self.assertRaises(AccessError):
            self._create(self.employee)
