from odoo import models

from ..tools.texts import MailTexts

OFFERED_DATES = 3
# Each template may use each word; what says nothing in a message is empty.
NO_TEXTS = {
    "old_name": "",
    "old_number": "",
    "old_day": "",
    "old_cleared": False,
    "old_lost": False,
    "waiting": False,
    "fee": "",
    "replacements": [],
    "settlement": "",
}


class EventRegistration(models.Model):
    """What a booking that moved, or whose date was cancelled, is told."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    def _post_drk_rebook(self, new, by):
        result = super()._post_drk_rebook(new, by)
        self.sudo().drk_course_mail_ids._drop_obsolete()
        new._drk_mail_rebooked()
        return result

    def _drk_mail_rebooked(self):
        """Confirm the new date as the association confirms bookings; who waits now is always told."""
        mode = self.company_id[:1].sudo().drk_ktv_confirmation_mode
        self.filtered(lambda booking: booking.state == "waiting")._drk_mail("rebooked")
        if mode != "manual":
            seated = self.filtered(lambda booking: booking.state == "open")
            seated._drk_mail("rebooked", "prepared" if mode == "semi" else "queued")

    def _drk_mail_kind(self):
        kind = super()._drk_mail_kind()
        return "rebooked" if kind == "confirmation" and self[:1].drk_rebooked_from_id else kind

    def _prepare_drk_mail_texts(self, kind):
        texts = super()._prepare_drk_mail_texts(kind) | NO_TEXTS
        if kind == "rebooked":
            return texts | self._prepare_drk_rebook_texts()
        if kind == "cancel" and self.event_id._drk_is_cancelled():
            return texts | self._prepare_drk_lost_texts()
        return texts

    def _prepare_drk_rebook_texts(self):
        """What the confirmation of the new date says of the old one."""
        old_sudo = self.sudo().drk_rebooked_from_id
        before, now = MailTexts(old_sudo, "cancel"), MailTexts(self, "rebooked")
        fee = sum(self.mapped("drk_rebook_fee"))
        return {
            "old_name": before.course.drk_kind_id.name or before.course.name or "",
            "old_number": before.course.drk_number or "",
            "old_day": before.moment(before.course.date_begin) if before.course else "",
            "old_cleared": self._drk_clears_old_date(),
            "old_lost": any(old_sudo.mapped("drk_course_lost")),
            "waiting": self[:1].state == "waiting",
            "fee": now.amount(fee) if fee else "",
        }

    def _drk_clears_old_date(self):
        """Whether the old date has to be taken out of the calendar of the person."""
        old_sudo = self.sudo().drk_rebooked_from_id.filtered(lambda booking: not booking.drk_course_lost)
        return bool(old_sudo) and old_sudo._drk_clears_calendar()

    def _prepare_drk_lost_texts(self):
        """Other dates instead of the cancelled one, and what becomes of money that was paid."""
        lost = self.filtered("drk_course_lost")
        settlement = lost.event_id.drk_settlement if any(lost.mapped("drk_price")) else ""
        return {"replacements": lost._drk_replaceable()._drk_replacements(), "settlement": settlement or ""}

    def _drk_replacements(self):
        """:return: list of dict ``day``, ``room``, ``address``: the next dates with a signed link each"""
        rows = []
        for course in self._drk_rebook_dates("replacement", limit=OFFERED_DATES) if self else []:
            words = MailTexts(self.with_context(lang=self._drk_mail_lang()), "cancel")
            address = self._drk_signed_address("ersatztermin", self[:1]._drk_replacement_token(course))
            room = course.drk_room_id
            place = ", ".join(filter(None, (room.name, room.city)))
            rows.append({"day": words.moment(course.date_begin), "room": place, "address": address})
        return rows
