"""Days of the quarterly cleaning: plain functions, no database."""

from datetime import date, timedelta

QUARTER_MONTHS = (1, 4, 7, 10)


def first_sunday(year, month):
    """The first Sunday of a month.

    :param year: int
    :param month: int, 1 to 12
    :return: date
    """
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7)


def is_cleaning_day(day):
    """Whether the quarterly cleaning runs on this day: the first Sunday of a quarter (D-ANO-18).

    :param day: date
    :return: bool
    """
    return day.month in QUARTER_MONTHS and day == first_sunday(day.year, day.month)


def next_cleaning_day(day):
    """The first day of cleaning on or after a day.

    :param day: date
    :return: date
    """
    days = [first_sunday(year, month) for year in (day.year, day.year + 1) for month in QUARTER_MONTHS]
    return next(sunday for sunday in days if sunday >= day)


def last_cleaning_day(day):
    """The last day of cleaning on or before a day.

    :param day: date
    :return: date
    """
    days = [first_sunday(year, month) for year in (day.year - 1, day.year) for month in QUARTER_MONTHS]
    return max(sunday for sunday in days if sunday <= day)
