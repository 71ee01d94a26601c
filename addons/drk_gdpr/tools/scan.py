"""Search a stream of bytes for tens of thousands of values that tell who somebody is.

Plain functions without Odoo. One automaton (Aho-Corasick) reads the text once, whatever the number of values. Values are found
in any case, with umlauts written out (``ue``) or dropped (``u``), and behind the escapes of JSON, COPY, HTML, URLs and mails.
Telephone numbers and IBANs are found by their digits, however they are grouped.
"""

import html
import itertools
import re
import unicodedata
from collections import defaultdict
from urllib.parse import unquote_to_bytes

import ahocorasick_rs
import phonenumbers

from .normalize import fold
from .words import has_genitive

#: Kinds whose digits count, whatever stands between them.
DIGIT_KINDS = {"phone", "iban"}
#: Kinds that are also written the other way round: "Muster, Erika".
NAME_KINDS = {"name"}
#: Kinds that are found with the ending of a genitive: "Kochs Platz".
GENITIVE_KINDS = {"name", "name_part"}
#: Beyond so many bytes of patterns the fast automaton would take more than about 300 MB.
FAST_PATTERN_BYTES = 2_000_000
SHORTEST = 2
FEWEST_DIGITS = 6
CHUNK = 1 << 20
#: What a value may grow to when it is written with escapes (``\\u00fc``), for values that lie across two chunks.
ESCAPED = 6

_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789") | frozenset(range(0x80, 0x100))
_MAIL = _WORD | frozenset(b"._+-")
#: Lower case, and one blank for whatever is no letter or digit; only ends of rows and columns stay what they are.
_VIEW = bytes(
    byte if byte in b"\n\t@" or byte >= 0x80 else (ord(chr(byte).lower()) if chr(byte).isalnum() else 32)
    for byte in range(256)
)
_NO_DIGITS = bytes(byte for byte in range(256) if byte not in b"0123456789\n\t")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_GAP = rb"(?:[\s/().+_-]|%20|%2[fF]|&nbsp;|\xc2\xa0|\\/){0,4}"

_UNICODE_ESCAPE = re.compile(rb"\\u([0-9a-fA-F]{4})")
_ENTITY = re.compile(rb"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")
_PERCENT = re.compile(rb"%[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2})*")  # begins with a letter to look for: ten times as fast
_QUOTED = re.compile(rb"=[0-9A-F]{2}(?:=[0-9A-F]{2})*")


def _plain(text):
    """Bytes of a decoded text; a decoded end of line or column must not look like one of the stream."""
    return text.replace("\n", " ").replace("\t", " ").encode("utf-8", "replace")


def _from_unicode(match):
    return _plain(chr(int(match[1], 16)))


def _from_entity(match):
    return _plain(html.unescape(match[0].decode()))


def _from_percent(match):
    return _plain(unquote_to_bytes(match[0]).decode("utf-8", "replace"))


def _from_quoted(match):
    return _plain(bytes.fromhex(match[0].replace(b"=", b"").decode()).decode("utf-8", "replace"))


def _without_backslashes(data):
    while b"\\\\" in data:
        data = data.replace(b"\\\\", b"\\")
    data = data.replace(b"=\\n", b"")
    for escape in (b"\\n", b"\\r", b"\\t"):
        data = data.replace(escape, b"  ")
    return _UNICODE_ESCAPE.sub(_from_unicode, data) if b"\\u" in data else data


def decode(data):
    """Undo the ways in which programs write letters, as far as they occur.

    :param bytes data: rows of COPY, or a piece of a file
    :return: bytes with as many ends of line and tabulators as before
    """
    if b"\\" in data:
        data = _without_backslashes(data)
    if b"&" in data:
        data = _ENTITY.sub(_from_entity, data.replace(b"&nbsp;", b" "))
    if b"%" in data:
        data = _PERCENT.sub(_from_percent, data)
    if b"=" in data and b"=C3" in data:  # one byte is looked for ten times as fast
        data = _QUOTED.sub(_from_quoted, data)
    return data


def view(data):
    """Return decoded bytes as the automaton reads them: same length, lower case, blanks for signs."""
    return data.translate(_VIEW)


def spellings(text):
    """Return the ways in which people and programs write one text.

    :param str text: e.g. ``"Müller"``
    :return: set of texts in lower case as far as ASCII goes: ``müller``, ``mÜller``, ``mueller``, ``muller``
    """
    text = unicodedata.normalize("NFC", text).strip()
    found = {text, text.lower(), text.upper(), fold(text)}
    if not text.isascii():
        bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
        found |= {bare, text.lower().translate(_UMLAUTS), text.title(), unicodedata.normalize("NFD", text)}
        found.add(unicodedata.normalize("NFD", text.lower()))
    return found


def orders(text):
    """Return a full name in both orders, the last name being any number of words from the right."""
    words = text.replace(",", " ").split()
    halves = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(1, len(words))]
    pairs = [pair for first, last in halves for pair in ((first, last), (last, first))]
    return [" ".join(words), *(blank.join(pair) for pair in pairs for blank in (" ", "  "))]


def patterns(kind, value):
    """Return what the automaton looks for to find one value.

    :param str kind: ``name``, ``email``, ``phone``, ``iban`` or any other
    :param str value: the value as it was stored
    :return: set of bytes, in the form that ``view`` gives
    """
    texts = orders(value) if kind in NAME_KINDS else [value]
    if kind in DIGIT_KINDS and sum(map(str.isdigit, value)) < FEWEST_DIGITS and not re.search(r"[^\W\d_]", value):
        return set()  # 110 is nobody's number
    wanted = set(itertools.chain.from_iterable(map(spellings, texts)))
    written = {text.encode("utf-8", "replace") for text in wanted}
    written |= {text.encode("cp1252", "ignore") for text in wanted if not text.isascii()}  # files of old programs
    return {key for key in (view(text).strip(b" \n\t") for text in written) if len(key) >= SHORTEST}


