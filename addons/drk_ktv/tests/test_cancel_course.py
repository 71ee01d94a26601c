"""A date is cancelled: the dialog, the SMS, and the call list."""

import io
import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from pypdf import PdfReader

from ..tools.phone import mobile, readable, shorten
from .common import KtvCase


@tagged("post_install", "-at_install")
class TestCancelCourse(KtvCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.association_a.write(
            {"phone": "0211 2310", "drk_sms_provider": "http", "drk_sms_url": "https://gateway.example.org/send"}
        )
        cls.course = cls._create_course(seats=6, days=1)
        cls.env["res.lang"]._activate_lang("de_DE")

    def _wizard(self, course=None, user=None):
        user = user or self.clerk
        action = (course or self.course).with_user(user).action_drk_cancel_course()
        return Form(self.env["drk.ktv.cancel.course"].with_user(user).with_context(**action["context"]))

    def _two(self):
        """One with a mobile number, one with a landline."""
        return self._book_typed({"phone": "0171 2345678"}, {"phone": "0211 123456"})

    def _book_typed(self, *vals):
        people = [self._person(number, **val) for number, val in enumerate(vals, 1)]
        return self.course.with_user(self.clerk)._drk_book(people, lang="de_DE")

    def test_usual_reason_fills_the_text_and_it_can_be_changed(self):
        form = self._wizard()
        form.reason_key = "few"
        self.assertEqual(form.reason, "Too few people have registered.")
        form.reason = "Hochwasser"
        form.save().action_cancel()
        self.assertEqual(self.course.kanban_state, "cancel")

    def test_choices_are_kept_on_the_course(self):
        bookings = self._two()
        form = self._wizard()
        self.assertTrue(form.offer_replacements)
        self.assertEqual((form.settlement, form.mobile_count, form.unmailed_count), ("refund", 1, 0))
        form.reason, form.settlement, form.offer_replacements = "krank", "credit", False
        action = form.save().action_cancel()
        self.assertEqual((self.course.drk_settlement, self.course.drk_offer_replacements), ("credit", False))
        self.assertTrue(all(bookings.mapped("drk_course_lost")))
        self.assertEqual(self.env["event.registration"].search(action["domain"]), bookings)

    def test_sms_is_proposed_for_near_courses_only(self):
        self.assertTrue(self._wizard().send_sms)
        self.assertFalse(self._wizard(self._create_course(days=10)).send_sms)
        self.association_a.drk_ktv_sms_days = 0
        self.assertFalse(self._wizard().send_sms)

    def _sent(self, send_sms=True):
        sent = []
        form = self._wizard()
        form.reason, form.send_sms = "krank", send_sms
        model = self.registry["event.registration"]
        with patch.object(model, "_drk_sms_send", lambda booking, number, text: sent.append((booking, number, text))):
            form.save().action_cancel()
        return sent

    def test_sms_goes_to_mobile_numbers_once(self):
        bookings = self._book_typed(
            {"phone": "0171 2345678"}, {"phone": "0211 123456"}, {"phone": "+49 171 2345678"}, {"phone": "keins"}
        )
        ((booking, number, text),) = self._sent()
        self.assertEqual((booking, number), (bookings[0], "+491712345678"))
        day = f"{self.course._drk_local(self.course.date_begin):%d.%m.%Y}"
        for words in ("fällt aus", day, "0211 2310", self.course.drk_kind_id.with_context(lang="de_DE").name):
            self.assertIn(words, text)
        self.assertLessEqual(len(text), 160)

    def test_long_names_fit_into_one_sms(self):
        self.association_a.name = "Kreisverband " + "Musterstadt-" * 12
        self.course.drk_kind_id.name = "Erste Hilfe " * 15
        self._two()
        ((_booking, _number, text),) = self._sent()
        self.assertLessEqual(len(text), 160)
        self.assertIn("0211 2310", text)

    def _log(self):
        return self.env["drk.sms"].search([("company_id", "=", self.association_a.id)])

    def test_log_and_list_show_what_was_sent(self):
        first, third = self._book_typed({"phone": "0171 2345678"}, {"phone": "0171 2345678"})
        second = self._book(self.course, 8)
        self._cancel_with_sms()
        message = self._log()
        self.assertEqual((message.number, message.res_id, message.state), ("+491712345678", first.id, "queued"))
        bookings = (first + second + third).with_user(self.clerk)
        self.assertEqual(bookings.mapped("drk_sms_state"), ["queued", "none", "queued"])
        message._note("failed", "Kein Guthaben")
        self.env.invalidate_all()
        self.assertEqual(bookings.mapped("drk_sms_state"), ["failed", "none", "failed"])
        self.assertEqual(bookings[0].drk_sms_reason, "Kein Guthaben")
        domain = [("event_id", "=", self.course.id), ("drk_sms_state", "=", "failed")]
        self.assertEqual(bookings.search(domain), bookings[0])
        domain = [("event_id", "=", self.course.id), ("drk_sms_state", "=", "none")]
        self.assertIn(bookings[1], bookings.search(domain))

    def test_switched_off_messages_are_not_proposed(self):
        self.association_a.drk_sms_provider = "off"
        self._two()
        form = self._wizard()
        self.assertTrue(form.sms_off)
        self.assertFalse(form.send_sms)

    def _cancel_with_sms(self):
        form = self._wizard()
        form.reason, form.send_sms = "krank", True
        with trap_jobs():
            form.save().action_cancel()

    def test_without_the_tick_no_sms(self):
        self._two()
        self.assertFalse(self._sent(send_sms=False))

    def test_stored_number_of_somebody_is_not_used_for_who_only_typed_the_name(self):
        self._create_course(days=40)._drk_book([self._person(1, phone="0171 2345678")])
        self.course.sudo()._drk_book([self._person(1)], channel="web")
        self.assertFalse(self._sent())

    def test_numbers(self):
        for typed in ("0171 2345678", "+49 (0)171/2345678", "0049 171 2345678", "01712345678"):
            self.assertEqual(mobile(typed), "+491712345678")
        for typed in ("0211 123456", "", None, "abc", "110", "+49"):
            self.assertFalse(mobile(typed))
        self.assertEqual((readable("0211 123456"), readable("keins"), readable(None)), ("+49 211 123456", "keins", ""))
        self.assertLessEqual(len(shorten("a " * 200)), 160)

    def test_instructor_cancels_nothing(self):
        self.course.drk_instructor_id = self.instructor
        with self.assertRaises(AccessError):
            self.env["drk.ktv.cancel.course"].with_user(self.teacher).create(
                {"event_id": self.course.id, "reason": "x"}
            )
        with self.assertRaises(AccessError):
            self.course.with_user(self.teacher)._drk_cancel_course("x")

    # ------------------------------------------------------------------ call list
    def test_clerk_ticks_whom_they_reached(self):
        first, second = self._two()
        first.action_drk_reached()
        second.action_drk_not_reached()
        self.assertEqual((first.drk_call_state, second.drk_call_state), ("reached", "not_reached"))
        self.assertEqual(first.drk_call_user_id, self.clerk)
        self.assertTrue(first.drk_call_date)
        action = self.course.with_user(self.clerk).action_drk_call_list()
        self.assertEqual(self.env["event.registration"].search(action["domain"]), first + second)

    def test_calls_of_before_do_not_count_for_the_cancellation(self):
        first, _second = self._two()
        first.action_drk_reached()
        self.course._drk_cancel_course("krank")
        self.assertFalse(first.drk_call_state)
        self.assertFalse(first.drk_call_user_id)

    def test_call_list_holds_who_was_on_the_course(self):
        first, second = self._two()
        second._drk_cancel(reason="krank")
        self.course._drk_cancel_course("krank")
        self.assertEqual(self.course._drk_affected(), first)

    def test_instructor_and_other_association_tick_nothing(self):
        self.course.drk_instructor_id = self.instructor
        booking = self._two()[0]
        for user in (self.teacher, self.clerk_b):
            with self.assertRaises(AccessError):
                booking.with_user(user).action_drk_reached()

    def test_printed_list(self):
        first, second = self._two()
        first.action_drk_reached()
        other = self._create_course(days=1, name="Anderer Kurs")
        third = other.with_user(self.clerk)._drk_book([self._person(9, phone="0151 2345678")])
        action = (first + second + third).action_drk_print_calls()
        self.assertEqual(action["report_name"], "drk_ktv.call_list")
        self.course._drk_cancel_course("krank")
        report = self.env["ir.actions.report"].with_user(self.clerk).with_context(lang="de_DE")
        content = report._drk_pdf("drk_ktv.report_call_list", (first + second + third).with_user(self.clerk))
        pages = [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]
        self.assertEqual(len(pages), 2)
        text = " ".join(pages)
        for words in (
            "Telefonliste",
            self.course.drk_number,
            "Vera1 Beispiel1",
            "+49 171 2345678",
            "Dieser Kurs ist ausgefallen",
        ):
            self.assertIn(words, text)
        self.assertEqual(sum("Dieser Kurs ist ausgefallen" in page for page in pages), 1)

    def test_menu_shows_tomorrow(self):
        booking = self._two()[0]
        later = self._book(self._create_course(days=9), 7)
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.event_registration_action_calls")
        view = self.env["event.registration"].get_view(
            self.env.ref("drk_ktv.event_registration_view_search_calls").id, "search"
        )
        self.assertIn("not_reached", view["arch"])
        begin = self.course.date_begin
        found = (
            self.env["event.registration"]
            .with_user(self.clerk)
            .search([("drk_is_course", "=", True), ("event_id.date_begin", "<=", begin + timedelta(days=1))])
        )
        self.assertIn(booking, found)
        self.assertNotIn(later, found)
        self.assertIn("drk_course_lost", str(action["domain"]))
        self.assertLess(fields.Datetime.now(), begin)
