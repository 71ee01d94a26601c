"""What the mails and letters about a booking say, put into words once for both."""

from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from odoo import fields
from odoo.tools.mail import html_to_inner_content
from odoo.tools.misc import babel_locale_parse, formatLang, get_lang

DATE_PATTERNS = {"de": "EEEE, d. MMMM y", "en": "EEEE, d MMMM y"}


class MailTexts:
    """Words about one booking in the language of its environment.

    :param registrations: ``event.registration`` of one booking, never empty
    :param kind: key of ``drk.course.mail.kind``
    """

    def __init__(self, registrations, kind):
        self.bookings = registrations
        self.first = registrations[:1]
        self.course = registrations.event_id
        self.company = self.course.company_id
        self.env = registrations.env
        self.kind = kind
        self.locale = babel_locale_parse(get_lang(self.env).code)
        self.zone = ZoneInfo(self.course.date_tz or "Europe/Berlin")

    def values(self):
        """:return: dict; every value is text, a list of dicts of text, or a record"""
        return {
            "course": self.course,
            "company": self.company,
            "course_name": self.course.drk_kind_id.name or self.course.name,
            "number": self.course.drk_number or "",
            "salutation": self.salutation(),
            "participants": [self.participant(booking) for booking in self.bookings],
            "sessions": self.sessions(),
            "today": fields.Date.context_today(self.course.with_context(tz=self.zone.key)),
            "first_day": self.day(self.course.date_begin),
            "rooms": self.rooms(),
            "bring": self.course.drk_kind_id._drk_mail_note(),
            **self.money(),
            **self.contact(),
            **self.links(),
            "reason": self.first.drk_cancel_reason or "",
            "course_cancelled": self.course.kanban_state == "cancel",
            "offer_until": self.moment(self.first.drk_offer_until),
            "was_confirmed": self.kind != "cancel" or self.bookings._drk_clears_calendar(),
        }

    # ---- people -------------------------------------------------------------

    def salutation(self):
        booker = self.first.partner_id
        if booker.is_company or not booker.name:
            return self.env._("Dear Sir or Madam")
        if not self.bookings._drk_reaches_booker():  # neither title nor gender to who only typed this name
            return self.env._("Good day %s", booker.name)
        # The salutation kept at the person is in the person's language.
        if booker.drk_letter_salutation and (booker.lang or "").startswith(self.locale.language):
            return booker.drk_letter_salutation
        return self.env._("Dear %s", booker.name)

    def participant(self, booking):
        person = booking.drk_participant_id
        born = booking._drk_shows_birthdate() and person.birthdate_date
        return {
            "name": person.name or booking.name or "",
            "born": format_date(born, "medium", locale=self.locale) if born else "",
        }

    # ---- when and where -------------------------------------------------------

    def local(self, moment):
        """:param moment: naive UTC"""
        return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(self.zone)

    def day(self, moment):
        pattern = DATE_PATTERNS.get(self.locale.language, "full")
        return format_date(self.local(moment), pattern, locale=self.locale)

    def clock(self, moment):
        return format_time(self.local(moment).time(), "HH:mm", locale=self.locale)

    def moment(self, moment):
        if not moment:
            return ""
        return self.env._("%(day)s, %(time)s", day=self.day(moment), time=self.clock(moment))

    def sessions(self):
        rows = []
        for session in self.course.drk_session_ids.sorted("date_begin"):
            room = session.room_id or self.course.drk_room_id
            begin, end = self.clock(session.date_begin), self.clock(session.date_end)
            rows.append(
                {
                    "day": self.day(session.date_begin),
                    "time": self.env._("%(begin)s to %(end)s", begin=begin, end=end),
                    "room": room.name or "",
                }
            )
        return rows

    def rooms(self):
        return [
            {
                "name": room.name,
                "address": room._drk_address_line(),
                "directions": " ".join(html_to_inner_content(room.directions or "").split()),
                "sketch": bool(room.sketch),
            }
            for room in self.course._drk_rooms()
        ]

    # ---- money ----------------------------------------------------------------

    def money(self):
        """Price a person, the sum, and who pays; empty where nothing is to be paid."""
        prices = self.bookings.mapped("drk_price")
        several = len(prices) > 1 and sum(prices)
        payer = self.first.drk_payer_id
        kinds = dict(self.first._fields["drk_payer_kind"]._description_selection(self.env))
        return {
            "price": self.amount(prices[0]) if prices[0] and len(set(prices)) == 1 else "",
            "total": self.amount(sum(prices)) if several else "",
            "payer": payer.name if payer and (payer.is_company or payer != self.first.partner_id) else "",
            "payer_kind": "" if self.first.drk_payer_kind == "self" else kinds.get(self.first.drk_payer_kind, ""),
        }

    def amount(self, value):
        return formatLang(self.env, value, currency_obj=self.company.currency_id)

    # ---- association ------------------------------------------------------------

    def contact(self):
        company = self.company
        return {
            "sender_name": company.name,
            "sender_street": company.street or "",
            "sender_city": " ".join(filter(None, (company.zip, company.city))),
            "contact_mail": company.drk_ktv_sender or company.email or "",
            "contact_phone": company.phone or "",
        }

    def links(self):
        base = self.course._drk_base_address()
        return {
            "privacy_address": f"{base}/datenschutz",
            "booking_address": self.first._drk_booking_address(),
            "offer_address": self.first._drk_offer_address() if self.kind == "offer" else "",
        }
