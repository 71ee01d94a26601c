"""Replace the values of erased people in texts that have to stay."""

import html
import json
import re

WORD = re.compile(r"\w+")
PLACEHOLDER = "[gelöscht]"


class Replacer:
    """Finds many values in one pass: the first word of a value leads to it, so that the cost follows the text.

    :param values: texts that are found however they are written
    :param names: first or last names alone, found with a capital letter only: "ein Tag lang" names nobody
    """

    def __init__(self, values, placeholder=PLACEHOLDER, names=()):
        self.placeholder = placeholder
        self._by_word = {}
        forms = {form: (name or "").strip()[:1].isupper() for name in names for form in _forms(name)}
        forms |= {form: False for value in values for form in _forms(value)}
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
        for offset, value, is_name in self._by_word.get(word.group(), ()):
            begin = word.start() - offset
            end = begin + len(value)
            if is_name and text[word.start()].islower() and not value.startswith("\\u"):
                continue
            if begin >= 0 and lowered.startswith(value, begin) and not _continues(lowered, end):
                return begin, end
        return None, None


def _forms(value):
    """The ways a value stands in a text: as typed, in HTML and in JSON."""
    value = (value or "").strip()
    if len(value) < 2:
        return set()
    forms = {value, html.escape(value), html.escape(value, quote=False), json.dumps(value)[1:-1]}
    return {_lower(form) for form in forms}


def _continues(text, end):
    """A value ends where a word ends: "Ott" is not in "Otto"."""
    return end < len(text) and (text[end - 1].isalnum() and (text[end].isalnum() or text[end] == "_"))


def _lower(text):
    """Lower case of the same length, so that positions stay."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
