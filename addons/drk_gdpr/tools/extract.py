"""The text of files: PDF, office documents, mails and plain text.

Plain functions without Odoo. The text serves a search, not a reader: layout does not matter, no word may be missing.
"""

import email
import email.policy
import html
import io
import re
import threading
import zipfile
from ctypes import c_ushort

import pypdfium2
from pypdfium2 import raw as pdfium

#: A file that unpacks to more is refused: a small archive can be made to fill any memory.
LARGEST = 200_000_000
DEEPEST = 3
ZIP, RTF, UTF_16 = b"PK\3\4", b"{\\rtf", (b"\xff\xfe", b"\xfe\xff")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_PARAGRAPH_ENDS = re.compile(
    rb"</(?:w:p|w:tc|text:p|text:h|table:table-cell|a:p|si|c|is|row|t)>|<(?:w:br|w:tab|text:s|text:tab|text:line-break)\b"
)
_TAG = re.compile(rb"<[^<>]*>")
_RTF_LETTER = re.compile(rb"\\'([0-9a-f]{2})|\\u(-?\d+) ?.?|\\[a-z]+-?\d* ?|[{}]")
_BLANKS = re.compile(r"\s+")
#: The PDF library does not work for two threads at a time.
_PDF_LOCK = threading.Lock()


class UnreadableError(Exception):
    """The file is damaged, locked by a password or too large, so nobody can say what it holds."""


def needs_extraction(head):
    """Say whether the bytes of a file hide its text, so that a search through them would find nothing.

    :param bytes head: the beginning of the file
    """
    return b"%PDF" in head[:1024] or head.startswith((ZIP, OLE, *UTF_16, RTF)) or _looks_like_mail(head[:4096])


def extract(data, depth=0):
    """Return the text of a file.

    :param bytes data: the whole file
    :param int depth: how deep the file lies in archives and mails
    :return: text with single blanks, ``""`` for pictures and the like
    :raise UnreadableError: when the text cannot be reached
    """
    if depth > DEEPEST or len(data) > LARGEST:
        raise UnreadableError
    return _BLANKS.sub(" ", _extract(data, depth).replace("\0", "")).strip()


def _extract(data, depth):
    if b"%PDF" in data[:1024]:
        return _pdf(data)
    if data.startswith(ZIP):
        return _archive(data, depth)
    if data.startswith(OLE):
        return _old_office(data)
    if data.startswith(UTF_16):
        return data.decode("utf-16", "replace")
    if data.startswith(RTF):
        return _rtf(data)
    if _looks_like_mail(data[:4096]):
        return _mail(data, depth)
    return "" if b"\0" in data[:4096] else _text(data)


def _text(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _pdf(data):
    with _PDF_LOCK:
        try:
            document = pypdfium2.PdfDocument(data)
            try:
                texts, inner = _pdf_texts(document), _pdf_attachments(document)
            finally:
                document.close()
        except pypdfium2.PdfiumError as error:
            raise UnreadableError from error
    texts += [part for name, content in inner for part in (name, extract(content, DEEPEST))]
    # A word that was broken at the end of a line is one word.
    return "\n".join(texts).replace("\ufffe", "").replace("\xad", "")


def _pdf_texts(document):
    document.init_forms()
    texts = list(document.get_metadata_dict().values())
    for page in document:
        text_page = page.get_textpage()
        texts.append(text_page.get_text_range())
        texts += _annotations(page, document.formenv)
        text_page.close()
        page.close()
    return texts


def _annotations(page, forms):
    """Return what was filled into fields and written as notes; the text of the page does not hold it."""
    for number in range(pdfium.FPDFPage_GetAnnotCount(page)):
        note = pdfium.FPDFPage_GetAnnot(page, number)
        for key in (b"Contents", b"T", b"V"):
            yield _wide(pdfium.FPDFAnnot_GetStringValue, note, key)
        if forms:
            yield _wide(pdfium.FPDFAnnot_GetFormFieldValue, forms, note)
        pdfium.FPDFPage_CloseAnnot(note)


def _wide(function, *arguments):
    """Call a function of the library that fills a buffer with UTF-16, asking it for the length first."""
    length = function(*arguments, None, 0)
    buffer = (c_ushort * (length // 2 + 1))()
    function(*arguments, buffer, length)
    return bytes(buffer)[: max(0, length - 2)].decode("utf-16-le", "replace")


def _pdf_attachments(document):
    """Return name and content of the files inside: an electronic invoice repeats the address in its XML."""
    files = [document.get_attachment(number) for number in range(document.count_attachments())]
    return [(file.get_name(), bytes(file.get_data())) for file in files]


def _archive(data, depth):
    """Return the texts of all files of an archive; word processors and spreadsheets write archives of XML."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if sum(info.file_size for info in members) > LARGEST or any(info.flag_bits & 1 for info in members):
                raise UnreadableError
            office = {"[Content_Types].xml", "mimetype"} & {info.filename for info in members}
            texts = [] if office else [info.filename for info in members]
            return "\n".join(texts + [_member(archive.read(info), info.filename, depth) for info in members])
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise UnreadableError from error


def _member(content, name, depth):
    if name.endswith((".xml", ".rels")):
        return _markup(content)
    return extract(content, depth + 1)


def _markup(content):
    """Return the text of XML: one word may be cut into pieces that look different, a paragraph ends a word."""
    comments = b" ".join(re.findall(rb'(?:Target|author|title|descr|name|creator)="([^"]*)"', content))
    text = _TAG.sub(b"", _PARAGRAPH_ENDS.sub(rb" \g<0>", content)) + b" " + comments
    return html.unescape(_text(text))


def _old_office(data):
    """Return what looks like text in a binary file of old word processors, which write UTF-16 or one byte a letter."""
    wide = data.decode("utf-16-le", "replace")
    shifted = data[1:].decode("utf-16-le", "replace")
    return " ".join((data.replace(b"\0", b" ").decode("cp1252", "replace"), wide, shifted))


def _rtf(data):
    return _RTF_LETTER.sub(_rtf_letter, data).decode("utf-8", "replace")


def _rtf_letter(match):
    if match[1]:
        return bytes.fromhex(match[1].decode()).decode("cp1252", "replace").encode()
    if match[2]:
        return chr(int(match[2]) % 0x10000).encode("utf-8", "replace")
    return b" " if match[0][:4] in (b"\\par", b"\\tab", b"\\lin", b"\\cel", b"\\row") else b""


def _looks_like_mail(head):
    return bool(re.match(rb"(?:[A-Za-z][A-Za-z-]*: [^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){3}", head))


def _mail(data, depth):
    message = email.message_from_bytes(data, policy=email.policy.default)
    texts = [str(value) for part in message.walk() for value in part.values()]
    for part in message.walk():
        content = part.get_payload(decode=True)
        if content and part.get_content_maintype() == "text":
            texts.append(_plain_or_html(content.decode(part.get_content_charset() or "utf-8", "replace")))
        elif content:
            texts.append(extract(content, depth + 1))
    return "\n".join(texts)


def _plain_or_html(text):
    return text + " " + html.unescape(re.sub(r"<[^<>]*>", "", text)) if "<" in text else text
