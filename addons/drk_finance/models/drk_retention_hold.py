from odoo import api, fields, models
from odoo.tools import SQL


class DrkRetentionHold(models.Model):
    """Vouchers of a year are kept on while an audit or a dispute about it is running (Prüfungssperre, AO § 147(3))."""

    _name = "drk.retention.hold"
    _description = "Retention Hold"
    _inherit = ["drk.association.mixin"]
    _order = "year desc, id desc"
    _rec_name = "year"

    year = fields.Integer("Fiscal year", required=True, aggregator=None, default=lambda self: self._default_year())
    reason = fields.Char(required=True, help="What is running: tax audit, objection, lawsuit. No names of people.")
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    date_until = fields.Date("Until", help="Last day of the hold; empty while the audit or dispute is running.")

    _dates = models.Constraint(
        "CHECK(date_until IS NULL OR date_until >= date_from)", "A hold cannot end before it begins."
    )
    _year_plausible = models.Constraint(
        "CHECK(year BETWEEN 1990 AND 2200)", "Please enter the fiscal year: four digits."
    )

    @api.model
    def _default_year(self):
        return fields.Date.context_today(self).year - 1

    def write(self, vals):
        if vals.keys() & {"year", "date_from", "date_until", "company_id"}:
            self._release()
        return super().write(vals)

    def unlink(self):
        self._release()
        return super().unlink()

    def action_lift(self):
        """End the hold today: the daily job looks tonight at whom it kept."""
        today = fields.Date.context_today(self)
        for hold in self:
            hold.date_until = max(today, hold.date_from)

    def _release(self):
        """The day until which a person is kept was set with this hold: the daily job sets it anew or erases them."""
        self.check_access("write")
        self.env.flush_all()
        query = """
            UPDATE res_partner p SET drk_restricted_until = %(yesterday)s
             WHERE p.drk_is_restricted AND p.drk_restricted_until >= %(yesterday)s AND p.company_id = %(company)s
               AND (EXISTS (SELECT 1 FROM account_move_line l WHERE l.partner_id = p.id AND l.company_id = %(company)s
                                      AND EXTRACT(year FROM l.date) = %(year)s)
                    OR EXISTS (SELECT 1 FROM drk_charge c JOIN account_move m ON m.id = c.move_id
                                WHERE c.drk_person_id = p.id AND m.company_id = %(company)s
                                  AND EXTRACT(year FROM m.date) = %(year)s))
        """
        yesterday = fields.Date.subtract(fields.Date.context_today(self), days=1)
        for hold in self:
            self.env.cr.execute(SQL(query, yesterday=yesterday, company=hold.company_id.id, year=hold.year))
        self.env["res.partner"].invalidate_model(["drk_restricted_until"])
