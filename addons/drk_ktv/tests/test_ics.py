"""Calendar files without Odoo records: what another program reads out of them."""

from datetime import UTC, datetime, timedelta

import icalendar
from odoo.addons.drk_ktv.tools import ics
from odoo.tests import BaseCase, tagged

STAMP = datetime(2027, 2, 1, 8, 30)


def entry(**values):
    return ics.Entry(
        **{
            "uid": "session-1@example.org",
            "start": datetime(2027, 3, 27, 7, 30),
            "end": datetime(2027, 3, 27, 15, 30),
            "summary": "Erste Hilfe",
            **values,
        }
    )


@tagged("post_install", "-at_install")
class TestIcs(BaseCase):
    def _events(self, data):
        return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))

    def test_one_event_per_session_in_local_time_across_the_change_of_clocks(self):
        second = entry(uid="session-2@example.org", start=datetime(2027, 3, 28, 6, 30), end=datetime(2027, 3, 28, 9))
        first, second = self._events(ics.calendar_file([entry(), second], STAMP))
        self.assertEqual(first["DTSTART"].dt.strftime("%H:%M %z"), "08:30 +0100")
        self.assertEqual(second["DTSTART"].dt.strftime("%H:%M %z"), "08:30 +0200")
        self.assertEqual(second["DTEND"].dt - second["DTSTART"].dt, timedelta(hours=2, minutes=30))
        self.assertEqual(first["DTSTAMP"].dt, STAMP.replace(tzinfo=UTC))
        self.assertEqual([str(first["UID"]), str(second["UID"])], ["session-1@example.org", "session-2@example.org"])

    def test_special_characters_come_back_as_they_were(self):
        text = "Raum 1; Hof, \\Tor\\\nzweite Zeile äöüß€ 🚑"
        (event,) = self._events(ics.calendar_file([entry(location=text, description=text)], STAMP))
        self.assertEqual(str(event["LOCATION"]), text)
        self.assertEqual(str(event["DESCRIPTION"]), text)

    def test_no_value_opens_a_new_property(self):
        hostile = "Kurs\r\nATTACH:http://example.com/x\x00\nEND:VEVENT"
        (event,) = self._events(ics.calendar_file([entry(summary=hostile, url="https://a.example/\r\nX:1")], STAMP))
        self.assertNotIn("ATTACH", event)
        self.assertNotIn("X", event)
        self.assertEqual(str(event["SUMMARY"]), "Kurs\nATTACH:http://example.com/x\nEND:VEVENT")

    def test_lines_are_folded_at_75_octets(self):
        data = ics.calendar_file([entry(summary="Übungsgröße " * 40)], STAMP)
        self.assertTrue(all(len(line) <= 75 for line in data.split(b"\r\n")))
        self.assertEqual(str(self._events(data)[0]["SUMMARY"]), "Übungsgröße " * 40)

    def test_cancelled_file_names_the_same_session(self):
        published = self._events(ics.calendar_file([entry(sequence=1)], STAMP))[0]
        data = ics.calendar_file([entry(sequence=2)], STAMP, cancelled=True)
        cancelled = self._events(data)[0]
        self.assertEqual(published["UID"], cancelled["UID"])
        self.assertEqual(str(icalendar.Calendar.from_ical(data)["METHOD"]), "CANCEL")
        self.assertEqual(str(cancelled["STATUS"]), "CANCELLED")
        self.assertGreater(cancelled["SEQUENCE"], published["SEQUENCE"])

    def test_organizer_is_the_association(self):
        data = ics.calendar_file([entry()], STAMP, False, 'Kreisverband "Musterstadt"\n', "kurse@example.org")
        organizer = self._events(data)[0]["ORGANIZER"]
        self.assertEqual(str(organizer), "mailto:kurse@example.org")
        self.assertEqual(organizer.params["CN"], "Kreisverband Musterstadt")
