"""What a certificate is made of, without the database: codes, placeholders, masked names, the square code."""

import base64
import io
import re
import secrets
from functools import lru_cache

from markupsafe import Markup, escape
from PIL import Image
from reportlab.graphics.barcode.qr import QrCodeWidget

#: Crockford's letters: no I, L, O and U, which are taken for 1, 0 and V.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 28  # 140 bits
CODE = re.compile(f"[{ALPHABET}]{{{CODE_LENGTH}}}")
#: Points of the picture for each field of a square code: 400 to the inch on paper.
POINTS = 8
#: The longest that anybody types: the code with a sign after each character.
TYPED_LENGTH = 2 * CODE_LENGTH
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})

#: The word in braces that a text may use, in German and in English -> the value it stands for.
PLACEHOLDERS = {
    "name": "name",
    "geburtsdatum": "birthdate",
    "birthdate": "birthdate",
    "kurs": "course",
    "course": "course",
    "kursnummer": "course_number",
    "course_number": "course_number",
    "datum": "dates",
    "dates": "dates",
    "ort": "place",
    "place": "place",
    "ue": "units",
    "units": "units",
    "lehrkraft": "instructors",
    "instructors": "instructors",
    "gliederung": "association",
    "association": "association",
    "kennziffer": "authorisation_number",
    "authorisation_number": "authorisation_number",
    "nummer": "number",
    "number": "number",
}
_PLACEHOLDER = re.compile(r"\{([^{}<>]*)\}")


def new_code():
    """:return: a code that cannot be guessed"""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def read_code(typed):
    """Read a code from an address or as somebody typed it.

    :return: the code, or None when it cannot be one
    """
    if not isinstance(typed, str) or len(typed) > TYPED_LENGTH:
        return None
    code = typed.upper().translate(_MISREAD)
    return code if CODE.fullmatch(code) else None


def read_number(typed):
    """:return: a certificate number as it is stored"""
    return "".join(typed.split()).upper() if isinstance(typed, str) and len(typed) <= 60 else ""


def grouped(code):
    """``K7QF2M9X…`` -> ``K7QF-2M9X-…``: can be read aloud and typed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def unknown_placeholders(text):
    """:return: sorted list of the words in braces that mean nothing"""
    return sorted({word for word in _PLACEHOLDER.findall(text or "") if word.strip().lower() not in PLACEHOLDERS})


def fill(text, values):
    """Put values into a text; nothing in it is evaluated.

    :param text: HTML with words in braces
    :param values: value of ``PLACEHOLDERS`` -> str
    :return: Markup
    """

    def value(match):
        name = PLACEHOLDERS.get(match[1].strip().lower())
        return str(escape(values.get(name) or "")) if name else match[0]

    return Markup(_PLACEHOLDER.sub(value, str(text or "")))  # noqa: S704 - the field is sanitized, the values escaped


def initials(name):
    """``Vera Anna Beispiel-Muster`` -> ``V. A. B.``: who holds the paper can compare, nobody else learns a name."""
    return " ".join(f"{word[0].upper()}." for word in (name or "").split() if word[0].isalpha())


def qr_picture(text):
    """Draw a square code of points: paths cost a page more than all of its text.

    :param text: address that ends with what differs
    :return: data address of a PNG picture
    """
    code = QrCodeWidget(text, barLevel="M").qr
    code.version = code.calculate_version()
    code.makeImpl(False, _mask(text.rpartition("/")[0], len(text)))
    size = code.getModuleCount()
    points = bytes(0 if dark else 255 for row in code.modules for dark in row)
    picture = Image.frombytes("L", (size, size), points)
    picture = picture.resize((size * POINTS, size * POINTS), Image.Resampling.NEAREST)
    content = io.BytesIO()
    picture.save(content, "PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"


@lru_cache(maxsize=128)
def _mask(start, length):
    """Choose one of the eight patterns that a code may be masked with: trying all of them takes longest.

    Readers take any; the one that suits an address suits the next address of the same site as well.
    """
    code = QrCodeWidget(start.ljust(length, "7"), barLevel="M").qr
    code.version = code.calculate_version()
    return code.getBestMaskPattern()
