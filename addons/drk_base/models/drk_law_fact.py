from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class DrkLawFact(models.Model):
    """A number or word that a law or rule fixes, from when until when, and where it says so. Shared."""

    _name = "drk.law.fact"
    _description = "Law fact"
    _order = "code, date_from desc, id"

    code = fields.Char(required=True, index=True)
    name = fields.Char(required=True, translate=True)
    value = fields.Float(digits=(16, 4))
    text = fields.Char()
    uom = fields.Char("Unit")
    date_from = fields.Date("Valid from", required=True)
    date_to = fields.Date("Valid until")
    source = fields.Char(required=True, help="Law, paragraph or publication that says so.")

    _period = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "The last day must not be before the first day."
    )
    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (code WITH =, daterange(date_from, date_to, '[]') WITH &&)",
        "There already is a value of this law fact in that period. End the old one first.",
    )

    @api.depends("name", "code")
    def _compute_display_name(self):
        for fact in self:
            fact.display_name = fact.name or fact.code

    @api.model
    def _on(self, code, day):
        """Return the fact that holds on that day.

        :raise UserError: when none is entered
        """
        day = fields.Date.to_date(day)
        fact = self.sudo().search(  # law is public, whoever asks
            [("code", "=", code), ("date_from", "<=", day), "|", ("date_to", "=", False), ("date_to", ">=", day)],
            limit=1,
        )
        if not fact:
            raise UserError(
                self.env._(
                    "No value of “%(code)s” is entered for %(day)s. Please add it under DRK, law facts.",
                    code=code,
                    day=format_date(self.env, day),
                )
            )
        return fact

    @api.model
    def _value(self, code, day):
        """Return the number that holds on that day (float)."""
        return self._on(code, day).value

    @api.model
    def _text(self, code, day):
        """Return the word that holds on that day (str)."""
        return self._on(code, day).text or ""
