"""Keep what people typed out of the server log.

A failed constraint logs the whole row, a bad query its values, the access line a signed link. Each record is cleaned
when it is made, so it does not matter which handlers exist or are added later.
"""

import logging
import re
import traceback

import psycopg2

from .links import TOKEN_PREFIX

_HIDDEN = "…"
_PATTERNS = [
    (re.compile(r"(?m)^DETAIL:.*(?:\n(?!Traceback|CONTEXT:|HINT:|During handling|The above exception|\n).*)*"), ""),
    (re.compile(r"Failing row contains \(.*\)", re.DOTALL), f"Failing row contains ({_HIDDEN})"),
    (re.compile(r"Key \(([^()]*(?:\([^()]*\)[^()]*)*)\)=\(.*?\)(?=[ .,;]|$)", re.DOTALL), rf"Key (\1)=({_HIDDEN})"),
    (re.compile(rf"\b{TOKEN_PREFIX}\.[\w-]+(?:\.[\w-]+)?"), f"{TOKEN_PREFIX}.{_HIDDEN}"),
    (re.compile(r"(?i)\b(access_token|token|signature|password)=[^\s&\"']+"), rf"\1={_HIDDEN}"),
    (re.compile(r"(invalid input syntax for [^:\n]+|out of range[^:\n]*): \"[^\n]*\""), rf"\1: {_HIDDEN}"),
    (re.compile(r"[\w.+-]+@(?=[\w-]+(?:\.[\w-]+)+)"), f"{_HIDDEN}@"),
]
_QUERY_VALUE = re.compile(r"(?<=[?&])([^=&\s\"]+)=[^&\s\"]*")
_ACCESS_LOGGERS = ("werkzeug", "odoo.addons.drk_base.access")


def clean_text(text):
    """Return ``text`` without SQL details, link tokens and mail addresses."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def clean_query(query):
    """Return an SQL statement up to its first literal: enough to find the place, no values."""
    if isinstance(query, bytes):
        query = query.decode(errors="replace")
    head = re.split(r"['$]|\bVALUES\b", str(query), maxsplit=1, flags=re.IGNORECASE)[0]
    return re.sub(r"\b\d+\b", "?", head)[:500].rstrip() + f" {_HIDDEN}"


def describe_error(exc):
    """Return an exception as text; of a database error only what names no value."""
    if isinstance(exc, psycopg2.Error):
        primary = exc.diag.message_primary or str(exc).partition("\n")[0]
        return clean_text(f"{primary} [{exc.pgcode}]")
    return clean_text(str(exc))


def format_exception(exc_info):
    """Return the traceback of ``exc_info`` with cleaned messages, also of the exceptions it came from."""
    summary = traceback.TracebackException(*exc_info)
    _clean_summary(summary, exc_info[1])
    return clean_text("".join(summary.format())).rstrip("\n")


def _clean_summary(summary, exc):
    while summary is not None and exc is not None:
        summary._str = describe_error(exc)
        if summary.__cause__ is not None:
            _clean_summary(summary.__cause__, exc.__cause__)
        summary, exc = summary.__context__, exc.__context__


def _clean_sql_args(args):
    if isinstance(args, tuple) and len(args) == 2:  # "bad query: %s\nERROR: %s" and "[%.3f ms] query: %s"
        first = args[0] if isinstance(args[0], float) else clean_query(args[0])
        second = args[1] if isinstance(args[1], Exception) else clean_query(args[1])
        return first, describe_error(second) if isinstance(second, Exception) else second
    return args


def _clean_args(args):
    """Replace exceptions among the arguments: only the object still tells apart what it says and what it hides."""
    if isinstance(args, tuple):
        return tuple(describe_error(arg) if isinstance(arg, BaseException) else arg for arg in args)
    return args


def clean_record(record):
    """Clean a log record in place."""
    record.args = _clean_sql_args(record.args) if record.name == "odoo.sql_db" else _clean_args(record.args)
    if isinstance(record.msg, BaseException):
        record.msg = describe_error(record.msg)
    try:
        message = record.getMessage()
    except Exception:  # a wrong call of the logger: the handler reports it as always
        return record
    if record.name.startswith(_ACCESS_LOGGERS):
        message = _QUERY_VALUE.sub(rf"\1={_HIDDEN}", message)
    record.msg, record.args = clean_text(message), ()
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text = format_exception(record.exc_info)  # formatters use it instead of their own
    return record


class CleanRecordFactory:
    """Log record factory: the one that was there before, cleaned afterwards."""

    def __init__(self, factory):
        self.factory = factory

    def __call__(self, *args, **kwargs):
        return clean_record(self.factory(*args, **kwargs))


def install():
    """Put the filter in front of every handler of this process, once."""
    factory = logging.getLogRecordFactory()
    if type(factory).__qualname__ != CleanRecordFactory.__qualname__:
        logging.setLogRecordFactory(CleanRecordFactory(factory))
