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


class DrkKtvCancelCourse(models.TransientModel):
    """The office cancels a whole course date with all its bookings."""

    _name = "drk.ktv.cancel.course"
    _description = "Cancel a course"

    event_id = fields.Many2one("event.event", string="Course", required=True)
    taken = fields.Integer(related="event_id.drk_taken")
    waiting_count = fields.Integer(related="event_id.drk_waiting_count")
    reason = fields.Char(required=True)

    def action_cancel(self):
        """Cancel the course through the door."""
        self.ensure_one()
        self.event_id._drk_cancel_course(self.reason)
        return {"type": "ir.actions.act_window_close"}
