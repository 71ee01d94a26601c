"""Arithmetic of days that needs no database."""

from datetime import date, timedelta
from functools import lru_cache

import holidays
from dateutil.easter import easter

ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def target_closing_days(year):
    """Days besides Saturdays and Sundays on which TARGET, hence SEPA, is closed (ECB calendar)."""
    easter_day = easter(year)
    return frozenset(
        {
            date(year, 1, 1),
            easter_day - 2 * ONE_DAY,
            easter_day + ONE_DAY,
            date(year, 5, 1),
            date(year, 12, 25),
            date(year, 12, 26),
        }
    )


def is_target_day(day):
    """Return whether banks settle on that day."""
    return day.weekday() < 5 and day not in target_closing_days(day.year)


def next_target_day(day):
    """Return ``day`` itself if banks settle then, else the first day after it."""
    while not is_target_day(day):
        day += ONE_DAY
    return day


@lru_cache(maxsize=256)
def _german_holidays(land, year):
    return dict(holidays.country_holidays("DE", subdiv=land or None, years=year, language="de"))


def public_holidays(land, start, end):
    """Return the public holidays of a Land.

    :param str land: code of the Land, e.g. ``NW``; empty for the nationwide ones
    :param start: first ``date``
    :param end: last ``date``
    :return: dict ``date`` -> German name, sorted by date
    """
    return {
        day: name
        for year in range(start.year, end.year + 1)
        for day, name in sorted(_german_holidays(land, year).items())
        if start <= day <= end
    }
