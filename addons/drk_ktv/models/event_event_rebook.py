from odoo import api, fields, models
from odoo.tools import format_datetime


class EventEvent(models.Model):
    """A date that was cancelled or that bookings move to."""

    _inherit = "event.event"  # pylint: disable=consider-merging-classes-inherited

    drk_settlement = fields.Selection(
        [("refund", "Refund"), ("credit", "Credit balance")],
        string="What was paid",
        readonly=True,
        copy=False,
        tracking=True,
        help="Chosen when the date was cancelled: paid back, or kept for another course.",
    )
    drk_offer_replacements = fields.Boolean(
        string="Offer other dates",
        readonly=True,
        copy=False,
        help="Chosen when the date was cancelled: its people can move to another date by one click.",
    )

    def _drk_check_bookable(self, channel):
        """Who moves a booking is asked, not the way it once came in."""
        return super()._drk_check_bookable(self.env.context.get("drk_rebook_channel", channel))

    @api.depends_context("drk_with_date")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        if self.env.context.get("drk_with_date"):
            for course in self.filtered("drk_is_course"):
                course.display_name = course._drk_name_with_date()
        return result

    def _drk_name_with_date(self):
        begin = format_datetime(self.env, self.date_begin, tz=self.date_tz, dt_format="EEE dd.MM.yyyy HH:mm")
        free = self.env._("%s free", self.drk_free)
        return " · ".join(filter(None, (begin, self.drk_room_id.name, free, self.drk_number, self.name)))

    # ------------------------------------------------------------------ cancelled course
    def _prepare_drk_cancel_course_vals(self, settlement, replacements):
        """Hook: what a cancelled date keeps of the decisions that were made with it."""
        return {
            "kanban_state": "cancel",
            "is_published": False,
            "drk_settlement": settlement,
            "drk_offer_replacements": replacements,
        }

    def _drk_affected(self):
        """:return: ``event.registration`` of these dates whom the office may have to call"""
        return self.registration_ids.filtered(lambda r: r.drk_course_lost or r.state in ("open", "done"))

    def action_drk_call_list(self):
        """Open the call list of this date."""
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.event_registration_action_calls")
        domain = [("event_id", "in", self.ids), ("id", "in", self._drk_affected().ids)]
        return action | {"domain": domain, "context": {"search_default_not_reached": 1}}
