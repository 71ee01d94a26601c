import functools
import hashlib
import json

import psycopg2
from odoo import fields, http
from odoo.addons.drk_base.tools.lock import Busy
from odoo.addons.drk_web.controllers.main import PublicForm
from odoo.addons.drk_web.tools.forms import Field, parse
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.http import content_disposition, request
from odoo.tools import file_open
from werkzeug.exceptions import NotFound

from ..exceptions import CourseFull
from ..tools import attendance
from ..tools.papers import MAX_BYTES
from . import format as words
from .booking_form import only_text

FORM_WALK_IN = "ktv_walkin"
SCRIPT = "drk_ktv/static/src/attendance/attendance.js"
SEARCH_FROM = 12  # more names than this get a search box
MAX_FILES = 20
COMING_COURSES, PAST_COURSES = 100, 100  # shown at most; of those today all are
COURSE = "/kurse/anwesenheit/<int(max=2147483647):event_id>"


@functools.cache
def script_address():
    """The address of the script; it changes with its content, so that phones never keep an old one."""
    with file_open(SCRIPT, "rb") as file:
        return f"/{SCRIPT}?v={hashlib.sha256(file.read()).hexdigest()[:12]}"


class AttendancePages(PublicForm, http.Controller):
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
            "walk_fields": self._walk_in_fields(course),
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
        people = course._drk_listed()
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
            "waiting": course.registration_ids.filtered(lambda r: r.state in ("waiting", "offered")).mapped("name"),
            "walk_in": self._takes_walk_ins(course),
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
                "id": person.id,
                "name": person.name,
                "born": f"{person.drk_birthdate:%d.%m.%Y}" if person.drk_birthdate else "",
                "employer": person._prepare_drk_list_row()["employer"],
                "state": states.get((session.id, person.id), ""),
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

    def _takes_walk_ins(self, course):
        try:
            # sudo: only the question whether its days are now
            course.sudo().with_context(drk_walk_in=True)._drk_check_bookable("walkin")
        except UserError:
            return False
        return True

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

    # ---- entries -----------------------------------------------------------------------

    @http.route(
        f"{COURSE}/eintraege", type="http", auth="user", website=True, sitemap=False, methods=["POST"], csrf=False
    )
    def attendance_entries(self, event_id, **_unknown):
        """Entries of a phone as JSON; the token of the form travels in a header (a JSON body has no fields)."""
        if not request.validate_csrf(request.httprequest.headers.get("X-CSRF-Token", "")[:200]):
            return self._json({"error": "token"}, 403)
        try:
            course = self._course(event_id)
        except NotFound:
            return self._json({"error": "course"}, 404)
        sent = self._read_entries()
        if sent is None:
            return self._json({"error": "entries"}, 400)
        try:
            answers = course._drk_record_attendance(sent["entries"], sent.get("sent")) if sent["entries"] else []
        except Busy:
            return self._json({"error": "busy"}, 503)
        course.invalidate_recordset()
        states = [
            {"session": session, "registration": registration, "state": state}
            for (session, registration), state in course._drk_attendance_states().items()
        ]
        missing = course._drk_papers_missing() if course.drk_papers_state != "complete" else []
        return self._json({"entries": answers, "states": states, "missing": missing})

    def _read_entries(self):
        """:return: dict with a list ``entries``, or None when what came is none or far too much"""
        if (request.httprequest.content_length or 0) > attendance.MAX_BYTES:
            return None
        try:
            sent = json.loads(request.httprequest.get_data(cache=False)[: attendance.MAX_BYTES + 1])
        except (ValueError, RecursionError):
            return None
        entries = sent.get("entries") if isinstance(sent, dict) else None
        if not isinstance(entries, list) or len(entries) > attendance.MAX_ENTRIES:
            return None
        return sent

    def _json(self, content, status=200):
        headers = [("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store")]
        return request.make_response(json.dumps(content), headers, status=status)

    @http.route(f"{COURSE}/speichern", type="http", auth="user", website=True, sitemap=False, methods=["POST"])
    def attendance_save(self, event_id, **post):
        """The same without a script: what was changed on the page, or everybody at once, or that taken back."""
        course, post = self._course(event_id), only_text(post)
        session = self._chosen_session(course, post.get("session"))
        action = post.get("action", "save")
        batch = attendance.utc_now().strftime("alle-%Y%m%d%H%M%S%f")
        if action == "undo":
            entries = self._undo_entries(course, post.get("batch", ""))
        else:
            entries = self._form_entries(course, session, post, batch, everybody=action == "all")
        answers = course._drk_record_attendance(entries) if entries else []
        refused = [f"{answer['about']}: {answer['message']}" for answer in answers if not answer["ok"]]
        if refused:
            return self._page(course, trouble=refused)
        query = {"ok": "zurueck" if action == "undo" else "gespeichert"}
        if action == "all" and entries:
            query["alle"] = batch
        return request.redirect(f"{words.address(self._base(course), query)}#tag-{session.id}", code=303)

    def _chosen_session(self, course, raw):
        chosen = course.drk_session_ids.filtered(lambda session: str(session.id) == raw)
        return chosen or course.drk_session_ids.browse(self._current(course.drk_session_ids.sorted("date_begin")))

    def _form_entries(self, course, session, post, batch, everybody):
        """What the form changes: only that is sent on, so that a page opened long ago undoes nothing of others."""
        entries, states = [], course._drk_attendance_states()
        for person in course._drk_listed():
            before, wanted = post.get(f"old_{person.id}", ""), post.get(f"p_{person.id}", "")
            if everybody and not wanted and (session.id, person.id) not in states:
                wanted = "present"
            if wanted and wanted != before:
                entry = {"session": session.id, "registration": person.id, "state": wanted}
                entries.append(entry | {"key": f"{batch}-{person.id}"})
        return entries

    def _undo_entries(self, course, batch):
        if not attendance.KEY.fullmatch(batch):
            return []
        lines = course.drk_attendance_ids.filtered(lambda line: (line.client_key or "").startswith(f"{batch}-"))
        return [
            {
                "session": line.session_id.id,
                "registration": line.registration_id.id,
                "state": "",
                "key": f"undo-{line.client_key}",
            }
            for line in lines
        ]

    # ---- people without a booking ----------------------------------------------------------

    def _walk_in_fields(self, course):
        env = request.env
        payers = {"self": env._("pays themselves"), "company": env._("a company pays")}
        found = [
            Field("firstname", env._("First name"), required=True, max_length=100),
            Field("lastname", env._("Last name"), required=True, max_length=100),
            Field("birthdate", env._("Date of birth"), kind="date", required=True, max_value=fields.Date.today),
            Field("email", env._("Email"), kind="email"),
            Field("phone", env._("Phone"), kind="phone", max_length=40),
            Field("payer", env._("Who pays?"), kind="choice", required=True, choices=tuple(payers.items())),
            Field("company", env._("Name of the company"), max_length=200, hint=env._("Only if a company pays.")),
        ]
        sessions = course.drk_session_ids.sorted("date_begin").filtered(lambda session: session._drk_has_begun())
        if len(course.drk_session_ids) > 1:
            days = tuple((str(session.id), self._session_label(session)) for session in sessions)
            found.append(Field("session", env._("Present on"), kind="choice", required=True, choices=days))
        return found

    def _session_label(self, session):
        begin, end = (
            words.local(moment, session.event_id.date_tz) for moment in (session.date_begin, session.date_end)
        )
        lang = request.env.lang
        return f"{words.short_day(begin.date(), lang)}, {words.times(begin.time(), end.time(), lang)}"

    @http.route(
        f"{COURSE}/vor-ort", type="http", auth="user", website=True, sitemap=False, methods=["POST"], csrf=False
    )
    def attendance_walk_in(self, event_id, **post):
        """Somebody who stands in the room; _check_spam checks the token."""
        course, post = self._course(event_id), only_text(post)
        refused = self._check_spam(FORM_WALK_IN, post)
        if refused:
            return refused
        values, errors = parse(self._walk_in_fields(course), post, request.env)
        if values.get("payer") == "company" and not values.get("company") and "company" not in errors:
            errors["company"] = request.env._("Please fill in: %s.", request.env._("Name of the company"))
        if errors:
            return self._page(course, form={"values": post, "errors": errors})
        try:
            with self._once(FORM_WALK_IN, post) as once:
                if once.replayed:
                    return once.response
                session = self._chosen_session(course, values.get("session") or post.get("session"))
                self._add_walk_in(course, session, values)
                return once.done(f"{self._base(course)}?ok=vor-ort#tag-{session.id}")
        except (UserError, ValidationError, psycopg2.IntegrityError, psycopg2.OperationalError) as error:
            request.env.cr.rollback()
            course.invalidate_recordset()
            return self._page(course, form={"values": post, "trouble": self._walk_in_trouble(error)})

    def _add_walk_in(self, course, session, values):
        names = {"firstname": "firstname", "lastname": "lastname", "birthdate": "birthdate_date"}
        names |= {"email": "email", "phone": "phone"}
        typed = {target: values[name] for name, target in names.items() if values.get(name)}
        company = values.get("company") if values.get("payer") == "company" else None
        course._drk_walk_in(typed | {"lang": request.env.lang}, session, company)

    def _walk_in_trouble(self, error):
        if isinstance(error, CourseFull):
            return request.env._("The course is full. Nobody can be added; the course office can allow more places.")
        if isinstance(error, psycopg2.OperationalError):
            return request.env._("Somebody else is working on this course at the moment. Please try again.")
        if isinstance(error, psycopg2.Error):
            return request.env._("These entries could not be stored. Please check them or call us.")
        return str(error)

    # ---- papers ---------------------------------------------------------------------------------

    @http.route(f"{COURSE}/liste.pdf", type="http", auth="user", website=True, sitemap=False, multilang=False)
    def attendance_pdf(self, event_id, **_unknown):
        course = self._course(event_id)
        name = f"{course._drk_list_filename()}.pdf"
        headers = [("Content-Type", "application/pdf"), ("Content-Disposition", content_disposition(name))]
        return request.make_response(course._drk_signature_pdf(), [*headers, ("Cache-Control", "no-store")])

    @http.route(f"{COURSE}/unterlagen", type="http", auth="user", website=True, sitemap=False, methods=["POST"])
    def attendance_upload(self, event_id, **_post):
        course = self._course(event_id)
        uploads = [upload for upload in request.httprequest.files.getlist("files") if upload.filename][:MAX_FILES]
        if not uploads:
            return self._page(course, trouble=[request.env._("Please choose a file first.")])
        # one byte more than allowed is enough to see that a file is too big
        refused = course._drk_add_papers((upload.filename, upload.stream.read(MAX_BYTES + 1)) for upload in uploads)
        if refused:
            return self._page(course, trouble=refused)
        return request.redirect(f"{self._base(course)}?ok=hochgeladen#unterlagen", code=303)

    @http.route(f"{COURSE}/vollstaendig", type="http", auth="user", website=True, sitemap=False, methods=["POST"])
    def attendance_complete(self, event_id, **_post):
        course = self._course(event_id)
        missing = course._drk_papers_missing() if course.drk_papers_state != "complete" else []
        if missing:
            return self._page(course, trouble=missing)
        try:
            course.action_drk_papers_complete()
        except (UserError, AccessError) as error:
            return self._page(course, trouble=[str(error)])
        return request.redirect(f"{self._base(course)}?ok=vollstaendig#unterlagen", code=303)
