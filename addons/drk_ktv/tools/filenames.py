"""File names that a person recognises in the download folder, on any system."""

import re
import unicodedata

GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
# Recognised by content, because a file name is only what somebody typed.
SIGNATURES = (
    (b"%PDF-", "pdf", "application/pdf"),
    (b"\x89PNG", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
)


def plain(text):
    """``Schulungsraum Süd 1`` -> ``Schulungsraum-Sued-1``: ASCII letters, digits and hyphens only."""
    text = unicodedata.normalize("NFKD", (text or "").translate(GERMAN)).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[:60]


def join(label, name, extension):
    """``Anmeldebestätigung``, ``EH-2027-0042``, ``pdf`` -> ``Anmeldebestaetigung-EH-2027-0042.pdf``."""
    return f"{'-'.join(part for part in (plain(label), plain(name)) if part)}.{extension}"


def sketch(label, room, original, content):
    """:return: (file name, bytes, mimetype) of a room's sketch"""
    for start, extension, mimetype in SIGNATURES:
        if content.startswith(start):
            return join(label, room, extension), content, mimetype
    extension = plain((original or "").rpartition(".")[2]) or "bin"
    return join(label, room, extension), content, "application/octet-stream"
