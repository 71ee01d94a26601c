"""The journal of erasures outside the database: what a restore of an older backup has to erase again.

One line of JSON per person: association, number, time and a key of the record; of an erasure the run, of a partial deletion
its mark and the parts. No personal data.
"""

import hashlib
import json
import os
import secrets
import sys
from pathlib import Path

FOLDER = "drk_erasure_journal"
#: Endings of the name of a database while it is prepared to take the place of another one.
PREPARED = (".restoring", ".upgrading")


def journal_path(data_dir, database):
    for ending in PREPARED:
        database = database.removesuffix(ending)
    return Path(data_dir, FOLDER, f"{database}.jsonl")


def record_key(database_uuid, person_id, created):
    """Tell a person from another one who got the same number after a restore.

    :param created: when the record was created, as text
    """
    return hashlib.sha256(f"{database_uuid}|{person_id}|{created}".encode()).hexdigest()[:16]


def new_mark():
    """Return a mark of one partial deletion: a restored database that knows it need not do it again."""
    return secrets.token_hex(8)


def append(path, entries):
    """Write entries (dicts) and wait until they are on the disk: the journal is ahead of the database, never behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(entry, sort_keys=True) + "\n" for entry in entries)
    # without a buffer: one call writes all, so that the lines of two processes do not mix
    with open(path, "ab+", buffering=0, opener=lambda name, flags: os.open(name, flags, 0o600)) as stream:
        if not _ends_with_line(stream):  # a crash cut the last one off: it must not spoil the next
            lines = "\n" + lines
        rest = lines.encode()
        while rest:
            rest = rest[stream.write(rest) :]
        os.fsync(stream.fileno())


def take_back(path, entries):
    """Say of entries that their transaction was rolled back: nobody was erased, and a restore must not do it either."""
    if path.exists():
        append(path, [{**entry, "undone": True} for entry in entries])


def _ends_with_line(stream):
    if not stream.seek(0, os.SEEK_END):
        return True
    stream.seek(-1, os.SEEK_END)
    return stream.read(1) == b"\n"


def read(path, since=""):
    """Yield the entries that are not older than a time (ISO 8601, UTC); a line that a crash cut off is left out."""
    path = Path(path)
    if not path.exists():
        return
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if entry.get("time", "") >= since:
                yield entry


def _standing(path, since):
    """Return the entries that were not taken back, in their order.

    The time is part of what tells them apart: a restored database counts its runs from the same number again.
    """
    standing = {}
    for entry in read(path, since):
        key = entry["person"], entry.get("run"), entry.get("mark"), entry.get("time")
        if entry.get("undone"):
            standing.pop(key, None)
        else:
            standing[key] = entry
    return list(standing.values())


def to_repeat(path, since=""):
    """Return whom a restore has to erase again: dict of person to entry, ``request`` when one of its runs was a request."""
    people = {}
    for entry in _standing(path, since):
        if "run" in entry:
            is_request = entry.get("request") or people.get(entry["person"], {}).get("request")
            people[entry["person"]] = {**entry, "request": bool(is_request)}
    return people


def parts_to_repeat(path, since=""):
    """Return the partial deletions that a restore has to do again, in their order: dict of mark to dict of person to entry."""
    deletions = {}
    for entry in _standing(path, since):
        if "mark" in entry:
            deletions.setdefault(entry["mark"], {})[entry["person"]] = entry
    return deletions


if __name__ == "__main__":  # how much a restore has to look at: journal.py FILE SINCE
    sys.stdout.write(f"{len(to_repeat(*sys.argv[1:])) + len(parts_to_repeat(*sys.argv[1:]))}\n")
