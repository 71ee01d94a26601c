"""Which values tell who somebody is wherever they stand, and which only together with the record they stand in."""

import re

from .normalize import SHORTEST_PHONE, email_key, iban_key

#: Found anywhere, these say who it was.
UNIQUE = {"email", "phone", "iban", "name", "number"}
_PHONE = re.compile(r"[+\d][\d\s/().–-]+")
_FEWEST_DIGITS = len(str(SHORTEST_PHONE)) + 1


def scan_kind(kind, value, names=()):
    """Return what the matcher should look for.

    :param str kind: kind of the remembered value (``drk.erasure.marker``)
    :param str value: the remembered value
    :param names: first and last names of the same person
    :return: one of ``UNIQUE``, or a kind that others may share
    """
    if email_key(value):
        return "email"
    if iban_key(value):
        return "iban"
    digits = sum(map(str.isdigit, value))
    if kind == "communication" and digits >= _FEWEST_DIGITS and _PHONE.fullmatch(value):
        return "phone"
    if kind == "identity" and is_full_name(value, names):
        return "name"
    if kind in ("identity", "bank", "access") and digits >= _FEWEST_DIGITS:
        return "number"
    return kind


def is_full_name(value, names):
    """Say whether a text holds the first and the last name of somebody; companies have one name alone."""
    words = value.casefold()
    held = {name.casefold() for name in names if name.casefold() in words}
    return len(held) > 1 if names else " " in value.strip()
