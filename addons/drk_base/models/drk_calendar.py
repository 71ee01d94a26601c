from odoo import api, fields, models

from ..tools import calendar


class DrkCalendar(models.AbstractModel):
    """Which days count: for banks, for courses, for schools."""

    _name = "drk.calendar"
    _description = "Calendar"

    @api.model
    def _is_target_day(self, day):
        """Return whether banks settle on that day (TARGET)."""
        return calendar.is_target_day(fields.Date.to_date(day))

    @api.model
    def _next_target_day(self, day):
        """Return that day if banks settle then, else the next day on which they do."""
        return calendar.next_target_day(fields.Date.to_date(day))

    @api.model
    def _public_holidays(self, state, start, end):
        """Return the public holidays of a Land.

        :param state: ``res.country.state``, its code (``NW``) or empty (nationwide days only)
        :return: dict date -> German name
        """
        return calendar.public_holidays(self._land_code(state), fields.Date.to_date(start), fields.Date.to_date(end))

    @api.model
    def _school_holidays(self, state, start, end):
        """Return the imported school holidays of a Land.

        :param state: ``res.country.state`` or its code
        :return: dict date -> name, one entry per day
        """
        start, end = fields.Date.to_date(start), fields.Date.to_date(end)
        holidays = self.env["drk.school.holiday"].search(
            [
                ("state_id.code", "in", [self._land_code(state), f"DE-{self._land_code(state)}"]),
                ("state_id.country_id.code", "=", "DE"),
                ("date_from", "<=", end),
                ("date_to", ">=", start),
            ],
            order="date_from, id",
        )
        return {day: holiday.name for holiday in holidays for day in holiday._days() if start <= day <= end}

    @api.model
    def _is_working_day(self, day, state):
        """Return whether that day is neither Sunday, Saturday nor a public holiday of the Land."""
        day = fields.Date.to_date(day)
        return day.weekday() < 5 and day not in self._public_holidays(state, day, day)

    @api.model
    def _land_code(self, state):
        """Return ``NW`` for a ``res.country.state``, ``NW`` or ``DE-NW``."""
        code = state if isinstance(state, str) else state.code
        return (code or "").upper().removeprefix("DE-")
