from odoo import http
from odoo.addons.event.controllers.main import EventController
from odoo.addons.website_event.controllers.community import EventCommunityController
from odoo.addons.website_event.controllers.main import WebsiteEventController
from odoo.http import request
from werkzeug.exceptions import NotFound

from .pages import course_path


def refuse_course(event):
    """Answer 404 for a course: core's own doors book without lock, consent or waiting list.

    :param event: ``event.event`` as the visitor named it
    :raise NotFound: when it is a course
    """
    # sudo: only the question "is it a course?", also for dates the visitor may not read
    if event.sudo().drk_is_course:
        raise NotFound()


def course_page(event):
    """The address of our page for a course, or None for an ordinary event."""
    event_sudo = event.sudo()  # sudo: as above; our page checks association and publication itself
    return course_path(event_sudo) if event_sudo.drk_is_course else None


class CourseEventController(EventController):
    @http.route()
    def event_ics_file(self, event, **kwargs):
        path = course_page(event)
        return request.redirect(f"{path}.ics") if path else super().event_ics_file(event, **kwargs)

    @http.route()
    def event_my_tickets(self, event_id, registration_ids=None, tickets_hash=None, **kwargs):
        refuse_course(request.env["event.event"].browse(event_id).exists())
        return super().event_my_tickets(event_id, registration_ids, tickets_hash, **kwargs)


class CourseCommunityController(EventCommunityController):
    @http.route()
    def community(self, event, lang=None, **kwargs):
        refuse_course(event)
        return super().community(event, lang=lang, **kwargs)


class CourseWebsiteEventController(WebsiteEventController):
    @http.route()
    def event_page(self, event, page, **post):
        path = course_page(event)
        return request.redirect(path) if path else super().event_page(event, page, **post)

    @http.route()
    def event(self, event, **post):
        path = course_page(event)
        return request.redirect(path) if path else super().event(event, **post)

    @http.route()
    def event_register(self, event, **post):
        path = course_page(event)
        return request.redirect(path) if path else super().event_register(event, **post)

    @http.route()
    def registration_tickets(self, event, slot_id):
        refuse_course(event)
        return super().registration_tickets(event, slot_id)

    @http.route()
    def registration_new(self, event, **post):
        refuse_course(event)
        return super().registration_new(event, **post)

    @http.route()
    def registration_confirm(self, event, **post):
        refuse_course(event)
        return super().registration_confirm(event, **post)

    @http.route()
    def event_registration_success(self, event, registration_ids=""):
        refuse_course(event)
        return super().event_registration_success(event, registration_ids)
