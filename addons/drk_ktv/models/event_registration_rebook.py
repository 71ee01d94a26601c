from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..exceptions import AlreadyBooked, CourseClosed, NamedTwice
from .event_event_booking import QUIET
from .event_registration import LIVE_STATES

REPLACEMENT = "replacement"  # the association cancelled the date, the people choose another one
REPLACEMENT_DAYS = 30  # how long the links to other dates are valid


class EventRegistration(models.Model):
    """Umbuchung: a booking moves to another date, under the lock of both."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    drk_rebooked_from_id = fields.Many2one(
        "event.registration",
        string="Rebooked from",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    drk_rebooked_to_id = fields.Many2one(
        "event.registration",
        string="Rebooked to",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
        tracking=True,
    )
    drk_rebooked_to_event_id = fields.Many2one(
        "event.event", related="drk_rebooked_to_id.event_id", string="Moved to the date"
    )
    drk_rebooked_from_event_id = fields.Many2one(
        "event.event", related="drk_rebooked_from_id.event_id", string="Moved from the date"
    )
    drk_rebook_fee = fields.Monetary(
        string="Fee of the rebooking",
        currency_field="drk_currency_id",
        readonly=True,
        copy=False,
        help="What was shown and agreed to when the booking was moved to this date.",
    )
    drk_course_lost = fields.Boolean(
        string="Cancelled with the course",
        readonly=True,
        copy=False,
        help="The association cancelled the date, not the person the booking.",
    )

    _drk_rebooked_once = models.UniqueIndex(
        "(drk_rebooked_from_id) WHERE drk_rebooked_from_id IS NOT NULL", "This booking was moved already."
    )

    # ------------------------------------------------------------------ the door
    def _drk_rebook(self, event, by="office", keep_group=True, on_full="refuse"):
        """Move these bookings to another date, all or none; commits.

        It takes the locks of all dates concerned, so it must come before the first write of the transaction.

        :param event: ``event.event`` of the same association
        :param by: ``office``, ``portal``, ``link``, or ``replacement`` (the association cancelled the date of these)
        :param keep_group: who was booked together stays one booking on the new date
        :param on_full: ``refuse`` or ``waiting`` (they leave their places and wait on the new date)
        :return: the new ``event.registration``, in the order of these
        :raise CourseFull: when there are fewer free places than people and ``on_full`` is ``refuse``
        :raise CourseClosed: when the new date takes no bookings, or people may not rebook any more by themselves
        :raise AlreadyBooked: when one of the people stands on the new date already
        """
        event.ensure_one()
        self._drk_check_may_rebook(event)

        def rebook(courses):
            # the right to rebook was checked; matching seats and moving up touch other people's bookings
            old_sudo, event_sudo = self.sudo().exists(), event.sudo()
            old_sudo._drk_check_rebook(event_sudo, by)
            new_sudo = old_sudo._drk_create_rebooked(event_sudo, by, keep_group, on_full)
            for old, new in zip(old_sudo, new_sudo, strict=True):
                old._drk_set_rebooked(new)
            (courses.sudo() - event_sudo)._drk_move_up()
            old_sudo._post_drk_rebook(new_sudo, by)
            return new_sudo

        return (self.event_id | event)._drk_in_turn(rebook).with_env(self.env)

    def _drk_check_may_rebook(self, event):
        if not self.env.su:
            self.check_access("write")
            self.check_access("create")
            event.check_access("read")

    # ------------------------------------------------------------------ inside, under the lock
    def _drk_check_rebook(self, event, by):
        """Refuse what must not move.

        :raise UserError: in words for the person at the keyboard
        """
        if not self:
            raise UserError(self.env._("This booking does not exist any more."))
        if self.company_id != event.company_id:
            raise ValidationError(self.env._("The new date belongs to another association."))
        if event in self.event_id:
            raise AlreadyBooked(self.env._("The booking is on this date already."))
        if len(self.drk_participant_id) < len(self):
            raise NamedTwice(self.env._("The same person is named twice in this booking."))
        for registration in self:
            registration._drk_check_may_move(by)
        if by != "office" and self.drk_kind_id != event.drk_kind_id:
            raise UserError(self.env._("Please choose another date of the same course."))

    def _drk_check_may_move(self, by):
        """Refuse a booking that cannot move at all, or not any more by the person."""
        name = self._drk_shown_names()[self.id]
        if self.drk_rebooked_to_id:
            raise UserError(self.env._("The booking of %s has been moved to another date already.", name))
        if self._drk_has_attended(by):
            raise UserError(self.env._("Who has attended cannot be moved to another date."))
        if self.drk_course_lost and by in ("office", REPLACEMENT):
            return
        if self.state not in LIVE_STATES or by == REPLACEMENT:
            raise UserError(self.env._("The booking of %s is cancelled. Please book anew.", name))
        if by != "office" and self._drk_rebook_until() <= fields.Datetime.now():
            raise CourseClosed(self.env._("It is too late to change the date online. Please contact the office."))

    def _drk_has_attended(self, by="office"):
        """Hook: whether this person was there; who missed a part is moved by the office alone."""
        attended = ("all",) if by == "office" else ("all", "partly")
        return self.state == "done" or self.drk_attendance in attended

    def _drk_rebook_until(self):
        """:return: naive UTC moment until which the person may move this booking without the office"""
        return self.event_id.date_begin - timedelta(days=self.company_id.sudo().drk_ktv_rebook_days)

    def _drk_create_rebooked(self, event, by, keep_group, on_full):
        """The same people on the new date, through the checks of the door."""
        channel = "office" if by == "office" else "web"
        event._drk_check_bookable(channel)
        state = event._drk_state_for(len(self), on_full)
        event._drk_check_not_booked(self.drk_participant_id)
        groups = {}
        vals_list = []
        for registration in self:
            vals = registration._prepare_drk_rebook_vals(event, state, by)
            if keep_group:
                key = (registration.event_id.id, registration._drk_booking_key())
                vals["drk_group_ref"] = groups.setdefault(key, vals["drk_group_ref"])
            vals_list.append(vals)
        return self.with_context(**QUIET, drk_rebook_channel=channel).create(vals_list)

    def _prepare_drk_rebook_vals(self, event, state, by):
        """Hook: the booking on the new date: the price is the new one, everything about the people stays.

        The way of the booking stays too: it says what a message may show of the person (who books on the site may know
        no more than a name).
        """
        self.ensure_one()
        booker, payer = self.partner_id or self.drk_participant_id, self.drk_payer_id or self.partner_id
        common = event._prepare_drk_booking_vals(
            state, booker, payer, self.drk_payer_kind, self.drk_channel, self.drk_lang
        )
        typed = ("name", "email", "phone", "drk_contact_email", "drk_typed_birthdate")
        kept = (*typed, "drk_age_band", "drk_plz_area", "drk_note")
        return common | {
            "drk_participant_id": self.drk_participant_id.id,
            "company_name": self.company_name,
            "drk_rebooked_from_id": self.id,
            "drk_rebook_fee": self._drk_rebook_cost(event, by),
            **{name: self[name] for name in kept},
        }

    def _drk_set_rebooked(self, new):
        reason = self.env._(
            "Moved to %(course)s on %(day)s",
            course=new.event_id.drk_number or new.event_id.name,
            day=format_date(self.env, new.event_id._drk_local(new.event_id.date_begin).date()),
        )
        if self.state != "cancel":
            self._drk_set_cancelled(reason)
        self.drk_rebooked_to_id = new

    # ------------------------------------------------------------------ money
    def _drk_rebook_fee(self, event, by):
        """Hook: what moving this one booking costs; not asked when the association cancelled its date.

        It is shown before the person agrees, and kept on the new booking.

        :param event: ``event.event`` the booking moves to
        :param by: as for ``_drk_rebook``
        :return: EUR
        """
        return 0.0

    def _drk_rebook_cost(self, event, by):
        """:return: EUR, the fees of all these bookings together"""
        return sum(registration._drk_rebook_fee(event, by) for registration in self if not registration.drk_course_lost)

    def _post_drk_rebook(self, new, by):
        """Hook: these bookings were moved, inside the transaction (neither ``_post_drk_cancel`` nor ``_post_drk_book``
        is called).

        :param new: the bookings on the new date, in the order of these
        """

    # ------------------------------------------------------------------ which dates
    @api.model
    def _drk_rebook_domain(self, company, kind, count, by="link"):
        """Hook: dates of a kind that people may move to.

        :param count: how many places they need
        """
        now = fields.Datetime.now()
        domain = (
            Domain("company_id", "=", company.id)
            & Domain("drk_kind_id", "=", kind.id)
            & Domain("kanban_state", "!=", "cancel")
            & Domain("date_begin", ">", now)
            & Domain("drk_free", ">=", count)
        )
        if by == "office":
            return domain
        return domain & Domain("is_published", "=", True) & Domain("drk_booking_until", ">", now)

    def _drk_rebook_dates(self, by="link", limit=20):
        """The next dates these bookings can move to together.

        :return: ``event.event``, in the order of their begin
        """
        taken = self.search([("drk_participant_id", "in", self.drk_participant_id.ids), ("state", "!=", "cancel")])
        domain = self._drk_rebook_domain(self.company_id[:1], self.drk_kind_id[:1], len(self), by)
        unfit = (taken | self).event_id
        return self.env["event.event"].search(
            domain & Domain("id", "not in", unfit.ids), order="date_begin, id", limit=limit
        )

    def _drk_movable(self, by):
        """:return: those of these that may be moved now"""

        def movable(registration):
            try:
                registration._drk_check_may_move(by)
            except UserError:
                return False
            return True

        return self.filtered(movable)

    # ------------------------------------------------------------------ replacement of a cancelled date
    def _drk_replaceable(self):
        """:return: those whose date the association cancelled, and who have no other one yet"""
        return self.filtered(lambda r: r.drk_course_lost and r.event_id.drk_offer_replacements)._drk_movable(
            REPLACEMENT
        )

    def _drk_replacement_token(self, event, expires=None):
        """:return: token of the page on which this booking moves to that date with one click"""
        self.ensure_one()
        expires = expires or fields.Datetime.add(fields.Datetime.now(), days=REPLACEMENT_DAYS)
        return self.env["drk.link"]._sign("ktv_replacement_date", self.id, expires, str(event.id))

    # ------------------------------------------------------------------ buttons
    def action_drk_rebook(self):
        """Ask for the new date of these bookings."""
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.drk_ktv_rebook_action")
        return action | {"context": {"default_registration_ids": self.ids}}

    def action_drk_rebooked(self):
        """Open the booking on the other date."""
        self.ensure_one()
        other = self.drk_rebooked_to_id or self.drk_rebooked_from_id
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": other.id,
            "views": [(self.env.ref("drk_ktv.event_registration_view_form").id, "form")],
        }
