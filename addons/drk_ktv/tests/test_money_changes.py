"""Money follows a booking that is cancelled or moved, and a certificate that is replaced."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .money_common import MoneyCase


@tagged("post_install", "-at_install")
class TestMoneyChanges(MoneyCase):
    def _fees(self, bookings, purpose="cancel_fee"):
        charges = bookings.sudo().drk_charge_ids.filtered(lambda charge: charge.course_purpose == purpose)
        return charges.filtered("is_live")

    def _paid(self, course, *numbers):
        booking = self._book(course, *numbers)
        self._collect(booking.sudo()._drk_ensure_charges())
        self.assertEqual(set(self._states(booking)), {"paid"})
        return booking

    def _invoice(self, bookings):
        """The next invoice run of the accounting."""
        charges = self._as(self.accountant_a, self.env["drk.charge"]).search(
            [("registration_id", "in", bookings.ids), ("state", "=", "open")]
        )
        return charges._drk_invoice()

    # ------------------------------------------------------------------ fee rules
    def test_standard_rules_are_suggestions(self):
        rules = self.env["drk.fee.rule"].with_context(active_test=False)
        found = rules.search([("company_id", "=", self.association_a.id)])
        self.assertEqual(set(found.mapped("occasion")), {"cancel", "rebook", "replacement"})
        self.assertFalse(any(found.mapped("active")))
        self.assertFalse(rules._load_standard_rules(self.association_a))
        booking = self._book(self.course, 1)
        self.assertEqual(booking._drk_cancel_fee()[0], 0)

    def test_rule_of_the_kind_goes_first(self):
        self._rules("cancel", (0, 50, 0))
        booking = self._book(self.course, 1)
        self.assertEqual(booking._drk_cancel_fee()[0], 27.5)
        self._rules("cancel", (0, 0, 15), kind_id=self.course_kind.id)
        self.assertEqual(booking._drk_cancel_fee()[0], 15)
        other = self.env["drk.course.kind"].search(
            [("company_id", "=", self.association_a.id), ("id", "!=", self.course_kind.id)], limit=1
        )
        self._rules("cancel", (0, 0, 99), kind_id=other.id, date_from="2021-01-01")
        self.assertEqual(booking._drk_cancel_fee()[0], 15)

    def test_days_before_the_course_decide(self):
        self._rules("cancel", (14, 0, 0), (0, 100, 0))
        soon = self._create_course(days=5)
        self.assertEqual(self._book(self.course, 1)._drk_cancel_fee()[0], 0)
        self.assertEqual(self._book(soon, 2)._drk_cancel_fee()[0], 55)

    # ------------------------------------------------------------------ cancel
    def test_cancelled_before_it_was_charged(self):
        booking = self._book(self.course, 1)
        booking._drk_cancel()
        self.assertFalse(booking.sudo().drk_charge_ids)
        self.assertEqual(self._states(booking), ["none"])

    def test_open_charge_becomes_void_and_the_fee_is_charged(self):
        self._rules("cancel", (0, 0, 20))
        booking = self._book(self.course, 1)
        charge = booking.sudo()._drk_ensure_charges()
        booking._drk_cancel(by="link")
        fee = self._fees(booking)
        self.assertEqual((charge.state, fee.amount, fee.payer_id), ("void", 20, booking.drk_payer_id))
        self.assertEqual(fee.revenue_kind_id.code, "ST")
        self.assertEqual(self._states(booking), ["to_invoice"])

    def test_fee_without_any_charge_before(self):
        self._rules("cancel", (0, 0, 20))
        booking = self._book(self.course, 1)
        booking._drk_cancel()
        self.assertEqual(self._fees(booking).amount, 20)

    def test_fee_is_kept_of_what_was_paid_and_the_rest_paid_back(self):
        self._rules("cancel", (0, 0, 20))
        booking = self._paid(self.course, 1)
        booking._drk_cancel(by="portal")
        self.assertEqual(self._states(booking), ["credit"])
        counter = booking.sudo().drk_charge_ids.filtered("reversed_id")
        self.assertEqual((counter.amount, counter.settlement), (-55, "refund"))
        self.assertIn(counter, self.env["drk.charge"].search([("settlement", "=", "refund"), ("state", "!=", "paid")]))
        moves = self._invoice(booking)
        self.assertEqual(self._fees(booking).state, "paid")
        credit_note = moves.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((credit_note.amount_total, credit_note.amount_residual), (55, 35))
        self._collect(counter)
        self.assertEqual((counter.state, credit_note.amount_residual), ("paid", 0))
        self.assertEqual(self._states(booking), ["paid"])

    def test_unpaid_invoice_and_credit_note_settle_each_other(self):
        booking = self._book(self.course, 1)
        booking.sudo()._drk_ensure_charges()._drk_invoice()
        booking._drk_cancel()
        self.assertEqual(self._states(booking), ["credit"])
        credit_note = self._invoice(booking)
        self.assertEqual((credit_note.move_type, credit_note.amount_residual), ("out_refund", 0))
        self.assertEqual(self._states(booking), ["none"])

    def test_one_of_a_collective_invoice(self):
        bookings = self._company_booking(self.course, 1, 2, 3)
        move = bookings.sudo()._drk_ensure_charges()._drk_invoice()
        bookings[0]._drk_cancel()
        self._invoice(bookings)
        self.assertEqual(move.amount_residual, 120)
        self.assertEqual(self._states(bookings), ["none", "invoiced", "invoiced"])

    def test_draft_invoice_is_given_up(self):
        bookings = self._company_booking(self.course, 1, 2)
        move = bookings.sudo()._drk_ensure_charges()._drk_invoice(post=False)
        bookings[0]._drk_cancel(by="link")
        self.assertFalse(move.exists())
        self.assertEqual(self._states(bookings), ["none", "to_invoice"])
        self.assertEqual(self._invoice(bookings).amount_total, 60)

    def test_draft_that_had_a_number_is_cancelled_for_good(self):
        bookings = self._company_booking(self.course, 1, 2)
        move = bookings.sudo()._drk_ensure_charges()._drk_invoice()
        move.button_draft()
        bookings[0]._drk_cancel(by="link")
        self.assertEqual(move.state, "cancel")
        self.assertEqual(self._invoice(bookings).amount_total, 60)
        with self.assertRaises(UserError):
            move.button_draft()

    def test_no_fee_for_who_waits(self):
        self._rules("cancel", (0, 0, 20))
        self.course.seats_max = 1
        self._book(self.course, 1)
        waiting = self._book(self.course, 2, on_full="waiting")
        self.assertEqual(waiting._drk_cancel_fee()[0], 0)
        waiting._drk_cancel()
        self.assertFalse(self._fees(waiting))

    def test_office_sees_the_fee_and_waives_it(self):
        self._rules("cancel", (0, 0, 20))
        first, second = self._book(self.course, 1), self._book(self.course, 2)
        for booking, charge_fee in ((first, True), (second, False)):
            wizard = self._as(self.clerk, self.env["drk.ktv.cancel"]).with_context(default_registration_ids=booking.ids)
            form = Form(wizard)
            self.assertEqual(form.fee, 20)
            form.charge_fee = charge_fee
            form.save().action_cancel()
        self.assertEqual((first.state, second.state), ("cancel", "cancel"))
        self.assertEqual(self._fees(first).amount, 20)
        self.assertFalse(self._fees(second))

    # ------------------------------------------------------------------ cancelled course
    def test_cancelled_course_costs_nothing(self):
        self._rules("cancel", (0, 100, 0))
        paid, invoiced, booked = self._paid(self.course, 1), self._book(self.course, 2), self._book(self.course, 3)
        invoiced.sudo()._drk_ensure_charges()._drk_invoice()
        self._as(self.clerk, self.course)._drk_cancel_course("Krank", settlement="refund")
        bookings = paid + invoiced + booked
        self.assertFalse(self._fees(bookings))
        counters = bookings.sudo().drk_charge_ids.filtered("reversed_id")
        self.assertEqual(set(counters.mapped("settlement")), {"refund"})
        self.assertEqual(self._states(bookings), ["credit", "credit", "none"])
        self._invoice(bookings)
        self.assertEqual(self._states(bookings), ["credit", "none", "none"])

    def test_replacement_date_takes_the_money_along(self):
        self._rules("rebook", (0, 0, 10))
        booking = self._paid(self.course, 1)
        self.course._drk_cancel_course("Krank", settlement="refund")
        new = booking.sudo()._drk_rebook(self.later, by="replacement")
        self.assertFalse(self._fees(new, "rebook_fee"))
        self._invoice(booking + new)
        self.assertEqual(self._states(booking + new), ["none", "paid"])

    # ------------------------------------------------------------------ rebooking
    def test_rebooked_before_it_was_charged(self):
        new = self._book(self.course, 1)._drk_rebook(self.later)
        self.assertFalse(new.sudo().drk_charge_ids)
        self.assertEqual(self._states(new), ["to_invoice"])

    def test_open_charge_is_void_after_rebooking(self):
        booking = self._book(self.course, 1)
        charge = booking.sudo()._drk_ensure_charges()
        new = booking._drk_rebook(self.later)
        self.assertEqual(charge.state, "void")
        self.assertEqual(new.sudo()._drk_ensure_charges().amount, 55)

    def test_payment_follows_to_the_new_date(self):
        self._rules("rebook", (0, 0, 10))
        self.later.write({"drk_has_own_price": True, "drk_own_price": 70})
        booking = self._paid(self.course, 1)
        new = booking._drk_rebook(self.later)
        self.assertEqual(new.drk_rebook_fee, 10)
        counter = booking.sudo().drk_charge_ids.filtered("reversed_id")
        successor = new.sudo().drk_charge_ids.filtered(lambda charge: charge.course_purpose == "course")
        self.assertEqual((counter.settlement, counter.reversed_id.successor_id), ("credit", successor))
        moves = self._invoice(booking + new)
        invoice = moves.filtered(lambda move: move.move_type == "out_invoice")
        self.assertEqual((invoice.amount_total, invoice.amount_residual), (80, 25))
        self.assertEqual(counter.state, "paid")
        self.assertEqual(self._states(booking + new), ["none", "partial"])
        self._collect(new.sudo().drk_charge_ids)
        self.assertEqual(self._states(new), ["paid"])

    def test_paid_booking_that_moved_is_not_paid_twice_at_the_desk(self):
        booking = self._paid(self.course, 1)
        new = booking._drk_rebook(self.later)
        charges = new.sudo()._drk_ensure_charges()
        self.assertEqual([amount for _charge, amount in charges._drk_due_amounts()], [0])
        self.assertFalse(self._collect(charges))
        self.assertEqual(self._states(booking + new), ["none", "paid"])

    def test_invoice_of_the_new_date_brings_the_credit_note(self):
        booking = self._paid(self.course, 1)
        new = booking._drk_rebook(self.later)
        moves = self._invoice(new)
        self.assertEqual(sorted(moves.mapped("move_type")), ["out_invoice", "out_refund"])
        self.assertEqual(moves.mapped("amount_residual"), [0, 0])

    def test_unpaid_booking_that_moved_is_paid_once(self):
        booking = self._book(self.course, 1)
        self._invoice(booking)
        new = booking._drk_rebook(self.later)
        charges = new.sudo()._drk_ensure_charges()
        self.assertEqual(sum(amount for _charge, amount in charges._drk_due_amounts()), 55)
        self.assertEqual(self._collect(charges).amount, 55)
        self.assertEqual(self._states(booking + new), ["none", "paid"])

    def test_cancelled_after_rebooking_pays_all_back(self):
        booking = self._paid(self.course, 1)
        new = booking._drk_rebook(self.later)
        new._drk_cancel()
        counter = booking.sudo().drk_charge_ids.filtered("reversed_id")
        self.assertEqual(counter.settlement, "refund")
        self._invoice(booking + new)
        self.assertEqual(counter.move_id.amount_residual, 55)

    def test_waiting_list_of_the_new_date_keeps_the_credit(self):
        booking = self._paid(self.course, 1)
        self.later.seats_max = 1
        first = self._book(self.later, 2)
        new = booking._drk_rebook(self.later, on_full="waiting")
        self.assertEqual(self._states(booking + new), ["credit", "none"])
        first._drk_cancel()
        new._drk_accept_offer()
        new.sudo()._drk_ensure_charges()
        self._invoice(booking + new)
        self.assertEqual(self._states(booking + new), ["none", "paid"])

    # ------------------------------------------------------------------ certificates
    def test_replacement_certificate_costs_its_fee(self):
        self._rules("replacement", (0, 0, 12))
        booking = self._company_booking(self.course, 1)
        self.env["drk.course.attendance"].create(
            [
                {"registration_id": booking.id, "session_id": session.id, "state": "present"}
                for session in self.course.drk_session_ids
            ]
        )
        certificate = self.env["drk.certificate"]._issue(booking.sudo())
        certificate = self._as(self.clerk, certificate)
        self.assertEqual(certificate._drk_replacement_fee(), 12)
        certificate._drk_replace()
        certificate._drk_replace()
        fees = self._fees(booking, "replacement")
        self.assertEqual((len(fees), sum(fees.mapped("amount"))), (2, 24))
        self.assertEqual(fees.payer_id, booking.drk_participant_id)
