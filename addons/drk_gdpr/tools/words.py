"""Names that are also words: Koch, Sommer, Ernst. Alone in a text about something else they name nobody."""

import re
from functools import cache
from pathlib import Path

LIST = Path(__file__).parent.parent / "data" / "names_that_are_words.csv"
_GAP = r"(?:\s|&nbsp;|\\u00a0|\\n|</?\w[^<>]*>)*"
_TITLE = r"(?:dr|prof|mag|dipl|med|phil|jur)\.[-\w]*\.?|von|van|zu|de"
_SALUTATION = r"frau|fräulein|frl\.|fr\.?|herrn?|hrn?\.?|familie|fam\.?|eheleute|ehepaar|liebe|lieber|mrs?\.?|ms\.?"
_ROLE = (
    r"tn(?:in)?|(?:teilnehmer|ausbilder|kursleiter|trainer)(?:[:*_/]?-?in|s)?|(?:dozent|referent)(?:[:*_/]?-?in|en)?"
    r"|kund(?:en?|in)|kolleg(?:en?|in)|mitglied"
)
_ADDRESS = rf"(?:{_SALUTATION}|{_ROLE}):?|{_TITLE}"
#: "z. B. Koch" has the shape of an initial, and names nobody.
_ABBREVIATION = r"(?:z\.\s?b|d\.\s?h|u\.\s?a|o\.\s?g|u\.\s?u|i\.\s?d\.\s?r)\."
_INITIAL = r"[^\W\d_]\."
_BEFORE = re.compile(rf"(?<!\w)(?:(?:{_ADDRESS})(?:{_GAP}(?:{_TITLE}))*|{_INITIAL}){_GAP}\Z")
_NOT_BEFORE = re.compile(rf"(?<!\w){_ABBREVIATION}{_GAP}\Z")
_AFTER = re.compile(rf"\s*[,(]\s*(?:(?:frau|fr\.|herrn?|hr\.)(?!\w)|(?!{_ABBREVIATION}){_INITIAL})")
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
    """Say whether a word of a text is the name of somebody: "Frau Dr. Koch", "TN Koch", "E. Koch", "Koch (Frau)".

    :param str lowered: the text in lower case
    :param int begin: where the word begins
    :param int end: where it ends
    """
    begin_at = max(0, begin - _REACH)
    is_before = _BEFORE.search(lowered, begin_at, begin) and not _NOT_BEFORE.search(lowered, begin_at, begin)
    return bool(is_before or _AFTER.match(lowered, end))
