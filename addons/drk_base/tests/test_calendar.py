from datetime import date, timedelta

from odoo.addons.drk_base.tests.common import DrkCase
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import ExclusionViolation


@tagged("post_install", "-at_install")
class TestCalendar(DrkCase):
    def setUp(self):
        super().setUp()
        self.calendar = self.env["drk.calendar"].with_user(self._user("clerk", "drk_base.group_drk_base_user"))

    def test_target_closing_days_of_two_years(self):
        days = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(730)]
        closed = [day.isoformat() for day in days if day.weekday() < 5 and not self.calendar._is_target_day(day)]
        self.assertEqual(
            closed,
            [
                *("2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-12-25"),
                *("2027-01-01", "2027-03-26", "2027-03-29"),
            ],
        )

    def test_next_target_day_known_answers(self):
        for day, answer in [
            ("2026-12-24", "2026-12-24"),
            ("2026-12-25", "2026-12-28"),
            ("2027-01-01", "2027-01-04"),
            ("2027-03-26", "2027-03-30"),
            ("2027-05-01", "2027-05-03"),
            ("2027-05-06", "2027-05-06"),
            ("2026-10-03", "2026-10-05"),
        ]:
            self.assertEqual(self.calendar._next_target_day(day).isoformat(), answer)

    def _names(self, land, start="2027-01-01", end="2027-12-31"):
        return self.calendar._public_holidays(land, start, end)

    def test_corpus_christi_depends_on_the_land(self):
        day = date(2027, 5, 27)
        self.assertEqual(self._names(self.env.ref("base.state_de_nw"))[day], "Fronleichnam")
        self.assertNotIn(day, self._names(self.env.ref("base.state_de_ni")))

    def test_holidays_of_the_lands(self):
        for day, lands in [
            ("2027-01-06", {"BW", "BY", "ST"}),
            ("2027-03-08", {"BE", "MV"}),
            ("2027-05-27", {"BW", "BY", "HE", "NW", "RP", "SL"}),
            ("2027-09-20", {"TH"}),
            ("2027-10-31", {"BB", "MV", "SN", "ST", "TH", "HB", "HH", "NI", "SH"}),
            ("2027-11-01", {"BW", "BY", "NW", "RP", "SL"}),
            ("2027-11-17", {"SN"}),
        ]:
            states = self.env["res.country.state"].search([("country_id.code", "=", "DE")])
            found = {state.code[-2:] for state in states if self._names(state, day, day)}
            self.assertEqual(found, lands, day)

    def test_nine_nationwide_holidays(self):
        self.assertEqual(len(self._names("")), 9)
        self.assertIn(date(2027, 10, 3), self._names(""))

    def test_working_days(self):
        self.assertFalse(self.calendar._is_working_day("2027-05-27", "NW"))
        self.assertTrue(self.calendar._is_working_day("2027-05-27", "DE-NI"))
        self.assertFalse(self.calendar._is_working_day("2027-05-29", "NI"))

    def _create_school_holiday(self, date_from, date_to, state="base.state_de_nw"):
        holiday = self.env["drk.school.holiday"].create(
            {"name": "Osterferien", "state_id": self.env.ref(state).id, "date_from": date_from, "date_to": date_to}
        )
        self.env.flush_all()
        return holiday

    def test_school_holidays_of_a_period(self):
        self._create_school_holiday("2031-03-22", "2031-04-03")
        days = self.calendar._school_holidays("NW", "2031-04-02", "2031-04-10")
        self.assertEqual(days, {date(2031, 4, 2): "Osterferien", date(2031, 4, 3): "Osterferien"})
        self.assertFalse(self.calendar._school_holidays("NI", "2031-04-02", "2031-04-10"))

    def test_school_holidays_do_not_overlap(self):
        self._create_school_holiday("2031-03-22", "2031-04-03")
        with self.assertRaises(ExclusionViolation), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            self._create_school_holiday("2031-04-03", "2031-04-05")
        self._create_school_holiday("2031-04-03", "2031-04-05", "base.state_de_ni")

    def test_school_holidays_are_imported_from_csv(self):
        result = self.env["drk.school.holiday"].load(
            ["name", "state_id", "date_from", "date_to"],
            [["Sommerferien", "Nordrhein-Westfalen (DE)", "2031-07-01", "2031-08-12"]],
        )
        self.assertFalse(result["messages"])
        self.assertEqual(len(self.calendar._school_holidays("NW", "2031-07-01", "2031-08-31")), 43)
