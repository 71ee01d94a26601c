from odoo.addons.mail.tools.discuss import Store
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .money_common import MoneyCase

NO_NAME = "Restricted person"
LINKS = {"drk_participant_id": {"fields": {"display_name": {}}}, "drk_payer_id": {"fields": {"display_name": {}}}}
TYPED = {"name": {}, "email": {}, "phone": {}}


@tagged("post_install", "-at_install")
class TestRestricted(MoneyCase):
    """A restricted person is named where their data may be used, and nowhere else (GDPR Art. 18(2), G-18)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._user("ktv-officer", "drk_gdpr.group_drk_gdpr_officer")
        (cls.officer + cls.accountant_a).write(
            {"group_ids": [Command.link(cls.env.ref("drk_ktv.group_drk_ktv_user").id)]}
        )

    def _bookings(self, *numbers):
        bookings = self._book(self.course, *numbers).sudo()
        bookings.phone = "0231 4711"
        bookings.drk_participant_id.write({"drk_is_restricted": True, "drk_restricted_reason": "GDPR-1"})
        self.env.invalidate_all()
        return bookings

    def _read(self, user, bookings, spec=LINKS):
        return self._as(user, bookings).web_read(spec)

    def test_office_reads_no_name_at_a_link(self):
        booking = self._bookings(1)
        row = self._read(self.clerk, booking)[0]
        self.assertEqual(row["drk_participant_id"], {"id": booking.drk_participant_id.id, "display_name": NO_NAME})
        self.assertEqual(row["drk_payer_id"]["display_name"], NO_NAME)
        row = self._as(self.clerk, booking).read(["drk_participant_id"])[0]
        self.assertEqual(row["drk_participant_id"], (booking.drk_participant_id.id, NO_NAME))
        with self.assertRaises(AccessError):
            self._as(self.clerk, booking.drk_participant_id).read(["display_name"])

    def test_screens_name_plain_fields_as_they_like(self):
        """The board of core's journals asks for a field by a bare number."""
        booking = self._bookings(1)
        self.assertEqual(self._read(self.clerk, booking, {"state": 1}), [{"id": booking.id, "state": "open"}])

    def test_office_groups_by_no_name(self):
        booking = self._bookings(1)
        self._book(self.course, 2)
        bookings = self._as(self.clerk, self.env["event.registration"])
        domain, by = [("event_id", "=", self.course.id)], ["drk_participant_id"]
        groups = bookings.formatted_read_group(domain, by, ["__count"])
        names = {group["drk_participant_id"] for group in groups}
        self.assertIn((booking.drk_participant_id.id, NO_NAME), names)
        self.assertIn("Vera2 Beispiel2", {name for _id, name in names})

    def test_officer_and_accountant_read_the_name(self):
        booking = self._bookings(1)
        for user in (self.officer, self.accountant_a):
            row = self._read(user, booking, LINKS | TYPED)[0]
            self.assertEqual(row["drk_participant_id"]["display_name"], "Vera1 Beispiel1", user.login)
        self._past(self.course)
        self.assertEqual(self._read(self.officer, booking, TYPED)[0]["phone"], "0231 4711")

    def test_typed_values_are_hidden_after_the_course(self):
        """Before it the course is held with the name; cards of attendance lead to the booking."""
        booking = self._bookings(1)
        spec = {"id": booking.id, "name": "Vera1 Beispiel1", "email": "vera1@example.org", "phone": "0231 4711"}
        self.assertEqual(self._read(self.clerk, booking, TYPED), [spec])
        self._past(self.course)
        hidden = {"id": booking.id, "name": NO_NAME, "email": False, "phone": False}
        self.assertEqual(self._read(self.clerk, booking, TYPED), [hidden])
        self.assertEqual(self._as(self.clerk, booking).read(["email"])[0]["email"], False)
        self.assertEqual(booking.name, "Vera1 Beispiel1")

    def test_steps_made_for_the_user_keep_the_name(self):
        """Mails, invoices and certificates are made as the superuser for whoever asks."""
        booking = self._as(self.clerk, self._bookings(1)).sudo()
        self.assertEqual(booking.drk_participant_id.display_name, "Vera1 Beispiel1")
        self.assertEqual(booking.read(["drk_participant_id"])[0]["drk_participant_id"][1], "Vera1 Beispiel1")

    def test_invoice_keeps_its_content(self):
        bookings = self._as(self.accountant_a, self._book(self.course, 1))
        bookings.action_drk_invoice()
        move = bookings.drk_charge_ids.move_id
        bookings.sudo().drk_participant_id.write({"drk_is_restricted": True})
        self.env.invalidate_all()
        self.assertEqual(move.read(["partner_id"])[0]["partner_id"][1], "Vera1 Beispiel1")
        self.assertEqual(move.invoice_partner_display_name, "Vera1 Beispiel1")
        html, _kind = self.env["ir.actions.report"]._render_qweb_html("account.report_invoice", move.ids)
        self.assertIn("Vera1 Beispiel1", html.decode())

    def test_chatter_shows_no_name_of_an_author(self):
        booking = self._bookings(1)
        author = booking.drk_participant_id
        booking.message_post(body="Guten Tag", author_id=author.id, message_type="comment")
        for user, name in ((self.clerk, NO_NAME), (self.officer, "Vera1 Beispiel1")):
            data = self._chatter(user, booking)
            shown = {person["id"]: person for person in data["res.partner"]}[author.id]
            self.assertEqual(shown["name"], name)

    def _chatter(self, user, record):
        return Store().add(self._as(user, record).message_ids).get_result()

    def test_person_reads_their_own_name_in_the_portal(self):
        person = self._bookings(1).drk_participant_id
        user = self._user("portal-restricted", "base.group_portal", partner_id=person.id)
        self.assertEqual(self._as(user, person).display_name, person.name)
        stranger = self._user("portal-stranger", "base.group_portal")
        self.assertEqual(self._as(stranger, person).display_name, NO_NAME)

    def test_other_association_reads_nothing(self):
        booking = self._bookings(1)
        with self.assertRaises(AccessError):
            self._read(self.clerk_b, booking)
        self.assertEqual(self._as(self.clerk_b, booking.drk_participant_id).display_name, NO_NAME)

    def test_the_length_of_a_list_costs_no_query(self):
        self.kind.is_bg_billable = False
        course = self._create_course(seats=100)
        bookings = (self._book(course, *range(1, 41)) + self._book(course, *range(41, 81))).sudo()
        bookings[:40].drk_participant_id.write({"drk_is_restricted": True})
        self._past(course)
        self._queries(bookings[:2])
        few, many = self._queries(bookings[38:42]), self._queries(bookings)
        self.assertLessEqual(many, few)

    def _queries(self, bookings):
        self.env.flush_all()
        self.env.invalidate_all()
        bookings = self._as(self.clerk, bookings)
        before = self.env.cr.sql_log_count
        rows = bookings.web_read(LINKS | TYPED)
        self.assertIn(NO_NAME, {row["name"] for row in rows})
        return self.env.cr.sql_log_count - before
