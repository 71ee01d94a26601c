"""What a booking keeps of a person for statistics (G-14): plain functions, no database."""

import re

AGE_BANDS = [(0, 5), (6, 11), (12, 17), (18, 26), (27, 39), (40, 59), (60, None)]
AGE_BAND_SELECTION = [
    (f"{low}-{high}", f"{low}–{high}") if high is not None else (f"{low}+", f"{low}+") for low, high in AGE_BANDS
]


def age_on(birthdate, day):
    """Full years of age.

    :param birthdate: date
    :param day: date
    :return: int
    """
    return day.year - birthdate.year - ((day.month, day.day) < (birthdate.month, birthdate.day))


def age_band(birthdate, day):
    """Key of the age band on a day.

    :param birthdate: date or None
    :param day: date
    :return: key of ``AGE_BAND_SELECTION`` or False when unknown
    """
    if not birthdate or birthdate > day:
        return False
    age = age_on(birthdate, day)
    index = max(i for i, (low, _high) in enumerate(AGE_BANDS) if age >= low)
    return AGE_BAND_SELECTION[index][0]


def plz_area(postcode):
    """First two digits of a German postcode.

    :param postcode: str or None
    :return: two digits or False
    """
    match = re.fullmatch(r"(?:D-?)?(\d{2})\d{3}", (postcode or "").strip())
    return match.group(1) if match else False
