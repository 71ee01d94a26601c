"""Replace the values of erased people in texts that have to stay."""

import html
import json
import re

from .addressed import is_addressed
from .words import has_genitive

WORD = re.compile(r"\w+")
PLACEHOLDER = "[gelöscht]"


class Replacer:
    """Finds many values in one pass: the first word of a value leads to it, so that the cost follows the text.

    :param values: texts that are found however they are written
    :param names: first or last names alone, found with a capital letter only: "ein Tag lang" names nobody
    :param words: names alone that are words, too, in a text about something else: found where they name somebody only
    """

    def __init__(self, values, placeholder=PLACEHOLDER, names=(), words=()):
        self.placeholder = placeholder
        self._by_word = {}
        forms = _by_form(words, lambda _word: is_addressed)
        forms |= _by_form(names, lambda name: _is_capital if (name or "").strip()[:1].isupper() else _is_any)
        forms |= _by_form(values, lambda _value: _is_any)
        for form in sorted(forms, key=len, reverse=True):
            start = WORD.search(form)
            if start:
                self._by_word.setdefault(start.group(), []).append((start.start(), form, *forms[form]))

    def __bool__(self):
        return bool(self._by_word)

    def __call__(self, text):
        """:return: the text without the values; the same object when none was in it"""
        if not text:
            return text
        lowered = _lower(text)
        parts, done = [], 0
        for word in WORD.finditer(lowered):
            if word.start() < done:
                continue
            begin, end = self._match(text, lowered, word)
            if end and begin >= done:
                parts += [text[done:begin], self.placeholder]
                done = end
        return "".join([*parts, text[done:]]) if parts else text

    def _match(self, text, lowered, word):
        found = word.group()
        values = self._by_word.get(found, [])
        if found.endswith("s"):
            values = values + self._by_word.get(found[:-1], [])
        for offset, value, is_meant, takes_s in values:
            begin = word.start() - offset
            end = begin + len(value)
            is_there = begin >= 0 and lowered.startswith(value, begin)
            if is_there and takes_s and _is_genitive(lowered, end):
                end += 1
            if is_there and not _continues(lowered, end) and is_meant(text, begin, end):
                return begin, end
        return None, None


def _is_any(_text, _begin, _end):
    return True


def _is_capital(text, begin, end):
    return not text[WORD.search(text, begin, end).start()].islower() or text.startswith(("\\u", "\\U"), begin)


def _by_form(values, judge):
    """:return: dict of form to (what says whether a place means the value, whether the value has a genitive)"""
    return {form: (judge(value), has_genitive(value)) for value in values for form in forms_of(value)}


def forms_of(value):
    """The ways a value stands in a text: as typed, in HTML and in JSON."""
    value = (value or "").strip()
    if len(value) < 2:
        return set()
    forms = {value, html.escape(value), html.escape(value, quote=False), json.dumps(value)[1:-1]}
    return {_lower(form) for form in forms}


def _is_genitive(text, end):
    return text.startswith("s", end) and not _continues(text, end + 1)


def _continues(text, end):
    """A value ends where a word ends: "Ott" is not in "Otto"."""
    return end < len(text) and (text[end - 1].isalnum() and (text[end].isalnum() or text[end] == "_"))


def _lower(text):
    """Lower case of the same length, so that positions stay."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
