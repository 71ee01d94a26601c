from odoo import models

from .event_event_booking import PUBLIC_CHANNELS


class EventEvent(models.Model):
    """Who books counts as informed by the rules of the association; others whom they book do not (K-1.3)."""

    _inherit = "event.event"  # pylint: disable=consider-merging-classes-inherited

    def _post_drk_book(self, registrations):
        result = super()._post_drk_book(registrations)
        people = registrations.drk_participant_id
        if registrations[:1].drk_channel in PUBLIC_CHANNELS:
            people &= registrations.partner_id  # only who fills in a form reads it
        self._drk_inform_new(people, registrations)
        people._drk_inform("registration")
        return result

    def _drk_inform_new(self, people, registrations):
        """A person becomes a participant with the first booking."""
        if self.env["drk.consent.rule"]._channel_id(self.company_id.id, "create_participant"):
            domain = [("drk_participant_id", "in", people.ids), ("id", "not in", registrations.ids)]
            people -= registrations.with_context(active_test=False).search(domain).drk_participant_id
            people._drk_inform("create_participant")
