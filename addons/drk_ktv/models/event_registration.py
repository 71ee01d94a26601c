from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.frozen import AGE_BAND_SELECTION, age_band, plz_area
from .drk_course_price import PAYER_KINDS
from .event_event import TAKING_STATES

LIVE_STATES = ("open", "offered", "waiting")  # somebody still expects something of the office


class EventRegistration(models.Model):
    """One participant's booking of a course; booker and payer may be others."""

    _name = "event.registration"
    _inherit = ["event.registration", "drk.gdpr.engagement"]
    _drk_name_is_guarded = True
    _drk_system_code = "ktv"

    company_id = fields.Many2one(related="event_id.company_id", store=True, readonly=False, precompute=True)
    state = fields.Selection(
        selection_add=[("waiting", "Waiting list"), ("offered", "Place offered"), ("open",)],
        ondelete={"waiting": "set null", "offered": "set null"},
    )
    drk_is_course = fields.Boolean(related="event_id.drk_is_course", store=True, precompute=True)
    drk_kind_id = fields.Many2one(related="event_id.drk_kind_id", string="Course kind", store=True, precompute=True)
    drk_participant_id = fields.Many2one(
        "res.partner", string="Participant", ondelete="restrict", index="btree_not_null", tracking=True
    )
    # the engagement: this person, because of this course
    drk_person_id = fields.Many2one(
        related="drk_participant_id", store=True, precompute=True, index="btree_not_null", string="Person"
    )
    drk_purpose = fields.Char(compute="_compute_drk_purpose", store=True, precompute=True)
    drk_last_activity = fields.Date(compute="_compute_drk_last_activity", store=True, precompute=True, default=None)
    drk_keep_until = fields.Date(compute="_compute_drk_keep", store=True, precompute=True)
    drk_keep_reason = fields.Char(compute="_compute_drk_keep", store=True, precompute=True)
    # A matched person is never changed, so what was typed for somebody without a birth date stays here.
    drk_typed_birthdate = fields.Date(string="Birth date as typed", readonly=True, copy=False)
    drk_birthdate = fields.Date(string="Birth date", compute="_compute_drk_birthdate", compute_sudo=True)
    drk_payer_id = fields.Many2one("res.partner", string="Payer", ondelete="restrict", index="btree_not_null")
    drk_payer_kind = fields.Selection(PAYER_KINDS, string="Kind of payer", default="self")
    drk_price = fields.Monetary(string="Price", currency_field="drk_currency_id")
    drk_currency_id = fields.Many2one(related="event_id.company_id.currency_id", string="Currency")
    drk_waiting_since = fields.Datetime(string="Waiting since", readonly=True, copy=False)
    drk_offer_until = fields.Datetime(string="Offer until", readonly=True, copy=False, index="btree_not_null")
    drk_channel = fields.Selection(
        [("web", "Website"), ("portal", "Portal"), ("office", "Office"), ("phone", "Phone"), ("import", "Import")],
        string="Channel",
        default="office",
        readonly=True,
    )
    drk_age_band = fields.Selection(
        AGE_BAND_SELECTION,
        string="Age band",
        readonly=True,
        copy=False,
        help="Frozen when booked: age on the first course day.",
    )
    drk_plz_area = fields.Char(
        string="Postcode area", size=2, readonly=True, copy=False, help="Frozen when booked: two digits."
    )
    drk_group_ref = fields.Char(string="Booking", readonly=True, copy=False, index="btree_not_null")
    drk_cancel_reason = fields.Char(string="Reason of the cancellation", readonly=True, copy=False, tracking=True)
    drk_lang = fields.Char(string="Language of the mails")
    drk_note = fields.Text(string="Note", groups="drk_ktv.group_drk_ktv_user")

    _drk_has_participant = models.Constraint(
        "CHECK(drk_is_course IS NOT TRUE OR drk_participant_id IS NOT NULL)", "A course is booked for a person."
    )
    _drk_once = models.UniqueIndex(
        "(event_id, drk_participant_id) WHERE state != 'cancel' AND drk_participant_id IS NOT NULL",
        "This person is booked already.",
    )
    _drk_queue = models.Index("(event_id, drk_waiting_since, id) WHERE state = 'waiting'")

    @api.depends("drk_participant_id.birthdate_date", "drk_typed_birthdate")
    def _compute_drk_birthdate(self):
        for registration in self:
            registration.drk_birthdate = (
                registration.drk_participant_id.birthdate_date or registration.drk_typed_birthdate
            )

    # ------------------------------------------------------------------ checks
    @api.constrains("active", "state", "event_id", "event_slot_id", "event_ticket_id")
    def _check_seats_availability(self):
        """Core counts neither offered seats nor extra ones: courses have their own door and constraint."""
        return super(EventRegistration, self.filtered(lambda r: not r.drk_is_course))._check_seats_availability()

    @api.constrains("drk_participant_id", "event_id")
    def _check_drk_participant(self):
        for registration in self.filtered("drk_is_course"):
            person = registration.drk_participant_id.sudo()  # the check itself must see other associations' people
            if not person:
                raise ValidationError(self.env._("A course is booked for a person, through the booking of courses."))
            if person.company_id != registration.company_id:
                raise ValidationError(self.env._("The participant belongs to another association than the course."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_live_booking(self):
        if any(registration.drk_is_course and registration.state != "cancel" for registration in self):
            raise UserError(self.env._("Please cancel a booking before you delete it."))

    # ------------------------------------------------------------------ create, write
    @api.model_create_multi
    def create(self, vals_list):
        self._drk_check_new(vals_list)
        return super().create(vals_list)

    @api.model
    def _drk_check_new(self, vals_list):
        """Whoever creates registrations of a course meets the same checks, and freezes the statistics."""
        event_ids = [vals.get("event_id") or self.env.context.get("default_event_id") for vals in vals_list]
        courses = self.env["event.event"].browse(set(filter(None, event_ids))).filtered("drk_is_course")
        for course in courses:
            rows = [vals for vals, event_id in zip(vals_list, event_ids, strict=True) if event_id == course.id]
            for vals in rows:
                self._drk_complete_vals(vals, course)
            course._drk_check_bookable(rows[0].get("drk_channel"))
            course._drk_check_seats(sum(vals["state"] in TAKING_STATES for vals in rows))

    @api.model
    def _drk_complete_vals(self, vals, course):
        person = self.env["res.partner"].browse(vals.get("drk_participant_id"))
        if not person:
            raise ValidationError(self.env._("A course is booked for a person, through the booking of courses."))
        vals.setdefault("state", "open")
        vals["date_closed"] = False
        frozen = self._prepare_drk_frozen_vals(person.sudo(), course)  # birth date: frozen as a band only
        for name, value in frozen.items():
            vals.setdefault(name, value)  # what was typed for this booking goes first

    @api.model
    def _prepare_drk_frozen_vals(self, person, course):
        """Hook: what statistics keep when the person's data change or go (G-14)."""
        return {
            "drk_age_band": age_band(person.birthdate_date, course._drk_local(course.date_begin).date()),
            "drk_plz_area": plz_area(person.zip),
        }

    def write(self, vals):
        courses = self.filtered("drk_is_course")
        if "state" in vals:
            courses._drk_check_state_change(vals["state"])
        if "active" in vals and not vals["active"] and any(course.state in LIVE_STATES for course in courses):
            raise UserError(self.env._("Please cancel a booking before you archive it."))
        if "event_id" in vals and any(course.event_id.id != vals["event_id"] for course in courses):
            raise UserError(self.env._("Please cancel this booking and book the other course."))
        result = super().write(vals)
        if "drk_participant_id" in vals:
            for registration in courses:
                person = registration.drk_participant_id.sudo()
                frozen = registration._prepare_drk_frozen_vals(person, registration.event_id)
                super(EventRegistration, registration).write(frozen | {"drk_typed_birthdate": False})
        return result

    def _drk_check_state_change(self, state):
        """Seats are given and freed through the door alone; attendance may be ticked by hand."""
        outside = self.filtered(lambda r: r.state != state and not r._drk_lock_held())
        if all(registration.state in ("open", "done") and state in ("open", "done") for registration in outside):
            return
        raise UserError(self.env._("Please use the buttons of the booking: seats are given and freed through them."))

    def _update_mail_schedulers(self):
        """Courses have their own mails, sent by jobs."""
        return super(EventRegistration, self.filtered(lambda r: not r.drk_is_course))._update_mail_schedulers()

    def get_formview_id(self, access_uid=None):
        if len(self) == 1 and self.sudo().drk_is_course:  # which form, not what is in it
            return self.env.ref("drk_ktv.event_registration_view_form").id
        return super().get_formview_id(access_uid=access_uid)

    # ------------------------------------------------------------------ engagement
    @api.depends("event_id.date_end")
    def _compute_drk_last_activity(self):
        for registration in self:
            event = registration.event_id
            registration.drk_last_activity = event.date_end and event._drk_local(event.date_end).date()

    @api.depends("drk_last_activity", "event_id.drk_kind_id.is_bg_billable", "drk_payer_kind", "state")
    def _compute_drk_keep(self):
        for key, registrations in self.grouped(lambda registration: registration._drk_keep_key()).items():
            rule = key and self.env["drk.law.fact"]._on(*key)  # one look-up for all that follow the same rule
            for registration in registrations:
                last_day = registration.drk_last_activity
                registration.drk_keep_until = rule and last_day + relativedelta(years=int(rule.value))
                registration.drk_keep_reason = rule and rule.source

    def _drk_keep_key(self):
        """Hook: why a booking has to be kept; courses that accident insurers pay for are recorded for some years.

        :return: code and day of the ``drk.law.fact`` with the years after the last day, or None
        """
        kind = self.event_id.drk_kind_id
        insured = kind and (kind.is_bg_billable or self.drk_payer_kind == "bg")
        if not (insured and self.state in ("open", "done")):
            return None
        # records that are kept already follow the rule that holds now
        return "retention_first_aid_years", max(self.drk_last_activity, fields.Date.context_today(self))

    def _drk_engagement_purpose(self):
        return self.event_id.display_name

    @api.model
    def _drk_engagement_purpose_depends(self):
        return ["event_id.drk_number", "event_id.name"]
