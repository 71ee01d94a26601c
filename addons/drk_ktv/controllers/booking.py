import functools

import psycopg2
from odoo import fields, http
from odoo.addons.drk_base.tools.links import LinkExpired, LinkInvalid
from odoo.addons.drk_base.tools.lock import Busy
from odoo.http import request
from odoo.tools import email_normalize

from ..exceptions import AlreadyBooked, CourseClosed, CourseFull
from . import format as words
from .booking_form import BookingForm, only_text
from .pages import CoursePages

FORM = "ktv_booking"
FORM_CANCEL = "ktv_cancel"
FORM_OFFER = "ktv_offer"
LINK_BOOKING = "ktv_booking"
LINK_OFFER = "ktv_offer"
LIVE_STATES = ("open", "waiting", "offered")


def by_link(purpose):
    """A page whose address ends in a signed link: it gets the booking that the link names, others see what is wrong.

    The page takes both positional only: what a visitor sends under the same name is no booking.

    :param purpose: what the link was made for
    """

    def decorate(page):
        @functools.wraps(page)
        def with_booking(self, token, **sent):
            try:
                return page(self, self._linked(purpose, token), token, **sent)
            except (LinkExpired, LinkInvalid) as error:
                return self._link_problem(error)

        return with_booking

    return decorate


