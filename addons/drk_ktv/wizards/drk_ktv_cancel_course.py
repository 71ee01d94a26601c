from datetime import timedelta

from odoo import api, fields, models


class DrkKtvCancelCourse(models.TransientModel):
    """The office cancels a whole course date with all its bookings, and decides what its people are told."""

    _name = "drk.ktv.cancel.course"
    _description = "Cancel a course"

    event_id = fields.Many2one("event.event", string="Course", required=True)
    taken = fields.Integer(related="event_id.drk_taken")
    waiting_count = fields.Integer(related="event_id.drk_waiting_count")
    reason_key = fields.Selection(selection="_selection_reason_key", string="Usual reasons")
    reason = fields.Char(
        required=True,
        compute="_compute_reason",
        store=True,
        readonly=False,
        precompute=True,
        help="The people read it in the mail.",
    )
    settlement = fields.Selection(
        selection=lambda self: self.env["event.event"]._fields["drk_settlement"]._description_selection(self.env),
        string="What was paid",
        required=True,
        default="refund",
    )
    offer_replacements = fields.Boolean(
        string="Offer other dates",
        default=True,
        help="The mail names the next three dates of the same course that have free places, each with a link.",
    )
    send_sms = fields.Boolean(string="Send an SMS", compute="_compute_send_sms", store=True, readonly=False)
    sms_off = fields.Boolean(compute="_compute_counts")
    mobile_count = fields.Integer(string="Mobile numbers", compute="_compute_counts")
    unmailed_count = fields.Integer(string="Without a mail address", compute="_compute_counts")

    def _selection_reason_key(self):
        labels = {
            "instructor": self.env._("Instructor ill or prevented"),
            "few": self.env._("Too few participants"),
            "room": self.env._("Room not available"),
            "weather": self.env._("Weather"),
            "operation": self.env._("Emergency operation"),
        }
        return list(labels.items())

    @api.model
    def _get_reasons(self):
        """Hook: what the people read for each of the usual reasons."""
        return {
            "instructor": self.env._("Our instructor cannot come."),
            "few": self.env._("Too few people have registered."),
            "room": self.env._("The room cannot be used on this day."),
            "weather": self.env._("The weather makes the journey too dangerous."),
            "operation": self.env._("Our people are needed in an emergency operation."),
        }

    @api.depends("reason_key")
    def _compute_reason(self):
        reasons = self._get_reasons()
        for wizard in self:
            wizard.reason = reasons.get(wizard.reason_key) or wizard.reason or False

    @api.depends("event_id")
    def _compute_send_sms(self):
        """The nearer the course, the less a mail is enough."""
        now = fields.Datetime.now()
        for wizard in self:
            course = wizard.event_id
            days = course.company_id.sudo().drk_ktv_sms_days
            near = bool(course) and course.date_begin <= now + timedelta(days=days)
            wizard.send_sms = near and not course.company_id._drk_sms_is_off()

    @api.depends("event_id")
    def _compute_counts(self):
        for wizard in self:
            live = wizard.event_id.registration_ids.filtered(lambda r: r.state in ("open", "offered", "waiting"))
            wizard.sms_off = wizard.event_id and wizard.event_id.company_id._drk_sms_is_off()
            wizard.mobile_count = len(live._drk_mobiles())
            wizard.unmailed_count = len(live.filtered(lambda r: not r._drk_mail_address()))

    def action_cancel(self):
        """Cancel the course through the door, and show whom to call."""
        self.ensure_one()
        event = self.event_id
        event._drk_cancel_course(
            self.reason, settlement=self.settlement, replacements=self.offer_replacements, sms=self.send_sms
        )
        if event._drk_affected():
            return event.action_drk_call_list()
        return {"type": "ir.actions.act_window_close"}
