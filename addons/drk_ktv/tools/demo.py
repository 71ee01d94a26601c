"""Demo data: two invented associations with rooms, courses, people, bookings and a user for each role.

The same seed gives the same names and bookings; dates count from today. A second call only adds what is missing, so a
larger number fills an existing database up.
"""

import base64
import math
import os
import time
import unicodedata
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from odoo import Command, fields
from odoo.tools import config

from . import demo_money, demo_sketch, demo_words, filenames

CHUNK = 500  # records a transaction
QUIET = {
    "drk_no_mail": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
    "tracking_disable": True,
}
MARK = "DEMO-"
BERLIN = ZoneInfo("Europe/Berlin")
USER, MANAGER, INSTRUCTOR = (
    "drk_ktv.group_drk_ktv_user",
    "drk_ktv.group_drk_ktv_manager",
    "drk_ktv.group_drk_ktv_instructor",
)

ASSOCIATIONS = (
    {
        "code": "MUS",
        "suffix": "",
        "state": "base.state_de_nw",
        "company": {
            "name": "Kreisverband Musterstadt e.V.",
            "street": "Rathausplatz 1",
            "zip": "44999",
            "city": "Musterstadt",
            "phone": "+49 30 23125001",
            "email": "kurse.musterstadt@example.org",
            "drk_letterhead_subtitle": "Breitenausbildung",
            "drk_sender_line": "Kreisverband Musterstadt e.V. · Rathausplatz 1 · 44999 Musterstadt",
            "drk_register_text": "Amtsgericht Musterstadt, VR 4711",
            "drk_board_text": "Vorstand: Dr. Erika Beispielfrau (Vorsitzende)",
            "drk_bank_text": "Musterbank · Angaben auf der Rechnung",
            "drk_signature_name": "Petra Sommerfeld-Muster",
            "drk_signature_function": "Leitung Breitenausbildung",
            "drk_privacy_contact": "datenschutz.musterstadt@example.org",
        },
        "towns": (
            ("44999", "Musterstadt"),
            ("44998", "Neudorf an der Muster"),
            ("45999", "Altmusterau"),
            ("46998", "Probstau"),
        ),
        "units": (("OV-NEU", "Ortsverein Neudorf"), ("OV-ALT", "Ortsverein Altmusterau")),
        "rooms": (
            ("Lehrsaal Mitte", "Rathausplatz", "1", 20, True),
            ("Schulungsraum Süd", "Lindenstraße", "24", 18, True),
            ("Gerätehaus Neudorf", "Feldstraße", "7", 16, False),
        ),
    },
    {
        "code": "BEI",
        "suffix": "-bei",
        "state": "base.state_de_by",
        "company": {
            "name": "Kreisverband Beispielhausen e.V.",
            "street": "Am Mühlbach 12",
            "zip": "94999",
            "city": "Beispielhausen",
            "phone": "+49 30 23125002",
            "email": "kurse.beispielhausen@example.org",
            "drk_letterhead_subtitle": "Erste Hilfe und mehr",
            "drk_sender_line": "Kreisverband Beispielhausen e.V. · Am Mühlbach 12 · 94999 Beispielhausen",
            "drk_register_text": "Amtsgericht Beispielhausen, VR 815",
            "drk_board_text": "Vorstand: Max Probst (Vorsitzender)",
            "drk_bank_text": "Beispielkasse · Angaben auf der Rechnung",
            "drk_signature_name": "Alois Hinterbeispiel",
            "drk_signature_function": "Kursbüro",
            "drk_privacy_contact": "datenschutz.beispielhausen@example.org",
        },
        "towns": (("94999", "Beispielhausen"), ("94998", "Oberprobst"), ("93999", "Beispielfeld")),
        "units": (("BER-OPR", "Bereitschaft Oberprobst"),),
        "rooms": (
            ("Rotkreuzhaus Saal", "Am Mühlbach", "12", 20, True),
            ("Schulungsraum Oberprobst", "Schulstraße", "3", 15, False),
        ),
    },
)
# login, name, groups; who teaches or learns is one of the people instead and stands in _users()
ROLES = (  # the second association has the first four
    ("kursbuero", "Kursbüro", (USER,)),
    (
        "leitung",
        "Leitung Breitenausbildung",
        (MANAGER, "drk_base.group_drk_base_manager", "drk_gdpr.group_drk_gdpr_user"),
    ),
    ("buchhaltung", "Buchhaltung", ("drk_finance.group_drk_finance_accountant",)),
    ("kasse", "Kasse", ("drk_finance.group_drk_finance_cashier",)),
    ("datenschutz", "Datenschutz", ("drk_gdpr.group_drk_gdpr_officer", "drk_gdpr.group_drk_gdpr_erasure")),
)
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


