from odoo import api, fields, models

from ..tools.phone import readable


class EventRegistration(models.Model):
    """Telefonliste: whom the office still has to call, because a date is near or was cancelled."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    drk_call_phone = fields.Char(string="Telephone", compute="_compute_drk_call_phone")
    drk_call_state = fields.Selection(
        [("reached", "Reached"), ("not_reached", "Not reached")],
        string="Called",
        readonly=True,
        copy=False,
        tracking=True,
    )
    drk_call_user_id = fields.Many2one(
        "res.users", string="Called by", ondelete="set null", readonly=True, copy=False, index="btree_not_null"
    )
    drk_call_date = fields.Datetime(string="Called on", readonly=True, copy=False)

    @api.depends("phone", "drk_participant_id.phone", "partner_id.phone")
    @api.depends_context("uid")
    def _compute_drk_call_phone(self):
        hidden = (self.drk_participant_id + self.partner_id)._drk_nameless()
        for booking in self:
            people = booking.drk_participant_id + booking.partner_id - hidden
            number = booking.phone or next(filter(None, people.mapped("phone")), False)
            booking.drk_call_phone = readable(number)

    def action_drk_reached(self):
        """Tick: talked to this person."""
        self._drk_note_call("reached")

    def action_drk_not_reached(self):
        """Tick: tried without success."""
        self._drk_note_call("not_reached")

    def _drk_note_call(self, state):
        self.check_access("write")
        self.write({"drk_call_state": state, "drk_call_user_id": self.env.uid, "drk_call_date": fields.Datetime.now()})

    def _prepare_drk_lost_vals(self):
        """Hook: what bookings keep of it that their date was cancelled; calls about other things count no more."""
        return {
            "drk_course_lost": True,
            "drk_call_state": False,
            "drk_call_user_id": False,
            "drk_call_date": False,
        }

    def action_drk_print_calls(self):
        """Print the call list of these bookings."""
        return self.env.ref("drk_ktv.report_call_list").report_action(self)

    def _drk_by_course(self):
        """:return: list of ``event.registration``, one record set per date, for the printed list"""
        ordered = self.sorted(lambda r: (r.event_id.date_begin, r.event_id.id, r.name or "", r.id))
        return list(ordered.grouped("event_id").values())

    def _drk_call_list_name(self):
        return self.env._("Call list %s", self.event_id[:1].drk_number or "")