class BookingPages(CoursePages):
    """Book a course, see the booking by its signed link, cancel it, answer an offer."""

    # ---- the form ---------------------------------------------------------------

    @http.route(
        "/kurse/<string:slug>/anmelden",
        type="http",
        auth="public",
        website=True,
        csrf=False,  # _check_spam checks the token of those who are signed in
        sitemap=False,
        methods=["GET", "POST"],
    )
    def course_book(self, slug, **post):
        course, post = self._course(slug), only_text(post)
        if request.httprequest.method != "POST":
            return self._form_page(course, self._booking_form(course, self._known_visitor()))
        form = self._booking_form(course, post)
        action = post.get("action") or "book"
        if action == "add":
            form.add_person()
            return self._form_page(course, form)
        if action.startswith("remove-") and action[7:].isdecimal():
            form.remove_person(int(action[7:9]))
            return self._form_page(course, form)
        return self._submit(course, form, post, action)

    def _submit(self, course, form, post, action):
        refused = self._check_spam(FORM, post)
        if refused:
            return refused
        if not form.parse():
            return self._form_page(course, form)
        on_full = "waiting" if action == "waiting" else "refuse"

        def again(error):
            return self._form_page(course, form, self._trouble(course, error, form.values.get("email")))

        return self._do_once(FORM, post, lambda: self._booking_path(self._book(course, form, on_full)), again)

    def _book(self, course, form, on_full):
        """:return: ``event.registration`` of all people of the form"""
        signed_in = not request.env.user._is_public()
        return course._drk_book(
            form.participants(),
            booker=self._booker(course) or form.booker(),
            payer=form.payer_values(),
            payer_kind=form.payer,
            channel="portal" if signed_in else "web",
            on_full=on_full,
            lang=request.env.lang,
            consent=self._consent(course, form),
            contact_email=form.values.get("email"),
        )

    def _booker(self, course):
        """:return: the person of a login of this association; nobody has to find them again"""
        person = request.env.user.partner_id
        known = not request.env.user._is_public() and person.company_id == course.company_id
        return person if known else None

    def _consent(self, course, form):
        """Who books may consent, for themselves alone: never for others, employees or a payer (K-1.3)."""
        if not form.values.get("consent"):
            return None
        return {"purpose_code": "privacy", "kind": "given", "channel_key": "I", "text": self._consent_text(course)}

    def _consent_text(self, course):
        purpose = request.env["drk.consent.purpose"]._get("privacy")
        today = fields.Date.context_today(course)
        return request.env["drk.consent.text"]._current(course.company_id, purpose, today)

    def _trouble(self, course, error, email=None):
        """Say what went wrong in words; the template offers the waiting list where that helps.

        :return: dict ``kind`` (full, closed, twice, busy, other) and ``text``
        """
        course.invalidate_recordset()
        if isinstance(error, CourseFull | psycopg2.errors.CheckViolation):
            return {"kind": "full", "text": "", "free": course.drk_free}
        if isinstance(error, AlreadyBooked | psycopg2.errors.UniqueViolation):
            return {"kind": "twice", "text": self._twice_text(error, email)}
        if isinstance(error, Busy | psycopg2.OperationalError):
            return {
                "kind": "busy",
                "text": request.env._("Very many people are booking at this moment. Please try again."),
            }
        if isinstance(error, CourseClosed):
            return {"kind": "closed", "text": str(error)}
        if isinstance(error, psycopg2.Error):
            return {
                "kind": "other",
                "text": request.env._("These entries could not be stored. Please check them or call us."),
            }
        return {"kind": "other", "text": str(error)}

    def _twice_text(self, error, email):
        """Say it clearly to the person themselves; others are asked to call.

        That is politeness, no secret: nobody can be booked twice, so who knows name and birth date of somebody and is
        refused can guess why. Names, addresses and the booking itself are never shown.
        """
        person = getattr(error, "person", None)
        typed = email_normalize(email or "")
        if person and (person == request.env.user.partner_id or (typed and person.email_normalized == typed)):
            return request.env._("One of these people is booked on this date already.")
        return request.env._("We could not accept this booking. Please call us or write to us.")

    def _booking_form(self, course, typed):
        first_day = words.local(course.date_begin, course.date_tz).date()
        return BookingForm(request.env, typed, self._prices(course), course.drk_kind_id.age_min, first_day)

    def _known_visitor(self):
        """:return: what a signed-in visitor need not type again"""
        if request.env.user._is_public():
            return {}
        person = request.env.user.partner_id
        names = {"birthdate": "birthdate_date"} | {
            name: name for name in ("firstname", "lastname", "email", "phone", "street", "zip", "city")
        }
        known = {name: person[field] for name, field in names.items() if person[field]}
        if "birthdate" in known:
            known["birthdate"] = f"{known['birthdate']:%d.%m.%Y}"
        return known

    def _form_page(self, course, form, trouble=None):
        values = self._details(course) | {
            "form": form,
            "errors": form.errors,
            "values": form.typed,
            "trouble": trouble,
            "consent_text": self._consent_text(course),
        }
        if values["state"] in ("closed", "cancelled") or (trouble and trouble["kind"] == "closed"):
            return request.render("drk_ktv.website_booking_closed", values)
        return request.render("drk_ktv.website_booking_form", values)

    # ---- the booking, by its signed link -------------------------------------------

    def _booking_path(self, registrations):
        """The address of a booking for who made it, in the language of the page."""
        first = registrations.sudo()[:1]  # its own new booking
        return f"{self._prefix()}/kurse/buchung/{first._drk_booking_token()}"

    def _linked(self, purpose, token):
        """The whole booking that a link names.

        :return: ``event.registration`` sudo, of this site's association
        :raise LinkInvalid: also for bookings of another association, archived or deleted ones
        """
        company = self._association("ktv")
        link = request.env["drk.link"]._verify(purpose, token)
        # sudo: the signed link says that its bearer may see and change this booking
        first_sudo = request.env["event.registration"].sudo().browse(link.res_id).exists()
        if not (first_sudo.drk_is_course and first_sudo.active) or first_sudo.company_id != company:
            raise LinkInvalid("")
        return self._whole_booking(first_sudo)

    def _whole_booking(self, registration):
        if not registration.drk_group_ref:
            return registration
        domain = [("event_id", "=", registration.event_id.id), ("drk_group_ref", "=", registration.drk_group_ref)]
        return registration.search(domain, order="id") or registration

    def _link_problem(self, error):
        """A page without details: 410 for an old link, 404 for all others."""
        expired = isinstance(error, LinkExpired)
        response = request.render("drk_ktv.website_link_problem", {"expired": expired})
        response.status_code = 410 if expired else 404
        return response

    def _booking_values(self, registrations, base):
        """What the pages of one booking show.

        :param registrations: ``event.registration`` of one booking
        :param base: address of the booking, for its links
        """
        course = registrations.event_id.with_context(tz=words.BERLIN)
        begun = course.date_begin <= fields.Datetime.now()
        live = registrations.filtered(lambda r: r.state in LIVE_STATES)
        return self._details(course) | {
            "people": [self._person(registration) for registration in registrations],
            "states": set(registrations.mapped("state")),
            "live": [] if begun else [self._person(registration) for registration in live],
            "begun": begun,
            "base": base,
            "booker": registrations[:1].partner_id,
            # what is stored at the person is not for everybody who typed their name
            "contact": registrations[:1].drk_contact_email,
            "price": self._booked_price(registrations),
            "payer": registrations[:1].drk_payer_id,
        }

    def _person(self, registration):
        labels, badge = self._state_labels()[registration.state]
        return {
            "id": registration.id,
            "name": registration.drk_participant_id.name or registration.name,
            "state": labels,
            "badge": badge,
            "until": self._offer_until(registration),
        }

    def _state_labels(self):
        return {
            "draft": (request.env._("not confirmed"), ""),
            "open": (request.env._("booked"), "drk-badge-ok"),
            "waiting": (request.env._("on the waiting list"), "drk-badge-few"),
            "offered": (request.env._("a place is offered"), "drk-badge-few"),
            "done": (request.env._("took part"), "drk-badge-ok"),
            "cancel": (request.env._("cancelled"), "drk-badge-full"),
        }

    def _offer_until(self, registration):
        if registration.state != "offered" or not registration.drk_offer_until:
            return ""
        moment = words.local(registration.drk_offer_until, registration.event_id.date_tz)
        return words.moment(moment, request.env.lang)

    def _booked_price(self, registrations):
        live = registrations.filtered(lambda r: r.state != "cancel")
        amounts = live.mapped("drk_price")
        if not any(amounts):
            return None
        currency, lang = live.company_id.currency_id.name, request.env.lang
        return {"total": words.money(sum(amounts), currency, lang), "count": len(live)}

    @http.route("/kurse/buchung/<string:token>", type="http", auth="public", website=True, sitemap=False)
    @by_link(LINK_BOOKING)
    def booking(self, registrations, token, /, **_unknown):
        base = f"{self._prefix()}/kurse/buchung/{token}"
        return request.render("drk_ktv.website_booking", self._booking_values(registrations, base))

    # ---- cancel ---------------------------------------------------------------------

    @http.route(
        "/kurse/buchung/<string:token>/stornieren",
        type="http",
        auth="public",
        website=True,
        csrf=False,  # as above
        sitemap=False,
        methods=["GET", "POST"],
    )
    @by_link(LINK_BOOKING)
    def booking_cancel(self, registrations, token, /, **post):
        base = f"{self._prefix()}/kurse/buchung/{token}"
        return self._cancel_page(registrations, base, "link", only_text(post))

    def _cancel_page(self, registrations, base, by, post):
        """Ask which people are cancelled, and do it on POST."""
        values = self._booking_values(registrations, base)
        if not values["live"]:
            return request.redirect(base, code=303)
        if request.httprequest.method != "POST":
            return request.render("drk_ktv.website_booking_cancel", values | {"errors": {}})
        refused = self._check_spam(FORM_CANCEL, post)
        if refused:
            return refused
        chosen = self._chosen_people(registrations, values["live"])
        if not chosen:
            errors = {"person": request.env._("Please choose who is cancelled.")}
            return request.render("drk_ktv.website_booking_cancel", values | {"errors": errors})
        return self._cancel(chosen, base, by, post, values)

    def _chosen_people(self, registrations, live):
        sent = set(request.httprequest.form.getlist("person"))
        allowed = {str(person["id"]): person["id"] for person in live}
        return registrations.filtered(lambda r: str(r.id) in sent & allowed.keys())

    def _cancel(self, chosen, base, by, post, values):
        reason = request.env._("Cancelled by the person who booked")

        def cancel():
            chosen._drk_cancel(reason=reason, by=by)
            return base

        def again(error):
            text = self._trouble(chosen.event_id, error)["text"]
            return request.render("drk_ktv.website_booking_cancel", values | {"errors": {"person": text}})

        return self._do_once(FORM_CANCEL, post, cancel, again)

    # ---- offers -----------------------------------------------------------------------

    @http.route(
        "/kurse/angebot/<string:token>",
        type="http",
        auth="public",
        website=True,
        csrf=False,  # as above
        sitemap=False,
        methods=["GET", "POST"],
    )
    @by_link(LINK_OFFER)
    def offer(self, registrations, token, /, **post):
        offered = registrations.filtered(lambda r: r.state == "offered" and r.drk_offer_until > fields.Datetime.now())
        if not offered:
            return self._offer_gone(registrations)
        if request.httprequest.method != "POST":
            return self._offer_page(offered)
        return self._answer_offer(offered, only_text(post))

    def _offer_gone(self, registrations):
        """Answered already: show the booking; ran out: say so."""
        if "open" in registrations.mapped("state"):
            return request.redirect(self._booking_path(registrations), code=303)
        raise LinkExpired("")

    def _offer_page(self, offered, trouble=None):
        base = self._booking_path(offered)
        values = self._booking_values(offered, base) | {"trouble": trouble, "errors": {}}
        return request.render("drk_ktv.website_offer", values)

    def _answer_offer(self, offered, post):
        refused = self._check_spam(FORM_OFFER, post)
        if refused:
            return refused
        if post.get("answer") not in ("accept", "decline"):
            return self._offer_page(offered)

        def answer():
            if post["answer"] == "accept":
                offered._drk_accept_offer()
            else:
                offered._drk_decline_offer()
            return self._booking_path(offered)

        def again(error):
            return self._offer_page(offered, self._trouble(offered.event_id, error))

        return self._do_once(FORM_OFFER, post, answer, again)
