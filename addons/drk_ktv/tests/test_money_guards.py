"""What nobody may enter by hand, and what a part of a payment says."""

import runpy

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import file_path, mute_logger

from .money_common import MoneyCase


@tagged("post_install", "-at_install")
class TestMoneyGuards(MoneyCase):
    def test_context_and_defaults_forge_no_charge(self):
        first, second = self._book(self.course, 1, 2)
        forged = {"default_is_live": False, "default_event_id": self.later.id}
        charge = self._as(self.clerk, first).with_context(**forged)._drk_ensure_charges()
        self.env["ir.default"].set("drk.charge", "is_live", False, user_id=self.clerk.id)
        charge |= self._as(self.clerk, second)._drk_ensure_charges()
        self.assertEqual(charge.sudo().mapped("is_live"), [True, True])
        self.assertEqual(charge.event_id, self.course.with_env(charge.env))

    def test_nobody_writes_whether_a_charge_holds(self):
        charge = self._book(self.course, 1).sudo()._drk_ensure_charges()
        for user in (self.clerk, self.accountant_a):
            for vals in ({"is_live": False}, {"event_id": self.later.id}):
                with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                    self._as(user, charge).write(vals)
        vals = charge.copy_data()[0] | {"is_live": False}
        with self.assertRaises(AccessError):
            self._as(self.accountant_a, charge).create(vals)
        self.assertTrue(charge.is_live)

    def test_nobody_resets_that_an_invoice_was_given_up(self):
        booking = self._book(self.course, 1)
        self._as(self.accountant_a, booking).action_drk_invoice()
        old = booking.sudo().drk_charge_ids.move_id
        old.button_draft()
        old.button_cancel()
        self._as(self.accountant_a, booking).with_context(default_drk_is_replaced=True).action_drk_invoice()
        new = booking.sudo().drk_charge_ids.move_id
        self.assertEqual((old.drk_is_replaced, new.drk_is_replaced), (True, False))
        for user in (self.clerk, self.accountant_a):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
                self._as(user, old).write({"drk_is_replaced": False})
        with self.assertRaises(AccessError):
            self._as(self.accountant_a, old).create({"move_type": "out_invoice", "drk_is_replaced": True})
        self.assertTrue(old.drk_is_replaced)

    # ------------------------------------------------------------------ a part is paid
    def _pay(self, move, amount):
        """A payment of the bank, reconciled with the invoice as far as it goes."""
        owed = move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        shared = {"partner_id": move.partner_id.id, "name": "Überweisung"}
        lines = [
            shared | {"account_id": self.books_a["bank"].id, "debit": amount},
            shared | {"account_id": owed.account_id.id, "credit": amount},
        ]
        vals = {"journal_id": self.books_a["misc"].id, "line_ids": [Command.create(line) for line in lines]}
        entry = self._as(self.accountant_a, self.env["account.move"]).create(vals).sudo()
        entry.action_post()
        (owed + entry.line_ids.filtered(lambda line: line.account_id == owed.account_id)).reconcile()

    def test_part_of_a_collective_payment_is_shown_as_part(self):
        bookings = self._company_booking(self.course, 1, 2, 3)
        self._as(self.accountant_a, bookings).action_drk_invoice()
        move = bookings.sudo().drk_charge_ids.move_id
        self._pay(move, 60)
        self.assertEqual(self._states(bookings), ["partial"] * 3)
        label = dict(bookings._fields["drk_money_state"]._description_selection(self.env(context={"lang": "de_DE"})))
        self.assertIn("teilweise bezahlt", label["partial"])
        found = self._as(self.clerk, bookings).search([("drk_money_state", "=", "partial")])
        self.assertEqual(found, bookings.with_env(found.env))
        self._pay(move, 120)
        self.assertEqual(self._states(bookings), ["paid"] * 3)

    def test_upgrade_looks_at_invoices_that_are_paid_in_part(self):
        booking = self._book(self.course, 1)
        self._as(self.accountant_a, booking).action_drk_invoice()
        self._pay(booking.sudo().drk_charge_ids.move_id, 15)
        self.env.flush_all()
        self.env.cr.execute("UPDATE event_registration SET drk_money_state = 'invoiced' WHERE id = %s", [booking.id])
        self.env.invalidate_all()
        script = runpy.run_path(file_path("drk_ktv/migrations/19.0.1.1.0/post-migration.py"))
        script["migrate"](self.env.cr, "19.0.1.0.0")
        self.assertEqual(self._states(booking), ["partial"])

    def test_open_rest_can_be_collected(self):
        booking = self._book(self.course, 1)
        self._as(self.accountant_a, booking).action_drk_invoice()
        self._pay(booking.sudo().drk_charge_ids.move_id, 15)
        self.assertEqual(self._states(booking), ["partial"])
        self.assertTrue(self._as(self.cashier_a, booking).action_drk_collect())
