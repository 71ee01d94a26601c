from datetime import date

from odoo.tests import BaseCase, tagged

from ..tools.quarter import is_cleaning_day, last_cleaning_day, next_cleaning_day


@tagged("post_install", "-at_install")
class TestQuarter(BaseCase):
    def test_first_sundays_of_2027(self):
        """D-ANO-18: the automatic cleaning runs on the first Sunday of each quarter."""
        days = [date(2027, 1, 3), date(2027, 4, 4), date(2027, 7, 4), date(2027, 10, 3)]
        day = date(2026, 10, 5)
        for expected in days:
            day = next_cleaning_day(day)
            self.assertEqual(day, expected)
            self.assertTrue(is_cleaning_day(day))
            day = date.fromordinal(day.toordinal() + 1)
            self.assertFalse(is_cleaning_day(day))

    def test_other_sundays_are_no_cleaning_days(self):
        self.assertFalse(is_cleaning_day(date(2027, 1, 10)))
        self.assertFalse(is_cleaning_day(date(2027, 2, 7)))

    def test_a_quarter_can_begin_on_a_sunday(self):
        self.assertTrue(is_cleaning_day(date(2028, 10, 1)))

    def test_last_cleaning_day_reaches_into_the_year_before(self):
        self.assertEqual(last_cleaning_day(date(2027, 1, 2)), date(2026, 10, 4))
        self.assertEqual(last_cleaning_day(date(2027, 1, 3)), date(2027, 1, 3))
