"""Names that are also words: Koch, Sommer, Ernst. Alone in a text about something else they name nobody."""

import re
from functools import cache
from pathlib import Path

LIST = Path(__file__).parent.parent / "data" / "names_that_are_words.csv"
_GAP = r"(?:\s|&nbsp;|\\u00a0|\\n|</?\w[^<>]*>)*"
_TITLE = r"(?:dr|prof|mag|dipl|med|phil|jur)\.[-\w]*\.?|von|van|zu|de"
_ADDRESS = rf"frau|fräulein|frl\.|fr\.|herrn?|hrn?\.|familie|fam\.|eheleute|ehepaar|liebe|lieber|mrs?\.?|ms\.?|{_TITLE}"
_BEFORE = re.compile(rf"(?<!\w)(?:{_ADDRESS})(?:{_GAP}(?:{_TITLE}))*{_GAP}\Z")
_AFTER = re.compile(r"\s*[,(]\s*(?:frau|fr\.|herrn?|hr\.)(?!\w)")
#: So far before a name its salutation may begin, with titles and tags between.
_REACH = 80


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


def is_addressed(lowered, begin, end):
    """Say whether a word of a text is the name of somebody: "Frau Dr. Koch", "Koch (Frau)".

    :param str lowered: the text in lower case
    :param int begin: where the word begins
    :param int end: where it ends
    """
    return bool(_BEFORE.search(lowered, max(0, begin - _REACH), begin) or _AFTER.match(lowered, end))
