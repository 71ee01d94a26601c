"""Entries of attendance as a phone sends them: read one by one, nothing a browser sends reaches a model unread."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

STATES = ("present", "partly", "absent", "")  # empty: taken back, nothing is recorded
MAX_ID = 2**31 - 1
MAX_ENTRIES = 500
MAX_BYTES = 256 * 1024
KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True)
class Entry:
    """What somebody tapped for one person in one session.

    :param key: chosen by the phone, so that the same tap sent twice counts once
    :param moment: naive UTC, when it was tapped by the clock of this server
    :param fill: meant for those only who have no entry ("all others are present")
    :param undoes: key of the entry that it takes back, empty for any
    """

    key: str
    session: int
    registration: int
    state: str
    moment: datetime
    fill: bool = False
    undoes: str = ""


def read_key(raw):
    """The key of an entry, or None where it has none that can be answered."""
    key = raw.get("key") if isinstance(raw, dict) else None
    return key if isinstance(key, str) and KEY.fullmatch(key) else None


def read_entry(raw, sent, now):
    """Read one entry.

    :param raw: whatever came
    :param sent: milliseconds since 1970 on the clock of the phone when it sent the entries
    :param now: naive UTC moment of this server
    :return: ``Entry`` or None when it cannot be understood
    """
    key = read_key(raw)
    if not key or raw.get("state") not in STATES or not isinstance(raw.get("state"), str):
        return None
    numbers = [raw.get("session"), raw.get("registration")]
    if not all(type(number) is int and 0 < number <= MAX_ID for number in numbers):
        return None
    undoes = raw.get("undoes") if isinstance(raw.get("undoes"), str) else ""
    return Entry(key, *numbers, raw["state"], tapped_at(raw.get("at"), sent, now), raw.get("fill") is True, undoes)


def tapped_at(at, sent, now):
    """When something was tapped, by the clock of the server: phones may be hours wrong, but not within one hour.

    :return: naive UTC, never in the future and at most 30 days back
    """
    if not all(type(value) in (int, float) and abs(value) < 10**15 for value in (at, sent)):
        return now
    passed = max(0.0, (sent - at) / 1000)
    return now - timedelta(seconds=min(passed, 30 * 86400))


def utc_now():
    """This moment, naive UTC; finer than seconds, because two taps can fall into one."""
    return datetime.now(UTC).replace(tzinfo=None)
