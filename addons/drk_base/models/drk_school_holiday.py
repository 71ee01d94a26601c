from datetime import timedelta

from odoo import fields, models


class DrkSchoolHoliday(models.Model):
    """School holidays of a Land, imported from its published table. Shared by all associations."""

    _name = "drk.school.holiday"
    _description = "School holidays"
    _order = "date_from desc, state_id, id"

    name = fields.Char(required=True)
    state_id = fields.Many2one(
        "res.country.state", "Land", required=True, index=True, domain=[("country_id.code", "=", "DE")]
    )
    date_from = fields.Date("First day", required=True)
    date_to = fields.Date("Last day", required=True)

    _period = models.Constraint("CHECK(date_to >= date_from)", "The last day must not be before the first day.")
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (state_id WITH =, daterange(date_from, date_to, '[]') WITH &&)",
        "There already are school holidays of this Land in that period.",
    )

    def _days(self):
        """Return the days of these holidays."""
        self.ensure_one()
        return [self.date_from + timedelta(days=offset) for offset in range((self.date_to - self.date_from).days + 1)]
