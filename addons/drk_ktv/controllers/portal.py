from odoo import http
from odoo.fields import Domain
from odoo.http import request
from werkzeug.exceptions import NotFound

from .booking import BookingPages
from .booking_form import only_text


class PortalCourses(BookingPages):
    """Bookings of who is signed in: their own ones, at this association."""

    def _own_domain(self, company):
        me = request.env.user.partner_id
        return (
            Domain("company_id", "=", company.id)
            & Domain("drk_is_course", "=", True)
            & (Domain("partner_id", "=", me.id) | Domain("drk_participant_id", "=", me.id))
        )

    def _own(self):
        """:return: domain of my bookings, and the model"""
        company = self._association("ktv")
        # sudo: portal users have no rights on registrations; every search carries _own_domain
        return request.env["event.registration"].sudo(), self._own_domain(company)

    def _own_booking(self, registration_id):
        """Who booked sees all people of the booking, a participant only themselves."""
        model_sudo, domain = self._own()
        registration = model_sudo.search(domain & Domain("id", "=", registration_id))
        if not registration:
            raise NotFound()
        if registration.partner_id == request.env.user.partner_id:
            return self._whole_booking(registration)
        return registration

    @http.route("/my/kurse", type="http", auth="user", website=True, sitemap=False)
    def portal_courses(self, **_unknown):
        model_sudo, domain = self._own()
        registrations = model_sudo.search(domain, order="id desc", limit=200)
        bookings = registrations.grouped(lambda r: (r.event_id.id, r.drk_group_ref or r.id)).values()
        rows = sorted((self._booking_row(booking) for booking in bookings), key=lambda row: row["begin"])
        values = {
            "upcoming": [row for row in rows if not row["past"]],
            "past": [row for row in reversed(rows) if row["past"]],
            "prefix": self._prefix(),
        }
        return request.render("drk_ktv.portal_courses", values)

    def _booking_row(self, booking):
        values = self._row(booking.event_id, request.env.lang, self._prefix())
        return values | {
            "begin": booking.event_id.date_begin,
            "past": values["state"] == "cancelled" or booking.event_id._drk_is_over(),
            "people": [self._person(registration) for registration in booking.sorted("id")],
            "booking": f"{self._prefix()}/my/kurse/{min(booking.ids)}",
        }

    @http.route("/my/kurse/<int:registration_id>", type="http", auth="user", website=True, sitemap=False)
    def portal_course(self, registration_id, **_unknown):
        registrations = self._own_booking(registration_id)
        base = f"{self._prefix()}/my/kurse/{registration_id}"
        values = self._booking_values(registrations, base) | {"portal": True}
        if registrations.partner_id != request.env.user.partner_id:
            values["contact"] = False  # who only takes part gets no mails, and need not know who does
        return request.render("drk_ktv.website_booking", values)

    @http.route(
        "/my/kurse/<int:registration_id>/stornieren",
        type="http",
        auth="user",
        website=True,
        csrf=False,  # _check_spam checks the token of those who are signed in
        sitemap=False,
        methods=["GET", "POST"],
    )
    def portal_course_cancel(self, registration_id, **post):
        registrations = self._own_booking(registration_id)
        base = f"{self._prefix()}/my/kurse/{registration_id}"
        return self._cancel_page(registrations, base, "portal", only_text(post))
