"""What an access sheet is made of, without a database."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

#: A name shorter than this would tear other words apart.
SHORTEST = 4


@dataclass
class Reached:
    """The records that lead to people: for each record, which person is reached on which ways.

    A way is the path of fields from the record to the person, e.g. ``"registration_id.drk_person_id"``.
    """

    ways: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))

    def add(self, record_id, person_id, way):
        self.ways[record_id][person_id].add(way)

    def ids(self, ways=None):
        """Return the records that are reached on one of these ways (default: on any)."""
        if ways is None:
            return set(self.ways)
        return {key for key, people in self.ways.items() if any(ways & found for found in people.values())}

    def people(self, record_id, ways=None):
        """Return the people that a record reaches, on one of these ways (default: on any)."""
        people = self.ways.get(record_id, {})
        return {person for person, found in people.items() if ways is None or ways & found}


class Mask:
    """Takes the names and addresses of other people out of texts.

    :param others: texts to take out
    :param own: texts of the person, which stay
    :param word: what stands there instead
    """

    def __init__(self, others, own, word):
        kept = {text.casefold() for text in own if text}
        texts = {text for text in others if text and len(text) >= SHORTEST and text.casefold() not in kept}
        longest_first = sorted(texts, key=lambda text: (-len(text), text))
        pattern = "|".join(re.escape(text) for text in longest_first)
        self._pattern = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE) if pattern else None
        self._word = word

    def apply(self, value):
        """Return the value, texts without the others' names; lists and dicts likewise."""
        if self._pattern is None:
            return value
        if isinstance(value, str):
            return self._pattern.sub(self._word.replace("\\", "\\\\"), value)
        if isinstance(value, list):
            return [self.apply(item) for item in value]
        if isinstance(value, dict):
            return {key: self.apply(item) for key, item in value.items()}
        return value


def name_forms(firstname, lastname, name):
    """Return the ways in which a name is written."""
    first, last = (firstname or "").strip(), (lastname or "").strip()
    forms = {(name or "").strip()}
    if first and last:
        forms |= {f"{first} {last}", f"{last}, {first}", f"{last} {first}"}
    return forms - {""}
