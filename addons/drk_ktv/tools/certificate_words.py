"""What certificates of one course say about it, put into words once for all its participants."""

from zoneinfo import ZoneInfo

from babel.dates import format_date
from odoo.tools.misc import babel_locale_parse, get_lang

from .texts import MailTexts


class CertificateWords(MailTexts):
    """Words about one course in the language of its environment.

    :param event: ``event.event`` with the language of the certificate
    """

    def __init__(self, event):  # pylint: disable=super-init-not-called
        self.env = event.env
        self.course, self.company, self.kind_record = event, event.company_id, event.drk_kind_id
        self.locale = babel_locale_parse(get_lang(self.env).code)
        self.zone = ZoneInfo(event.date_tz or "Europe/Berlin")

    def vals(self):
        """:return: dict of values of ``drk.certificate`` that all participants share"""
        return {
            "course_name": self.kind_record.name or self.course.name,
            "course_number": self.course.drk_number,
            "sessions": self.session_rows(),
            "units": self.kind_record.units or sum(self.course.drk_session_ids.mapped("units")),
            "instructors": self.instructors(),
            "authorisation_number": self.company.drk_ktv_authorisation_number,
        }

    def session_rows(self):
        """:return: list of dicts ``day``, ``time``, ``place``"""
        rows = []
        for session in self.course.drk_session_ids.sorted("date_begin"):
            begin, end = self.clock(session.date_begin), self.clock(session.date_end)
            rows.append(
                {
                    "day": self.day(session.date_begin),
                    "time": self.env._("%(begin)s to %(end)s", begin=begin, end=end),
                    "place": self.course._drk_place(session.room_id or self.course.drk_room_id),
                }
            )
        return rows

    def instructors(self):
        teachers = self.course.drk_session_ids.sorted("date_begin").instructor_ids or self.course.drk_instructor_id
        return ", ".join(name for name in teachers.mapped("partner_id.name") if name)

    def dates(self):
        """:return: e.g. ``27.03.2027 – 28.03.2027``"""
        days = {self.local(moment).date() for moment in (self.course.date_begin, self.course.date_end)}
        return " – ".join(self.date(day) for day in sorted(days))

    def date(self, day):
        return format_date(day, "medium", locale=self.locale) if day else ""

    def last_day(self):
        return self.local(self.course.date_end).date()

    def placeholders(self, vals):
        """What a text may say about one participant.

        :param vals: values of the certificate
        :return: dict of str
        """
        places = dict.fromkeys(row["place"] for row in vals["sessions"] if row["place"])
        return {
            "name": vals["holder_name"],
            "birthdate": self.date(vals["holder_birthdate"]),
            "course": vals["course_name"],
            "course_number": vals["course_number"],
            "dates": self.dates(),
            "place": "; ".join(places),
            "units": str(vals["units"] or ""),
            "instructors": vals["instructors"],
            "association": self.company.name,
            "authorisation_number": vals["authorisation_number"],
            "number": vals["number"],
        }
