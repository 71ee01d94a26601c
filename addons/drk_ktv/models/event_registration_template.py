from odoo import models


class EventRegistration(models.Model):
    """Letters about a booking are about the participant."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    def _drk_template_person(self):
        return self.drk_participant_id if self.drk_is_course else super()._drk_template_person()
