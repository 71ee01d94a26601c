"""A date that has taken place is not cancelled: certificates and attendance say that it did."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .certificate_common import CertificateCase


@tagged("post_install", "-at_install")
class TestCancelAttended(CertificateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bookings = cls._attended([cls._person(1), cls._person(2)])
        cls.course = cls.bookings.event_id
        cls.bookings._drk_follow_attendance()

    def _cancel(self):
        return self.course.with_user(self.clerk).with_context(lang="de_DE")._drk_cancel_course("krank")

    def test_valid_certificates_have_to_be_withdrawn_first(self):
        certificates = self._issue(self.bookings)
        with self.assertRaisesRegex(UserError, f"{certificates[0].number}.*Bitte ziehen Sie diese zuerst zurück"):
            self._cancel()
        with self.assertRaises(UserError):
            self.course.with_user(self.manager).kanban_state = "cancel"
        self.assertNotEqual(self.course.kanban_state, "cancel")
        self.assertEqual(set(certificates.mapped("state")), {"valid"})

    def test_attendance_has_to_be_corrected_first(self):
        self._issue(self.bookings).with_user(self.manager)._drk_withdraw("Kurs fand nicht statt")
        with self.assertRaisesRegex(UserError, "Bitte korrigieren Sie zuerst"):
            self._cancel()
        self.bookings.drk_attendance_ids.with_user(self.clerk).write({"state": "absent"})
        self._cancel()
        self.assertEqual(self.course.kanban_state, "cancel")
        self.assertEqual(set(self.bookings.mapped("state")), {"cancel"})

    def test_archiving_a_past_course_keeps_its_certificates(self):
        certificates = self._issue(self.bookings)
        self.course.with_user(self.clerk).action_archive()
        self.assertEqual(set(certificates.mapped("state")), {"valid"})
