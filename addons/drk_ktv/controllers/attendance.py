import functools
import hashlib

from odoo import fields, http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import file_open
from werkzeug.exceptions import NotFound

from ..tools import attendance
from . import format as words
from .booking_form import only_text
from .once import OnceForm

SCRIPT = "drk_ktv/static/src/attendance/attendance.js"
SEARCH_FROM = 12  # more names than this get a search box
COMING_COURSES, PAST_COURSES = 100, 100  # shown at most; of those today all are
COURSE = "/kurse/anwesenheit/<int(max=2147483647):event_id>"


@functools.cache
def script_address():
    """The address of the script; it changes with its content, so that phones never keep an old one."""
    with file_open(SCRIPT, "rb") as file:
        return f"/{SCRIPT}?v={hashlib.sha256(file.read()).hexdigest()[:12]}"


class AttendancePages(OnceForm, http.Controller):
    """Anwesenheit: the page that instructors use on their phone; the course office may use it too.

    Everything works as plain forms. With the script each tap is kept on the phone at once and sent as soon as there is
    a network.
    """

    # ---- whose courses ---------------------------------------------------------

    def _courses(self):
        """:return: ``event.event`` with the rights of who is signed in; on the neutral site of all their associations"""
        user = request.env.user
        if not user.has_group("drk_ktv.group_drk_ktv_instructor"):
            raise NotFound()
        site = request.website._drk_site()
        if not site["chooser"] and site["company_id"] not in user._get_company_ids():
            raise NotFound()
        companies = user._get_company_ids() if site["chooser"] else [site["company_id"]]
        return request.env["event.event"].with_context(allowed_company_ids=list(companies), tz=words.BERLIN)

    def _course(self, event_id):
        """One course that this user may teach; 404 for all others, whether they exist or not."""
        courses = self._courses()
        domain = Domain("id", "=", event_id) & Domain("drk_is_course", "=", True)
        course = courses.search(domain & Domain("company_id", "in", courses.env.companies.ids), limit=1)
        if not course:
            raise NotFound()
        return course

    def _base(self, course=None):
        base = f"{request.website._drk_site()['prefix']}/kurse/anwesenheit"
        return f"{base}/{course.id}" if course else base

    # ---- list --------------------------------------------------------------------

    @http.route("/kurse/anwesenheit", type="http", auth="user", website=True, sitemap=False)
    def attendance_list(self, **_unknown):
        found = self._courses_by_time()
        values = {name: [self._list_row(course) for course in courses] for name, courses in found.items()}
        values |= {"script": script_address(), "user_id": request.env.uid, "base": self._base()}
        return request.render("drk_ktv.website_attendance_list", values)

    def _courses_by_time(self):
        """Each part is searched for itself, so that a long past hides no course of today.

        :return: dict of ``event.event``: ``running`` today, ``coming`` and ``past``, those that miss papers first
        """
        courses, now = self._courses(), fields.Datetime.now()
        domain = courses._drk_today_domain() & Domain("company_id", "in", courses.env.companies.ids)
        # a day on both sides: what is today says the clock of each place
        near = Domain("date_begin", "<", fields.Datetime.add(now, days=1))
        near &= Domain("date_end", ">", fields.Datetime.subtract(now, days=1)) & Domain("drk_session_ids", "!=", False)
        running = courses.search(domain & near, order="date_begin, id").filtered(lambda c: self._is_near(c, now))
        rest = domain & Domain("id", "not in", running.ids)
        soon = Domain("date_begin", ">", now) & Domain("date_begin", "<=", fields.Datetime.add(now, days=60))
        missing, complete = (
            rest & Domain("date_end", "<=", now) & Domain("drk_papers_state", "=", state)
            for state in ("open", "complete")
        )
        newest = {"order": "date_end desc, id desc", "limit": PAST_COURSES}
        return {
            "running": running,
            "coming": courses.search(rest & soon, order="date_begin, id", limit=COMING_COURSES),
            "past": (courses.search(missing, **newest) + courses.search(complete, **newest))[:PAST_COURSES],
        }

    def _is_near(self, course, now):
        today = course._drk_local(now).date()
        return course._drk_local(course.date_begin).date() <= today <= course._drk_local(course.date_end).date()

    def _list_row(self, course):
        lang = request.env.lang
        begin, end = (words.local(moment, course.date_tz) for moment in (course.date_begin, course.date_end))
        one_day = begin.date() == end.date()
        return {
            "href": self._base(course),
            "name": course.name,
            "number": course.drk_number,
            "date": words.span(begin, end, lang),
            "times": words.times(begin.time(), end.time(), lang) if one_day else "",
            "place": ", ".join(filter(None, (course.drk_room_id.name, course.drk_room_id.city))),
            "people": len(course._drk_listed()),
            "papers": course.drk_papers_state,
            "over": course._drk_is_over(),
        }

    # ---- the page of one course -------------------------------------------------------

    @http.route(COURSE, type="http", auth="user", website=True, sitemap=False)
    def attendance_page(self, event_id, **query):
        query = only_text(query)
        return self._page(self._course(event_id), done=query.get("ok", ""), batch=query.get("alle", ""))

    def _page(self, course, trouble=None, done="", batch="", form=None, status=200):
        """Show the page.

        :param trouble: list of sentences about what could not be done
        :param done: code of what was done
        :param batch: key of the entries that can be taken back
        :param form: dict ``values`` and ``errors`` of the form for people without a booking
        """
        values = self._page_values(course) | {
            "trouble": trouble or [],
            "done": self._done_words().get(done, ""),
            "batch": batch if attendance.KEY.fullmatch(batch) else "",
            "values": (form or {}).get("values", {}),
            "errors": (form or {}).get("errors", {}),
            "walk_trouble": (form or {}).get("trouble", ""),
        }
        response = request.render("drk_ktv.website_attendance", values)
        response.status_code = status
        return response

    def _done_words(self):
        return {
            "gespeichert": request.env._("The attendance has been stored."),
            "zurueck": request.env._("The entries have been taken back."),
            "vor-ort": request.env._("The person has been added and is marked as present."),
            "hochgeladen": request.env._("The files have been uploaded."),
            "vollstaendig": request.env._("The papers are complete. Thank you!"),
        }

    def _page_values(self, course):
        people = course._drk_listed()._drk_list_rows()
        waiting = course.registration_ids.filtered(lambda r: r.state in ("waiting", "offered"))
        states = course._drk_attendance_states()
        sessions = course.drk_session_ids.sorted("date_begin")
        return self._list_row(course) | {
            "course": course,
            "base": self._base(course),
            "back": self._base(),
            "prefix": request.website._drk_site()["prefix"],
            "script": script_address(),
            "user_id": request.env.uid,
            "closed": course.drk_papers_state == "complete",
            "cancelled": course._drk_is_cancelled(),
            "sessions": [self._session(session, people, states) for session in sessions],
            "current": self._current(sessions),
            "search": len(people) > SEARCH_FROM,
            "waiting": list(waiting._drk_shown_names().values()),
            "missing": course._drk_papers_missing() if course.drk_papers_state != "complete" else [],
            "papers": [self._paper(paper) for paper in course.drk_paper_ids],
            "completed": self._completed(course),
            "labels": dict(course.env["drk.course.attendance"]._fields["state"]._description_selection(request.env)),
        }

    def _current(self, sessions):
        """The session that runs, comes next, or was the last."""
        now = fields.Datetime.now()
        following = sessions.filtered(lambda session: session.date_end > now)
        following = sessions.filtered(lambda session: session.date_end > now)
        return (following[:1] or sessions[-1:]).id

    def _session(self, session, people, states):
        lang, timezone = request.env.lang, session.event_id.date_tz
        begin, end = words.local(session.date_begin, timezone), words.local(session.date_end, timezone)
        rows = [
            {
                **person,
                "born": f"{person['born']:%d.%m.%Y}" if person["born"] else "",
                "state": states.get((session.id, person["id"]), ""),
            }
            for person in people
        ]
        found = [row["state"] for row in rows]
        return {
            "id": session.id,
            "name": session.name,
            "day": words.short_day(begin.date(), lang),
            "long_day": words.long_day(begin.date(), lang),
            "times": words.times(begin.time(), end.time(), lang),
            "begun": session._drk_has_begun(),
            "people": rows,
            "present": found.count("present") + found.count("partly"),
            "absent": found.count("absent"),
            "open": found.count(""),
        }

    def _paper(self, paper):
        uploaded = words.local(paper.create_date, paper.event_id.date_tz)
        return {
            "name": paper.name,
            "href": f"/web/content/drk.course.paper/{paper.id}/file/{paper.name}?download=1",
            "by": paper.create_uid.sudo().name,  # a colleague
            "at": words.moment(uploaded, request.env.lang),
        }

    def _completed(self, course):
        if course.drk_papers_state != "complete":
            return ""
        moment = words.local(course.drk_papers_date, course.date_tz)
        return request.env._(
            "Papers complete since %(moment)s (%(user)s).",
            moment=words.moment(moment, request.env.lang),
            user=course.drk_papers_user_id.sudo().name or "",  # a colleague
        )

    def _chosen_session(self, course, raw):
        chosen = course.drk_session_ids.filtered(lambda session: str(session.id) == raw)
        return chosen or course.drk_session_ids.browse(self._current(course.drk_session_ids.sorted("date_begin")))
