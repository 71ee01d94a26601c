"""Periods of months, BGB sections 187(1), 188(2) and (3), 193 (likewise Regulation (EEC, Euratom) 1182/71, Art. 3)."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

ONE_DAY = timedelta(days=1)


def months_later(start, months, is_working_day):
    """Return the last day of a period of months.

    The day of the event does not count; the period ends on the day with the same number, or on the last day of a month
    that has none. A Saturday, Sunday or public holiday moves the end to the next working day.

    :param start: ``date`` of the event
    :param months: int
    :param is_working_day: function of a ``date``
    """
    day = start + relativedelta(months=months)
    while not is_working_day(day):
        day += ONE_DAY
    return day
