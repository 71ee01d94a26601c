"""Age of a person: plain functions without Odoo."""

from dateutil.relativedelta import relativedelta

#: Code and first year of each class; the next class ends it.
AGE_CLASSES = (("child", 0), ("youth", 14), ("young_adult", 18), ("adult", 27), ("senior", 65))


def age_on(birthdate, day):
    """Full years of age.

    :param birthdate: date
    :param day: date
    :return: int, negative before the birth
    """
    return day.year - birthdate.year - ((day.month, day.day) < (birthdate.month, birthdate.day))


def age_class(birthdate, day):
    """Class of ages a person belongs to on a day.

    :param birthdate: date or None
    :param day: date
    :return: code of ``AGE_CLASSES`` or False when unknown
    """
    if not birthdate or birthdate > day:
        return False
    age = age_on(birthdate, day)
    return next(code for code, first in reversed(AGE_CLASSES) if age >= first)


def birthdates_of_class(code, day):
    """Birth dates that belong to a class on a day.

    :param code: code of ``AGE_CLASSES``
    :param day: date
    :return: tuple of the day after which and the day until which they are born, the first None without a limit
    """
    codes = [name for name, _first in AGE_CLASSES]
    position = codes.index(code)
    until = day - relativedelta(years=AGE_CLASSES[position][1])
    is_last = position + 1 == len(codes)
    return (None if is_last else day - relativedelta(years=AGE_CLASSES[position + 1][1])), until
