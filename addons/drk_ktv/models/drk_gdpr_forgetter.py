from odoo import api, models
from odoo.tools import SQL

PARTICIPANT = "drk_participant_id"
BOOKER = "partner_id"
#: Fields of a booking that tell about somebody else than who takes part.
OF_BOOKER = {BOOKER: BOOKER, "drk_contact_email": (BOOKER, PARTICIPANT), "drk_lang": BOOKER}
OF_COURSE = ("user_id", "drk_instructor_id.partner_id", "registration_ids.drk_participant_id")


class DrkGdprForgetter(models.AbstractModel):
    """A booking has a participant, a booker and a payer; notes of a course name any of them."""

    _inherit = "drk.gdpr.forgetter"

    @api.model
    def _gdpr_field_paths(self, model_name):
        paths = super()._gdpr_field_paths(model_name)
        if model_name == "event.registration":
            names = self.env[model_name]._fields
            return paths | dict.fromkeys(names, PARTICIPANT) | OF_BOOKER | {"drk_payer_id": "drk_payer_id"}
        if model_name == "event.registration.answer":  # who takes part answered, not who booked for them
            return paths | {"": f"registration_id.{PARTICIPANT}"}
        if model_name == "event.event":
            return paths | dict.fromkeys(("note", "drk_note", "description"), OF_COURSE)
        if model_name == "drk.course.session":
            return paths | {"name": ("instructor_ids.partner_id", "event_id.registration_ids.drk_participant_id")}
        return paths

    @api.model
    def _gdpr_marker_models(self):
        return super()._gdpr_marker_models() | {"event.registration"}

    @api.model
    def _gdpr_shared_models(self):
        return super()._gdpr_shared_models() | {"drk.course.session"}

    @api.model
    def _gdpr_needed_while_open(self):
        return super()._gdpr_needed_while_open() | {"event.registration"}

    @api.model
    def _gdpr_forget(self, run, people):
        result = super()._gdpr_forget(run, people)
        self._gdpr_forget_booker(self._gdpr_work())
        self._gdpr_forget_plain_bookings(self._gdpr_work())
        return result

    @api.model
    def _gdpr_forget_plain_bookings(self, work):
        """A booking of an event that is no course may have no participant: then all of it is about who booked."""
        query = SQL(
            "SELECT id FROM event_registration WHERE drk_participant_id IS NULL AND partner_id = ANY(%s)",
            sorted(set(work.people) - set(work.waiting)),
        )
        ids = {row[0] for row in self.env.execute_query(query)} - work.kept_ids("event.registration")
        if ids:
            units = self.env["drk.erasure.plan"]._units()
            unit = next(one for one in units if (one.model, one.path) == ("event.registration", PARTICIPANT))
            self._gdpr_write(unit, unit.cells, ids, work.params)
            query = SQL("SELECT id FROM event_registration_answer WHERE registration_id = ANY(%s)", list(ids))
            self._gdpr_delete("event.registration.answer", [row[0] for row in self.env.execute_query(query)])

    @api.model
    def _gdpr_forget_booker(self, work):
        """What a booker lent to the booking of somebody else (mail, telephone) goes; the participant's own stays.

        As long as the booker's own business is open, the course still needs it.
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE event_registration r
                   SET email = CASE WHEN LOWER(r.email) = LOWER(p.email) THEN NULL ELSE r.email END,
                       phone = CASE WHEN r.phone = p.phone THEN NULL ELSE r.phone END
                  FROM res_partner p
                 WHERE p.id = r.partner_id AND r.partner_id = ANY(%(people)s) AND r.drk_participant_id != ALL(%(people)s)
                """,
                people=sorted(set(work.people) - set(work.waiting)),
            )
        )
