from odoo.fields import Command

from .money_common import MoneyCase

NAME, NO_NAME = "Vera1 Beispiel1", "Restricted person"


class RestrictedCase(MoneyCase):
    """A finished course with a restricted participant, whom the office does not see, officer and accountant do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._user("ktv-officer", "drk_gdpr.group_drk_gdpr_officer")
        office = cls.env.ref("drk_ktv.group_drk_ktv_user")
        (cls.officer + cls.accountant_a).write({"group_ids": [Command.link(office.id)]})
        cls.shut, cls.open = cls.clerk + cls.teacher, cls.officer + cls.accountant_a
        export = cls.env.ref("base.group_allow_export")
        (cls.shut + cls.open).write({"group_ids": [Command.link(export.id)]})
        cls.course.drk_instructor_id = cls.instructor
        cls.booking = cls._restricted(cls.course)

    @classmethod
    def _restricted(cls, course):
        bookings = cls._book(cls, course, 1, 2).sudo()
        booking = bookings[0]
        booking.write({"phone": "0231 4711", "drk_typed_birthdate": "1990-01-01", "drk_contact_email": "v@example.org"})
        cls._restrict(booking.drk_participant_id)
        cls._past(course)
        cls.env.flush_all()
        cls.env.invalidate_all()
        return booking

    @classmethod
    def _restrict(cls, person):
        person.sudo().write({"drk_is_restricted": True, "drk_restricted_reason": "GDPR-1"})
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _labels(self, user, records, domain, by):
        records = self._as(user, records)
        groups = records.formatted_read_group(domain, [by], ["__count"])
        web = records.web_read_group(domain, [by], ["__count"])["groups"]
        labels = {group[by][1] for group in groups if group[by]}
        self.assertEqual(labels, {group[by][1] for group in web if group[by]})
        return labels
