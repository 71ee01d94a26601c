from odoo import fields, models


class DrkKtvCancel(models.TransientModel):
    """The office cancels bookings; whoever waits moves up."""

    _name = "drk.ktv.cancel"
    _description = "Cancel bookings"

    registration_ids = fields.Many2many("event.registration", string="Bookings")
    reason = fields.Char()

    def action_cancel(self):
        """Cancel through the door."""
        self.ensure_one()
        self.registration_ids._drk_cancel(reason=self.reason, by="office")
        return {"type": "ir.actions.act_window_close"}
