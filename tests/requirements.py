#!/usr/bin/env python3
"""Which requirements do the tests show?

``docs/requirements.md`` is the catalogue; ``docs/requirements.json`` records, from the last complete test run, the
tests that passed and name a requirement in their docstring: ``{"D-XXX-1": ["tests/test_x.py::test_y"]}``.
"""

import argparse
import json
import os
import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = (
    *("K-1", "K-2", "K-3", "K-4", "K-5", "K-6", "K-7"),
    *("D-ALL", "D-KTV", "D-SCH", "D-KIF", "D-FMV", "D-KDB", "D-TER", "D-ANO"),
    *("D-BVW", "D-VTR", "D-DLD", "D-INT", "D-WEB", "D-ROL", "D-SUP"),
)
STATES = ("shown", "open", "waived")
ID = re.compile(r"\b[KD]-[A-Z0-9.]+-\d+\b")
CHAPTER = re.compile(r"K-\d+|D-[A-Z]+")
ENTRY = re.compile(
    rf"- \*\*(?P<id>{ID.pattern})\*\*"
    r"(?: \[waived: (?P<waived>[^\]]+)\])?"
    r"(?: \((?P<mark>[SROX])\))?"
    r" \*(?P<term>.+?)\*: (?P<text>.+)"
)
ENTRY_START = re.compile(r"[-*] \*\*[KD]-")


class RequirementsError(Exception):
    """Catalogue and record do not fit together; the message says where."""


@dataclass(frozen=True)
class Requirement:
    id: str
    term: str
    text: str
    mark: str = ""
    waived: str = ""

    @property
    def chapter(self):
        return chapter_of(self.id)


def chapter_of(requirement_id):
    """Name the chapter or system of an ID: K-2 for K-2.6.1-3, D-KTV for D-KTV-5."""
    return CHAPTER.match(requirement_id).group()


def find_ids(text):
    """List the requirement IDs named in a text, each once, in order of appearance."""
    return list(dict.fromkeys(ID.findall(text or "")))


def read_catalogue(path=None):
    """Read the requirements.

    :param path: Markdown file, ``docs/requirements.md`` if not given
    :return: dict of ID -> Requirement in the order of the file
    :raise RequirementsError: when the file is missing, an entry is malformed or an ID occurs twice
    """
    path = Path(path or ROOT / "docs" / "requirements.md")
    catalogue = {}
    for number, line in enumerate(_read_text(path).splitlines(), start=1):
        if not ENTRY_START.match(line):
            continue
        requirement = _parse_entry(line, f"{path.name}:{number}")
        if requirement.id in catalogue:
            raise RequirementsError(f"{path.name}:{number}: {requirement.id} occurs twice")
        catalogue[requirement.id] = requirement
    return catalogue


def _parse_entry(line, place):
    match = ENTRY.fullmatch(line.rstrip())
    if not match:
        raise RequirementsError(f"{place}: not of the form '- **ID** [waived: reason] (mark) *term*: criterion'")
    parts = {name: (value or "").replace("\\<", "<") for name, value in match.groupdict().items()}
    requirement = Requirement(**parts)
    if requirement.chapter not in CHAPTERS:
        raise RequirementsError(f"{place}: {requirement.id} belongs to no known chapter or system")
    return requirement


def read_record(path, *, missing_ok=False):
    """Read a record of shown requirements.

    :param path: JSON file
    :param missing_ok: a missing file counts as nothing shown
    :return: dict of ID -> list of test node ids
    :raise RequirementsError: when the file is missing or not of this form
    """
    path = Path(path)
    if missing_ok and not path.exists():
        return {}
    try:
        record = json.loads(_read_text(path))
    except json.JSONDecodeError as error:
        raise RequirementsError(f"{path}: not JSON: {error}") from error
    if not (isinstance(record, dict) and all(_is_list_of_text(nodes) for nodes in record.values())):
        raise RequirementsError(f'{path}: not of the form {{"ID": ["test node id"]}}')
    return record


