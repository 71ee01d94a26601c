"""Scans of signed lists: what a file is says its content, never its name."""

import io
import re

from PIL import Image

MAX_BYTES = 10 * 1024 * 1024
_STRANGE = re.compile(r"[^\w .()-]+")


def kind_of(content):
    """Tell what a file is.

    :param content: bytes
    :return: ``pdf``, ``jpg``, ``png``, or None for all others and for damaged pictures
    """
    if content.startswith(b"%PDF-"):
        return "pdf" if b"%%EOF" in content[-2048:] else None
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg" if _is_picture(content) else None
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png" if _is_picture(content) else None
    return None


def _is_picture(content):
    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):  # what Pillow raises for broken files
        return False
    return True


def clean_name(name, kind):
    """A harmless file name with the ending that fits the content."""
    stem = re.split(r"[\\/]", name or "")[-1].rsplit(".", 1)[0]
    stem = _STRANGE.sub(" ", stem).strip(" .")[:80]
    return f"{stem or 'Scan'}.{kind}"
