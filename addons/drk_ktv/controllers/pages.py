import re
from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from odoo import fields, http
from odoo.addons.drk_web.tools.forms import Field, parse
from odoo.fields import Domain
from odoo.http import content_disposition, request
from odoo.tools.json import scriptsafe
from werkzeug.exceptions import NotFound

from . import format as form
from .booking_form import only_text
from .once import OnceForm

PAGE_SIZE = 30
# What the list shows: without naming them, Odoo reads all columns, long texts and files too.
LIST_FIELDS = [
    "name",
    "drk_number",
    "date_begin",
    "date_end",
    "date_tz",
    "drk_kind_id",
    "drk_room_id",
    "company_id",
    "active",
] + ["drk_free", "drk_booking_until", "kanban_state", "drk_has_own_price", "drk_own_price"]
BADGES = {"free": "drk-badge-ok", "few": "drk-badge-few", "full": "drk-badge-full"}
NUMBER = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
# The filters in the address and how long their values may be.
FILTERS = {"art": 60, "ort": 100, "monat": 7, "von": 12, "bis": 12, "frei": 1}
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


def course_path(course):
    """The public address of a course, without language: ``/kurse/eh-2027-0042``."""
    return f"/kurse/{(course.drk_number or '').lower()}"


class CoursePages(OnceForm, http.Controller):
    """The public course pages of one association. They only read."""

    # ---- which courses a visitor may see --------------------------------

    def _association(self, system=None):
        """The same answer as for other pages, from the cached frame of the site: no query."""
        site = request.website._drk_site()
        if not any(offer["url"] == "/kurse" for offer in site["offers"]):
            raise NotFound()
        # sudo: the visitor may not read companies; name, currency and settings of courses are used
        return request.env["res.company"].sudo().browse(site["company_id"])

    def _public_domain(self, company):
        """Published, not cancelled courses of this association."""
        return (
            Domain("drk_is_course", "=", True)
            & Domain("company_id", "=", company.id)
            & Domain("is_published", "=", True)
            & Domain("kanban_state", "!=", "cancel")
        )

    def _courses(self, company):
        # sudo: visitors have no rights on courses; every search carries _public_domain
        return request.env["event.event"].sudo().with_context(tz=form.BERLIN, active_test=True).with_company(company)

    def _course(self, slug):
        """:return: ``event.event`` sudo, published on this site; 404 for all others"""
        company = self._association("ktv")
        if not NUMBER.fullmatch(slug):
            raise NotFound()
        domain = self._public_domain(company) & Domain("drk_number", "=", slug.upper())
        course_sudo = self._courses(company).search(domain, limit=1)
        if not course_sudo:
            raise NotFound()
        return course_sudo

    def _prefix(self):
        """:return: e.g. ``/en``, empty in the language of the site"""
        return request.website._drk_site()["prefix"]

    # ---- list -----------------------------------------------------------

    def _sitemap_courses(env, rule, qs):  # noqa: N805 - Odoo calls the sitemap function without a controller
        if not qs or qs.lower() in "/kurse":
            yield {"loc": "/kurse"}

    @http.route("/kurse", type="http", auth="public", website=True, sitemap=_sitemap_courses)
    def course_list(self, **query):
        company = self._association("ktv")
        query = only_text(query)
        chosen = {name: query.get(name, "")[:length] for name, length in FILTERS.items()}
        day_fields = self._day_fields()
        days, errors = parse(day_fields, chosen, request.env)
        company.fetch(["name", "currency_id", "drk_ktv_few_threshold"])
        courses = self._courses(company)
        upcoming = self._public_domain(company) & Domain("date_begin", ">", fields.Datetime.now())
        domain = upcoming & self._filter_domain(chosen) & self._day_domain(days)
        total = courses.search_count(domain)
        page, pages = self._page_numbers(query.get("seite", "1"), total)
        found = courses.search_fetch(
            domain, LIST_FIELDS, order="date_begin, id", offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
        values = {
            "association": company,
            "chosen": chosen,
            "is_filtered": any(chosen.values()),
            "months": self._by_month(self._rows(found)),
            "filters": self._filters(courses, upcoming, chosen),
            "day_fields": day_fields,
            "values": chosen,
            "errors": errors,
            "path": f"{self._prefix()}/kurse",
            "total": total,
            "pager": self._pager(chosen, page, pages),
        }
        return request.render("drk_ktv.website_course_list", values)

    def _filter_domain(self, chosen):
        """The filters of the address as a domain; an unknown value finds nothing."""
        domain = Domain.TRUE
        if chosen["art"]:
            domain &= Domain("drk_kind_id.code", "=", chosen["art"])
        if chosen["ort"]:
            domain &= Domain("drk_room_id.city", "=", chosen["ort"])
        if chosen["monat"]:
            domain &= self._month_domain(chosen["monat"])
        if chosen["frei"]:
            domain &= Domain("drk_free", ">", 0)
        return domain

    def _month_domain(self, month):
        match = MONTH.fullmatch(month)
        if not match:
            return Domain.FALSE
        begin = datetime(int(match[1]), int(match[2]), 1)
        end = begin + relativedelta(months=1)
        return Domain("date_begin", ">=", form.utc(begin)) & Domain("date_begin", "<", form.utc(end))

    def _day_fields(self):
        hint = request.env._("DD.MM.YYYY")
        labels = {"von": request.env._("From day"), "bis": request.env._("To day")}
        return [Field(name, label, kind="date", hint=hint) for name, label in labels.items()]

    def _day_domain(self, days):
        """The days of the address, in local time; those that are no dates are told beside the field and left out."""
        domain = Domain.TRUE
        if days.get("von"):
            domain &= Domain("date_begin", ">=", form.utc(datetime.combine(days["von"], time.min)))
        if days.get("bis"):
            after = datetime.combine(days["bis"] + timedelta(days=1), time.min)
            domain &= Domain("date_begin", "<", form.utc(after))
        return domain

    def _filters(self, courses, upcoming, chosen):
        """The select boxes: only kinds, places and months that have a date."""
        lang = request.env.lang
        kinds = [kind for (kind,) in courses._read_group(upcoming, ["drk_kind_id"]) if kind]
        rooms = [room for (room,) in courses._read_group(upcoming, ["drk_room_id"]) if room]
        months = [day for (day,) in courses._read_group(upcoming, ["date_begin:month"]) if day]
        request.env["drk.course.kind"].sudo().browse(kind.id for kind in kinds).fetch(["code", "name"])
        request.env["drk.room"].sudo().browse(room.id for room in rooms).fetch(["name", "city"])
        kind_options = sorted(((kind.code, kind.name) for kind in kinds), key=lambda option: option[1])
        place_options = [(city, city) for city in sorted({room.city for room in rooms if room.city})]
        month_options = [(f"{day:%Y-%m}", form.month(day.date(), lang)) for day in months]
        boxes = [
            ("art", request.env._("Course"), request.env._("All courses"), kind_options),
            ("ort", request.env._("Place"), request.env._("All places"), place_options),
            ("monat", request.env._("Month"), request.env._("All months"), month_options),
        ]
        names = ("name", "label", "all", "options")
        return [dict(zip(names, box, strict=True), chosen=chosen[box[0]]) for box in boxes]

    def _page_numbers(self, raw, total):
        pages = max(1, -(-total // PAGE_SIZE))
        page = int(raw) if re.fullmatch(r"[0-9]{1,4}", raw) else 1
        return min(max(page, 1), pages), pages

    def _pager(self, chosen, page, pages):
        def address(number):
            query = {key: value for key, value in chosen.items() if value}
            return form.address(f"{self._prefix()}/kurse", query | ({"seite": number} if number > 1 else {}))

        return {
            "page": page,
            "pages": [(number, address(number)) for number in range(1, pages + 1)],
            "previous": address(page - 1) if page > 1 else None,
            "next": address(page + 1) if page < pages else None,
        }

    # ---- what the templates show -----------------------------------------

    def _rows(self, courses):
        """Plain values of many courses: nothing is looked up per row."""
        lang, prefix, prices = request.env.lang, self._prefix(), {}
        rows = []
        for course in courses:
            own = course.drk_has_own_price and course.drk_own_price
            key = (course.drk_kind_id, course.date_begin.date(), own)
            if key not in prices:
                prices[key] = self._price(course, "self")
            rows.append(self._row(course, lang, prefix) | {"price": prices[key]})
        return rows

    def _row(self, course, lang, prefix):
        begin = form.local(course.date_begin, course.date_tz)
        end = form.local(course.date_end, course.date_tz)
        one_day = begin.date() == end.date()
        return {
            "href": prefix + course_path(course),
            "month": form.month(begin.date().replace(day=1), lang),
            "date": form.span(begin, end, lang),
            "times": form.times(begin.time(), end.time(), lang)
            if one_day
            else request.env._("from %s", form.clock(begin, lang)),
            "name": course.name,
            "place": ", ".join(filter(None, (course.drk_room_id.name, course.drk_room_id.city))),
            "badge": BADGES.get(course.drk_web_state, ""),
            "state": course.drk_web_state,
            "places": self._places_text(course),
        }

    def _by_month(self, rows):
        months = {}
        for row in rows:
            months.setdefault(row["month"], []).append(row)
        return months

    def _price(self, course, payer_kind):
        """:return: e.g. ``55,00 €``, or None when no price is known"""
        amount = course._drk_price_for(payer_kind)
        if amount is None:
            return None
        return form.money(amount, course.company_id.currency_id.name, request.env.lang)

    def _places_text(self, course):
        state, free = course.drk_web_state, course.drk_free
        if state == "full":
            return request.env._("fully booked")
        if state == "closed":
            return request.env._("booking closed")
        if state == "cancelled":
            return request.env._("cancelled")
        if free == 1:
            return request.env._("only 1 place free")
        return request.env._("only %s places free", free) if state == "few" else request.env._("%s places free", free)

    def _details(self, course):
        """Everything a visitor may know of one course."""
        lang = request.env.lang
        begin = form.local(course.date_begin, course.date_tz)
        return self._row(course, lang, self._prefix()) | {
            "course": course,
            "long_date": form.long_day(begin.date(), lang),
            "sessions": [self._session(session, lang) for session in course.drk_session_ids],
            "address": course.drk_room_id._drk_address_line() if course.drk_room_id else "",
            "prices": self._prices(course),
            "number": course.drk_number,
            "path": course_path(course),
            "prefix": self._prefix(),
        }

    def _session(self, session, lang):
        timezone = session.event_id.date_tz
        begin, end = form.local(session.date_begin, timezone), form.local(session.date_end, timezone)
        room = session.room_id if session.room_id != session.event_id.drk_room_id else None
        return {
            "name": session.name,
            "date": form.long_day(begin.date(), lang),
            "times": form.times(begin.time(), end.time(), lang),
            "room": f"{room.name}, {room._drk_address_line()}" if room else "",
        }

    def _prices(self, course):
        """:return: list of (payer kind, label, price) that a visitor may choose"""
        labels = {"self": request.env._("for private payers"), "company": request.env._("for companies")}
        priced = [(kind, label, self._price(course, kind)) for kind, label in labels.items()]
        return [row for row in priced if row[2]]

    # ---- detail -----------------------------------------------------------

    def _sitemap_course(env, rule, qs):  # noqa: N805 - as above
        company_sudo = env["website"].get_current_website().sudo().company_id
        domain = CoursePages()._public_domain(company_sudo) & Domain("date_begin", ">", fields.Datetime.now())
        for course in env["event.event"].sudo().search(domain):
            path = course_path(course)
            if not qs or qs.lower() in path:
                yield {"loc": path, "lastmod": course.write_date.date()}

    @http.route("/kurse/<string:slug>", type="http", auth="public", website=True, sitemap=_sitemap_course)
    def course_detail(self, slug, **_unknown):
        course = self._course(slug)
        values = self._details(course)
        values["json_ld"] = scriptsafe.dumps(self._structured_data(values))
        return request.render("drk_ktv.website_course_detail", values)

    def _structured_data(self, details):
        """schema.org ``Course`` data for search engines; nothing is loaded from there."""
        course = details["course"]
        full = details["state"] in ("full", "closed")
        return {
            "@context": "https://schema.org",
            "@type": "EducationEvent",
            "name": details["name"],
            "startDate": form.local(course.date_begin, course.date_tz).isoformat(),
            "endDate": form.local(course.date_end, course.date_tz).isoformat(),
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "organizer": {"@type": "Organization", "name": course.company_id.name},
            "location": {"@type": "Place", "name": course.drk_room_id.name or "", "address": details["address"]},
            "offers": {
                "@type": "Offer",
                "availability": "https://schema.org/SoldOut" if full else "https://schema.org/InStock",
            },
        }

    @http.route("/kurse/<string:slug>.ics", type="http", auth="public", website=True, multilang=False, sitemap=False)
    def course_calendar(self, slug, **_unknown):
        course = self._course(slug)
        headers = [
            ("Content-Type", "text/calendar; charset=utf-8"),
            ("Content-Disposition", content_disposition(f"{course.drk_number}.ics")),
        ]
        return request.make_response(course._drk_calendar(), headers)
