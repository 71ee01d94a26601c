"""Where a word of a text is the name of somebody: "Frau Dr. Koch", "TN: Koch, Sommer", "E. Koch", "Koch (Frau)".

What is taken out of a text cannot be put back, so that a word counts only where it can hardly be anything else. What stands
before it is read as plain words with single blanks.
"""

import re

_CAPITAL = r"[^\W\d_a-zß-ÿ]"
_INITIAL = rf"{_CAPITAL}\."
_BLANK = r"(?:[^\S\n]|&nbsp;|\\u00a0)"

_TITLE = r"(?:dr|prof|mag|dipl|med|phil|jur)\.[-\w]*\.?"
_SALUTATION = r"frau|fräulein|frl\.|fr\.?|herrn?|hrn?\.?|familie|fam\.?|eheleute|ehepaar|liebe|lieber|mrs?\.?|ms\.?"
_SOMEBODY = (
    r"tnin|(?:teilnehmer|ausbilder|kursleiter|trainer)(?:[:*_/]?-?in|s)|(?:dozent|referent)(?:[:*_/]?-?in)?"
    r"|kund(?:e|in)|kolleg(?:e|in)|mitglied"
)
#: Roles that several people may have: a list may follow, or a season with its year.
_PEOPLE = (
    r"(?:tn|(?:teilnehmer|ausbilder|kursleiter|trainer)(?:[:*_/]?-?innen)?|teilnehmende|mitglieder"
    r"|(?:dozent|referent|kund|kolleg)(?:[:*_/]?-?inn)?en|(?:kurs|lehrgangs)leitung)"
)
_BEFORE = re.compile(
    rf"(?<!\w)(?:(?:(?:{_SALUTATION}|{_SOMEBODY}) ?:?|{_TITLE})(?: ?(?:{_TITLE}|von|van|zu|de))*|(?P<people>{_PEOPLE}) ?:?)\Z"
)
#: "Kunden Sommer 2026"; but a telephone number or an amount of money stands behind a name.
_NUMBER = re.compile(rf"(?:{_BLANK}*[-–/]{_BLANK}*\w+)?{_BLANK}+(?!0\d\d|\d[\d.,]*{_BLANK}*(?:€|EUR|Eur))'?\d")

_DAY = r"(?:mo|di|mi|do|fr|sa|so|(?:mon|diens|donners|frei|sams|sonn)tags?|mittwochs?)"
_TO = r" ?(?:bis|und|oder|u\.|[-–/,&+])? ?"
#: "Mo bis Fr Koch im Haus" speaks of Friday.
_FRIDAY = re.compile(
    rf"(?<!\w)(?:{_DAY}\.?{_TO}fr|{_DAY}\.{_TO}fr\.|{_DAY}\.? ?(?:bis|[-–]) ?fr\."
    r"|(?:bis|am|ab|jeden|diesen|nächsten|kommenden) fr|fr\.? ?:)\Z"
)

_BY_INITIAL = re.compile(rf"(?<!\w){_INITIAL}\Z")
_LETTERED = (
    r"(?:\w*(?:gruppe|raum|kurs|saal|modul|klasse|block)|gr|teil|plan|typ|stufe|halle|abschnitt|kapitel|punkt|anlage"
    r"|variante|nr|abs|art|ziff|ziffer|lit|buchst)"
)
_ABBREVIATION = r"(?:z\. ?b|u\. ?u|d\. ?r|[en]\. ?v|o\. ?b)"
#: "Gruppe A. Koch", "§ 5 S. Koch" and "z. B. Koch" have the shape of an initial, and name nobody.
_NO_INITIAL = re.compile(rf"(?<!\w)(?:{_LETTERED}\.? ?\w|(?:§+|abs|art|nr)\.? ?\d[\d, ]*\w? ?s|{_ABBREVIATION})\.\Z")

#: "Koch, E."; in "Koch, M. Helfer" the initial is that of the next one, and "Koch, Fr. ab 9 Uhr" speaks of Friday.
_AFTER = re.compile(
    rf"\s*[,(]\s*(?:(?i:frau|herrn?|hr\.)(?!\w)|(?i:fr\.)(?!\w|{_BLANK}*(?:\d|[-–]|(?:ab|bis|um)\b))"
    rf"|{_INITIAL}(?:[-\s]*{_INITIAL})*(?!{_BLANK}*{_CAPITAL}))"
)

_AND = r"(?:[/&+]|&amp;|(?<!\w)(?:und|u\.|sowie))"
_PART = rf"(?:{_CAPITAL}[\w'’-]*\.?|\[gelöscht\])"
_ENTRY = rf"{_PART}(?: {_PART}){{0,2}}(?: ?\([^()]{{0,20}}\))?"
_LIST = re.compile(rf"(?<!\w)(?i:{_PEOPLE})(?: ?: ?| )(?:{_ENTRY} ?(?:,|{_AND}) ?)+\Z")
_LAST_JOINT = re.compile(rf"{_AND}\Z")
_ENDS = (",", "/", "&", "+", "&amp;", "und", "u.", "sowie")
#: Looked for before the pattern of a list: a hundred times as fast.
_STEMS = ("tn", "teilnehm", "ausbilder", "leit", "trainer", "mitglieder", "dozent", "referent", "kund", "kolleg")
#: Behind a comma the sentence may have gone on: "TN: Jugendliche, Koch ist bestellt".
_LIST_GOES_ON = re.compile(rf"{_BLANK}*(?:\Z|[^\w \t–-]|\n|(?:und|u\.|sowie)(?!\w))")

_MARKS = re.compile(r"&nbsp;|\\u00a0|\\n|</?\w[^<>]*>")
#: So far before a name its salutation may begin, with tags between, and the list that it stands in.
_REACH = 100
_LIST_REACH = 400
_WORDS = 5


def is_addressed(text, begin, end):
    """Say whether a word of a text is the name of somebody.

    :param str text: the text as written
    :param int begin: where the word begins
    :param int end: where it ends
    """
    words = " ".join(_words_before(text, begin, _REACH)[-_WORDS:])
    lowered = words.lower()
    before = _BEFORE.search(lowered)
    if before and not before["people"]:
        return not _FRIDAY.search(lowered)
    if before or _is_listed(text, begin, end, lowered):
        return not _NUMBER.match(text, end)
    return _has_initial(words, lowered) or bool(_AFTER.match(text, end))


def _has_initial(words, lowered):
    return words.endswith(".") and bool(_BY_INITIAL.search(words)) and not _NO_INITIAL.search(lowered)


def _words_before(text, begin, reach):
    """:return: list of the words before a place, without those that are cut and without signs of HTML and JSON"""
    start = max(0, begin - reach)
    before = text[start:begin]
    if "<" in before or "&" in before or "\\" in before:
        before = _MARKS.sub(" ", before)
    words = before.split()
    return words[1:] if start else words


def _is_listed(text, begin, end, lowered):
    if not lowered.endswith(_ENDS):
        return False
    if not _LAST_JOINT.search(lowered) and not _LIST_GOES_ON.match(text, end):
        return False
    before = text[max(0, begin - _LIST_REACH) : begin].lower()
    if not any(stem in before for stem in _STEMS):
        return False
    return bool(_LIST.search(" ".join(_words_before(text, begin, _LIST_REACH))))
