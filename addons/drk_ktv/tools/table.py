"""Tables that offices send: CSV (any usual separator and encoding) and Excel, read without a database."""

import csv
import datetime
import io
import re

MAX_ROWS = 2000


class TableError(ValueError):
    """The file is not a table that can be read; ``args[0]`` is a key of the message."""


def read_table(content, filename):
    """Rows of a file.

    :param content: bytes
    :param filename: str; ``.xlsx`` is read as Excel, all else as CSV
    :return: list of (row number as the user sees it, dict by header in lower case)
    :raise TableError: ``unreadable``, ``empty`` or ``long``
    """
    lines = _excel_lines(content) if filename.lower().endswith(".xlsx") else _csv_lines(content)
    if not lines:
        raise TableError("empty")
    header = [_text(cell).lower() for cell in lines[0]]
    rows = [
        (number, dict(zip(header, line, strict=False)))
        for number, line in enumerate(lines[1:], start=2)
        if any(_text(cell) for cell in line)
    ]
    if not rows:
        raise TableError("empty")
    if len(rows) > MAX_ROWS:
        raise TableError("long")
    return rows


def _csv_lines(content):
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first_line = text.split("\n", 1)[0]
    separator = max(";\t,", key=first_line.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise TableError("unreadable") from error


def _excel_lines(content):
    from openpyxl import load_workbook  # heavy, and only needed for Excel

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return [list(row) for row in book.active.iter_rows(values_only=True, max_row=MAX_ROWS + 2)]
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise TableError("unreadable") from error


def _text(cell):
    return "" if cell is None else str(cell).strip()


def text(cell):
    """A cell as text; numbers that Excel made of postcodes lose their ``.0``."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else _text(cell)


def day(cell):
    """A cell as date.

    :param cell: date, datetime, ``dd.mm.yyyy`` or ISO
    :return: date, None when empty
    :raise ValueError: when it is no date
    """
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    value = _text(cell)
    if not value:
        return None
    german = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", value)
    if german:
        return datetime.date(int(german[3]), int(german[2]), int(german[1]))
    return datetime.date.fromisoformat(value)
