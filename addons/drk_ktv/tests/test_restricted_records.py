from odoo import fields
from odoo.addons.mail.tools.discuss import Store
from odoo.tests import tagged

from .restricted_common import NAME, NO_NAME, FinishedCase

MAIL = "v@example.org"


@tagged("post_install", "-at_install")
class TestRestrictedRecords(FinishedCase):
    """Chatter, activities, copies and searches of a booking tell no more than the booking (GDPR Art. 18(2), G-18)."""

    def _chatter(self, user, record):
        messages = self._as(user, record).message_ids
        return str(Store().add(messages).get_result())

    # ------------------------------------------------------------------ chatter
    def test_chatter_names_neither_booking_nor_sender(self):
        person = self.booking.drk_participant_id
        self.booking.message_post(
            body="Moin", author_id=person.id, email_from=f'"{NAME}" <{MAIL}>', incoming_email_to=MAIL
        )
        for user in self.shut:
            shown = self._chatter(user, self.booking)
            self.assertIn("Moin", shown)
            self.assertIn(NO_NAME, shown)
            self.assertNotIn("Vera1", shown, user.login)
            self.assertNotIn(MAIL, shown, user.login)
        for user in self.open:
            self.assertIn("Vera1", self._chatter(user, self.booking))

    def test_message_read_by_its_number(self):
        self.booking.message_post(body="Moin", email_from=f'"{NAME}" <{MAIL}>', reply_to=MAIL)
        names = ["record_name", "email_from", "reply_to"]
        for user in self.shut:
            row = self._as(user, self.booking.message_ids[0]).read(names)[0]
            self.assertEqual([row[name] for name in names], [NO_NAME, False, False], user.login)
            messages = self._as(user, self.env["mail.message"])
            domain = [("model", "=", "event.registration"), ("res_id", "=", self.booking.id)]
            self.assertTrue(messages.search(domain))
            self.assertFalse(messages.search([*domain, ("email_from", "ilike", "Vera1")]))
        row = self._as(self.officer, self.booking.message_ids[0]).read(names)[0]
        self.assertEqual((row["record_name"], row["reply_to"]), (NAME, MAIL))

    def test_message_for_somebody_else_is_judged_by_the_reader(self):
        """What the officer posts goes to the bus of the clerk, too."""
        self._as(self.officer, self.booking).message_post(body="Moin", email_from=f'"{NAME}" <{MAIL}>')
        message = self._as(self.officer, self.booking).message_ids[0]
        shown = {user: str(Store(bus_channel=user).add(message).get_result()) for user in (self.clerk, self.officer)}
        self.assertNotIn("Vera1", shown[self.clerk])
        self.assertIn("Vera1", shown[self.officer])

    def test_tracked_values(self):
        booking = self.booking
        field = self.env["ir.model.fields"]._get("event.registration", "email")
        message = booking.message_post(body="Moin")
        self.env["mail.tracking.value"].create(
            {
                "field_id": field.id,
                "mail_message_id": message.id,
                "old_value_char": MAIL,
                "new_value_char": "w@example.org",
            }
        )
        for user in self.shut:
            self.assertNotIn(MAIL, self._chatter(user, booking), user.login)
        # the field is shown to whoever may see it
        self.assertIn(MAIL, self._chatter(self.officer, booking))

    def test_other_bookings_keep_their_names(self):
        other = self.course.sudo().registration_ids - self.booking
        other.message_post(body="Moin")
        self.assertIn("Vera2", self._chatter(self.clerk, other))
        self.assertEqual(self._as(self.clerk, other.message_ids[0]).record_name, "Vera2 Beispiel2")

    # ------------------------------------------------------------------ activities
    def test_activity_names_no_booking(self):
        for booking in self.course.sudo().registration_ids:
            booking.activity_schedule(summary="Anrufen", user_id=self.clerk.id)
        activities = self.env["mail.activity"].search([("res_model", "=", "event.registration")])
        shown = self._as(self.clerk, activities).read(["res_name", "summary"])
        self.assertEqual({row["res_name"] for row in shown}, {NO_NAME, "Vera2 Beispiel2"})
        for word, count in (("Vera1", 0), ("Vera2", 1)):
            domain = [("id", "in", activities.ids), ("res_name", "ilike", word)]
            self.assertEqual(self._as(self.clerk, activities.browse()).search_count(domain), count)
        self.assertIn(NAME, self._as(self.officer, activities).mapped("res_name"))

    # ------------------------------------------------------------------ copies
    def test_copy_knows_no_name(self):
        copied = self._as(self.clerk, self.booking).copy_data()[0]
        self.assertFalse({"name", "email", "phone"} & set(copied))
        self.assertEqual(self._as(self.officer, self.booking).copy_data()[0]["name"], NAME)

    def test_what_is_being_copied_already_has_no_values(self):
        seen = {"event.registration": {self.booking.id}}
        booking = self._as(self.clerk, self.booking).with_context(__copy_data_seen=seen)
        self.assertEqual(booking.copy_data(), [None])

    # ------------------------------------------------------------------ searches
    def test_a_subquery_stays_one(self):
        """Whether the value of another field is empty is not asked: it can be a query of its own."""
        bookings = self._as(self.clerk, self.booking.browse())
        mine = bookings._search([("event_id", "=", self.course.id)])
        bookings.search([("id", "in", self.booking.ids)])  # rights are in the cache
        with self.assertQueryCount(1):
            self.assertEqual(len(bookings.search([("id", "in", mine)])), 2)

    def test_a_guessed_name_is_not_confirmed(self):
        guesses = [("name", "ilike", "Vera1"), ("name", "=ilike", "Vera1%"), ("drk_contact_email", "=", MAIL)]
        mine = [("id", "=", self.booking.id)]
        for user in self.shut:
            bookings = self._as(user, self.booking.browse())
            self.assertEqual(bookings.search_count(mine), 1, "the booking itself is seen")
            for guess in guesses:
                with self.subTest(user=user.login, guess=guess):
                    self.assertFalse(bookings.search(mine + [guess]))
                    self.assertFalse(bookings.search(["&", *mine, "|", guess, ("name", "=", "nobody")]))
                    self.assertFalse(bookings.formatted_read_group(mine + [guess], [], ["__count"])[0]["__count"])
            self.assertFalse(self._as(user, self.course.browse()).search([("registration_ids.name", "ilike", "Vera1")]))
            self.assertTrue(self._as(user, self.course.browse()).search([("registration_ids.name", "ilike", "Vera2")]))
        for guess in guesses[:2]:
            self.assertTrue(self._as(self.officer, self.booking.browse()).search(mine + [guess]))

    def test_a_coming_course_is_searched_by_name(self):
        """Before the course the office needs the name."""
        self.course.sudo().date_end = fields.Datetime.add(fields.Datetime.now(), days=30)
        self.assertTrue(self._as(self.clerk, self.booking.browse()).search([("name", "ilike", "Vera1")]))

    def test_a_full_list_of_names_is_not_shortened(self):
        """Who is hidden takes no place among the first ones."""
        found = self._as(self.clerk, self.booking.browse()).name_search(
            "Beispiel", [("event_id", "=", self.course.id)], limit=1
        )
        self.assertEqual([name for _number, name in found], ["Vera2 Beispiel2"])

    # ------------------------------------------------------------------ export
    def test_export_with_a_column_of_links(self):
        columns = ["name", "drk_participant_id", "drk_participant_id/name", "drk_participant_id/email", "state"]
        bookings = self.course.sudo().registration_ids.sorted("name")
        for user in self.shut:
            rows = self._as(user, bookings).export_data(columns)["datas"]
            self.assertEqual(rows[0][:4], [NO_NAME, NO_NAME, NO_NAME, ""], user.login)
            self.assertEqual(rows[1][2], "Vera2 Beispiel2")
            self.assertTrue(rows[1][3] and rows[0][4])
        rows = self._as(self.officer, bookings).export_data(columns)["datas"]
        self.assertEqual(rows[0][2], NAME)
