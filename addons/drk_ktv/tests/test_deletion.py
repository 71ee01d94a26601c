from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from .money_common import MoneyCase

PARTIAL = "drk_gdpr.group_drk_gdpr_partial"


@tagged("post_install", "-at_install")
class TestDeletionBlockers(MoneyCase):
    """A person with courses, money or lessons is not deleted; the message says what keeps them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eraser = cls._user("eraser", PARTIAL)
        cls.kind.is_bg_billable = False  # no period of its own
        cls.free = cls._create_course(seats=15)

    def _codes(self, person):
        return {blocker.code for blocker in person._drk_deletion_blockers()}

    def _refused(self, person, *words, user=None):
        """Try to delete as the user who may, and return the message."""
        name = person.name
        with self.assertRaises(RedirectWarning) as caught:
            self._as(user or self.eraser, person).unlink()
        message = caught.exception.args[0]
        self.assertIn(name, message)
        for word in words:
            self.assertIn(word, message)
        self.assertTrue(person.exists())
        self.assertEqual(person.name, name)
        return caught.exception

    def _free_booking(self, number, state=None, **vals):
        booking = self._book(self.free, number).sudo()
        booking.write({"drk_price": 0, **vals})
        if state:
            # as the buttons and the attendance would leave it
            self.env.cr.execute("UPDATE event_registration SET state = %s WHERE id = %s", [state, booking.id])
            booking.invalidate_recordset(["state"])
            booking.modified(["state"])
        return booking

    def test_person_with_a_booked_course_is_not_deleted(self):
        """K-2.6.1-1 K-2.6.1-6: booked courses keep a participant; the message names them, nothing is changed."""
        booking = self._book(self.course, 1)
        self._refused(booking.drk_participant_id, "Courses booked (1)", "Nothing was changed")
        self.assertEqual(booking.drk_participant_id.email, "vera1@example.org")

    def test_person_on_the_waiting_list_is_not_deleted(self):
        """K-2.6.1-2: the two-stage registration (waiting list, place offered) keeps a participant."""
        full = self._create_course(seats=1)
        self._book(full, 1)
        waiting = self._book(full, 2, on_full="waiting")
        waiting.sudo().drk_price = 0
        self.assertEqual(self._codes(waiting.drk_participant_id), {"queued"})
        self._refused(waiting.drk_participant_id, "two-stage registration")

    def test_every_fee_relevant_status_keeps_the_person(self):
        """K-4.9-1: a booking without a fee keeps the person in each of the five statuses, in no other."""
        statuses = {"A": "open", "T": "done", " ": "draft", "Z": "offered", "F": "open", "S": "cancel"}
        for number, (key, state) in enumerate(statuses.items(), start=1):
            booking = self._free_booking(number, state)
            if key == "F":
                self.env.cr.execute(
                    "UPDATE event_registration SET drk_attendance = 'absent' WHERE id = %s", [booking.id]
                )
                booking.invalidate_recordset()
            self.assertEqual(booking.drk_status_id.key, key)
            person = booking.drk_participant_id
            if key == "S":
                self._as(self.eraser, person).unlink()
                self.assertFalse(person.exists())
                self.assertFalse(booking.exists())
            else:
                self.assertTrue(booking.drk_status_id.is_fee_relevant)
                self.assertEqual(self._codes(person), {"queued" if key == "Z" else "booked"})
                self._refused(person)

    def test_delivered_statuses_and_their_flag(self):
        flags = {status.key: status.is_fee_relevant for status in self.env["drk.booking.status"].search([])}
        relevant = {key for key, flag in flags.items() if flag}
        self.assertEqual(relevant, {"A", "T", " ", "F", "Z"})

    def test_status_can_be_taken_off_the_list(self):
        booking = self._free_booking(1)
        self._past(self.free)
        booking.drk_status_id.is_fee_relevant = False
        self.assertFalse(self._codes(booking.drk_participant_id))

    def test_fee_above_nothing_keeps_the_person_in_any_status(self):
        """K-4.9-2: a cancelled booking with a fee above 0.00 keeps the person, one without does not."""
        booking = self._free_booking(1, "cancel")
        person = booking.drk_participant_id
        booking.drk_price = 0.01
        self.assertEqual(self._codes(person), {"fee"})
        self._refused(person, "Course bookings with a fee (1)")
        booking.drk_price = 0
        self.assertFalse(person._drk_deletion_blockers())

    def test_payer_of_a_booking_is_not_deleted(self):
        """K-2.6.1-4: who is entered as invoice recipient of a booking or on an invoice stays."""
        booking = self._company_booking(self.course, 1)
        self._refused(booking.drk_payer_id, "Invoice recipient of course bookings (1)")

    def test_instructor_with_a_paid_fee_is_not_deleted(self):
        """K-2.6.2-1 K-2.6.2-2: a paid fee for courses held keeps an instructor; the message says so, nothing is changed."""
        person = self.instructor.partner_id
        self._held(self.instructor)
        self.assertNotIn("fee_paid", self._codes(person))
        self._bill(person)
        self._refused(person, "Fee was paid for courses held (1), until")
        self.assertEqual(self.instructor.partner_id, person)

    def test_instructor_without_a_fee_is_deleted(self):
        person, instructor = self.instructor.partner_id, self.instructor
        course = self._held(instructor)
        course.drk_instructor_id = instructor
        self._as(self.eraser, person).unlink()
        self.assertFalse(instructor.exists())
        self.assertFalse(course.drk_instructor_id)

    def test_instructor_of_a_course_to_come_is_not_deleted(self):
        self.course.drk_session_ids.instructor_ids = self.instructor
        self.assertIn("teaching", self._codes(self.instructor.partner_id))

    def test_records_of_insured_courses_keep_the_instructor(self):
        self.course_kind.is_bg_billable = True
        self._held(self.instructor)
        self._refused(self.instructor.partner_id, "Records of courses held (1), until")

    def test_who_may_not_delete_learns_no_reason(self):
        person = self._book(self.course, 1).drk_participant_id
        with self.assertRaises(AccessError):
            self._as(self.clerk, person).unlink()

    def test_core_right_alone_offers_no_partial_deletion(self):
        person = self._book(self.course, 1).drk_participant_id
        manager = self._user("partner-manager", "base.group_partner_manager")
        with self.assertRaises(UserError) as caught:
            self._as(manager, person).unlink()
        self.assertIn("Courses booked", str(caught.exception))

    def _held(self, instructor):
        course = self._create_course(seats=5)
        course.drk_session_ids.instructor_ids = instructor
        begin = fields.Datetime.now() - timedelta(days=30)
        course.drk_session_ids.write({"date_begin": begin, "date_end": begin + timedelta(hours=8)})
        return course

    def _bill(self, person):
        env = self.env(context={**self.env.context, "allowed_company_ids": self.association_a.ids})
        journal = env["account.journal"].create({"name": "Eingang", "code": "ER", "type": "purchase"})
        bill = env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": person.id,
                "journal_id": journal.id,
                "invoice_date": self.today,
                "invoice_line_ids": [
                    fields.Command.create(
                        {"name": "Honorar", "price_unit": 150, "account_id": self.books_a["loss"].id, "tax_ids": False}
                    )
                ],
            }
        )
        bill.action_post()
        env["account.payment.register"].with_context(active_model="account.move", active_ids=bill.ids).create(
            {"journal_id": self.books_a["bank_journal"].id}
        )._create_payments()
        return bill


@tagged("post_install", "-at_install")
class TestPartialDeletionOfCourses(MoneyCase):
    """Copies in bookings go with the person's data; the login of an instructor goes with the tools."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eraser = cls._user("eraser", PARTIAL)

    def test_copies_in_bookings_go_too(self):
        booking = self._book(self.course, 1, 2)[0].sudo()
        other = self._book(self.later, 3).sudo()
        person = booking.drk_participant_id
        booking.write({"phone": "030 1234567", "email": person.email, "drk_contact_email": person.email})
        person.phone = "030 1234567"
        people = self._as(self.eraser, person)
        people._drk_partial_delete(["email", "phone"], "participant")
        self.assertFalse(booking.email or booking.phone or booking.drk_contact_email)
        self.assertEqual(booking.name, person.name)
        self.assertTrue(other.email)
        self.assertTrue(booking.drk_age_band)

    def test_account_of_an_instructor_goes(self):
        """K-2.6.2-7: the login of the instructor tools goes; the person and the lessons stay."""
        person = self.instructor.partner_id
        self.assertEqual(person._drk_partial_kinds()[person.id], {"lecturer"})
        self._as(self.eraser, person)._drk_partial_delete(["login"], "lecturer")
        self.assertFalse(self.teacher.exists() and self.teacher.active)
        self.assertFalse(self.instructor.user_id)
        self.assertTrue(self.instructor.active)

    def test_clerk_who_teaches_keeps_the_account_without_the_tools(self):
        """K-2.6.2-7: somebody who works in the office, too, only loses the tools."""
        self.instructor.user_id = self.clerk
        self._as(self.eraser, self.instructor.partner_id)._drk_partial_delete(["login"], "lecturer")
        self.assertTrue(self.clerk.active)
        self.assertFalse(self.instructor.user_id)
