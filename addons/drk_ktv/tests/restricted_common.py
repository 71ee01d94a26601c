from lxml import etree
from odoo.fields import Command

from .money_common import MoneyCase

NAME, NO_NAME = "Vera1 Beispiel1", "Restricted person"
TOLD = ("Vera1", "Beispiel1", "vera1@example.org")


class RestrictedCase(MoneyCase):
    """A booking of a restricted person beside one of somebody else; who may not see the person, and who may."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._user("ktv-officer", "drk_gdpr.group_drk_gdpr_officer")
        cls.office = cls.env.ref("drk_ktv.group_drk_ktv_user")
        (cls.officer + cls.accountant_a).write({"group_ids": [Command.link(cls.office.id)]})
        cls.shut, cls.open = cls.clerk + cls.teacher, cls.officer + cls.accountant_a
        export = cls.env.ref("base.group_allow_export")
        (cls.shut + cls.open).write({"group_ids": [Command.link(export.id)]})
        cls.course.drk_instructor_id = cls.instructor

    @classmethod
    def _restrict(cls, people):
        people.sudo().write({"drk_is_restricted": True, "drk_restricted_reason": "GDPR-1"})
        cls._clean()

    @classmethod
    def _clean(cls):
        """Nothing is known that a user may not read."""
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _spec(self, user, model, view, kind):
        """:return: dict for ``web_read`` with all that the user's view shows"""
        arch = etree.fromstring(self._as(user, self.env[model]).get_view(self.env.ref(view).id, kind)["arch"])
        return self._spec_of(self.env[model], arch)

    def _spec_of(self, model, arch):
        spec = {}
        for node in arch.xpath("//field[not(ancestor::field)]"):
            field = model._fields[node.get("name")]
            spec[field.name] = {"fields": {"display_name": {}}} if field.relational else {}
            if field.type in ("one2many", "many2many"):
                for line in node.xpath(".//field"):
                    spec[field.name]["fields"].setdefault(line.get("name"), {})
        return spec

    def _tells(self, shown):
        return any(word in str(shown) for word in TOLD)

    def _assert_named(self, user, shown):
        """Who may see restricted people reads the name, nobody else."""
        self.assertEqual(self._tells(shown), user in self.open, (user.login, shown))


class FinishedCase(RestrictedCase):
    """The course is over: nothing tells the office who the restricted participant was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.booking = cls._restricted(cls.course)

    @classmethod
    def _restricted(cls, course):
        bookings = cls._book(cls, course, 1, 2).sudo()
        booking = bookings[0]
        booking.write({"phone": "0231 4711", "drk_typed_birthdate": "1990-01-01", "drk_contact_email": "v@example.org"})
        cls._restrict(booking.drk_participant_id)
        cls._past(course)
        cls._clean()
        return booking

    def _labels(self, user, records, domain, by):
        records = self._as(user, records)
        groups = records.formatted_read_group(domain, [by], ["__count"])
        web = records.web_read_group(domain, [by], ["__count"])["groups"]
        labels = {group[by][1] for group in groups if group[by]}
        self.assertEqual(labels, {group[by][1] for group in web if group[by]})
        return labels
