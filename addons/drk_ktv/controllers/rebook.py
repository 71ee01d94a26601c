from functools import partial

from odoo import http
from odoo.addons.drk_base.tools.links import LinkExpired
from odoo.http import request

from . import format as words
from .booking import LINK_BOOKING, by_link
from .booking_form import only_text
from .portal import PortalCourses

FORM_REBOOK = "ktv_rebook"
LINK_REPLACEMENT = "ktv_replacement_date"
SHOWN_DATES = 20


class RebookPages(PortalCourses):
    """Move a booking to another date: choose (GET), look at it with its price (GET), agree (POST)."""

    # ---- the pages of a booking show what can be done, and where it went -----------------

    def _booking_values(self, registrations, base):
        movable = registrations._drk_movable("link")
        if "/my/kurse/" in base:
            # another date can cost the payer more: who only takes part asks who booked
            movable = movable.filtered(lambda r: r.partner_id == request.env.user.partner_id)
        return super()._booking_values(registrations, base) | {
            "movable": movable,
            "moved": self._moved(registrations, base),
            "lost": any(registrations.mapped("drk_course_lost")),
        }

    def _moved(self, registrations, base):
        """The other dates these went to.

        :return: list of dict ``date``, ``times``, ``names``, ``href``
        """
        rows = []
        for course, bookings in registrations.drk_rebooked_to_id.sorted("id").grouped("event_id").items():
            row = self._row(course.with_context(tz=words.BERLIN), request.env.lang, self._prefix())
            names = ", ".join(booking.drk_participant_id.name or booking.name or "" for booking in bookings)
            portal = "/my/kurse/" in base
            path = self._rebooked_path(bookings, "portal" if portal else "link")
            rows.append({"date": row["date"], "times": row["times"], "names": names, "href": path})
        return rows

    # ---- choose ---------------------------------------------------------------------------

    def _rebook_page(self, registrations, base, by, query):
        """GET: which people and dates; with both chosen: everything before the person agrees. POST: do it."""
        posted = request.httprequest.method == "POST"
        refused = posted and self._check_spam(FORM_REBOOK, query)  # who sends it again gets the first answer
        if refused:
            return refused
        movable = registrations._drk_movable(by)
        if not movable:
            return request.redirect(base, code=303)
        if posted:
            return self._rebook_submit(registrations, movable, base, by, query)
        chosen = self._rebook_people(movable, request.httprequest.args.getlist("person"))
        course = self._rebook_course(chosen or movable, by, query.get("termin"))
        if chosen and course:
            return self._rebook_confirm(chosen, course, base, by)
        errors = {}
        if "weiter" in query:
            errors = self._rebook_errors(chosen, course)
        return self._rebook_choice(registrations, movable, chosen, base, by, errors)

    def _rebook_errors(self, chosen, course):
        errors = {}
        if not chosen:
            errors["person"] = request.env._("Please choose who changes the date.")
        if not course:
            errors["termin"] = request.env._("Please choose a date that has places for all chosen people.")
        return errors

    def _rebook_people(self, movable, sent):
        """Of a single person there is nothing to choose."""
        if len(movable) == 1:
            return movable
        return movable.filtered(lambda r: str(r.id) in sent)

    def _rebook_course(self, people, by, number):
        """:return: the chosen date if these people can move there, else an empty record set"""
        if not number or len(number) > 60:
            return people.env["event.event"]
        dates = people._drk_rebook_dates(by, limit=None)
        return dates.filtered(lambda course: (course.drk_number or "").lower() == number.lower())[:1]

    def _rebook_choice(self, registrations, movable, chosen, base, by, errors=None, trouble=None):
        dates = (chosen or movable[:1])._drk_rebook_dates(by, limit=SHOWN_DATES)
        values = self._booking_values(registrations, base) | {
            "errors": errors or {},
            "trouble": trouble,
            "people": [self._person(registration) for registration in movable],
            "chosen": set((chosen if errors else chosen or movable).ids),
            "dates": [self._rebook_row(chosen or movable, course, by) for course in dates],
            "until": self._rebook_until(movable),
        }
        return request.render("drk_ktv.website_rebook", values)

    def _rebook_row(self, people, course, by):
        """One date to choose; the price is that of one person."""
        course = course.with_context(tz=words.BERLIN)
        row = self._row(course, request.env.lang, self._prefix())
        price = course._drk_price_for(people[:1].drk_payer_kind)
        return row | {
            "number": course.drk_number,
            "price": self._money(people, price) if price else "",
            "fee": self._money(people, fee) if (fee := people[:1]._drk_rebook_cost(course, by)) else "",
        }

    def _rebook_until(self, movable):
        course = movable[:1].event_id
        return words.moment(words.local(movable[:1]._drk_rebook_until(), course.date_tz), request.env.lang)

    def _money(self, registrations, amount):
        return words.money(amount, registrations.company_id.currency_id.name, request.env.lang)

    # ---- agree -------------------------------------------------------------------------------

    def _rebook_confirm(self, people, course, base, by, trouble=None, form_action=None, other_dates=None):
        course = course.with_context(tz=words.BERLIN)
        total = sum(course._drk_price_for(registration.drk_payer_kind) or 0.0 for registration in people)
        before, fee = sum(people.mapped("drk_price")), people._drk_rebook_cost(course, by)
        old = self._row(people.event_id.with_context(tz=words.BERLIN), request.env.lang, self._prefix())
        values = self._details(course) | {
            "old": old,
            "base": base,
            "form_action": form_action or f"{base}/umbuchen",
            "people": [self._person(registration) for registration in people],
            "total": self._money(people, total) if total else "",
            "before": self._money(people, before) if before else "",
            "fee": self._money(people, fee) if fee else "",
            "agreed": self._agreed(total, fee),
            "trouble": trouble,
            "replacement": by == "replacement",
            "other_dates": other_dates or [],
            "errors": {},
        }
        return request.render("drk_ktv.website_rebook_confirm", values)

    def _agreed(self, total, fee):
        """What was shown goes along with the form: nobody agrees to another amount than the one on the page."""
        return f"{total:.2f}-{fee:.2f}"

    def _rebook_submit(self, registrations, movable, base, by, post):
        people = self._rebook_people(movable, request.httprequest.form.getlist("person"))
        course = self._rebook_course(people, by, post.get("termin")) if people else None
        if not people or not course:
            trouble = {"kind": "full", "text": self._faster()} if people else None
            return self._rebook_choice(registrations, movable, people, base, by, trouble=trouble)
        return self._rebook(people, course, by, post, partial(self._rebook_again, people, course, base, by))

    def _rebook_again(self, people, course, base, by, trouble):
        """Whatever hindered it: the same page when it can be tried again, else other dates."""
        if trouble["kind"] in ("busy", "amount"):
            return self._rebook_confirm(people, course, base, by, trouble)
        movable = people._drk_movable(by)
        if not movable:
            return request.redirect(base, code=303)
        return self._rebook_choice(people, movable, movable, base, by, trouble=trouble)

    def _rebook(self, people, course, by, post, again):
        """Move the booking once, however often the form is sent.

        :param again: callable that takes what went wrong and gives the page
        """
        total = sum(course._drk_price_for(registration.drk_payer_kind) or 0.0 for registration in people)
        if post.get("betrag") != self._agreed(total, people._drk_rebook_cost(course, by)):
            text = request.env._("The amount has changed meanwhile. Please look at it and confirm once more.")
            return again({"kind": "amount", "text": text})

        def move():
            return self._rebooked_path(people._drk_rebook(course, by=by), by)

        return self._do_once(FORM_REBOOK, post, move, lambda error: again(self._rebook_trouble(course, error)))

    def _rebook_trouble(self, course, error):
        trouble = self._trouble(course, error)
        if trouble["kind"] == "full":
            trouble["text"] = self._faster()
        if trouble["kind"] == "twice":
            trouble["text"] = request.env._("One of these people is booked on this date already.")
        return trouble

    def _faster(self):
        return request.env._("Somebody was faster: this date has not enough places any more.")

    def _rebooked_path(self, new, by):
        if by == "portal":
            return f"{self._prefix()}/my/kurse/{new[:1].id}"
        return self._booking_path(new)

    # ---- the three ways ------------------------------------------------------------------------

    @http.route(
        "/kurse/buchung/<string:token>/umbuchen",
        type="http",
        auth="public",
        website=True,
        csrf=False,  # _check_spam checks the token of those who are signed in
        sitemap=False,
        methods=["GET", "POST"],
    )
    @by_link(LINK_BOOKING)
    def booking_rebook(self, registrations, token, /, **query):
        base = f"{self._prefix()}/kurse/buchung/{token}"
        return self._rebook_page(registrations, base, "link", only_text(query))

    @http.route(
        "/my/kurse/<int:registration_id>/umbuchen",
        type="http",
        auth="user",
        website=True,
        csrf=False,  # as above
        sitemap=False,
        methods=["GET", "POST"],
    )
    def portal_course_rebook(self, registration_id, **query):
        registrations = self._own_booking(registration_id)
        base = f"{self._prefix()}/my/kurse/{registration_id}"
        if registrations.partner_id != request.env.user.partner_id:  # as on the page of the booking
            return request.redirect(base, code=303)
        return self._rebook_page(registrations, base, "portal", only_text(query))

    @http.route(
        "/kurse/ersatztermin/<string:token>",
        type="http",
        auth="public",
        website=True,
        csrf=False,  # as above
        sitemap=False,
        methods=["GET", "POST"],
    )
    @by_link(LINK_REPLACEMENT)
    def booking_replacement(self, registrations, token, /, **post):
        """The link in the mail about a cancelled date: one of the next dates, without a fee."""
        link = request.env["drk.link"]._verify(LINK_REPLACEMENT, token)
        posted, post = request.httprequest.method == "POST", only_text(post)
        refused = posted and self._check_spam(FORM_REBOOK, post)
        if refused:
            return refused
        people = registrations._drk_replaceable()
        if not people:
            return self._replacement_gone(registrations)
        base = self._booking_path(registrations)
        dates = people._drk_rebook_dates("replacement", limit=SHOWN_DATES)
        course = dates.filtered(lambda date: str(date.id) == link.extra)
        if not course:
            return self._replacement_choice(people, dates, link)
        if not posted:
            return self._replacement_page(people, course, dates, link, base)
        again = partial(self._replacement_page, people, course, dates, link, base)
        return self._rebook(people, course, "replacement", post, again)

    def _replacement_page(self, people, course, dates, link, base, trouble=None):
        if trouble and trouble["kind"] not in ("busy", "amount"):
            dates = people._drk_rebook_dates("replacement", limit=SHOWN_DATES)
            return self._replacement_choice(people, dates - course, link, trouble)
        action = self._replacement_path(people, course, link)
        others = self._replacement_rows(people, dates - course, link)
        return self._rebook_confirm(people, course, base, "replacement", trouble, action, others)

    def _replacement_choice(self, people, dates, link, trouble=None):
        values = self._booking_values(people, self._booking_path(people)) | {
            "other_dates": self._replacement_rows(people, dates, link),
            "trouble": trouble,
        }
        return request.render("drk_ktv.website_replacement_full", values)

    def _replacement_rows(self, people, dates, link):
        return [
            self._rebook_row(people, course, "replacement") | {"href": self._replacement_path(people, course, link)}
            for course in dates
        ]

    def _replacement_path(self, people, course, link):
        token = people[:1]._drk_replacement_token(course, link.expires)
        return f"{self._prefix()}/kurse/ersatztermin/{token}"

    def _replacement_gone(self, registrations):
        """Used already: show where the booking is now; all other cases: the link is too old."""
        new = registrations.drk_rebooked_to_id
        if new:
            return request.redirect(self._booking_path(new), code=303)
        raise LinkExpired("")
