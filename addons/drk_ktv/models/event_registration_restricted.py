from odoo import api, fields, models
from odoo.fields import Domain


class EventRegistration(models.Model):
    """What was typed for a restricted person is not shown once the course is over; before it, the course needs it."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    def _drk_nameless(self):
        if self.env.su or not self.ids or not self.env["res.partner"]._drk_hides_people():
            return self.browse()
        # sudo: the answer is only that there is no name to show; one small query, the people themselves are not read
        everything = self.sudo().with_context(active_test=False)
        return everything.search(Domain("id", "in", self.ids) & self._drk_nameless_domain(), order="id").with_env(
            self.env
        )

    @api.model
    def _drk_nameless_domain(self):
        return (
            Domain("drk_participant_id.drk_is_restricted", "=", True)
            & Domain("drk_participant_id", "!=", self.env.user.partner_id.id)
            & Domain("event_id.date_end", "<", fields.Datetime.now())
        )

    @api.model
    def _drk_telling(self):
        # why a mail did not arrive can hold the address
        return self.env["drk.inventory.field"]._telling_fields(self._name) | {"drk_mail_reason"}

    @api.depends("drk_participant_id.drk_is_restricted", "event_id.date_end")
    @api.depends_context("uid")
    def _compute_display_name(self):
        hidden_ids = set(self._drk_nameless().ids)
        hidden = self.filtered(lambda registration: registration._origin.id in hidden_ids)
        hidden.display_name = self._drk_no_name()
        return super(EventRegistration, self - hidden)._compute_display_name()

    def _drk_shown_names(self):
        """Return the names for pages and messages that take them from the bookings themselves.

        :return: dict of booking id to what the user may see, whatever the rights of this step
        """
        hidden = set(self.sudo(False)._drk_nameless().ids)
        return {booking.id: self._drk_no_name() if booking.id in hidden else booking.name or "" for booking in self}
