from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request

from ..tools.papers import MAX_BYTES
from .attendance import COURSE, AttendancePages

MAX_FILES = 20


class AttendancePapers(AttendancePages):
    """The signed list, and that everything is there."""

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
