from odoo import models

from ..tools.texts import MailTexts


class EventRegistration(models.Model):
    """What becomes of the money when a booking is cancelled or moved."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ cancel
    def _drk_set_cancelled(self, reason):
        self.filtered(lambda r: r.state == "open" and r.drk_is_course).drk_gave_up_place = True
        return super()._drk_set_cancelled(reason)

    def _post_drk_cancel(self, by):
        result = super()._post_drk_cancel(by)
        self.sudo()._drk_cancel_money()  # whoever cancels, also the person on the web
        return result

    def _drk_cancel_money(self):
        """Take the course fees back; the fee of the cancellation is set off against what was paid."""
        charges = self._drk_live_charges("course")
        self._drk_take_back(self.env._("Booking cancelled"), "refund")
        seated = self.filtered("drk_gave_up_place")
        waived = self.env.context.get("drk_waive_fee")
        fees = [(0.0, None) if waived else registration._drk_cancel_fee() for registration in seated]
        fee_charges = seated._drk_charge_fees("cancel_fee", fees)
        for registration in self:
            fee = fee_charges.filtered(lambda charge, r=registration: charge.registration_id == r)
            own = charges.filtered(lambda charge, r=registration: charge.registration_id == r and charge.move_id)
            credits = registration._drk_pending_credits().filtered(lambda c: not c.reversed_id.successor_id.is_live)
            credits.settlement = "refund"
            if fee and (own or credits):
                (own | credits.reversed_id)._drk_replace_by(fee)

    def _drk_take_back(self, reason, settlement):
        """Take the course charges of these back: open ones become void, invoiced ones get a counter charge."""
        charges = self._drk_live_charges("course")
        if charges:
            charges._drk_free_drafts()
            charges._drk_reverse(reason, settlement)

    def _drk_pending_credits(self):
        """:return: counter charges of these and of the bookings they were moved from, that are not settled"""
        chain = step = self
        while step := step.drk_rebooked_from_id - chain:
            chain |= step
        return chain.drk_charge_ids.filtered(lambda c: c.reversed_id and c.state in ("open", "invoiced"))

    def _post_drk_decline(self):
        result = super()._post_drk_decline()
        self.sudo()._drk_cancel_money()
        return result

    def _post_drk_expire(self):
        result = super()._post_drk_expire()
        self.sudo()._drk_cancel_money()
        return result

    # ------------------------------------------------------------------ rebooking
    def _post_drk_rebook(self, new, by):
        """The money follows: what was paid for the old date is set off against the invoice of the new one."""
        result = super()._post_drk_rebook(new, by)
        old_sudo, new_sudo = self.sudo(), new.sudo()  # whoever moves the booking, also the person on the web
        old_sudo._drk_take_back(self.env._("Moved to another date"), "credit")
        new_sudo._drk_charge_rebook_fees()
        new_sudo.filtered(lambda r: r.drk_rebooked_from_id._drk_pending_credits())._drk_ensure_charges()
        return result

    def _drk_charge_rebook_fees(self):
        """Charge what was agreed to when the booking was moved, once there is a seat."""
        seated = self.filtered(
            lambda r: r.state == "open" and r.drk_rebook_fee and not r._drk_live_charges("rebook_fee")
        )
        seated._drk_charge_fees("rebook_fee", [(r.drk_rebook_fee, r._drk_fee("rebook")[1]) for r in seated])

    def _post_drk_accept(self):
        result = super()._post_drk_accept()
        self.sudo().filtered("drk_rebook_fee")._drk_charge_rebook_fees()
        return result

    # ------------------------------------------------------------------ mails
    def _prepare_drk_mail_texts(self, kind):
        texts = super()._prepare_drk_mail_texts(kind)
        if kind != "cancel":
            return {"fee": ""} | texts
        fee = sum(self._drk_live_charges("cancel_fee").mapped("amount"))
        return texts | {"fee": MailTexts(self, kind).amount(fee) if fee else ""}
