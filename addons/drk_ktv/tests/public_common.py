from datetime import timedelta

from odoo import Command, fields
from odoo.addons.drk_web.tests.common import DrkHttpCase

PERSON = {
    "firstname": "Änne",
    "lastname": "Müller-Lüdenscheidt",
    "email": "aenne@example.org",
    "phone": "0211 123456",
    "birthdate": "24.12.1985",
}
COMPANY = {
    "payer": "company",
    "company_name": "Muster & Söhne GmbH",
    "company_street": "Werkstraße 7",
    "company_zip": "44999",
    "company_city": "Musterstadt",
    "company_email": "rechnung@example.org",
}


def further(number, firstname="Jörg", lastname="Weiß", birthdate="01.02.1990"):
    """What is typed for a further person."""
    values = {"firstname": firstname, "lastname": lastname, "birthdate": birthdate}
    return {f"p{number}_{name}": value for name, value in values.items()}


class CourseWebCase(DrkHttpCase):
    """Public pages of association A with one course kind, one room and one course of three places."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls._kind(cls.association_a)
        cls.room = cls.env["drk.room"].create(
            {
                "name": "Lehrsaal 1",
                "company_id": cls.association_a.id,
                "street": "Hauptstraße",
                "street_number": "5",
                "zip": "44999",
                "city": "Musterstadt",
            }
        )
        cls.course = cls._course(seats=3)
        cls.path = cls._path(cls.course)

    @classmethod
    def _kind(cls, company):
        kind = cls.env["drk.course.kind"].search([("company_id", "=", company.id)], limit=1)
        kind.price_ids.filtered(lambda price: price.payer_kind in ("self", "company")).unlink()
        kind.price_ids = [
            Command.create({"payer_kind": "self", "date_from": "2020-01-01", "amount": 55}),
            Command.create({"payer_kind": "company", "date_from": "2020-01-01", "amount": 60}),
        ]
        return kind

    @classmethod
    def _course(cls, seats=3, days=30, kind=None, **vals):
        kind = kind or cls.kind
        begin = fields.Datetime.now().replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=days)
        own = kind.company_id == cls.association_a
        return cls.env["event.event"].create(
            {
                "drk_kind_id": kind.id,
                "company_id": kind.company_id.id,
                "seats_max": seats,
                "is_published": True,
                "date_begin": begin,
                "date_end": begin + timedelta(hours=8),
                "drk_room_id": cls.room.id if own and not vals.pop("no_room", False) else False,
                **vals,
            }
        )

    @classmethod
    def _path(cls, course):
        return f"/kurse/{course.drk_number.lower()}"

    def _form_page(self, path=None, **kwargs):
        return self._get(f"{path or self.path}/anmelden", **kwargs)

    def _send(self, values, action="book", page=None, path=None, **kwargs):
        """Fill in the booking form and press a button."""
        page = page or self._form_page(path)
        return self._post_form(page, "ktv_booking", {**values, "action": action}, **kwargs)

    def _book(self, course=None, **values):
        """Book one person through the pages and return the registration."""
        course = course or self.course
        page = self._send({**PERSON, **values}, path=self._path(course))
        self.assertIn("/kurse/buchung/", page.url)
        return self._registrations(course)[-1]

    def _registrations(self, course=None):
        self.env.invalidate_all()
        return self.env["event.registration"].search([("event_id", "=", (course or self.course).id)], order="id")

    def _fill(self, course=None):
        """Take all places."""
        course = course or self.course
        people = [
            {"firstname": "Max", "lastname": f"Voll {n}", "birthdate_date": "1990-01-01"}
            for n in range(course.drk_free)
        ]
        return course._drk_book(people)
