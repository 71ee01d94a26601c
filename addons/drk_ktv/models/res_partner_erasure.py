from odoo import models
from odoo.addons.drk_gdpr.tools.blocker import Blocker
from odoo.tools import SQL

from .event_registration import LIVE_STATES


class ResPartner(models.Model):
    """Who expects a course is not erased before it."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _drk_open_business(self):
        return [*super()._drk_open_business(), *self._drk_coming_courses()]

    def _drk_coming_courses(self):
        self.env["event.registration"].flush_model()
        query = """
            SELECT person, COUNT(*)
              FROM (SELECT UNNEST(ARRAY[r.drk_participant_id, r.partner_id]) AS person
                      FROM event_registration r JOIN event_event e ON e.id = r.event_id
                     WHERE (r.drk_participant_id = ANY(%(people)s) OR r.partner_id = ANY(%(people)s))
                       AND r.state = ANY(%(states)s) AND e.date_end >= NOW() AT TIME ZONE 'UTC') bookings
             WHERE person = ANY(%(people)s) GROUP BY person
        """
        text = self.env._("Booked or waiting for a course that is still to come")
        rows = self.env.execute_query(SQL(query, people=self.ids, states=list(LIVE_STATES)))
        return [Blocker(person, "course", text, False, "event.registration", count) for person, count in rows]