def _is_list_of_text(value):
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _read_text(path):
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RequirementsError(f"{path}: no such file") from error


def write_record(path, record):
    """Replace a record in one go, sorted, so that equal runs give equal files."""
    path = Path(path)
    lines = json.dumps({key: sorted(set(record[key])) for key in sorted(record)}, indent=1, ensure_ascii=False)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(lines + "\n")
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def merge_record(path, shown):
    """Add the requirements shown by one test process to those of the processes before it."""
    record = read_record(path, missing_ok=True)
    for requirement_id, nodes in shown.items():
        record[requirement_id] = [*record.get(requirement_id, []), *nodes]
    write_record(path, record)


def find_unknown(catalogue, record):
    """List what is wrong with a record: IDs that the catalogue does not know."""
    return [
        f"{key} is not in the catalogue, but named by {', '.join(nodes)}"
        for key, nodes in sorted(record.items())
        if key not in catalogue
    ]


def find_lost(stored, run):
    """List the requirements that the stored record claims and the run does not show."""
    return [
        f"{key} is recorded as shown by {', '.join(nodes)}, but no test of this run shows it"
        for key, nodes in sorted(stored.items())
        if not run.get(key)
    ]


def find_waived(catalogue, run):
    """List the requirements that are waived and shown nevertheless."""
    return [
        f"{key} is waived ({catalogue[key].waived}), but shown by {', '.join(nodes)}"
        for key, nodes in sorted(run.items())
        if key in catalogue and catalogue[key].waived
    ]


def state_of(requirement, record):
    if requirement.waived:
        return "waived"
    return "shown" if record.get(requirement.id) else "open"


def format_summary(catalogue, record, chapters):
    """Give one line per chapter or system: ``D-KTV shown=12 open=14 waived=0 total=26``."""
    counts = Counter((entry.chapter, state_of(entry, record)) for entry in catalogue.values())
    for chapter in chapters:
        states = " ".join(f"{state}={counts[chapter, state]}" for state in STATES)
        yield f"{chapter} {states} total={sum(counts[chapter, state] for state in STATES)}"


def format_list(catalogue, record, chapters):
    """Give every requirement with its state and German term, chapter by chapter."""
    for chapter, summary in zip(chapters, format_summary(catalogue, record, chapters), strict=True):
        yield summary
        for entry in catalogue.values():
            if entry.chapter == chapter:
                reason = f" ({entry.waived})" if entry.waived else ""
                yield f"  {state_of(entry, record):6}  {entry.id:11} {entry.term}{reason}"


def check(catalogue, stored, run):
    """Compare a run with the catalogue and the stored record.

    :raise RequirementsError: with one line per contradiction
    """
    _raise_if(find_unknown(catalogue, run) + find_lost(stored, run) + find_waived(catalogue, run))


def _raise_if(problems):
    if problems:
        raise RequirementsError("\n".join(problems))


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description="List which requirements the tests show.")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", help="folder of requirements.md and .json")
    parser.add_argument("--system", choices=CHAPTERS, help="only this chapter or system")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--summary", action="store_true", help="one line per chapter and system")
    mode.add_argument("--check", metavar="RUN", help="compare the record of a run with the stored one")
    mode.add_argument("--write", metavar="RUN", help="store the record of a run")
    return parser.parse_args(arguments)


def run_command(options):
    catalogue = read_catalogue(options.docs / "requirements.md")
    stored_path = options.docs / "requirements.json"
    if options.write:
        run = read_record(options.write)
        _raise_if(find_unknown(catalogue, run))
        write_record(stored_path, run)
        return
    stored = read_record(stored_path, missing_ok=True)
    if options.check:
        check(catalogue, stored, read_record(options.check))
        return
    _raise_if(find_unknown(catalogue, stored))
    chapters = [options.system] if options.system else CHAPTERS
    show = format_summary if options.summary else format_list
    print(*show(catalogue, stored, chapters), sep="\n")


def main(arguments=None):
    try:
        run_command(parse_arguments(arguments))
    except RequirementsError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