def digits_of(kind, value):
    """Return the digits to look for and the expression that confirms them, or None when there are too few.

    :param str kind: ``phone`` or ``iban``
    :param str value: E.164 or as typed; an IBAN with or without blanks
    """
    signs = re.sub(r"\W|_", "", value).upper()
    if kind == "phone":
        country, signs = _national(value, signs)
        start = rb"(?:(?:\+|00|%%2[bB]|\b)%s%s\(?0?\)?|0)%s" % (country.encode(), _GAP, _GAP)
    else:
        start = rb""
    digits = re.sub(r"\D", "", signs).encode()
    if len(digits) < FEWEST_DIGITS or not signs.isascii():
        return None
    return digits, rb"(?<![0-9])" + start + _GAP.join(sign.encode() for sign in signs) + rb"(?![0-9])"


def _national(value, digits):
    """Split a number into country code and the rest without the leading zero; numbers without a code are German."""
    try:
        number = phonenumbers.parse(value, "DE")
    except phonenumbers.NumberParseException:
        return "49", digits.lstrip("0")
    return str(number.country_code), str(number.national_number)


def _is_genitive(text, end):
    return text[end : end + 1] == b"s" and (end + 1 == len(text) or text[end + 1] not in _WORD)


class Matcher:
    """Find values in streams; the values are numbered as they were given."""

    def __init__(self, values):
        """
        :param values: iterable of (kind, value)
        """
        self.values = list(values)
        self.owners = defaultdict(list)
        self.digit_owners = defaultdict(list)
        self.genitives = {
            index for index, (kind, value) in enumerate(self.values) if kind in GENITIVE_KINDS and has_genitive(value)
        }
        for index, (kind, value) in enumerate(self.values):
            self._add(index, kind, value or "")
        self.words = list(self.owners)
        self.numbers = list(self.digit_owners)
        self.automaton = self._build(self.words)
        self.digit_automaton = self._build(self.numbers)
        self.overlap = ESCAPED * max(map(len, self.words + self.numbers), default=0)

    def _add(self, index, kind, value):
        for pattern in patterns(kind, value):
            self.owners[pattern].append(index)
        wanted = digits_of(kind, value) if kind in DIGIT_KINDS else None
        if wanted:
            self.digit_owners[wanted[0]].append((index, wanted[1]))

    @staticmethod
    def _build(words):
        if not words:
            return None
        small = sum(map(len, words)) <= FAST_PATTERN_BYTES
        shape = ahocorasick_rs.Implementation.DFA if small else ahocorasick_rs.Implementation.ContiguousNFA
        return ahocorasick_rs.BytesAhoCorasick(words, matchkind=ahocorasick_rs.MatchKind.Standard, implementation=shape)

    def find(self, chunk):
        """Return the numbers of the values that occur in a piece of text.

        :param bytes chunk: any bytes; what lies across its end is not found
        :return: set of numbers
        """
        return {index for index, _row, _column in self.locate(chunk)}

    def find_in_file(self, file):
        """Return the numbers of the values that occur in a file, reading it in pieces.

        :param file: binary file object
        :return: set of numbers
        """
        found, tail = set(), b""
        while piece := file.read(CHUNK):
            data = tail + piece
            found |= self.find(data)
            tail = data[-self.overlap :] if self.overlap else b""
        return found

    def locate(self, chunk):
        """Find the values in whole rows of COPY's text format.

        :param bytes chunk: rows that end in a line feed, columns separated by tabulators
        :return: iterator of (number of the value, number of the row, number of the column), sorted by place per kind of search
        """
        decoded = decode(chunk)
        yield from self._locate_words(decoded)
        if self.digit_automaton:
            yield from self._locate_digits(decoded)

    def _locate_words(self, decoded):
        text = view(decoded)
        matches = self.automaton.find_matches_as_indexes(text, overlapping=True) if self.automaton else []
        place = Place(text)
        for number, start, end in matches:
            is_genitive = _is_genitive(text, end)
            if (end < len(text) and text[end] in _WORD and not is_genitive) or (start and text[start - 1] in _WORD):
                continue
            for index in self.owners[self.words[number]]:
                kind = self.values[index][0]
                if is_genitive and index not in self.genitives:
                    continue
                if kind != "email" or not (start and ord(chr(decoded[start - 1]).lower()) in _MAIL):
                    yield (index, *place.of(start))

    def _locate_digits(self, decoded):
        digits = decoded.translate(None, _NO_DIGITS)
        place, cells = Place(digits), Cells(decoded)
        for number, start, _end in self.digit_automaton.find_matches_as_indexes(digits, overlapping=True):
            row, column = place.of(start)
            for index, expression in self.digit_owners[self.numbers[number]]:
                if re.search(expression, cells.at(row, column), re.IGNORECASE):
                    yield index, row, column


class Place:
    """Row and column of growing positions in a text."""

    def __init__(self, text):
        self.text, self.row, self.seen = text, 0, 0

    def of(self, position):
        if position < self.seen:  # matches come sorted by their ends; a longer one may begin before the last
            self.row -= self.text.count(b"\n", position, self.seen)
        else:
            self.row += self.text.count(b"\n", self.seen, position)
        self.seen = position
        begin = self.text.rfind(b"\n", 0, position) + 1
        return self.row, self.text.count(b"\t", begin, position)


class Cells:
    """The text of a row's column, split when it is first asked for."""

    def __init__(self, text):
        self.text, self.rows = text, None

    def at(self, row, column):
        if self.rows is None:
            self.rows = self.text.split(b"\n")
        return self.rows[row].split(b"\t")[column]
