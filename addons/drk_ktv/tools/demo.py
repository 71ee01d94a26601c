"""Demo data: two invented associations with rooms, courses, people, bookings and a user for each role.

The same seed gives the same names and bookings; dates count from today. A second call only adds what is missing, so a
larger number fills an existing database up.
"""

import os
import time
from datetime import date, timedelta
from random import Random

from odoo import Command, fields
from odoo.tools import config

from . import demo_attendance, demo_families, demo_money
from .demo_associations import ASSOCIATIONS
from .demo_bookings import People
from .demo_calendar import Calendar
from .demo_people import MARK, Population
from .demo_rooms import Places
from .demo_users import MANAGER, Users

CHUNK = 500  # records a transaction
QUIET = {
    "drk_no_mail": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
    "tracking_disable": True,
}

PRICES = {"self": 55.0, "company": 60.0, "school": 35.0}  # for 9 units; longer and shorter courses in proportion
FIRST_SHARE = 0.65  # of people and courses; the rest belongs to the second association
FULL_EVERY = 4  # each fourth course is full and has a waiting list


def load(env, people=200, courses=12, seed=1):
    """Create or complete the demo data and commit them.

    :param env: environment of an administrator
    :param people: how many people both associations have together
    :param courses: the same for course dates, spread over three months, from 60 on over a year
    :param seed: int
    :return: dict of counts and ``seconds``
    """
    start = time.monotonic()
    env = env(context={**env.context, **QUIET, "lang": "de_DE", "tz": "Europe/Berlin"}, su=True)
    associations = [Association(env, data, Random(f"{seed} {data['code']}")) for data in ASSOCIATIONS]
    for association in associations:
        association.set_up()
        association.fill(association.share_of(people), association.share_of(courses))
    _administrator(env, [association.company for association in associations])
    _commit(env)
    return _counts(env, time.monotonic() - start)


def _commit(env):
    """Each step stays, so that a large number can be interrupted and continued."""
    env.cr.commit()


def _administrator(env, companies):
    """The technical administrator works in all associations and starts in the first."""
    main = env.ref("base.main_company")
    if main.name in ("My Company", "YourCompany"):
        main.name = "Systemverwaltung"
    groups = [
        env.ref(xmlid) for xmlid in (MANAGER, "drk_gdpr.group_drk_gdpr_officer", "drk_base.group_drk_base_manager")
    ]
    env.ref("base.user_admin").write(
        {
            "company_ids": [Command.link(company.id) for company in companies],
            "company_id": companies[0].id,
            "group_ids": [Command.link(group.id) for group in groups],
        }
    )


def _counts(env, seconds):
    return {
        "people": env["res.partner"].search_count([("ref", "=like", f"{MARK}%")]),
        "courses": env["event.event"].search_count([("drk_is_course", "=", True)]),
        "bookings": env["event.registration"].search_count([("drk_is_course", "=", True)]),
        "seconds": round(seconds, 1),
    }


