"""Demo data: on which days courses take place."""

import math
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


class Calendar:
    """Finds days on which a room and an instructor are free."""

    def __init__(self, association, first, days):
        self.first = first
        self.days = days
        self.rooms = association.rooms
        self.instructors = association.instructors
        self.busy = self._known(association)
        state = association.company.state_id
        holidays = association.env["drk.calendar"]._public_holidays(state, first, first + timedelta(days=days + 60))
        self.holidays = set(holidays)

    def _known(self, association):
        busy = set()
        for session in association.env["drk.course.session"].search([("company_id", "=", association.company.id)]):
            day = session.date_begin.date()
            busy |= {(room.id, "room", day) for room in session.room_id}
            busy |= {(teacher.id, "instructor", day) for teacher in session.instructor_ids}
        return busy

    def take(self, kind, offset):
        """:return: sessions as (begin, end) in naive UTC, room, instructor; taken from now on"""
        day = self.first + timedelta(days=offset)
        if self.days < 100:
            day += timedelta(days=(5 - day.weekday()) % 7)  # people book Saturdays
        while True:
            pattern = self._pattern(kind, day)
            days = [begin.date() for begin, _end in pattern]
            if self.holidays.intersection(days):
                day += timedelta(days=1)
                continue
            room = self._free(self.rooms, "room", days)
            instructor = self._free(self.instructors, "instructor", days)
            if room and instructor:
                self.busy |= {(room.id, "room", taken) for taken in days}
                self.busy |= {(instructor.id, "instructor", taken) for taken in days}
                return pattern, room, instructor
            day += timedelta(days=1)

    def _free(self, records, what, days):
        return next((r for r in records if not any((r.id, what, day) in self.busy for day in days)), None)

    def _pattern(self, kind, day):
        """One day for up to 9 units (children's courses: two evenings), else weekends one after the other."""
        units = kind.units or 9
        if "Kind" in kind.name and units <= 9:
            return [self._session(day + timedelta(days=shift), (18, 0), units // 2 + 1) for shift in (0, 1)]
        count = math.ceil(units / 9)
        per_day = math.ceil(units / count)
        return [self._session(day + timedelta(days=7 * (i // 2) + i % 2), (9, 0), per_day) for i in range(count)]

    def _session(self, day, clock, units):
        begin = datetime(day.year, day.month, day.day, *clock, tzinfo=BERLIN)
        minutes = 45 * units + (45 if units > 5 else 0)  # with the lunch break
        return _naive_utc(begin), _naive_utc(begin + timedelta(minutes=minutes))


def _naive_utc(moment):
    return moment.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
