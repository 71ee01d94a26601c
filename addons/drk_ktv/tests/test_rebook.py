"""Umbuchung: a booking moves to another date, all or none, and the office's dialogs around it."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, users

from ..exceptions import AlreadyBooked, CourseClosed, CourseFull, NamedTwice
from .common import KtvCase


@tagged("post_install", "-at_install")
class TestRebook(KtvCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._create_course(seats=2)
        cls.new = cls._create_course(seats=2, days=30, drk_has_own_price=True, drk_own_price=70)

    def test_clerk_moves_a_booking(self):
        old = self._book(self.old, 1, channel="phone", contact_email="kontakt@example.org", lang="en_US")
        old.sudo().write({"drk_note": "Rollstuhl", "drk_age_band": "0-5"})
        new = old._drk_rebook(self.new.with_user(self.clerk))
        self.assertEqual((old.state, new.state), ("cancel", "open"))
        self.assertEqual((old.drk_rebooked_to_id, new.drk_rebooked_from_id), (new, old))
        self.assertIn(self.new.drk_number, old.drk_cancel_reason)
        for name in (
            "drk_participant_id",
            "partner_id",
            "drk_payer_id",
            "drk_payer_kind",
            "drk_contact_email",
            "drk_age_band",
            "drk_plz_area",
            "drk_note",
            "drk_lang",
            "drk_channel",
            "name",
            "email",
            "phone",
        ):
            self.assertEqual(new[name], old[name], name)
        self.assertEqual((new.drk_price, new.drk_rebook_fee), (70, 0))
        self.assertEqual((self.old.drk_taken, self.new.drk_taken), (0, 1))

    def test_group_moves_together_and_stays_one_booking(self):
        old = self._book(self.old, 1, 2)
        new = old._drk_rebook(self.new)
        self.assertEqual(len(set(new.mapped("drk_group_ref"))), 1)
        self.assertNotEqual(new[0].drk_group_ref, old[0].drk_group_ref)
        apart = new._drk_rebook(self._create_course(days=40), keep_group=False)
        self.assertEqual(len(set(apart.mapped("drk_group_ref"))), 2)

    def test_one_of_a_group_moves_alone(self):
        first, second = self._book(self.old, 1, 2)
        second._drk_rebook(self.new)
        self.assertEqual((first.state, second.state), ("open", "cancel"))

    def test_all_or_none(self):
        old = self._book(self.old, 1, 2)
        self._book(self.new, 3)
        with self.assertRaises(CourseFull):
            old._drk_rebook(self.new)
        self.assertEqual(set(old.mapped("state")), {"open"})
        self.assertFalse(old.drk_rebooked_to_id)
        self.assertEqual(self.new.drk_taken, 1)

    def test_full_date_takes_them_on_its_waiting_list(self):
        old = self._book(self.old, 1)
        self._book(self.new, 3, 4)
        new = old._drk_rebook(self.new, on_full="waiting")
        self.assertEqual((old.state, new.state), ("cancel", "waiting"))
        self.assertTrue(new.drk_waiting_since)

    def test_waiting_list_of_the_old_date_moves_up(self):
        old = self._book(self.old, 1, 2)
        waiting = self._book(self.old, 3, on_full="waiting")
        old[0]._drk_rebook(self.new)
        self.assertEqual(waiting.state, "offered")

    def test_who_waits_can_take_another_date(self):
        self._book(self.old, 1, 2)
        waiting = self._book(self.old, 3, on_full="waiting")
        self.assertEqual(waiting._drk_rebook(self.new).state, "open")

    def test_nobody_stands_on_a_date_twice(self):
        old = self._book(self.old, 1)
        self._book(self.new, 1)
        with self.assertRaises(AlreadyBooked):
            old._drk_rebook(self.new)
        with self.assertRaises(AlreadyBooked):
            old._drk_rebook(self.old)
        other = self._book(self._create_course(days=50), 1)
        with self.assertRaises(NamedTwice):
            (old + other)._drk_rebook(self._create_course(days=60))
        self.assertEqual(old.state, "open")

    def test_booking_moves_once(self):
        old = self._book(self.old, 1)
        old._drk_rebook(self.new)
        for by in ("office", "link", "portal", "replacement"):
            with self.assertRaises(UserError):
                old.sudo()._drk_rebook(self._create_course(days=70), by=by)

    def test_closed_date_takes_nobody(self):
        old = self._book(self.old, 1)
        self.new.is_published = False
        with self.assertRaises(CourseClosed):
            old.sudo()._drk_rebook(self.new, by="link")
        self.assertEqual(old._drk_rebook(self.new).state, "open")  # the office may
        cancelled = self._create_course(days=40)
        cancelled._drk_cancel_course("krank")
        with self.assertRaises(CourseClosed):
            self._book(self.old, 2)._drk_rebook(cancelled)

    def test_person_stays_with_the_kind(self):
        other = self._create_course(days=35, drk_kind_id=self._kind("EHF").id)
        old = self._book(self.old, 1)
        with self.assertRaises(UserError):
            old.sudo()._drk_rebook(other, by="link")
        self.assertEqual(old._drk_rebook(other).drk_kind_id, self._kind("EHF"))

    def test_limit_of_days_before_the_old_date(self):
        """People move their booking until the days set by the association; the office also later."""
        soon = self._create_course(days=1)
        old = self._book(soon, 1)
        for by in ("link", "portal"):
            with self.assertRaises(CourseClosed):
                old.sudo()._drk_rebook(self.new, by=by)
        self.association_a.drk_ktv_rebook_days = 0
        self.assertEqual(old.sudo()._drk_rebook(self.new, by="link").state, "open")

    def test_attended_booking_stays(self):
        old = self._book(self.old, 1)
        old.action_set_done()
        for by in ("office", "link"):
            with self.assertRaises(UserError):
                old.sudo()._drk_rebook(self.new, by=by)

    def test_who_missed_a_part_is_moved_by_the_office_only(self):
        old = self._book(self.old, 1)
        vals = {"registration_id": old.id, "session_id": self.old.drk_session_ids.id, "state": "partly"}
        self.env["drk.course.attendance"].sudo().create(vals)
        self.assertEqual(old.drk_attendance, "partly")
        with self.assertRaises(UserError):
            old.sudo()._drk_rebook(self.new, by="link")
        self.assertEqual(old._drk_rebook(self.new).state, "open")

    def test_past_booking_is_moved_by_the_office_only(self):
        old = self._book(self.old, 1)
        self.old.sudo().drk_session_ids.write(
            {
                "date_begin": fields.Datetime.now() - timedelta(days=2),
                "date_end": fields.Datetime.now() - timedelta(days=1),
            }
        )
        with self.assertRaises(CourseClosed):
            old.sudo()._drk_rebook(self.new, by="portal")
        self.assertEqual(old._drk_rebook(self.new).state, "open")

    def test_other_association(self):
        course_b = self._create_course_b()
        old = self._book(self.old, 1)
        with self.assertRaises(ValidationError):
            old.sudo()._drk_rebook(course_b.sudo())
        with self.assertRaises(AccessError):
            old._drk_rebook(course_b.with_user(self.clerk))
        with self.assertRaises(AccessError):
            old.with_user(self.clerk_b)._drk_rebook(course_b.with_user(self.clerk_b))

    def test_instructor_moves_nobody(self):
        self.old.drk_instructor_id = self.instructor
        old = self._book(self.old, 1)
        with self.assertRaises(AccessError):
            old.with_user(self.teacher)._drk_rebook(self.new)
        with self.assertRaises(AccessError):
            self.env["drk.ktv.rebook"].with_user(self.teacher).create({"registration_ids": old.ids})

    def test_hooks_of_the_money(self):
        """The fee is asked for each booking and kept; the hook sees old and new bookings before the commit."""
        model = self.registry["event.registration"]
        old, seen = self._book(self.old, 1, 2), []

        def post(bookings, new, by):
            seen.append((bookings, new, by, new.mapped("drk_rebook_fee")))

        with (
            patch.object(model, "_drk_rebook_fee", lambda booking, event, by: 7.5),
            patch.object(model, "_post_drk_rebook", post),
        ):
            self.assertEqual(old._drk_rebook_cost(self.new, "office"), 15)
            new = old._drk_rebook(self.new)
        self.assertEqual(seen, [(old, new, "office", [7.5, 7.5])])

    def test_failing_hook_undoes_everything(self):
        old = self._book(self.old, 1)
        error = patch.object(self.registry["event.registration"], "_post_drk_rebook", side_effect=UserError("no"))
        with error, self.assertRaises(UserError):
            old._drk_rebook(self.new)
        self.assertEqual((old.state, self.new.drk_taken), ("open", 0))

    # ------------------------------------------------------------------ dialog
    def _wizard(self, bookings):
        action = bookings.with_user(self.clerk).action_drk_rebook()
        return Form(self.env["drk.ktv.rebook"].with_user(self.clerk).with_context(**action["context"]))

    def test_dialog_moves_several(self):
        old = self._book(self.old, 1, 2)
        form = self._wizard(old)
        form.event_id = self.new
        self.assertEqual((form.price, form.fee), (140, 0))
        self.assertTrue(form.price_differs)
        action = form.save().action_rebook()
        self.assertEqual(len(self.env["event.registration"].search(action["domain"])), 2)
        self.assertEqual(self.new.drk_taken, 2)

    def test_dialog_shows_dates_with_places_first(self):
        full = self._create_course(days=25, seats=1)
        self._book(full, 5)
        other = self._create_course(days=26, drk_kind_id=self._kind("EHF").id)
        bookings = self._book(self.old, 1)
        wizard = self.env["drk.ktv.rebook"].with_user(self.clerk).create({"registration_ids": bookings.ids})
        self.assertIn(self.new, wizard.allowed_event_ids)
        self.assertFalse((full + other + self.old) & wizard.allowed_event_ids)
        wizard.any_date = True
        self.assertEqual((full + other) & wizard.allowed_event_ids, full + other)
        self.assertNotIn(self.old, wizard.allowed_event_ids)

    def test_dialog_asks_before_the_waiting_list(self):
        old = self._book(self.old, 1)
        self._book(self.new, 3, 4)
        wizard = (
            self.env["drk.ktv.rebook"]
            .with_user(self.clerk)
            .create({"registration_ids": [Command.set(old.ids)], "any_date": True, "event_id": self.new.id})
        )
        self.assertTrue(wizard.needs_waiting)
        with self.assertRaises(CourseFull):
            wizard.action_rebook()
        wizard.to_waiting_list = True
        wizard.action_rebook()
        self.assertEqual(old.drk_rebooked_to_id.state, "waiting")

    def test_dialog_shows_the_new_booking(self):
        old = self._book(self.old, 1)
        form = self._wizard(old)
        form.event_id = self.new
        action = form.save().action_rebook()
        self.assertEqual(action["res_id"], old.drk_rebooked_to_id.id)
        self.assertEqual(old.action_drk_rebooked()["res_id"], old.drk_rebooked_to_id.id)
        self.assertEqual(old.drk_rebooked_to_id.action_drk_rebooked()["res_id"], old.id)

    def test_dialog_is_its_owners_alone_and_shows_nothing_foreign(self):
        old = self._book(self.old, 1)
        wizard = self.env["drk.ktv.rebook"].with_user(self.clerk).create({"registration_ids": old.ids})
        for stranger in (self._user("stranger-rebook", "drk_ktv.group_drk_ktv_manager"), self.clerk_b):
            foreign = wizard.with_user(stranger).with_context(allowed_company_ids=stranger.company_ids.ids)
            for act in (foreign.read, lambda: foreign.write({"any_date": True}), foreign.unlink):  # noqa: B023
                with self.assertRaises(AccessError):
                    act()
        theirs = self.env["drk.ktv.rebook"].with_user(self.clerk_b)
        with self.assertRaises(AccessError):
            theirs.create({"registration_ids": old.ids, "event_id": self.new.id}).read(["price", "allowed_event_ids"])

    def test_dates_in_the_dialog_say_when_where_and_how_many(self):
        self.new.drk_room_id = self.room
        name = self.new.with_context(drk_with_date=True, lang="de_DE").display_name
        for word in (self.new.drk_number, "Lehrsaal 1", "2 frei", self.new.date_begin.strftime("%d.%m.%Y")):
            self.assertIn(word, name)
        self.assertEqual(self.new.display_name, f"{self.new.drk_number} {self.new.name}")

    @users("manager-a")
    def test_manager_sets_the_limits(self):
        wizard = self.env["drk.ktv.settings"].create({})
        self.assertEqual((wizard.drk_ktv_rebook_days, wizard.drk_ktv_sms_days), (2, 2))
        wizard.drk_ktv_rebook_days = 5
        wizard.action_save()
        self.assertEqual(self.association_a.drk_ktv_rebook_days, 5)
