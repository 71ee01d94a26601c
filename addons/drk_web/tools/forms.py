"""Fields of public forms and the one way to read them: nothing a browser sends reaches a model unread."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from odoo.tools import email_normalize
from odoo.tools.translate import LazyGettext

KINDS = ("text", "textarea", "date", "email", "phone", "choice", "checkbox", "int")
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2100, 12, 31)
_GERMAN_DATE = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_PHONE = re.compile(r"[+0-9][0-9 ()/.\-]*")
_INT = re.compile(r"[+-]?[0-9]{1,9}")
_TRUE = ("1", "on", "true", "yes", "ja")
# Direction overrides make a text read differently from what it is.
_BAD_CHARACTERS = re.compile("[\u202a-\u202e\u2066-\u2069\ufffd\ufeff]")


@dataclass(frozen=True)
class Field:
    """One field of a public form.

    :param name: name in the post and key of the value
    :param label: text or ``LazyTranslate`` text
    :param kind: one of ``KINDS``
    :param max_length: characters
    :param choices: pairs (value, label), or a function of ``env`` that returns them
    :param autocomplete: the HTML token that lets the browser fill the field in (WCAG 1.3.5)
    :param hint: text below the label
    :param min_value: lowest date or number allowed; a function is called when the form is read
    :param max_value: highest date or number allowed, or a function
    """

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    max_length: int = 200
    choices: tuple | Callable = ()
    autocomplete: str = ""
    hint: str = ""
    min_value: object = None
    max_value: object = None

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of field: {self.kind}")

    def get_choices(self, env):
        """Return the pairs (value, label) to choose from."""
        pairs = self.choices(env) if callable(self.choices) else self.choices
        return [(str(value), text(label, env)) for value, label in pairs]

    def get_label(self, env):
        return text(self.label, env)

    def get_hint(self, env):
        return text(self.hint, env)

    def shown(self, values):
        """Return what the input shows: what the visitor typed, or a default (a date in German form)."""
        value = (values or {}).get(self.name)
        if isinstance(value, date):
            return value.strftime("%d.%m.%Y")
        return "" if value is None or value is False else str(value)


def text(label, env):
    """Return a label in the language of the page."""
    return env._(label) if isinstance(label, LazyGettext) else label


def prefixed(fields, prefix):
    """Return the same fields once more under other names (the second participant, the payer)."""
    return [replace(field, name=prefix + field.name) for field in fields]


def parse(fields, post, env):
    """Read what a browser sent.

    :param fields: ``Field`` list, in the order of the page
    :param post: names and values as they came
    :return: ``(values, errors)``: values by name (text, ``date``, int, bool; empty: ``False``) of the fields that
        are right, and one message by name, in the order of the page, for those that are not
    """
    values, errors = {}, {}
    for field in fields:
        try:
            values[field.name] = _read(field, post.get(field.name), env)
        except WrongEntryError as wrong:
            errors[field.name] = str(wrong)
    return values, errors


class WrongEntryError(Exception):
    """The message beside the field."""


def _read(field, raw, env):
    if field.kind == "checkbox":
        return _read_checkbox(field, raw, env)
    value = _clean(field, raw if isinstance(raw, str) else "", env)
    if not value:
        if field.required:
            raise WrongEntryError(_required_message(field, env))
        return False
    return _READERS.get(field.kind, _read_text)(field, value, env)


def _required_message(field, env):
    if field.kind == "choice":
        return env._("Please choose: %s.", field.get_label(env))
    return env._("Please fill in: %s.", field.get_label(env))


def _clean(field, raw, env):
    """Normalise white space and refuse what no keyboard types."""
    if len(raw) > field.max_length:
        raise WrongEntryError(env._("This is too long: at most %s characters.", field.max_length))
    value = unicodedata.normalize("NFC", raw).replace("\r\n", "\n").replace("\r", "\n")
    allowed = "\n\t" if field.kind == "textarea" else ""
    if _BAD_CHARACTERS.search(value) or any(
        unicodedata.category(sign) in ("Cc", "Cs") and sign not in allowed for sign in value
    ):
        raise WrongEntryError(env._("This contains characters that cannot be stored. Please type the text anew."))
    if field.kind == "textarea":
        return value.strip()
    return " ".join(value.split())


def _read_text(field, value, env):
    return value


def _read_checkbox(field, raw, env):
    checked = isinstance(raw, str) and raw.strip().lower() in _TRUE
    if field.required and not checked:
        raise WrongEntryError(env._("Please tick the box, otherwise we cannot go on."))
    return checked


def _read_email(field, value, env):
    address = email_normalize(value, strict=True)
    if not address or len(address) > 254 or not re.fullmatch(r"[^@\s<>]+@[^@\s<>.]+(\.[^@\s<>.]+)+", address):
        raise WrongEntryError(env._("This is not an e-mail address. Example: name@example.org"))
    return address


def _read_phone(field, value, env):
    if not _PHONE.fullmatch(value) or not 5 <= sum(sign.isdigit() for sign in value) <= 16:
        raise WrongEntryError(env._("This is not a phone number. Example: 0211 123456"))
    return value


def _read_date(field, value, env):
    german, iso = _GERMAN_DATE.fullmatch(value), _ISO_DATE.fullmatch(value)
    if not german and not iso:
        raise WrongEntryError(env._("This is not a date. Please write it like this: 31.12.1990"))
    parts = [int(part) for part in (reversed(german.groups()) if german else iso.groups())]
    try:
        day = date(*parts)
    except ValueError:
        raise WrongEntryError(env._("This day does not exist. Please check the date.")) from None
    return _in_range(field, day, FIRST_DAY, LAST_DAY, env)


def _read_int(field, value, env):
    if not _INT.fullmatch(value):
        raise WrongEntryError(env._("Please enter a whole number."))
    return _in_range(field, int(value), None, None, env)


def _in_range(field, value, lowest, highest, env):
    lowest = _bound(field.min_value, lowest)
    highest = _bound(field.max_value, highest)
    if lowest is not None and value < lowest:
        raise WrongEntryError(_below(lowest, env))
    if highest is not None and value > highest:
        raise WrongEntryError(_above(highest, env))
    return value


def _bound(limit, default):
    if callable(limit):
        limit = limit()
    return default if limit is None else limit


def _below(lowest, env):
    if isinstance(lowest, date):
        return env._("This must not be before %s.", lowest.strftime("%d.%m.%Y"))
    return env._("This must not be less than %s.", lowest)


def _above(highest, env):
    if isinstance(highest, date):
        return env._("This must not be after %s.", highest.strftime("%d.%m.%Y"))
    return env._("This must not be more than %s.", highest)


def _read_choice(field, value, env):
    if value not in dict(field.get_choices(env)):
        raise WrongEntryError(env._("Please choose one of the entries of the list."))
    return value


_READERS = {
    "email": _read_email,
    "phone": _read_phone,
    "date": _read_date,
    "int": _read_int,
    "choice": _read_choice,
}
