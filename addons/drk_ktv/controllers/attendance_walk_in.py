import psycopg2
from odoo import fields, http
from odoo.addons.drk_web.tools.forms import Field, parse
from odoo.exceptions import UserError
from odoo.http import request

from ..exceptions import CourseFull
from . import format as words
from .attendance import COURSE, AttendancePages
from .booking_form import only_text

FORM_WALK_IN = "ktv_walkin"


class AttendanceWalkIns(AttendancePages):
    """People without a booking."""

    def _page_values(self, course):
        return super()._page_values(course) | {
            "walk_in": self._takes_walk_ins(course),
            "walk_fields": self._walk_in_fields(course),
        }

    def _takes_walk_ins(self, course):
        try:
            # sudo: only the question whether its days are now
            course.sudo().with_context(drk_walk_in=True)._drk_check_bookable("walkin")
        except UserError:
            return False
        return True

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

        def add():
            session = self._chosen_session(course, values.get("session") or post.get("session"))
            self._add_walk_in(course, session, values)
            return f"{self._base(course)}?ok=vor-ort#tag-{session.id}"

        return self._do_once(FORM_WALK_IN, post, add, lambda error: self._walk_in_again(course, post, error))

    def _walk_in_again(self, course, post, error):
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
