"""Names that are also words: Koch, Sommer, Ernst. Alone in a text about something else they name nobody."""

import unicodedata
from functools import cache
from pathlib import Path

LIST = Path(__file__).parent.parent / "data" / "names_that_are_words.csv"
#: "Kochs Platz"; a shorter one makes a word: "Da" and "Das".
SHORTEST_GENITIVE = 4


@cache
def _words():
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip().casefold() for line in lines if line.strip() and not line.startswith("#"))


def is_word(name):
    """:return: whether a name is also a word that stands in texts about anything"""
    return (name or "").strip().casefold() in _words()


def split_words(names):
    """:return: (names that are no words, names that are)"""
    words = {name for name in names if is_word(name)}
    return set(names) - words, words


def has_genitive(name):
    """Say whether a name is also meant with the ending of "Kochs Platz"; what counts is its length as people write it."""
    name = unicodedata.normalize("NFC", name or "").strip()
    return len(name) >= SHORTEST_GENITIVE and name[-1].isalpha()
