from odoo import fields, models


class EventEvent(models.Model):
    """Courses that count and then book, as a naive program would."""

    _inherit = "event.event"

    # Counted at each look instead of stored on the row that all bookings share.
    drk_taken = fields.Integer(store=False)
    drk_waiting_count = fields.Integer(store=False)
    drk_free = fields.Integer(store=False)
    drk_below_min = fields.Boolean(store=False)

    _drk_not_oversold = models.Constraint("CHECK(TRUE)", "Never.")

    def _drk_in_turn(self, work):
        result = work(self)
        self.env.flush_all()
        return result
