import json

from odoo import http
from odoo.addons.drk_base.tools.lock import Busy
from odoo.http import request
from werkzeug.exceptions import NotFound

from ..tools import attendance
from . import format as words
from .attendance import COURSE, AttendancePages
from .booking_form import only_text


class AttendanceEntries(AttendancePages):
    """Who was there: entries of the script, and the same as plain forms."""

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
