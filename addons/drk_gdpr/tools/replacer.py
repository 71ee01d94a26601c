"""Replace the values of erased people in texts that have to stay."""

import html
import json
import re

from .words import is_addressed

WORD = re.compile(r"\w+")
SHORTEST_GENITIVE = 4
PLACEHOLDER = "[gelöscht]"


class Replacer:
    """Finds many values in one pass: the first word of a value leads to it, so that the cost follows the text.

    :param values: texts that are found however they are written
    :param names: first or last names alone, found with a capital letter only: "ein Tag lang" names nobody
    :param words: names alone that are words, too, in a text about something else: found with a salutation or title only
    """

    def __init__(self, values, placeholder=PLACEHOLDER, names=(), words=()):
        self.placeholder = placeholder
        self._by_word = {}
        forms = {form: _is_addressed for word in words for form in _forms(word)}
        forms |= {
            form: _is_capital if (name or "").strip()[:1].isupper() else _is_any
            for name in names
            for form in _forms(name)
        }
        forms |= {form: _is_any for value in values for form in _forms(value)}
        for form in sorted(forms, key=len, reverse=True):
            start = WORD.search(form)
            if start:
                self._by_word.setdefault(start.group(), []).append((start.start(), form, forms[form]))

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
        for offset, value, is_meant in values:
            begin = word.start() - offset
            end = begin + len(value)
            is_there = begin >= 0 and lowered.startswith(value, begin)
            if is_there and _is_genitive(value, lowered, end):
                end += 1
            if is_there and not _continues(lowered, end) and is_meant(text, lowered, begin, end):
                return begin, end
        return None, None


def _is_any(_text, _lowered, _begin, _end):
    return True


def _is_capital(text, lowered, begin, end):
    return not text[WORD.search(text, begin, end).start()].islower() or lowered.startswith("\\u", begin)


def _is_addressed(_text, lowered, begin, end):
    return is_addressed(lowered, begin, end)


def _forms(value):
    """The ways a value stands in a text: as typed, in HTML and in JSON."""
    value = (value or "").strip()
    if len(value) < 2:
        return set()
    forms = {value, html.escape(value), html.escape(value, quote=False), json.dumps(value)[1:-1]}
    return {_lower(form) for form in forms}


def _is_genitive(value, text, end):
    """Say whether a value has the ending of "Kochs Platz"; a shorter one makes a word: "Da" and "Das"."""
    is_long = len(value) >= SHORTEST_GENITIVE and value[-1].isalpha()
    return is_long and text.startswith("s", end) and not _continues(text, end + 1)


def _continues(text, end):
    """A value ends where a word ends: "Ott" is not in "Otto"."""
    return end < len(text) and (text[end - 1].isalnum() and (text[end].isalnum() or text[end] == "_"))


def _lower(text):
    """Lower case of the same length, so that positions stay."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
