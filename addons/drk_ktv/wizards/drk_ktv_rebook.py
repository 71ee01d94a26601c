from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

SHOWN_DATES = 40


class DrkKtvRebook(models.TransientModel):
    """The office moves bookings to another date."""

    _name = "drk.ktv.rebook"
    _description = "Change the date of bookings"

    registration_ids = fields.Many2many("event.registration", string="Bookings", required=True)
    company_id = fields.Many2one(related="registration_ids.event_id.company_id", string="Association")
    currency_id = fields.Many2one(related="company_id.currency_id")
    count = fields.Integer(string="People", compute="_compute_count")
    any_date = fields.Boolean(
        string="Also other courses and full dates", help="Otherwise dates of the same course that have places for all."
    )
    allowed_event_ids = fields.Many2many("event.event", compute="_compute_allowed_event_ids")
    event_id = fields.Many2one("event.event", string="New date")
    free = fields.Integer(related="event_id.drk_free", string="Free places")
    needs_waiting = fields.Boolean(compute="_compute_needs_waiting")
    to_waiting_list = fields.Boolean(
        string="Onto the waiting list of the new date", help="They lose their places on the old date."
    )
    keep_group = fields.Boolean(string="Who booked together stays together", default=True)
    has_group = fields.Boolean(compute="_compute_count")
    price_before = fields.Monetary(string="Price so far", compute="_compute_price")
    price = fields.Monetary(string="New price", compute="_compute_price")
    fee = fields.Monetary(string="Fee of the rebooking", compute="_compute_price")
    price_differs = fields.Boolean(compute="_compute_price")
    other_kind = fields.Boolean(compute="_compute_price")

    @api.depends("registration_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = len(wizard.registration_ids)
            wizard.has_group = wizard.count > len(wizard.registration_ids._drk_bookings())

    @api.depends("registration_ids", "any_date")
    def _compute_allowed_event_ids(self):
        for wizard in self:
            wizard.allowed_event_ids = wizard._get_allowed_events()

    def _get_allowed_events(self):
        bookings = self.registration_ids._origin
        if not bookings:
            return self.env["event.event"]
        if not self.any_date and len(bookings.drk_kind_id) == 1:
            return bookings._drk_rebook_dates("office", limit=SHOWN_DATES)
        now = fields.Datetime.now()
        domain = (
            Domain("drk_is_course", "=", True)
            & Domain("company_id", "in", bookings.company_id.ids)
            & Domain("kanban_state", "!=", "cancel")
            & Domain("date_end", ">", now)
            & Domain("id", "not in", bookings.event_id.ids)
        )
        return self.env["event.event"].search(domain, order="date_begin, id")

    @api.depends("event_id", "registration_ids")
    def _compute_needs_waiting(self):
        for wizard in self:
            wizard.needs_waiting = wizard.event_id and wizard.event_id.drk_free < len(wizard.registration_ids)

    @api.depends("event_id", "registration_ids")
    def _compute_price(self):
        for wizard in self:
            bookings, event = wizard.registration_ids._origin, wizard.event_id
            wizard.price_before = sum(bookings.mapped("drk_price"))
            wizard.price = event and sum(event._drk_price_for(booking.drk_payer_kind) or 0.0 for booking in bookings)
            wizard.fee = event and bookings._drk_rebook_cost(event, "office")
            wizard.price_differs = event and wizard.currency_id.compare_amounts(wizard.price, wizard.price_before)
            wizard.other_kind = event and bookings.drk_kind_id != event.drk_kind_id

    def action_rebook(self):
        """Move them through the door, and show the new bookings."""
        self.ensure_one()
        if not self.event_id:
            raise UserError(self.env._("Please choose the new date."))
        on_full = "waiting" if self.to_waiting_list and self.needs_waiting else "refuse"
        keep_group, event = self.keep_group, self.event_id
        new = self.registration_ids._drk_rebook(event, by="office", keep_group=keep_group, on_full=on_full)
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.event_registration_action")
        if len(new) == 1:
            form = self.env.ref("drk_ktv.event_registration_view_form")
            return action | {"views": [(form.id, "form")], "res_id": new.id}
        return action | {"domain": [("id", "in", new.ids)], "context": {}}
