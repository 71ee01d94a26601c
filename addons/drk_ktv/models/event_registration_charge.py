from odoo import fields, models
from odoo.addons.drk_finance.tools.texts import format_period
from odoo.exceptions import ConcurrencyError
from psycopg2.errors import UniqueViolation

from .event_registration_money import SEATED

FEE_KINDS = {"cancel_fee": "ST", "rebook_fee": "BZ", "replacement": "BZ"}


class EventRegistration(models.Model):
    """The charges of a booking: the course and the fees by rule."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ charges
    def _drk_ensure_charges(self, again=False):
        """Charge the course fees of these bookings that are seated and were not charged yet; safe to repeat.

        :param bool again: also those whose charge was taken back
        :return: the ``drk.charge`` of these bookings that hold
        :raise UserError: when a course kind has no revenue kind
        :raise ConcurrencyError: when somebody else does the same at this moment; the request is then done again
        """
        if not self.env.su:
            self.check_access("read")
        registrations_sudo = self.sudo()  # who reads a booking may say that it is due, at the price it has
        missing_sudo = registrations_sudo.filtered(lambda r: r._drk_is_uncharged() or again and r._drk_is_waived())
        missing_sudo._drk_create_charges("course", [r.drk_price for r in missing_sudo])._drk_follow_rebooking()
        return self._drk_live_charges().with_env(self.env)

    def _drk_is_waived(self):
        """Whether this seat costs nothing because its charge was taken back."""
        seated = self.state in SEATED and self._drk_is_billable()
        return seated and not self._drk_live_charges("course")

    def _drk_create_charges(self, purpose, amounts):
        """:return: ``drk.charge``, one for each of these bookings whose amount is not nothing"""
        charges = self.env["drk.charge"]
        vals_list = [
            registration._prepare_drk_charge_vals(purpose, amount)
            for registration, amount in zip(self, amounts, strict=True)
            if amount
        ]
        if not vals_list:
            return charges
        try:
            with self.env.cr.savepoint():  # flushes: a charge taken back just now must be so in the database
                charges = charges._drk_charge(vals_list)
        except UniqueViolation as error:
            raise ConcurrencyError("booking is being charged") from error
        return charges

    def _prepare_drk_charge_vals(self, purpose, amount):
        """Hook: values of a charge of this booking.

        :param str purpose: key of ``course_purpose``
        :param float amount: gross
        """
        self.ensure_one()
        payer = self._drk_payer_of(purpose)
        vals = {
            "registration_id": self.id,
            "course_purpose": purpose,
            "name": self.with_context(lang=payer.lang or self.env.lang)._drk_charge_text(purpose),
            "drk_person_id": self.drk_participant_id.id,
            "payer_id": payer.id,
            "company_id": self.company_id.id,
            "revenue_kind_id": self._drk_charge_kind(purpose).id,
            "amount": amount,
        }
        if purpose == "course":
            vals["service_date"], vals["service_date_end"] = self.event_id._drk_service_days()
        return vals

    def _drk_charge_text(self, purpose):
        """Hook: the text on the invoice; equal texts become one line with a quantity, so it names nobody."""
        course = self.event_id
        days = format_period(self.env, *course._drk_service_days())
        what = ", ".join(filter(None, (f"{course.drk_number or ''} {course.name}".strip(), days)))
        words = {
            "cancel_fee": self.env._("Cancellation fee: %s", what),
            "rebook_fee": self.env._("Rebooking fee: %s", what),
            "replacement": self.env._("Replacement certificate: %s", what),
        }
        return words.get(purpose, what)

    def _drk_charge_kind(self, purpose):
        """Hook: the revenue kind of a charge; of a fee the one that its rule names, else the standard one."""
        kind = self.env.context.get("drk_fee_kind") if purpose in FEE_KINDS else None
        standard = purpose in FEE_KINDS and self.env["drk.revenue.kind"]._drk_standard(
            self.company_id, FEE_KINDS[purpose]
        )
        return kind or standard or self.drk_kind_id._drk_revenue_kind()

    def _drk_charge_fees(self, purpose, fees):
        """Charge fees by rule.

        :param fees: list of (amount, ``drk.fee.rule``), one for each of these
        :return: ``drk.charge``
        """
        charges = self.env["drk.charge"]
        for registration, (amount, rule) in zip(self, fees, strict=True):
            if amount:
                registration = registration.with_context(drk_fee_kind=rule.revenue_kind_id)
                charges |= registration._drk_create_charges(purpose, [amount])
        return charges

    # ------------------------------------------------------------------ fees by rule
    def _drk_fee(self, occasion):
        """:return: tuple of amount and ``drk.fee.rule``; nothing where the payer is not invoiced at all"""
        self.ensure_one()
        rules_sudo = self.env["drk.fee.rule"].sudo()  # everybody is told what it costs
        if not self._drk_is_billable():
            return 0.0, rules_sudo
        course = self.event_id
        today = course._drk_local(fields.Datetime.now()).date()
        days = (course._drk_local(course.date_begin).date() - today).days
        return rules_sudo._fee(self.company_id, occasion, days, self.drk_price, today, kind=self.drk_kind_id)

    def _drk_cancel_fee(self):
        """What cancelling this booking now costs: nothing without a seat, or when the association cancels the course.

        :return: tuple of amount and ``drk.fee.rule``
        """
        has_place = self.state == "open" or self.drk_gave_up_place
        if not has_place or self.drk_course_lost or self.event_id._drk_is_cancelled():
            return 0.0, self.env["drk.fee.rule"]
        return self._drk_fee("cancel")

    def _drk_rebook_fee(self, event, by):
        fee = super()._drk_rebook_fee(event, by)
        return fee + (self._drk_fee("rebook")[0] if self.state == "open" else 0.0)
