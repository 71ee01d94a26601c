"""Telephone numbers as people type them: plain functions, no database."""

import phonenumbers
from phonenumbers import PhoneNumberType

SMS_LENGTH = 160
MOBILE_TYPES = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def mobile(number, region="DE"):
    """The number an SMS can go to.

    :param number: str as typed, or None
    :param region: country of numbers without a country code
    :return: str in the international form (E.164), or False when it is no mobile number
    """
    try:
        parsed = phonenumbers.parse(number or "", region)
    except phonenumbers.NumberParseException:
        return False
    if not phonenumbers.is_valid_number(parsed) or phonenumbers.number_type(parsed) not in MOBILE_TYPES:
        return False
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def readable(number, region="DE"):
    """A number as somebody dials it, in groups: ``+49 171 2345678``; what is none stays as typed."""
    try:
        parsed = phonenumbers.parse(number or "", region)
    except phonenumbers.NumberParseException:
        return number or ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def shorten(text, length=SMS_LENGTH):
    """At most so many characters: one SMS; what is too long ends with an ellipsis of three dots."""
    text = " ".join((text or "").split())
    return text if len(text) <= length else f"{text[: length - 3].rstrip()}..."
