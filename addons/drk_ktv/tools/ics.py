"""Calendar files (iCalendar, RFC 5545) of course dates: one VEVENT per session, no database needed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

PRODUCT = "-//DRK suite//Kurse//DE"
TIME_ZONE = "Europe/Berlin"
LINE_OCTETS = 75  # RFC 5545 3.1
# The European rule in force since 1996 (Directive 2000/84/EC): last Sunday of March and of October.
VTIMEZONE = f"""BEGIN:VTIMEZONE
TZID:{TIME_ZONE}
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE""".split("\n")


@dataclass(frozen=True)
class Entry:
    """One session in the calendar of the person who booked.

    ``start`` and ``end`` are UTC, naive (as Odoo stores them) or aware; ``uid`` must stay the same for the same session
    for ever, so that a second file replaces the first; ``sequence`` must grow with each change.
    """

    uid: str
    start: datetime
    end: datetime
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""
    sequence: int = 0


def calendar_file(entries, stamp, cancelled=False, organizer_name="", organizer_email=""):
    """Write a calendar file.

    :param entries: iterable of :class:`Entry`
    :param stamp: datetime in UTC at which the file is written (DTSTAMP)
    :param cancelled: True takes the sessions out of the calendar again (METHOD:CANCEL)
    :return: bytes, UTF-8, CRLF, lines folded at 75 octets
    """
    organizer = _organizer(organizer_name, organizer_email)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    lines += [f"METHOD:{'CANCEL' if cancelled else 'PUBLISH'}", *VTIMEZONE]
    for entry in entries:
        lines += _event_lines(entry, stamp, cancelled, organizer)
    lines.append("END:VCALENDAR")
    return "".join(f"{fold(line)}\r\n" for line in lines).encode()


def _event_lines(entry, stamp, cancelled, organizer):
    lines = ["BEGIN:VEVENT", f"UID:{escape(entry.uid)}", f"DTSTAMP:{_utc(stamp):%Y%m%dT%H%M%SZ}"]
    lines += [f"SEQUENCE:{entry.sequence}", f"DTSTART;TZID={TIME_ZONE}:{_local(entry.start)}"]
    lines += [f"DTEND;TZID={TIME_ZONE}:{_local(entry.end)}", f"SUMMARY:{escape(entry.summary)}"]
    optional = (("LOCATION", entry.location), ("DESCRIPTION", entry.description))
    lines += [f"{name}:{escape(text)}" for name, text in optional if text]
    if entry.url:
        lines.append(f"URL:{''.join(entry.url.split())}")
    if organizer:
        lines.append(organizer)
    return [*lines, f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}", "TRANSP:OPAQUE", "END:VEVENT"]


def _organizer(name, email):
    if not email:
        return ""
    # A parameter value has no escape for the quotation mark and no control characters (RFC 5545 3.2).
    clean = "".join(char for char in name if char.isprintable() and char != '"')
    return f'ORGANIZER;CN="{clean}":mailto:{"".join(email.split())}'


def escape(text):
    """Escape a TEXT value (RFC 5545 3.3.11); control characters but the line feed are dropped."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = "".join(char for char in text if char == "\n" or char >= " " and char != "\x7f")
    for char in ("\\", ";", ","):
        text = text.replace(char, f"\\{char}")
    return text.replace("\n", "\\n")


def fold(line):
    """Fold one content line at 75 octets, never inside a UTF-8 character."""
    parts, part, size = [], "", 0
    for char in line:
        width = len(char.encode())
        if size + width > LINE_OCTETS:
            parts.append(part)
            part, size = "", 1  # the blank that opens the next line counts
        part += char
        size += width
    return "\r\n ".join([*parts, part])


def _utc(moment):
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _local(moment):
    return f"{_utc(moment).astimezone(ZoneInfo(TIME_ZONE)):%Y%m%dT%H%M%S}"
