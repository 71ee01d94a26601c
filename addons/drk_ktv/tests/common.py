from datetime import datetime, timedelta

from odoo import fields
from odoo.addons.drk_base.tests.common import DrkCase
from odoo.fields import Command


class KtvCase(DrkCase):
    """Two associations with their standard course kinds, one user per role, small builders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "drk_no_mail": True})
        cls.kind = cls._kind("EH")
        cls.room = cls.env["drk.room"].create(
            {"name": "Lehrsaal 1", "company_id": cls.association_a.id, "capacity": 20, "city": "Musterstadt"}
        )
        groups = "drk_ktv.group_drk_ktv_"
        cls.clerk = cls._user("clerk-a", groups + "user")
        cls.manager = cls._user("manager-a", groups + "manager")
        cls.teacher = cls._user("teacher-a", groups + "instructor")
        cls.clerk_b = cls._user("clerk-b", groups + "user", cls.association_b)
        cls.instructor = cls._create_instructor("Ina", user_id=cls.teacher.id)
        cls.other_instructor = cls._create_instructor("Otto")

    @classmethod
    def _kind(cls, code, company=None):
        company = company or cls.association_a
        kinds = cls.env["drk.course.kind"].sudo()
        return kinds.search([("company_id", "=", company.id), ("code", "=", code)]).ensure_one()

    @classmethod
    def _create_instructor(cls, firstname, **vals):
        company = vals.pop("company", cls.association_a)
        person = cls.env["res.partner"].create(
            {"firstname": firstname, "lastname": "Lehrend", "drk_is_person": True, "company_id": company.id}
        )
        return cls.env["drk.instructor"].create({"partner_id": person.id, "company_id": company.id, **vals})

    @classmethod
    def _create_course(cls, seats=2, days=20, **vals):
        begin = datetime.now().replace(microsecond=0) + timedelta(days=days)
        vals = {
            "drk_kind_id": cls.kind.id,
            "date_begin": begin,
            "date_end": begin + timedelta(hours=8),
            "seats_max": seats,
            "is_published": True,
            **vals,
        }
        return cls.env["event.event"].create(vals)

    @classmethod
    def _create_course_b(cls, **vals):
        env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.association_b.ids})
        begin = fields.Datetime.now() + timedelta(days=20)
        kind = cls._kind("EH", cls.association_b)
        return env["event.event"].create({"drk_kind_id": kind.id, "date_begin": begin, "is_published": True, **vals})

    @classmethod
    def _session(cls, days=20, hours=0, length=4, **vals):
        begin = datetime(2031, 3, 3, 8) + timedelta(days=days, hours=hours)
        return Command.create({"date_begin": begin, "date_end": begin + timedelta(hours=length), **vals})

    @staticmethod
    def _person(number, **vals):
        return {
            "firstname": f"Vera{number}",
            "lastname": f"Beispiel{number}",
            "birthdate_date": f"19{60 + number % 40:02d}-05-04",
            "email": f"vera{number}@example.org",
            "zip": "44135",
            "city": "Musterstadt",
            **vals,
        }

    def _book(self, course, *numbers, user=None, **kwargs):
        """Book these numbered people; as the clerk unless another user is given."""
        course = course.with_user(user or self.clerk)
        return course._drk_book([self._person(number) for number in numbers], **kwargs)
