"""Course dates and prices as a visitor reads them: plain functions.

They are cached, because babel reads its patterns anew for each value and a page has hundreds of them.
"""

from datetime import UTC
from functools import lru_cache
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import babel
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency

BERLIN = "Europe/Berlin"


def local(moment, timezone):
    """A naive UTC moment of the database in the time zone of the course."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone or BERLIN))


@lru_cache(maxsize=2048)
def locale(lang):
    """The babel locale of an Odoo language code; German where babel does not know it."""
    try:
        return babel.Locale.parse(lang)
    except (ValueError, babel.UnknownLocaleError):
        return babel.Locale("de", "DE")


@lru_cache(maxsize=2048)
def short_day(day, lang):
    """:return: e.g. ``Sa., 12. Dez. 2026``"""
    return format_skeleton("yMMMEd", day, locale=locale(lang))


@lru_cache(maxsize=2048)
def long_day(day, lang):
    """:return: e.g. ``Samstag, 12. Dezember 2026``"""
    return format_date(day, "full", locale=locale(lang))


@lru_cache(maxsize=2048)
def month(day, lang):
    """:return: e.g. ``Dezember 2026``"""
    return format_date(day, "LLLL y", locale=locale(lang))


@lru_cache(maxsize=2048)
def times(begin, end, lang):
    """:return: e.g. ``09:00–17:00 Uhr``"""
    where = locale(lang)
    clock = f"{format_time(begin, 'short', locale=where)}–{format_time(end, 'short', locale=where)}"
    return f"{clock} Uhr" if where.language == "de" else clock


def span(begin, end, lang):
    """One day, or the first and the last one."""
    first = short_day(begin.date(), lang)
    return first if begin.date() == end.date() else f"{first} – {short_day(end.date(), lang)}"


@lru_cache(maxsize=2048)
def money(amount, currency, lang):
    """:return: e.g. ``55,00 €``"""
    return format_currency(amount, currency, locale=locale(lang))


def utc(moment, timezone=BERLIN):
    """A local wall-clock moment as naive UTC, as the database keeps it."""
    return moment.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC).replace(tzinfo=None)


def address(path, query):
    """:return: ``path?query`` with everything quoted"""
    return f"{path}?{urlencode(query)}" if query else path


def clock(value, lang):
    """:return: e.g. ``14:30 Uhr``"""
    where = locale(lang)
    text = format_time(value, "short", locale=where)
    return f"{text} Uhr" if where.language == "de" else text


def moment(value, lang):
    """:return: e.g. ``Samstag, 12. Dezember 2026, 14:30 Uhr``"""
    return f"{long_day(value.date(), lang)}, {clock(value, lang)}"
