from odoo import api, fields, models

STATUS_OF_STATE = {"open": "A", "done": "T", "draft": " ", "offered": "Z", "waiting": "W", "cancel": "S"}
ABSENT = "F"


class EventRegistration(models.Model):
    """The status of a booking as a letter; whether a fee would become due says the table."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    drk_status_id = fields.Many2one("drk.booking.status", string="Booking status", compute="_compute_drk_status_id")

    @api.depends("state", "drk_attendance")
    def _compute_drk_status_id(self):
        ids = self.env["drk.booking.status"]._ids_by_key()
        for registration in self:
            registration.drk_status_id = ids.get(registration._drk_status_key())

    def _drk_status_key(self):
        """Hook: return the key of the status of one booking."""
        if self.state == "open" and self.drk_attendance == "absent":
            return ABSENT
        return STATUS_OF_STATE.get(self.state, " ")

    def _drk_has_fee(self):
        """Whether this booking has a price, or something charged for it holds."""
        return self.drk_price > 0 or any(charge.amount > 0 for charge in self._drk_live_charges())