class Association:
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

    def _units(self):
        units = self.env["drk.unit"].search([("company_id", "=", self.company.id)])
        known = set(units.mapped("code"))
        return units + self.env["drk.unit"].create(
            [
                {"code": code, "name": name, "company_id": self.company.id}
                for code, name in self.data["units"]
                if code not in known
            ]
        )

    def _rooms(self):
        rooms = self.env["drk.room"].search([("company_id", "=", self.company.id)], order="id")
        return rooms or self.env["drk.room"].create(
            [self._prepare_room(number, *row) for number, row in enumerate(self.data["rooms"])]
        )

    def _prepare_room(self, number, name, street, house, capacity, accessible):
        file_format = "PDF" if number == 1 else "PNG"
        postcode, town = self.data["towns"][number % 2 if number > 1 else 0]
        label = filenames.plain(f"Parkplatzskizze {name}")
        return {
            "name": name,
            "company_id": self.company.id,
            "unit_id": self.units[:1].id if number > 1 else False,
            "street": street,
            "street_number": house,
            "zip": postcode,
            "city": town,
            "state_id": self.company.state_id.id,
            "capacity": capacity,
            "is_accessible": accessible,
            "directions": "<p>Bus 4 bis Haltestelle Rathausplatz. Parkplätze hinter dem Haus.</p>",
            "sketch": base64.b64encode(demo_sketch.draw(name, street, number, file_format)),
            "sketch_filename": f"{label}.{file_format.lower()}",
        }

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
        self._more_rooms(courses)
        self.instructors = self._instructors()
        self.clerk = self._staff()[0]
        self._courses(courses)
        self._users()
        _commit(self.env)

    def _people_domain(self):
        return [("company_id", "=", self.company.id), ("ref", "=like", f"{MARK}{self.data['code']}-%")]

    def _people(self, count):
        known = self.env["res.partner"].search_count(self._people_domain())
        vals_list = [self._prepare_person(number) for number in range(1, count + 1)][known:]
        for first in range(0, len(vals_list), CHUNK):
            self.env["res.partner"].create(vals_list[first : first + CHUNK])
            _commit(self.env)
            self.env.invalidate_all()

    def _prepare_person(self, number):
        rng = self.rng
        salutation = rng.choice(("frau", "herr"))
        firstname = rng.choice(demo_words.WOMEN if salutation == "frau" else demo_words.MEN)
        lastname = rng.choice(demo_words.SURNAMES)
        postcode, town = rng.choices(self.data["towns"], (6, 3, 2, 1)[: len(self.data["towns"])])[0]
        born = date(date.today().year, 1, 1) - timedelta(
            days=int(365.25 * rng.triangular(15, 72, 24)) + rng.randrange(365)
        )
        return {
            "ref": f"{MARK}{self.data['code']}-{number:06d}",
            "company_id": self.company.id,
            "drk_is_person": True,
            "firstname": firstname,
            "lastname": lastname,
            "drk_salutation": salutation,
            "birthdate_date": born,
            "email": f"{_mailbox(firstname)}.{_mailbox(lastname)}.{number}@{rng.choice(demo_words.MAIL_HOSTS)}",
            "phone": demo_words.PHONE.format(rng.randrange(100, 1000)),
            "street": f"{rng.choice(demo_words.STREETS).replace('_', ' ')} {rng.randrange(1, 120)}",
            "zip": postcode,
            "city": town,
            "country_id": self.company.country_id.id,
            "lang": "en_US" if rng.random() < 0.03 and self._has_english() else "de_DE",
        }

    def _has_english(self):
        return any(code == "en_US" for code, _name in self.env["res.lang"].get_installed())

    def _employers(self):
        employers = self.env["res.partner"].search(
            [("company_id", "=", self.company.id), ("ref", "=like", f"FIRMA-{self.data['code']}-%")], order="ref"
        )
        if employers:
            return employers
        offset = 0 if self.is_first else 4
        return self.env["res.partner"].create(
            [
                self._prepare_employer(number, name)
                for number, name in enumerate(demo_words.COMPANIES[offset : offset + 4], 1)
            ]
        )

    def _prepare_employer(self, number, name):
        postcode, town = self.data["towns"][0]
        return {
            "ref": f"FIRMA-{self.data['code']}-{number}",
            "company_id": self.company.id,
            "drk_is_person": True,
            "is_company": True,
            "name": name,
            "drk_salutation": "firma",
            "email": f"personal.{_mailbox(name.split()[1])}@example.com",
            "phone": demo_words.PHONE.format(10 + number),
            "street": f"Gewerbering {number}",
            "zip": postcode,
            "city": town,
            "country_id": self.company.country_id.id,
            "lang": "de_DE",
        }

    def _more_rooms(self, courses):
        """One room for each fifty dates a year, so that nothing is booked twice."""
        missing = math.ceil(courses / 50) - len(self.rooms)
        vals_list = [
            {
                **self._prepare_room(2 * number, f"Schulungsraum {number}", "Schulstraße", str(number), 20, True),
                "unit_id": False,
            }
            for number in range(len(self.rooms) + 1, len(self.rooms) + 1 + max(0, missing))
        ]
        self.rooms += self.env["drk.room"].create(vals_list)

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

    # ---- users -----------------------------------------------------------------

    def _staff(self):
        suffix, city = self.data["suffix"], self.data["company"]["city"]
        return [
            self._user(login + suffix, groups, name=f"{name} {city}")
            for login, name, groups in (ROLES[:4] if suffix else ROLES)
        ]

    def _users(self):
        suffix = self.data["suffix"]
        if self.instructors:
            instructor = self.instructors[0]
            user = self._user(f"ausbilder{suffix}", (INSTRUCTOR,), partner_id=instructor.partner_id.id)
            instructor.user_id = user
        member = self._member()
        if member:
            self._user(f"mitglied{suffix}", ("base.group_portal",), partner_id=member.id)

    def _member(self):
        """Somebody who has booked and is no instructor."""
        domain = [("company_id", "=", self.company.id), ("drk_is_course", "=", True), ("state", "=", "open")]
        bookings = self.env["event.registration"].search(domain, order="id", limit=200)
        return (bookings.drk_participant_id - self.instructors.partner_id).filtered(lambda person: not person.user_ids)[
            :1
        ]

    def _user(self, login, groups, **vals):
        users = self.env["res.users"].with_context(active_test=False)
        user = users.search([("login", "=", login), ("company_id", "=", self.company.id)], limit=1)
        return user or users.create(
            {
                "login": login,
                "password": login,
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set([self.env.ref(group).id for group in groups])],
                "lang": "de_DE",
                "tz": "Europe/Berlin",
                **({"email": f"{login}@example.org"} if "partner_id" not in vals else {}),
                **vals,
            }
        )


