from odoo.exceptions import AccessError
from odoo.tests import tagged

from .restricted_common import RestrictedCase


@tagged("post_install", "-at_install")
class TestRestrictedRecipients(RestrictedCase):
    """The composer of a booking proposes to write to no restricted person (G-18)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.booking, cls.other = cls._book(cls, cls.course, 1, 2).sudo()
        cls.person = cls.booking.drk_participant_id
        cls._restrict(cls.person)

    def _suggested(self, user, booking, **kwargs):
        self._clean()
        return self._as(user, booking)._message_get_suggested_recipients(
            reply_discussion=True, no_create=False, **kwargs
        )

    def test_participant_is_not_proposed(self):
        for past in (False, True):
            if past:
                self._past(self.course)
            people = self.env["res.partner"].search_count([])
            for user in self.clerk + self.teacher:
                self.assertFalse(self._tells(self._suggested(user, self.booking)))
            for user in self.open:
                self.assertTrue(self._tells(self._suggested(user, self.booking)))
            self.assertEqual(self.env["res.partner"].search_count([]), people)

    def test_others_are_proposed(self):
        self.assertIn("vera2@example.org", str(self._suggested(self.clerk, self.other)))

    def test_address_typed_for_the_booking(self):
        self.booking.drk_contact_email = "mutter1@example.org"
        self._past(self.course)
        found = self._suggested(self.clerk, self.booking, primary_email="mutter1@example.org")
        self.assertFalse(found)

    def test_restricted_booker_of_somebody_else(self):
        self.other.partner_id = self.person
        self.other.email = "vera2@example.org"
        found = self._suggested(self.clerk, self.other)
        self.assertFalse(self._tells(found))
        self.assertIn("vera2@example.org", str(found))

    def test_restricted_author_and_follower(self):
        self.other.message_subscribe(self.person.ids)
        for kind in ("email", "comment"):
            self.other.message_post(
                body="Guten Tag",
                author_id=self.person.id,
                email_from="vera1@example.org",
                message_type=kind,
                subtype_xmlid="mail.mt_comment",
            )
            found = self._suggested(self.clerk, self.other)
            self.assertFalse(self._tells(found), kind)
            self.assertTrue(found)
        self.assertTrue(self._tells(self._suggested(self.officer, self.other)))

    def test_default_recipients(self):
        both = self.booking + self.other
        for user in self.clerk + self.officer:
            self._clean()
            found = self._as(user, both)._message_get_default_recipients()
            self.assertEqual(
                bool(found[self.booking.id]["email_to"] or found[self.booking.id]["partner_ids"]), user == self.officer
            )
            self.assertTrue(found[self.other.id]["email_to"] or found[self.other.id]["partner_ids"])
        kept = self._as(self.clerk, self.booking).sudo()._message_get_default_recipients()[self.booking.id]
        self.assertTrue(kept["email_to"] or kept["partner_ids"])

    def test_subject_names_nobody(self):
        self.assertIn("Vera1", self._as(self.clerk, self.booking)._message_compute_subject())
        self._past(self.course)
        for user in self.clerk + self.officer:
            booking = self._as(user, self.booking)
            for record in booking, booking.sudo():
                self._assert_named(user, record._message_compute_subject())

    def test_other_association_is_proposed_nobody(self):
        with self.assertRaises(AccessError):
            self._suggested(self.clerk_b, self.booking)
