"""The demo data are invented, valid, complete, and come once."""

import re
from unittest.mock import patch

from odoo.addons.drk_base.tests.common import DrkCase
from odoo.addons.drk_ktv.tools import demo
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestDemo(DrkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for company in cls.association_a + cls.association_b:  # the demo brings its own
            company.write({"drk_code": False, "name": f"Anderer {company.name}"})
        cls.env.flush_all()
        cls.startClassPatcher(patch.object(demo, "_commit", lambda env: env.flush_all()))
        cls.before = cls.env["mail.mail"].search_count([]), cls.env["queue.job"].sudo().search_count([])
        cls.counts = demo.load(cls.env, people=60, courses=12)
        cls.companies = cls.env["res.company"].search([("drk_code", "in", ("MUS", "BEI"))])
        cls.courses = cls.env["event.event"].search(
            [("company_id", "in", cls.companies.ids), ("drk_is_course", "=", True)]
        )
        cls.bookings = cls.courses.registration_ids
        cls.people = cls.env["res.partner"].search(
            [("ref", "=like", "DEMO-%"), ("company_id", "in", cls.companies.ids)]
        )

    def test_numbers(self):
        self.assertEqual(len(self.people), 60)
        self.assertEqual(len(self.courses), 12)
        self.assertEqual(set(self.courses.mapped("drk_web_state")) & {"full", "free"}, {"full", "free"})
        self.assertTrue(self.bookings.filtered(lambda booking: booking.state == "waiting"))

    def test_one_course_of_each_is_over_with_papers_and_certificates(self):
        for company in self.companies:
            over = self.courses.filtered(lambda c, company=company: c.company_id == company and c._drk_is_over())
            self.assertEqual((len(over), over.drk_papers_state), (1, "complete"))
            self.assertTrue(over.drk_paper_ids)
            attended = over.registration_ids.filtered(lambda r: r.drk_attendance == "all")
            self.assertEqual(set(attended.mapped("drk_certificate_state")), {"valid"})
            self.assertEqual(over.drk_papers_user_id.company_id, company)

    def test_member_has_a_course_to_come(self):
        member = self.env["res.users"].search([("login", "=", "mitglied"), ("company_id", "in", self.companies.ids)])
        bookings = self.bookings.filtered(lambda r: r.drk_participant_id == member.partner_id)
        self.assertTrue(bookings.filtered(lambda r: not r.event_id._drk_is_over()))

    def test_dates_are_looked_after_by_the_course_office(self):
        self.assertEqual(set(self.courses.user_id.mapped("login")), {"kursbuero", "kursbuero-bei"})
        for course in self.courses:
            self.assertEqual(course.user_id.company_id, course.company_id)

    def test_second_call_adds_nothing(self):
        self.assertEqual({**demo.load(self.env, people=60, courses=12), "seconds": 0}, {**self.counts, "seconds": 0})

    def test_addresses_are_nobodys(self):
        partners = self.people + self.companies.partner_id + self.bookings.partner_id
        for email in filter(None, partners.mapped("email")):
            self.assertRegex(email, r"^[a-z0-9.\-]+@example\.(org|com)$")
        for phone in filter(None, partners.mapped("phone")):
            self.assertRegex(re.sub(r"\D", "", phone), r"^493023125\d{3}$")

    def test_nothing_is_mailed(self):
        after = self.env["mail.mail"].search_count([]), self.env["queue.job"].sudo().search_count([])
        self.assertEqual(after, self.before)

    def test_no_association_has_people_of_the_other(self):
        for booking in self.bookings:
            self.assertEqual(booking.drk_participant_id.company_id, booking.company_id)
            self.assertTrue(booking.drk_age_band)

    def test_each_role_can_log_in(self):
        for login in (
            "kursbuero",
            "leitung",
            "ausbilder",
            "mitglied",
            "datenschutz",
            "kasse",
            "buchhaltung",
            "kasse-bei",
            "buchhaltung-bei",
            "kursbuero-bei",
            "mitglied-bei",
        ):
            user = self.env["res.users"].search([("login", "=", login), ("company_id", "in", self.companies.ids)])
            self.assertEqual(len(user), 1, login)
            user.with_user(user)._check_credentials(
                {"type": "password", "login": login, "password": login}, {"interactive": False}
            )

    def test_instructor_has_courses_and_member_a_booking(self):
        users = self.env["res.users"].search(
            [("login", "in", ("ausbilder", "mitglied")), ("company_id", "in", self.companies.ids)]
        )
        teacher = users.filtered(lambda user: user.login == "ausbilder")
        self.assertTrue(self.courses.filtered(lambda course: course.drk_instructor_id.user_id == teacher))
        self.assertTrue(self.bookings.filtered(lambda booking: booking.drk_participant_id in users.partner_id))

    def test_calendars_are_readable(self):
        for course in self.courses:
            self.assertEqual(course._drk_calendar().count(b"BEGIN:VEVENT"), len(course.drk_session_ids))

    def test_associations_can_invoice(self):
        for company in self.companies:
            self.assertEqual(company.chart_template, "de_skr03")
            self.assertTrue(company.partner_id.bank_ids)
            kinds = self.env["drk.course.kind"].search([("company_id", "=", company.id)])
            self.assertTrue(all(kind.revenue_kind_id.account_id for kind in kinds))
            bookings = self.bookings.filtered(lambda r, c=company: r.company_id == c and r.state == "open")
            user = self.env["res.users"].search(
                [("company_id", "=", company.id), ("login", "=like", "buchhaltung%")], limit=1
            )
            bookings = bookings[:1].with_user(user).with_context(allowed_company_ids=company.ids)
            bookings.action_drk_invoice()
            self.assertEqual(bookings.drk_money_state, "invoiced")
            rules = self.env["drk.fee.rule"].search([("company_id", "=", company.id)])
            self.assertEqual(set(rules.mapped("occasion")), {"cancel", "rebook", "replacement"})
