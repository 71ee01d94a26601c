from odoo import fields, models
from odoo.addons.drk_gdpr.tools.blocker import Blocker
from odoo.fields import Domain

from .event_registration import LIVE_STATES

QUEUED = ("waiting", "offered")
REGISTRATION = "event.registration"


class ResPartner(models.Model):
    """Courses keep a person: booked or queued for, booked for others, paid for, certified, taught."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _drk_deletion_blockers(self):
        # the words for courses to come below say more than those an erasure waits for
        found = [blocker for blocker in super()._drk_deletion_blockers() if blocker.code != "course"]
        return [
            *found,
            *self._drk_coming_blockers(),
            *self._drk_booking_blockers(),
            *self._drk_payer_blockers(),
            *self._drk_certificate_blockers(),
            *self._drk_taught_blockers(),
        ]

    def _drk_open_business(self):
        return [*super()._drk_open_business(), *self._drk_teaching_blockers()]

    def _drk_blockers_of(self, records, link, code, text, until=()):
        """:return: list of ``Blocker``, one per person that ``link`` of the records leads to"""
        found = []
        for person, own in records.grouped(link).items():
            ends = [end for record in own for name in until if (end := record[name])]
            found.append(Blocker(person.id, code, text, max(ends, default=None), records._name, len(own)))
        return found

    def _drk_booking_blockers(self):
        """A booking in a status in which a fee would become due, or any with a fee above nothing."""
        bookings = self._drk_all(REGISTRATION, Domain("drk_participant_id", "in", self.ids))
        coming = bookings.filtered_domain(self._drk_coming_domain())
        booked = (bookings - coming).filtered("drk_status_id.is_fee_relevant")
        paid = (bookings - coming - booked).filtered(lambda booking: booking._drk_has_fee())
        link, until = "drk_participant_id", ("drk_keep_until",)
        return [
            *self._drk_blockers_of(booked, link, "booked", self.env._("Courses booked"), until),
            *self._drk_blockers_of(paid, link, "fee", self.env._("Course bookings with a fee"), until),
        ]

    def _drk_coming_blockers(self):
        """A seat in a course to come, a place on a waiting list, courses booked for others."""
        live = self._drk_coming_domain()
        own = self._drk_all(REGISTRATION, Domain("drk_participant_id", "in", self.ids) & live)
        queued = own.filtered(lambda booking: booking.state in QUEUED)
        for_others = self._drk_all(REGISTRATION, Domain("partner_id", "in", self.ids) & live)
        for_others = for_others.filtered(lambda booking: booking.partner_id != booking.drk_participant_id)
        link, until = "drk_participant_id", ("drk_keep_until", "drk_last_activity")
        two_stages = self.env._("Entered in the two-stage registration (waiting list)")
        return [
            *self._drk_blockers_of(own - queued, link, "booked", self.env._("Courses booked"), until),
            *self._drk_blockers_of(queued, link, "queued", two_stages, until),
            *self._drk_blockers_of(for_others, "partner_id", "booker", self.env._("Booked courses for others"), until),
        ]

    def _drk_coming_domain(self):
        now = fields.Datetime.now()
        return Domain("state", "in", ("draft", *LIVE_STATES)) & Domain("event_id.date_end", ">=", now)

    def _drk_payer_blockers(self):
        due = Domain("state", "!=", "cancel") & Domain("drk_price", ">", 0)
        paid = self._drk_all(REGISTRATION, Domain("drk_payer_id", "in", self.ids) & due)
        text = self.env._("Invoice recipient of course bookings")
        return self._drk_blockers_of(paid, "drk_payer_id", "payer", text, ("drk_keep_until",))

    def _drk_certificate_blockers(self):
        certificates = self._drk_all("drk.certificate", Domain("drk_person_id", "in", self.ids))
        text = self.env._("Certificates issued")
        return self._drk_blockers_of(certificates, "drk_person_id", "certificate", text, ("drk_keep_until",))

    def _drk_all(self, model_name, domain):
        # sudo: counted for whoever deletes; archived records count, too
        return self.env[model_name].sudo().with_context(active_test=False).search(domain)

    # ------------------------------------------------------------------ what goes with the person
    def _drk_delete_related(self):
        """Cancelled bookings without a fee and the role of an instructor go with the person (blockers were checked)."""
        bookings = self._drk_all(REGISTRATION, Domain("drk_participant_id", "in", self.ids))
        self.env["drk.charge"].sudo().search([("registration_id", "in", bookings.ids)]).filtered("is_void").unlink()
        bookings.unlink()
        self._drk_all(REGISTRATION, Domain("drk_payer_id", "in", self.ids)).write({"drk_payer_id": False})
        instructors = self._drk_all("drk.instructor", Domain("partner_id", "in", self.ids))
        led = self._drk_all("event.event", Domain("drk_instructor_id", "in", instructors.ids))
        led.write({"drk_instructor_id": False})
        instructors.unlink()
        return super()._drk_delete_related()
