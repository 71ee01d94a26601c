from odoo import api, fields, models
from odoo.exceptions import AccessError

PURPOSES = [
    ("course", "Participation"),
    ("cancel_fee", "Cancellation fee"),
    ("rebook_fee", "Rebooking fee"),
    ("replacement", "Replacement certificate"),
]


#: What only computes write: a forged value would let a booking be charged twice, or never.
COMPUTED = {"is_live", "event_id"}


class DrkCharge(models.Model):
    """What somebody owes because of a booking."""

    _inherit = "drk.charge"

    registration_id = fields.Many2one(
        "event.registration", "Booking", index="btree_not_null", ondelete="set null", check_company=True, copy=False
    )
    event_id = fields.Many2one(
        "event.event", "Course", related="registration_id.event_id", store=True, index="btree_not_null"
    )
    course_purpose = fields.Selection(PURPOSES, "Charged for", copy=False)
    # In the row from the start: the payment state of a booking depends on them, and a booking is written with its own.
    move_id = fields.Many2one(related="move_line_id.move_id", store=True, precompute=True)
    state = fields.Selection(compute="_compute_state", store=True, precompute=True)
    is_live = fields.Boolean("Holds", compute="_compute_is_live", store=True, precompute=True)

    # The last guard when two people charge the same booking at once.
    _once_per_booking = models.UniqueIndex(
        "(registration_id, course_purpose) WHERE is_live AND registration_id IS NOT NULL"
        " AND course_purpose <> 'replacement'",
        "This booking was charged already.",
    )

    @api.depends("is_void", "reversed_id", "reversal_ids.is_void")
    def _compute_is_live(self):
        for charge in self:
            charge.is_live = not (charge.is_void or charge.reversed_id or charge._drk_counter())

    @api.model
    def default_get(self, fields):
        """Neither the context nor a default of the user fills what is computed."""
        return super().default_get([name for name in fields if name not in COMPUTED])

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._drk_check_computed(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._drk_check_computed(vals)
        return super().write(vals)

    @api.model
    def _drk_check_computed(self, vals):
        forged = vals.keys() & COMPUTED
        if forged and not self.env.su:
            raise AccessError(self.env._("This of a charge cannot be entered: %s", ", ".join(sorted(forged))))

    def _drk_origin(self):
        return self.registration_id or super()._drk_origin()

    def _prepare_reversal_vals(self, reason, settlement):
        vals = super()._prepare_reversal_vals(reason, settlement)
        return vals | {"registration_id": self.registration_id.id, "course_purpose": self.course_purpose}

    def _drk_free_drafts(self):
        """Give up drafts that invoice these charges: what they say is not owed any more, the rest is invoiced anew."""
        drafts = self.move_id.filtered(lambda move: move.state == "draft")
        numbered = drafts.filtered("posted_before")  # what had a number stays
        (drafts - numbered).unlink()
        for move in numbered:
            move._message_log(body=self.env._("A booking on this draft was cancelled or moved. Please invoice anew."))
        numbered.button_cancel()

    def _drk_settle(self):
        """The fee of a cancellation is taken from what was paid for the course; the rest is paid back."""
        result = super()._drk_settle()
        counters = self.filtered("reversed_id") | self._drk_counter() | self.predecessor_ids._drk_counter()
        for counter in counters.sudo().filtered(lambda charge: charge.move_id.state == "posted"):
            successor = counter.reversed_id.successor_id
            if counter.settlement == "refund" and successor.course_purpose == "cancel_fee":
                counter._drk_settle_with(successor.move_id)
        return result

    def action_drk_open_booking(self):
        """Open the booking that this charge comes from."""
        self.ensure_one()
        return self.registration_id._drk_money_form()
