import logging

from odoo import api, fields, models
from odoo.addons.drk_base.tools.lock import held
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..exceptions import CourseClosed, OfferExpired

_logger = logging.getLogger(__name__)


class EventRegistration(models.Model):
    """Cancel, move up, offers: all under the lock of the course."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    def _drk_lock_held(self):
        return held(self.env, "event.event", self.event_id.id)

    # ------------------------------------------------------------------ cancel
    def _drk_cancel(self, reason=None, by="office"):
        """Give the seats back and let the next ones move up; commits.

        :param reason: str kept on the booking
        :param by: office, portal or link; the last two only before the course begins
        :raise CourseClosed: when the course has begun and the participant cancels
        """
        if not self.env.su:
            self.check_access("write")
        self._drk_check_cancel(by)

        def cancel(courses):
            live_sudo = self.sudo().exists().filtered(lambda r: r.state in ("open", "offered", "waiting"))
            live_sudo._drk_set_cancelled(reason)
            live_sudo._post_drk_cancel(by)
            courses.sudo()._drk_move_up()  # those who move up are other people's bookings

        self.event_id._drk_in_turn(cancel)

    def _drk_check_cancel(self, by):
        if by != "office" and any(r.event_id.date_begin <= fields.Datetime.now() for r in self):
            raise CourseClosed(self.env._("The course has begun. Please contact the office."))
        if any(registration.state == "done" for registration in self):
            raise UserError(self.env._("Who has attended cannot be cancelled."))

    def _drk_set_cancelled(self, reason):
        self.write({"state": "cancel", "drk_cancel_reason": reason, "drk_offer_until": False})

    # ------------------------------------------------------------------ waiting list
    def _drk_offer(self, until):
        """Keep places for one waiting booking until a moment; under the lock.

        :param until: naive UTC datetime
        """
        self.write({"state": "offered", "drk_offer_until": until})
        self._post_drk_offer()

    def _drk_accept_offer(self):
        """Take the places offered to this booking (all its people); commits.

        :raise OfferExpired: when the time has passed or the offer is gone
        """

        def accept(courses):
            group_sudo = self.sudo()._drk_offered_group()
            if not group_sudo and all(registration.state == "open" for registration in self.sudo()):
                return  # the link was used twice
            for course in courses.sudo():
                course._drk_check_bookable("office")  # the end of booking online ends no offer
            group_sudo._drk_check_offer()
            group_sudo.write({"state": "open", "drk_offer_until": False})
            group_sudo._post_drk_accept()

        self._drk_check_may_answer()
        self.event_id._drk_in_turn(accept)

    def _drk_decline_offer(self):
        """Give the offered places to the next ones; commits.

        :raise OfferExpired: when there is no offer
        """

        def decline(courses):
            group_sudo = self.sudo()._drk_offered_group()
            if not group_sudo and all(registration.state == "cancel" for registration in self.sudo()):
                return  # the link was used twice
            group_sudo._drk_check_offer()
            group_sudo._drk_set_cancelled(self.env._("Offer declined"))
            group_sudo._post_drk_decline()
            courses.sudo()._drk_move_up()

        self._drk_check_may_answer()
        self.event_id._drk_in_turn(decline)

    def _drk_check_may_answer(self):
        if not self.env.su:
            self.check_access("write")

    def _drk_offered_group(self):
        """All people of these bookings that hold an offer now."""
        return self.search(
            [
                ("event_id", "in", self.event_id.ids),
                ("drk_group_ref", "in", self.mapped("drk_group_ref")),
                ("state", "=", "offered"),
            ]
        )

    def _drk_check_offer(self):
        now = fields.Datetime.now()
        if not self or any(registration.drk_offer_until <= now for registration in self):
            raise OfferExpired(self.env._("This offer is no longer valid."))

    def _drk_confirm(self):
        """The office gives seats to waiting or offered bookings, if there are free ones; commits."""
        self.check_access("write")

        def confirm(courses):
            for course in courses:
                course._drk_check_bookable("office")
                chosen = self.filtered(lambda r, course=course: r.event_id == course)
                waiting = chosen.filtered(lambda r: r.state == "waiting")
                course._drk_check_seats(len(waiting))
                granted = chosen.filtered(lambda r: r.state in ("waiting", "offered"))
                granted.write({"state": "open", "drk_offer_until": False})
                granted._post_drk_accept()

        self.event_id._drk_in_turn(confirm)

    # ------------------------------------------------------------------ hooks
    def _post_drk_offer(self):
        """Hook: one booking (all its people) was offered places, inside the transaction."""

    def _post_drk_cancel(self, by):
        """Hook: these were cancelled by office, portal or link, inside the transaction."""

    def _post_drk_accept(self):
        """Hook: one booking got its places from the waiting list, inside the transaction."""

    def _post_drk_decline(self):
        """Hook: an offer was declined, inside the transaction."""

    def _post_drk_expire(self):
        """Hook: an offer ran out, inside the transaction."""

    # ------------------------------------------------------------------ cron
    @api.model
    def _cron_expire_offers(self, batch_size=50):
        """End offers that nobody took in time, and move up whoever fits into free places.

        Each course gets one try a run: those that fail keep nobody else waiting, and are tried again at the next run.
        """
        self._drk_expire_batch(batch_size)
        self._drk_move_up_waiting()

    @api.model
    def _drk_expire_batch(self, batch_size):
        tried, seconds = self.env["event.event"], 1
        while seconds:
            expired = self._drk_expired_domain() & Domain("event_id", "not in", tried.ids)
            courses = self.search(expired, limit=batch_size, order="drk_offer_until, id").event_id
            if not courses:
                break
            self._drk_each_in_turn(courses, lambda event: event._drk_expire_offers())
            tried += courses
            remaining = self.search_count(expired & Domain("event_id", "not in", courses.ids))
            seconds = self.env["ir.cron"]._commit_progress(len(courses), remaining=remaining)

    @api.model
    def _drk_each_in_turn(self, courses, work):
        """Do the work for one course after the other; one that fails stops nobody else."""
        for course in courses:
            try:
                course._drk_in_turn(work)
            except Exception:  # the lock has rolled it back, whatever it was
                _logger.exception("The offers of the course %s could not be worked on", course.id)

    @api.model
    def _drk_expired_domain(self):
        return Domain("state", "=", "offered") & Domain("drk_offer_until", "<=", fields.Datetime.now())

    @api.model
    def _drk_move_up_waiting(self):
        """Places can also become free by more seats or a larger room; all such dates, there are never many."""
        courses = self.env["event.event"].search(
            [
                ("drk_waiting_count", ">", 0),
                ("drk_free", ">", 0),
                ("date_begin", ">", fields.Datetime.now()),
                ("kanban_state", "!=", "cancel"),
            ]
        )
        self._drk_each_in_turn(courses, lambda event: event._drk_move_up())

    # ------------------------------------------------------------------ buttons
    def action_cancel(self):
        courses = self.filtered("drk_is_course")
        if not courses:
            return super().action_cancel()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.drk_ktv_cancel_action")
        return action | {"context": {"default_registration_ids": courses.ids}}

    def action_confirm(self):
        courses = self.filtered("drk_is_course")
        if courses:
            return courses._drk_confirm()
        return super().action_confirm()

    def action_set_draft(self):
        return super(EventRegistration, self.filtered(lambda r: not r.drk_is_course)).action_set_draft()

    def action_set_done(self):
        return super(
            EventRegistration, self.filtered(lambda r: not r.drk_is_course or r.state == "open")
        ).action_set_done()