class Association(Population, Places, Users):
    """One association being filled."""

    def __init__(self, env, data, rng):
        self.data = data
        self.is_first = data is ASSOCIATIONS[0]
        self.rng = rng
        self.company = self._company(env, data)
        self.env = env(context={**env.context, "allowed_company_ids": self.company.ids})
        self.company = self.company.with_env(self.env)

    # ---- set-up -----------------------------------------------------------

    def _company(self, env, data):
        company = env["res.company"].search([("drk_code", "=", data["code"])], limit=1)
        # The chart of accounts comes afterwards: a new company would get that of its country before its data are there.
        companies = env["res.company"].with_context(chart_template_load=True)
        return company or companies.create(
            {
                **data["company"],
                "drk_code": data["code"],
                "drk_is_association": True,
                "drk_system_ids": [Command.set(env["drk.system"].search([]).ids)],
                "country_id": env.ref("base.de").id,
                "state_id": env.ref(data["state"]).id,
                "currency_id": env.ref("base.EUR").id,
                # Core would ask a foreign service about a new company.
                **({"iap_enrich_auto_done": True} if "iap_enrich_auto_done" in companies._fields else {}),
            }
        )

    def set_up(self):
        """Site, kinds with prices, units, rooms."""
        port = os.environ.get("DRK_PORT") or config["http_port"]
        self.company._drk_ensure_website(f"http://{self.company._drk_web_slug()}.localhost:{port}")
        self.kinds = self.env["drk.course.kind"].search([("company_id", "=", self.company.id)])
        demo_money.set_up(self.company, self.data["code"])
        self._prices()
        self.units = self._units()
        self.rooms = self._rooms()
        _commit(self.env)

    def _prices(self):
        unpriced = self.kinds.filtered(lambda kind: "self" not in kind.price_ids.mapped("payer_kind"))
        self.env["drk.course.price"].create(
            [
                {
                    "kind_id": kind.id,
                    "payer_kind": payer,
                    "date_from": "2024-01-01",
                    "amount": self._amount(kind, amount),
                }
                for kind in unpriced
                for payer, amount in PRICES.items()
            ]
        )

    def _amount(self, kind, amount):
        return max(20.0, 5 * round(amount * (kind.units or 9) / 9 / 5))

    # ---- filling ------------------------------------------------------------

    def share_of(self, total):
        """:return: how many of the total belong to this association; both shares together make the total"""
        first = round(total * FIRST_SHARE)
        return first if self.is_first else total - first

    def fill(self, people, courses):
        """Add people, courses with bookings and users up to these numbers."""
        self._people(people)
        self.pool = self.env["res.partner"].search(self._people_domain(), order="ref")
        self.employers = self._employers()
        demo_families.load(self)
        self._more_rooms(courses)
        self.instructors = self._instructors()
        self.clerk = self._staff()[0]
        self._courses(courses)
        self._users()
        _commit(self.env)

    def _people(self, count):
        known = self.env["res.partner"].search_count(self._people_domain())
        vals_list = [self._prepare_person(number) for number in range(1, count + 1)][known:]
        for first in range(0, len(vals_list), CHUNK):
            self.env["res.partner"].create(vals_list[first : first + CHUNK])
            _commit(self.env)
            self.env.invalidate_all()

    def _instructors(self):
        """One for each room and one more; each is one of the people."""
        instructors = self.env["drk.instructor"].search([("company_id", "=", self.company.id)], order="id")
        missing = len(self.rooms) + 1 - len(instructors)
        grown = self.pool.filtered(lambda person: person.birthdate_date.year < date.today().year - 25)
        teachers = [person for person in grown if person not in instructors.partner_id][: max(0, missing)]
        return instructors + self.env["drk.instructor"].create(
            [
                {"partner_id": person.id, "company_id": self.company.id, "kind_ids": [Command.set(self.kinds.ids)]}
                for person in teachers
            ]
        )

    # ---- courses ---------------------------------------------------------------

    def _courses(self, count):
        known = self.env["event.event"].search_count(
            [("company_id", "=", self.company.id), ("drk_is_course", "=", True)]
        )
        if count <= known:
            return
        calendar = Calendar(self, first=date.today() + timedelta(days=5), days=84 if count < 40 else 350)
        vals_list = [self._prepare_course(calendar, number, count) for number in range(count)][known:]
        vals_list = [vals for vals in vals_list if vals]
        people = People(self)
        for first in range(0, len(vals_list), 50):
            courses = self.env["event.event"].create(vals_list[first : first + 50])
            self._book(courses, people, first + known)
            if not first + known:  # only a new association: nobody works with its dates yet
                demo_attendance.let_pass(courses[0], self.clerk)
            _commit(self.env)
            self.env.invalidate_all()

    def _prepare_course(self, calendar, number, count):
        kind = self.kinds[self._kind_index(number)]
        sessions, room, instructor = calendar.take(kind, calendar.days * number // count)
        return {
            "drk_kind_id": kind.id,
            "company_id": self.company.id,
            "drk_room_id": room.id,
            "drk_instructor_id": instructor.id,
            "user_id": self.clerk.id,
            "drk_session_ids": [Command.create({"date_begin": begin, "date_end": end}) for begin, end in sessions],
            "is_published": True,
        }

    def _kind_index(self, number):
        """Two of three courses are of the two commonest kinds, the others come up in turn."""
        if number % 3 or len(self.kinds) < 3:
            return (number % 3 - 1) % len(self.kinds)
        return 2 + number // 3 % (len(self.kinds) - 2)

    # ---- bookings --------------------------------------------------------------

    def _book(self, courses, people, offset):
        """Bulk create through the ORM: the same checks of seats and people as any other way."""
        vals_list, waiting = [], []
        for number, course in enumerate(courses, offset):
            full = number % FULL_EVERY == 1
            seats = course.drk_free if full else int(course.drk_free * self.rng.uniform(0.1, 0.9))
            vals_list += people.book(course, seats)
            if full:
                waiting += people.book(course, self.rng.randrange(2, 5), waiting=True)
        bookings = self.env["event.registration"].create(vals_list) + self.env["event.registration"].create(waiting)
        self._consents(bookings)

    def _consents(self, bookings):
        """Most who booked gave their privacy consent, on the web form or on paper."""
        purpose = self.env["drk.consent.purpose"]._get("privacy")
        keys = {"web": "I", "portal": "I"}
        channels = {key: self.env["drk.consent.channel"]._get(key) for key in ("I", "S")}
        bookers = {}
        for booking in bookings:
            bookers.setdefault(booking.partner_id, keys.get(booking.drk_channel, "S"))
        self.env["drk.consent"].create(
            [
                {
                    "partner_id": booker.id,
                    "purpose_id": purpose.id,
                    "kind": "given",
                    "channel_id": channels[key].id,
                    "confirmed": key != "I",
                    "occurred_at": fields.Datetime.now() - timedelta(days=self.rng.randrange(1, 30)),
                }
                for booker, key in bookers.items()
                if not booker.is_company and self.rng.random() < 0.8
            ]
        )
