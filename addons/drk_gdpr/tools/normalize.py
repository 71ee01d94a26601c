"""Comparison keys for names, addresses, phones, mail addresses and IBANs.

Plain functions without Odoo. Each returns ``""`` when there is nothing to compare. Keys are bounded in length (``bounded``), so
that a hostile value of any size fits a database index and still compares exactly.
"""

import hashlib
import re
import unicodedata

import phonenumbers

#: Longest key that is stored as it is; longer ones end in a digest.
KEY_LENGTH = 180
#: Emergency and service numbers (112, 1920) say nothing about a person.
SHORTEST_PHONE = 10_000

_LETTERS = str.maketrans(
    {
        "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe",
        "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t",
    }
)  # fmt: skip
_TITLES = {"dr", "prof", "dipl"}
_TITLE_PARTS = _TITLES | {
    "med", "phil", "rer", "nat", "jur", "pol", "ing", "theol", "vet", "dent", "oec", "paed", "habil", "mult", "h", "c",
    "mag", "pd",
}  # fmt: skip
_TOKEN = re.compile(r"[^\s.,;]+\.?")
_APOSTROPHES = re.compile(r"['’‘`´]")
_NO_WORD = re.compile(r"[\W_]+")
_STREET_WORD = re.compile(r"(strasse|str)(?![a-z])\.?")
_HOUSE_NUMBER = re.compile(
    r"^(?P<street>.*?[^\d\s])[\s,]*(?P<number>\d+\s*[a-zA-Z]?(?:\s*[-/]\s*\d+\s*[a-zA-Z]?)*(?:\s+\d/\d)?)$"
)


def bounded(key):
    """Cut an overlong key, keeping it exact.

    :param key: any text
    :return: the key itself, or its beginning and the SHA-256 of the whole
    """
    if len(key) <= KEY_LENGTH:
        return key
    return key[:KEY_LENGTH] + "#" + hashlib.sha256(key.encode()).hexdigest()


def fold(text):
    """Fold a text to lower-case letters without marks (DIN 5007-2: ``ä`` is ``ae``).

    :param text: text or None
    :return: folded text; letters outside the Latin script stay
    """
    text = unicodedata.normalize("NFC", text or "").replace("\0", "").casefold()
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).translate(_LETTERS))
    return "".join(char for char in text if not unicodedata.combining(char)).translate(_LETTERS)


def _without_titles(text):
    tokens = _TOKEN.findall(text.replace("-", " ").replace("–", " "))
    kept = [token for token in tokens if not _is_title(token)]
    return " ".join(kept or tokens)


def _is_title(token):
    word = token.rstrip(".")
    return word in _TITLES or (token.endswith(".") and len(token) > 2 and word in _TITLE_PARTS)


def word_key(text):
    """Compare key of one name part: folded, titles dropped, hyphen is a blank, no apostrophes or points.

    :param text: first name, last name or name of a company
    :return: key, e.g. ``"Dr. Müller-Lüdenscheidt"`` gives ``"mueller luedenscheidt"``
    """
    return _NO_WORD.sub(" ", _APOSTROPHES.sub("", _without_titles(fold(text)))).strip()


def name_key(lastname, firstname=None):
    """Compare key of a person or company.

    :param lastname: last name, or name of a company
    :param firstname: first name
    :return: ``"lastname|firstname"``, or ``""`` without a last name and a first name
    """
    last, first = word_key(lastname), word_key(firstname)
    return bounded(f"{last}|{first}") if last or first else ""


def loose_name_key(lastname, firstname=None):
    """Second key for suggestions only: people who type ``Muller`` for ``Müller`` (``ae`` counts as ``a``)."""
    return re.sub(r"([aou])e", r"\1", name_key(lastname, firstname))


def email_key(email):
    """Compare key of one mail address; the whole address counts in lower case.

    :param email: bare address
    :return: key or ``""`` when it is no address
    """
    email = unicodedata.normalize("NFC", email or "").strip().lower()
    return bounded(email) if re.fullmatch(r"[^@\s\0]+@[^@\s\0]+", email) else ""


def phone_key(phone, region="DE"):
    """Compare key of a phone number: E.164.

    :param phone: number as typed, e.g. ``"08631/18599-0"``
    :param region: country for numbers without country code
    :return: e.g. ``"+498631185990"``, or ``""`` when it is no number
    """
    text = re.sub(r"^(\s*(?:\+|00)\s*\d{1,3}\s*)\(0\)", r"\1", (phone or "")[:64])
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number) or number.national_number < SHORTEST_PHONE:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def street_key(street):
    """Compare key of street and house number: ``Str.`` is ``Straße``, blanks and points do not count."""
    text = _STREET_WORD.sub("str", fold(street))
    text = re.sub(r"(?<=\d)[\W_]+(?=\d)", "-", text)
    return re.sub(r"[^\w-]|_|(?<!\d)-|-(?!\d)", "", text)


def address_key(zip_code, street):
    """Compare key of a postal address.

    :param zip_code: postal code (PLZ)
    :param street: street with house number
    :return: ``"01067|hauptstr12a"`` or ``""`` when a part is missing
    """
    zip_part, street_part = _NO_WORD.sub("", fold(zip_code)), street_key(street)
    return bounded(f"{zip_part}|{street_part}") if zip_part and street_part else ""


def split_street(street):
    """Split street and house number.

    :param street: e.g. ``"Straße des 17. Juni 135"``
    :return: tuple of street and house number (``""`` when there is none)
    """
    text = " ".join((street or "")[:500].split())
    match = _HOUSE_NUMBER.match(text)
    return (match["street"].rstrip(" ,"), match["number"]) if match else (text, "")


def iban_key(iban):
    """Compare key of an IBAN (ISO 13616, check digits by ISO 7064 mod 97-10).

    :param iban: IBAN as typed
    :return: upper case without blanks, or ``""`` when the check digits are wrong
    """
    text = re.sub(r"\s", "", iban or "").upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", text):
        return ""
    digits = "".join(str(int(char, 36)) for char in text[4:] + text[:4])
    return text if int(digits) % 97 == 1 else ""
