from itertools import permutations

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .restricted_common import NO_NAME, RestrictedCase

FORM, LISTS = (
    "drk_ktv.event_registration_view_form",
    ("list", "list_waiting", "list_calls", "list_money"),
)


@tagged("post_install", "-at_install")
class TestRestrictedForms(RestrictedCase):
    """The screens of bookings open for those who must not see a restricted person, and do not tell who it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        bookings = cls._book(cls, cls.course, 1, 2).sudo()
        cls.booking, cls.other = bookings
        cls.bookings = bookings
        people = bookings.drk_participant_id
        cls.other.write({"partner_id": cls.other.drk_participant_id.id, "drk_payer_id": False})
        people.write({"street": "Weg 3"})
        home = cls.env["drk.household"].create({"company_id": cls.association_a.id})
        home.member_ids = [Command.create({"partner_id": person.id}) for person in people]
        cls._restrict(cls.booking.drk_participant_id)

    def _read(self, user, bookings, spec):
        return {row["id"]: row for row in self._as(user, bookings).web_read(spec)}

    def test_form_opens(self):
        for past in (False, True):
            if past:
                self._past(self.course)
            for user in self.shut + self.open:
                self._clean()
                form = Form(self._as(user, self.booking), view=FORM)
                self.assertEqual(self._tells(form.drk_payer_address), user in self.open, user.login)

    def test_every_field_of_the_form(self):
        self._past(self.course)
        for user in self.shut + self.open:
            spec = self._spec(user, "event.registration", FORM, "form")
            for bookings in map(self.booking.concat, *zip(*permutations(self.bookings), strict=True)):
                self._clean()
                rows = self._read(user, bookings, spec)
                self._assert_named(user, rows[self.booking.id])
                self.assertIn("Vera2", str(rows[self.other.id]), user.login)

    def test_every_field_of_the_lists(self):
        self._past(self.course)
        domain = [("id", "in", self.bookings.ids)]
        for name in LISTS:
            for user in self.clerk + self.open:
                spec = self._spec(user, "event.registration", f"drk_ktv.event_registration_view_{name}", "list")
                for order in ("id", "id desc"):
                    self._clean()
                    bookings = self._as(user, self.env["event.registration"])
                    rows = bookings.web_search_read(domain, spec, order=order)["records"]
                    shown = {row["id"]: row for row in rows}
                    self._assert_named(user, shown[self.booking.id])

    def test_the_course_shows_no_name(self):
        self._past(self.course)
        spec = {"registration_ids": {"fields": {"name": {}, "drk_payer_id": {"fields": {"display_name": {}}}}}}
        for user in self.clerk + self.open:
            self._clean()
            self._assert_named(user, self._as(user, self.course).web_read(spec))

    def test_address_and_family(self):
        spec = {"drk_payer_address": {}, "drk_family_ids": {"fields": {"display_name": {}}}}
        for user in self.clerk + self.officer:
            for warm in (False, True):  # what a step made for the user has read is not taken from it
                self._clean()
                if warm:
                    bookings = self._as(user, self.bookings).sudo()
                    self.assertTrue(all(bookings.mapped("drk_payer_address")) and bookings.drk_family_ids)
                rows = self._read(user, self.bookings, spec)
                hidden, other = rows[self.booking.id], rows[self.other.id]
                names = [person["display_name"] for person in other["drk_family_ids"]]
                if user == self.clerk:
                    self.assertFalse(hidden["drk_payer_address"] or hidden["drk_family_ids"] or names)
                else:
                    self.assertIn("Weg 3", hidden["drk_payer_address"])
                    self.assertEqual(names, [self.booking.name])
                self.assertIn("Weg 3", other["drk_payer_address"])

    def test_address_of_a_restricted_payer(self):
        self.other.drk_payer_id = self.booking.drk_participant_id
        self._clean()
        self.assertFalse(self._as(self.clerk, self.other).read(["drk_payer_address"])[0]["drk_payer_address"])
        self.assertTrue(self._as(self.accountant_a, self.other).read(["drk_payer_address"])[0]["drk_payer_address"])

    def test_why_a_mail_failed_can_hold_the_address(self):
        self.env["drk.course.mail"].sudo().create(
            {
                "event_id": self.course.id,
                "company_id": self.association_a.id,
                "registration_ids": [Command.set(self.booking.ids)],
                "booking_key": "x",
                "kind": "cancel",
                "state": "failed",
                "failure_reason": "vera1@example.org is unknown",
            }
        )
        self._past(self.course)
        for user in self.shut + self.open:
            self._clean()
            self._assert_named(user, self._as(user, self.booking).read(["drk_mail_reason"]))

    def test_call_list_is_printed(self):
        html = {}
        for past in (False, True):
            if past:
                self._past(self.course)
            for user in self.clerk + self.officer:
                self._clean()
                report = self._as(user, self.env["ir.actions.report"])
                html[user, past] = report._render_qweb_html("drk_ktv.report_call_list", self.bookings.ids)[0].decode()
                self.assertIn("Vera2", html[user, past])
        self.assertTrue(self._tells(html[self.clerk, False]))  # whoever is coming can be called
        self.assertFalse(self._tells(html[self.clerk, True]))
        self.assertTrue(self._tells(html[self.officer, True]))

    def test_other_association_reads_nothing(self):
        self._clean()
        with self.assertRaises(AccessError):
            self._read(self.clerk_b, self.booking, {"drk_payer_address": {}})

    def test_booking_somebody_known_opens(self):
        line = {name: value for name, value in self._person(1).items() if name != "zip"}
        hints = {}
        for user in self.clerk + self.officer:
            self._clean()
            wizard = self._as(user, self.env["drk.ktv.register"])
            wizard = wizard.create({"event_id": self.later.id, "line_ids": [Command.create(line)]})
            hints[user] = wizard.line_ids.hint
        self.assertFalse(hints[self.clerk])
        self.assertIn("Vera1", hints[self.officer])

    # ------------------------------------------------------------------ money
    def test_cashier_takes_money_of_somebody_without_a_name(self):
        summaries = {}
        for user in self.cashier_a + self.accountant_a:
            self._clean()
            action = self._as(user, self.booking).action_drk_collect()
            wizard = self._as(user, self.env["drk.collect"]).with_context(**action["context"]).create({})
            self._clean()
            summaries[user] = wizard.read(["summary"])[0]["summary"]
        self.assertIn(NO_NAME, summaries[self.cashier_a])
        self.assertFalse(self._tells(summaries[self.cashier_a]))
        self.assertTrue(self._tells(summaries[self.accountant_a]))

    def test_moved_booking_names_nobody(self):
        self._past(self.course)
        self.booking.drk_rebooked_to_id = self.other
        for user in self.clerk + self.officer:
            self._clean()
            with self.assertRaises(UserError) as caught:
                self._as(user, self.booking)._drk_check_may_move("office")
            self._assert_named(user, caught.exception)

    def test_draft_of_a_restricted_payer_names_nobody(self):
        charges = self.booking._drk_ensure_charges()
        charges._drk_invoice(post=False)
        for user in self.clerk + self.accountant_a:
            self._clean()
            with self.assertRaises(UserError) as caught:
                self._as(user, charges).sudo()._drk_reverse("Irrtum")
            self._assert_named(user, caught.exception)
