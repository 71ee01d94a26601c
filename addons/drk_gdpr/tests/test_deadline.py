from datetime import date

from odoo.tests import BaseCase, tagged

from ..tools.deadline import months_later


def working(day):
    return day.weekday() < 5 and day != date(2027, 5, 6)  # Ascension Day


@tagged("post_install", "-at_install")
class TestDeadline(BaseCase):
    """Periods of months by BGB sections 187, 188, 193."""

    def test_same_day_of_the_next_month(self):
        self.assertEqual(months_later(date(2027, 3, 9), 1, working), date(2027, 4, 9))

    def test_month_without_that_day(self):
        self.assertEqual(months_later(date(2027, 8, 31), 1, working), date(2027, 9, 30))
        self.assertEqual(months_later(date(2028, 1, 31), 1, working), date(2028, 2, 29))

    def test_weekend_moves_to_monday(self):
        self.assertEqual(months_later(date(2027, 1, 27), 1, working), date(2027, 3, 1))  # 27 and 28 February: weekend

    def test_holiday_moves_on(self):
        self.assertEqual(months_later(date(2027, 4, 6), 1, working), date(2027, 5, 7))

    def test_year_ends(self):
        self.assertEqual(months_later(date(2026, 12, 15), 3, working), date(2027, 3, 15))