class Calendar:
    """Finds days on which a room and an instructor are free."""

    def __init__(self, association, first, days):
        self.first = first
        self.days = days
        self.rooms = association.rooms
        self.instructors = association.instructors
        self.busy = self._known(association)
        state = association.company.state_id
        holidays = association.env["drk.calendar"]._public_holidays(state, first, first + timedelta(days=days + 60))
        self.holidays = set(holidays)

    def _known(self, association):
        busy = set()
        for session in association.env["drk.course.session"].search([("company_id", "=", association.company.id)]):
            day = session.date_begin.date()
            busy |= {(room.id, "room", day) for room in session.room_id}
            busy |= {(teacher.id, "instructor", day) for teacher in session.instructor_ids}
        return busy

    def take(self, kind, offset):
        """:return: sessions as (begin, end) in naive UTC, room, instructor; taken from now on"""
        day = self.first + timedelta(days=offset)
        if self.days < 100:
            day += timedelta(days=(5 - day.weekday()) % 7)  # people book Saturdays
        while True:
            pattern = self._pattern(kind, day)
            days = [begin.date() for begin, _end in pattern]
            if self.holidays.intersection(days):
                day += timedelta(days=1)
                continue
            room = self._free(self.rooms, "room", days)
            instructor = self._free(self.instructors, "instructor", days)
            if room and instructor:
                self.busy |= {(room.id, "room", taken) for taken in days}
                self.busy |= {(instructor.id, "instructor", taken) for taken in days}
                return pattern, room, instructor
            day += timedelta(days=1)

    def _free(self, records, what, days):
        return next((r for r in records if not any((r.id, what, day) in self.busy for day in days)), None)

    def _pattern(self, kind, day):
        """One day for up to 9 units (children's courses: two evenings), else weekends one after the other."""
        units = kind.units or 9
        if "Kind" in kind.name and units <= 9:
            return [self._session(day + timedelta(days=shift), (18, 0), units // 2 + 1) for shift in (0, 1)]
        count = math.ceil(units / 9)
        per_day = math.ceil(units / count)
        return [self._session(day + timedelta(days=7 * (i // 2) + i % 2), (9, 0), per_day) for i in range(count)]

    def _session(self, day, clock, units):
        begin = datetime(day.year, day.month, day.day, *clock, tzinfo=BERLIN)
        minutes = 45 * units + (45 if units > 5 else 0)  # with the lunch break
        return _naive_utc(begin), _naive_utc(begin + timedelta(minutes=minutes))


class People:
    """Gives each course other participants, until everybody had one."""

    def __init__(self, association):
        self.association = association
        self.rng = association.rng
        self.pool = list(association.pool - association.instructors.partner_id)
        self.rng.shuffle(self.pool)
        self.next = 0

    def book(self, course, seats, waiting=False):
        """:return: values of registrations for exactly this many seats, in bookings of one to five people"""
        vals_list = []
        seats = min(seats, len(self.pool) // 2)
        while seats > 0:
            group = self._draw(min(seats, self.rng.choices((1, 2, 4, 5), (14, 3, 1, 1))[0]))
            vals_list += self._booking(course, group, waiting)
            seats -= len(group)
        return vals_list

    def _draw(self, count):
        drawn = [self.pool[(self.next + index) % len(self.pool)] for index in range(count)]
        self.next = (self.next + count) % len(self.pool)
        return drawn

    def _booking(self, course, group, waiting):
        employer = self.rng.choice(self.association.employers) if len(group) > 2 else None
        booker, payer_kind = employer or group[0], "company" if employer else "self"
        shared = {
            "event_id": course.id,
            "state": "waiting" if waiting else "open",
            "partner_id": booker.id,
            "drk_payer_id": booker.id,
            "drk_payer_kind": payer_kind,
            "drk_channel": "office" if employer else self.rng.choice(("web", "web", "web", "phone", "office")),
            "drk_lang": booker.lang,
            "drk_group_ref": f"{self.rng.getrandbits(128):032x}",
            "drk_price": course._drk_price_for(payer_kind) or 0.0,
            "drk_waiting_since": waiting and fields.Datetime.now(),
            "company_name": employer.name if employer else False,
        }
        return [
            {
                **shared,
                "drk_participant_id": person.id,
                "name": person.name,
                "email": person.email,
                "phone": person.phone,
            }
            for person in group
        ]


def _mailbox(name):
    return filenames.plain(unicodedata.normalize("NFC", name).replace("ı", "i")).lower().replace("-", "")


def _naive_utc(moment):
    return moment.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
