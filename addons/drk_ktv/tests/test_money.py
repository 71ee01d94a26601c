"""What bookings cost: charges, invoices, payments, each as the role that does it."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from .money_common import MoneyCase


@tagged("post_install", "-at_install")
class TestMoney(MoneyCase):
    # ------------------------------------------------------------------ charges
    def test_booking_writes_no_charge(self):
        booking = self._book(self.course, 1)
        self.assertFalse(booking.sudo().drk_charge_ids)
        self.assertEqual(self._states(booking), ["to_invoice"])

    def test_charge_says_course_days_and_payer(self):
        bookings = self._company_booking(self.course, 1, 2)
        charges = self._as(self.accountant_a, bookings)._drk_ensure_charges()
        day = self.course._drk_local(self.course.date_begin).date()
        self.assertEqual(len(charges), 2)
        for charge, booking in zip(charges.sorted("id"), bookings, strict=True):
            self.assertEqual((charge.amount, charge.service_date, charge.state), (60, day, "open"))
            self.assertEqual(
                (charge.drk_person_id, charge.payer_id), (booking.drk_participant_id, booking.drk_payer_id)
            )
            self.assertEqual(charge._drk_origin(), booking.with_env(charge.env))
            self.assertIn(self.course.drk_number, charge.name)
            self.assertEqual(charge.event_id, self.course.with_env(charge.env))

    def test_second_call_charges_nothing(self):
        bookings = self._as(self.accountant_a, self._book(self.course, 1, 2))
        charges = bookings._drk_ensure_charges()
        self.assertEqual(bookings._drk_ensure_charges(), charges)
        self.assertEqual(len(charges), 2)

    def test_two_at_once_make_one_charge(self):
        booking = self._book(self.course, 1).sudo()
        booking._drk_ensure_charges()
        with mute_logger("odoo.sql_db"), self.assertRaises(ConcurrencyError):  # the other one has seen no charge
            booking._drk_create_charges("course", [55])
        self.assertEqual(len(booking.drk_charge_ids), 1)

    def test_who_is_not_invoiced(self):
        insured = self._book(self.course, 1, payer_kind="bg")
        helper = self._book(self.course, 2, payer_kind="volunteer")
        free = self._book(self.course, 3)
        free.sudo().drk_price = 0
        self.course.seats_max = 4
        seated = self._book(self.course, 4)
        waiting = self._book(self.course, 5, on_full="waiting")
        bookings = insured + helper + free + seated + waiting
        self.assertEqual(bookings.sudo()._drk_ensure_charges().registration_id, seated.sudo())
        self.assertEqual(self._states(bookings), ["none", "none", "none", "to_invoice", "none"])

    def test_kind_without_revenue_kind_is_refused_in_words(self):
        self.course_kind.revenue_kind_id = False
        booking = self._as(self.accountant_a, self._book(self.course, 1))
        with self.assertRaisesRegex(UserError, "Erlösart|revenue kind"):
            booking._drk_ensure_charges()

    def test_new_kind_has_the_standard_revenue_kind(self):
        for company in self.association_a + self.association_b:
            vals = {"code": "NEU", "number_prefix": "NEU", "name": "Neu", "company_id": company.id}
            kind = self.env["drk.course.kind"].create(vals)
            self.assertEqual((kind.revenue_kind_id.code, kind.revenue_kind_id.company_id), ("EH", company))

    def test_charge_that_was_taken_back_is_not_made_again_by_itself(self):
        booking = self._as(self.accountant_a, self._book(self.course, 1))
        booking._drk_ensure_charges()._drk_reverse("Kulanz")
        self.assertFalse(booking._drk_ensure_charges())
        self.assertEqual(self._states(booking), ["none"])
        booking.action_drk_charge_again()
        self.assertEqual(self._states(booking), ["to_invoice"])

    def test_open_charge_follows_price_and_payer(self):
        booking = self._book(self.course, 1)
        charge = booking.sudo()._drk_ensure_charges()
        booking.write({"drk_price": 40, "drk_payer_id": self.firm.id, "drk_payer_kind": "company"})
        self.assertEqual((charge.amount, charge.payer_id), (40, self.firm))
        booking.drk_payer_kind = "volunteer"
        self.assertEqual(charge.state, "void")

    def test_invoiced_price_stays(self):
        booking = self._book(self.course, 1)
        booking.sudo()._drk_ensure_charges()._drk_invoice()
        with self.assertRaises(UserError):
            booking.drk_price = 40

    # ------------------------------------------------------------------ states and sums
    def test_state_follows_the_money(self):
        booking = self._book(self.course, 1)
        seen = self._states(booking)
        self._as(self.accountant_a, booking).action_drk_invoice()
        seen += self._states(booking)
        self._collect(booking.sudo().drk_charge_ids)
        seen += self._states(booking)
        self.assertEqual(seen, ["to_invoice", "invoiced", "paid"])
        for state in ("none", "to_invoice", "credit", "invoiced"):
            self.assertNotIn(booking, booking.search([("drk_money_state", "=", state)]))
        groups = booking._read_group([("event_id", "=", self.course.id)], ["drk_money_state"], ["__count"])
        self.assertEqual(groups, [("paid", 1)])

    def test_course_sums(self):
        first, second, third = self._book(self.course, 1, 2, 3)
        self._as(self.accountant_a, second).action_drk_invoice()
        self._collect(third.sudo()._drk_ensure_charges())
        course = self._as(self.clerk, self.course)
        self.assertEqual((course.drk_money_open, course.drk_money_invoiced, course.drk_money_paid), (55, 55, 55))
        first.sudo()._drk_ensure_charges()
        course.invalidate_recordset()
        self.assertEqual((course.drk_money_open, course.drk_money_due), (55, 110))

    def test_list_with_states_asks_once(self):
        bookings = self._book(self.course, *range(1, 11))
        bookings[:5].sudo()._drk_ensure_charges()
        self.env.flush_all()
        clerk_bookings = self._as(self.clerk, bookings)
        clerk_bookings.mapped("drk_price")
        self.env.invalidate_all()
        spec = {"name": {}, "drk_money_state": {}}
        # rights and the inventory are in the cache
        clerk_bookings.search([("event_id", "=", self.course.id)], limit=1).read(["name"])
        self.env.invalidate_all()
        self.assertTrue(clerk_bookings.env.user.partner_id)  # every request has read its user
        with self.assertQueryCount(3):  # one of them asks for restricted people
            clerk_bookings.web_search_read([("event_id", "=", self.course.id)], spec)

    # ------------------------------------------------------------------ invoice run
    def test_run_invoices_what_is_outstanding(self):
        """D-KTV-13: invoices are created for outstanding course fees: one for each payer, nothing twice, nothing else."""
        firm = self._company_booking(self.course, 1, 2, 3)
        own = self._book(self.course, 4)
        insured = self._book(self.course, 5, payer_kind="bg")
        upcoming = self._book(self.later, 6)
        self._past(self.course)
        run = self._run()
        self.assertEqual((run.charge_count, run.payer_count, run.amount_total), (4, 2, 235))
        self.assertFalse(self.env["drk.charge"].search([("event_id", "=", self.course.id)]), "a preview writes nothing")
        moves = self._invoice_run()
        self.assertEqual(sorted(moves.mapped("amount_total")), [55, 180])
        collective = moves.filtered(lambda move: move.partner_id == firm.drk_payer_id)
        self.assertEqual((collective.invoice_line_ids.quantity, collective.state), (3, "posted"))
        self.assertTrue(collective.drk_participant_list_id)
        self.assertIn(self.course.drk_number, collective.invoice_line_ids.name)
        states = self._states(firm + own + insured + upcoming)
        self.assertEqual(states, ["invoiced"] * 4 + ["none", "to_invoice"])
        with self.assertRaises(UserError):
            self._invoice_run()
        self.assertEqual(self.env["account.move"].search_count([("partner_id", "=", firm.drk_payer_id.id)]), 1)

    def test_association_may_invoice_as_soon_as_booked(self):
        self._book(self.course, 1)
        with self.assertRaises(UserError):
            self._invoice_run(service_until=False)
        wizard = self._as(self.manager, self.env["drk.ktv.settings"]).create({})
        wizard.drk_ktv_invoice_when = "booking"
        wizard.action_save()
        self.assertEqual(self._invoice_run(service_until=False).amount_total, 55)

    def test_run_of_one_course_on_demand(self):
        self._book(self.course, 1)
        self._book(self.later, 2)
        action = self._as(self.accountant_a, self.later).action_drk_invoice_run()
        run = Form(self._as(self.accountant_a, self.env["drk.invoice.run"]).with_context(**action["context"])).save()
        self.assertEqual((run.event_id.id, run.charge_count), (self.later.id, 1))
        moves = self._invoice_run(event_id=self.later.id, service_until=False)
        self.assertEqual(moves.drk_charge_ids.event_id, self.later)

    def test_run_leaves_out_kinds_without_revenue_kind(self):
        self._book(self.course, 1)
        self._past(self.course)
        self.course_kind.revenue_kind_id = False
        run = self._run()
        self.assertEqual((run.charge_count, run.problem_count), (0, 1))
        self.assertIn(self.course_kind.name, run.problem_text)

    def test_run_of_companies_only(self):
        self._company_booking(self.course, 1)
        self._book(self.course, 2)
        self._past(self.course)
        self.assertEqual(self._run(only_companies=True).amount_total, 60)
        self.assertEqual(self._run(payer_ids=[Command.set(self.erika.ids)]).amount_total, 0)

    def test_run_of_another_association_finds_nothing_here(self):
        self._book(self.course, 1)
        self._past(self.course)
        self.assertEqual(self._run(self.accountant_b).charge_count, 0)

    # ------------------------------------------------------------------ payment
    def test_cashier_takes_the_money_of_chosen_participants(self):
        bookings = self._book(self.course, 1, 2, 3)
        action = self._as(self.cashier_a, bookings[:2]).action_drk_collect()
        wizard = Form(self._as(self.cashier_a, self.env["drk.collect"]).with_context(**action["context"])).save()
        self.assertEqual(wizard.amount_due, 110)
        wizard.action_collect_silent()
        self.assertEqual(self._states(bookings), ["paid", "paid", "to_invoice"])
        with self.assertRaises(UserError):
            self._as(self.cashier_a, bookings[0]).action_drk_collect()

    def test_cashier_opens_course_and_bookings(self):
        booking = self._book(self.course, 1)
        course = self._as(self.cashier_a, self.course)
        for record, name in ((course, "event_event"), (self._as(self.cashier_a, booking), "event_registration")):
            view = self.env.ref(f"drk_ktv.{name}_view_form_money")
            self.assertEqual(record.get_formview_id(), view.id)
            self.env.flush_all()
            self.env.invalidate_all()  # nothing is known to them that they may not read
            self.assertTrue(Form(record, view=view.id))
        self.assertTrue(course.action_drk_collect()["domain"])
        self.assertEqual(
            self._as(self.clerk, self.course).get_formview_id(), self.env.ref("drk_ktv.event_event_view_form").id
        )

    # ------------------------------------------------------------------ rights
    def test_office_reads_charges_of_courses_only(self):
        charges = self._book(self.course, 1).sudo()._drk_ensure_charges()
        vals = {"name": "Anderes", "payer_id": self.erika.id, "amount": 5, "company_id": self.association_a.id}
        kind = self.env["drk.revenue.kind"].search([("company_id", "=", self.association_a.id)], limit=1)
        other = self.env["drk.charge"].create(vals | {"revenue_kind_id": kind.id})
        found = self._as(self.clerk, self.env["drk.charge"]).search([])
        self.assertIn(charges, found)
        self.assertNotIn(other, found)
        self.assertIn(other, self._as(self.cashier_a, self.env["drk.charge"]).search([]))
        with self.assertRaises(AccessError):
            self._as(self.clerk, charges).write({"amount": 1})
        spec = {
            "name": {},
            "move_id": {"fields": {"display_name": {}}},
            "revenue_kind_id": {"fields": {"display_name": {}}},
        }
        charges._drk_invoice()
        self.assertTrue(self._as(self.clerk, charges).web_read(spec)[0]["move_id"])

    def test_instructor_sees_no_money(self):
        self.course.drk_instructor_id = self.instructor
        booking = self._book(self.course, 1)
        charges = booking.sudo()._drk_ensure_charges()
        with self.assertRaises(AccessError):
            self._as(self.teacher, charges).read(["name"])
        with self.assertRaises(AccessError):
            self._as(self.teacher, booking).read(["drk_money_state"])
        for action in ("action_drk_collect", "action_drk_invoice", "action_drk_charge_again"):
            with self.assertRaises(AccessError):
                getattr(self._as(self.teacher, booking), action)()

    def test_office_takes_no_money_and_writes_no_invoice(self):
        booking = self._as(self.clerk, self._book(self.course, 1))
        for method in (
            booking.action_drk_collect,
            booking.action_drk_invoice,
            self._as(self.clerk, self.course).action_drk_invoice_run,
        ):
            with self.assertRaises(AccessError):
                method()

    def test_cashier_of_another_association_sees_no_booking(self):
        booking = self._book(self.course, 1)
        with self.assertRaises(AccessError):
            self._as(self.cashier_b, booking).read(["name"])

    @users("cashier-a")
    def test_cashier_changes_no_booking(self):
        booking = self._book(self.course, 1)
        with self.assertRaises(AccessError):
            booking.with_env(self.env).write({"phone": "1"})

    # ------------------------------------------------------------------ all in one place
    def test_course_from_plan_to_payment(self):
        """D-KTV-1: courses, participants and lecturers are managed, organised and billed in one place."""
        vals = {"drk_kind_id": self.course_kind.id, "date_begin": fields.Datetime.now() + timedelta(days=9)}
        course = self._as(self.clerk, self.env["event.event"]).create(
            vals | {"drk_room_id": self.room.id, "drk_instructor_id": self.instructor.id}
        )
        firm, own = self._company_booking(course, 1, 2), self._book(course, 3)
        self._past(course)
        page = course.with_user(self.teacher)
        self.assertEqual(set(page.registration_ids.ids), set((firm + own).ids))
        states = [(course.drk_session_ids, booking) for booking in firm + own]
        course.env["drk.course.attendance"].create(
            [
                {"registration_id": booking.id, "session_id": session.id, "state": "present"}
                for session, booking in states
            ]
        )
        self.assertEqual(set((firm + own).mapped("drk_attendance")), {"all"})
        moves = self._invoice_run(event_id=course.id)
        self.assertEqual(sorted(moves.mapped("amount_total")), [55, 120])
        self._collect(own.sudo().drk_charge_ids)
        self.assertEqual(self._states(firm + own), ["invoiced", "invoiced", "paid"])
        course.invalidate_recordset()
        self.assertEqual((course.drk_money_due, course.drk_money_paid), (120, 55))
