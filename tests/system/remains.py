"""What a database, its files and the logs still hold of somebody: read from outside, with other tools than the suite's own."""

import re
import subprocess
import zipfile
from collections import namedtuple

from conftest import FILESTORE

#: Marks and the names, mail addresses, numbers and the birth date of the planted person, as ``planted.py`` writes them.
PLANTED = re.compile(
    rb"zqx(?:\d{4}q|vor|nach|mail|login|alt|weg)|\b0?341[ /-]?99077\d+|9907 ?7001|9907 ?70 ?01|1913-03-17|17\.0?3\.1913",
    re.IGNORECASE,
)
Remain = namedtuple("Remain", "table column res_id text")


def in_dump(name):
    """Find the planted texts in a full dump.

    :return: set of ``Remain``
    """
    found, table, columns = set(), None, []
    with subprocess.Popen(["pg_dump", "--no-owner", name], stdout=subprocess.PIPE) as dump:
        for line in dump.stdout:
            start = re.match(rb"COPY public\.\"?(\w+)\"? \((.*)\) FROM stdin;", line)
            if start:
                table, columns = start[1].decode(), [column.strip(' "') for column in start[2].decode().split(",")]
            elif line == b"\\.\n":
                table = None
            elif PLANTED.search(line):
                found |= set(_in_row(table, columns, line))
    assert dump.returncode == 0
    return found


def _in_row(table, columns, line):
    if table is None:  # a statement, not a row
        yield Remain("", "", 0, line.decode())
        return
    values = line.rstrip(b"\n").split(b"\t")
    number = int(values[columns.index("id")]) if "id" in columns else 0
    for column, value in zip(columns, values, strict=True):
        for text in PLANTED.findall(value):
            yield Remain(table, column, number, text.decode().lower())


def in_files(database):
    """Find the planted texts in the file store: names, bytes, and the text of PDF and office documents.

    :return: set of ``Remain``; the number is that of an attachment that uses the file
    """
    users = dict(
        database.rows("SELECT store_fname, MIN(id) FROM ir_attachment WHERE store_fname IS NOT NULL GROUP BY 1")
    )
    found = set()
    for path in (FILESTORE / database.name).rglob("*"):
        if path.is_file():
            name = f"{path.parent.name}/{path.name}"
            for text in PLANTED.findall(_text(path)):
                found.add(Remain("ir_attachment", name, users.get(name, 0), text.decode().lower()))
    return found


def _text(path):
    data = path.read_bytes()
    if data.startswith(b"%PDF"):
        data += subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=False).stdout
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            readable = [
                entry for entry in archive.infolist() if not entry.flag_bits & 1
            ]  # else a package of sixty days
            data += b"\n".join(re.sub(rb"<[^>]*>", b"", archive.read(entry)) for entry in readable)
    return data


def in_text(data):
    """:return: set of the planted texts in a log"""
    return {text.decode().lower() for text in PLANTED.findall(data)}
