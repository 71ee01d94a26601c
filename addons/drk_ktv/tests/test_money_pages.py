"""What visitors and members see of money."""

from odoo.addons.drk_finance.tests.common import FinanceCase
from odoo.tests import tagged

from .public_common import CourseWebCase


@tagged("post_install", "-at_install")
class TestMoneyPages(CourseWebCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["drk.fee.rule"].create(
            {
                "company_id": cls.association_a.id,
                "occasion": "cancel",
                "date_from": "2020-01-01",
                "amount": 12.5,
            }
        )

    def _cancel_page(self, booking):
        self.link = f"/kurse/buchung/{booking._drk_booking_token()}"
        return self._get(f"{self.link}/stornieren")

    def test_fee_is_shown_before_it_is_agreed_to(self):
        booking = self._book()
        page = self._cancel_page(booking)
        self.assertIn("Stornogebühr: 12,50", page.text.replace("\xa0", " "))
        self._post_form(page, "ktv_cancel", {"person": booking.id, f"fee_{booking.id}": "12.50"})
        booking.invalidate_recordset()
        self.assertEqual(booking.state, "cancel")
        self.assertEqual(booking.drk_charge_ids.amount, 12.5)
        self.assertIn("12,50", self._get(self.link).text)

    def test_another_fee_than_the_one_shown_is_asked_again(self):
        booking = self._book()
        page = self._cancel_page(booking)
        answer = self._post_form(page, "ktv_cancel", {"person": booking.id, f"fee_{booking.id}": "0.00"})
        booking.invalidate_recordset()
        self.assertEqual(booking.state, "open")
        self.assertIn("hat sich", answer.text)

    def test_without_a_rule_nothing_is_said_about_fees(self):
        self.env["drk.fee.rule"].search([("company_id", "=", self.association_a.id)]).active = False
        booking = self._book()
        page = self._cancel_page(booking)
        self.assertNotIn("Stornogebühr", page.text)
        self._post_form(page, "ktv_cancel", {"person": booking.id, f"fee_{booking.id}": "0.00"})
        self.assertIn("nichts zu zahlen", self._get(self.link).text)

    def test_who_pays_sees_the_state_of_the_own_bookings(self):
        member, other = self._member("zahlt"), self._member("nimmt-teil")
        booking = self.course._drk_book([member.partner_id], payer=member.partner_id)
        shared = self._course(seats=3, days=50)._drk_book([other.partner_id], booker=member.partner_id)
        FinanceCase._small_books.__func__(self._finance(), self.association_a)
        booking._drk_ensure_charges()._drk_invoice()
        self.env.flush_all()
        self.authenticate("zahlt", "zahlt-zahlt")
        text = self._get("/my/kurse").text
        self.assertIn("Rechnung offen", text)
        self.assertIn("Rechnung folgt", text)
        self.authenticate("nimmt-teil", "nimmt-teil-nimmt-teil")
        text = self._get("/my/kurse").text
        self.assertIn(f"/my/kurse/{shared.id}", text)
        self.assertNotIn("Rechnung folgt", text)

    def _finance(self):
        names = ("_small_accounts", "_small_tax", "_small_books")
        builder = type("Builder", (), {name: classmethod(getattr(FinanceCase, name).__func__) for name in names})
        builder.env = self.env
        return builder

    def _member(self, login):
        person = self.env["res.partner"].create(
            {
                "firstname": "Mia",
                "lastname": login.title(),
                "birthdate_date": "1990-01-01",
                "drk_is_person": True,
                "company_id": self.association_a.id,
                "email": f"{login}@example.org",
            }
        )
        return self._user(login, "base.group_portal", partner_id=person.id, password=f"{login}-{login}")
