from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.drk_base.tools.lock import held
from odoo.exceptions import UserError
from odoo.fields import Domain

TAKING_STATES = ("open", "done", "offered")


class EventEvent(models.Model):
    """A course date (Kurstermin): core's event with seats that cannot be oversold."""

    _inherit = "event.event"
    _check_company_auto = True
    _drk_name_is_guarded = True

    drk_kind_id = fields.Many2one(
        "drk.course.kind", string="Course kind", ondelete="restrict", index=True, tracking=True, check_company=True
    )
    drk_is_course = fields.Boolean(
        string="Is a course", compute="_compute_drk_is_course", store=True, precompute=True, index=True
    )
    drk_number = fields.Char(string="Course number", readonly=True, copy=False, index="trigram")
    drk_session_ids = fields.One2many("drk.course.session", "event_id", string="Sessions")
    drk_room_id = fields.Many2one("drk.room", string="Room", ondelete="restrict", index=True, check_company=True)
    drk_unit_id = fields.Many2one(
        "drk.unit",
        string="Unit",
        compute="_compute_drk_unit_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
    )
    drk_instructor_id = fields.Many2one(
        "drk.instructor",
        string="Lead instructor",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        check_company=True,
    )
    drk_note = fields.Text(string="Internal note", groups="drk_ktv.group_drk_ktv_instructor")
    drk_booking_until = fields.Datetime(
        string="Booking until", compute="_compute_drk_booking_until", store=True, readonly=False, copy=False
    )
    drk_web_state = fields.Selection(
        [
            ("free", "Places free"),
            ("few", "Few places"),
            ("full", "Full"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
        ],
        string="Availability",
        compute="_compute_drk_web_state",
    )
    drk_has_own_price = fields.Boolean(string="Own price", help="Instead of the price list of the course kind.")
    drk_own_price = fields.Monetary(string="Price of this date", currency_field="drk_currency_id")
    drk_price = fields.Monetary(string="Price", compute="_compute_drk_price", currency_field="drk_currency_id")
    drk_currency_id = fields.Many2one(related="company_id.currency_id", string="Currency of the association")

    _drk_has_tenant = models.Constraint(
        "CHECK(drk_kind_id IS NULL OR (company_id IS NOT NULL AND (seats_max IS NULL OR seats_max > 0)))",
        "A course needs its association and a number of places.",
    )
    _drk_number_uniq = models.UniqueIndex("(company_id, drk_number)", "This course number exists already.")
    _drk_upcoming = models.Index("(company_id, date_begin) WHERE active AND drk_is_course")
    _drk_organizer_index = models.Index("(organizer_id) WHERE organizer_id IS NOT NULL")
    _drk_address_index = models.Index("(address_id) WHERE address_id IS NOT NULL")

    # ------------------------------------------------------------------ computes
    @api.depends("drk_kind_id")
    def _compute_drk_is_course(self):
        for event in self:
            event.drk_is_course = bool(event.drk_kind_id)

    @api.depends("drk_room_id")
    def _compute_drk_unit_id(self):
        for event in self:
            event.drk_unit_id = event.drk_room_id.unit_id or event.drk_unit_id

    @api.depends("drk_kind_id")
    def _compute_event_mail_ids(self):
        """Courses have their own mails: core's would be rendered inside the booking."""
        courses = self.filtered("drk_kind_id")
        courses.event_mail_ids = False
        return super(EventEvent, self - courses)._compute_event_mail_ids()

    @api.depends("drk_kind_id")
    def _compute_question_ids(self):
        courses = self.filtered("drk_kind_id")
        courses.question_ids = False
        return super(EventEvent, self - courses)._compute_question_ids()

    @api.depends("date_begin", "company_id")
    def _compute_drk_booking_until(self):
        for event in self:
            hours = event.company_id.drk_ktv_booking_hours
            event.drk_booking_until = event.date_begin and event.date_begin - timedelta(hours=hours)

    @api.depends("drk_free", "drk_booking_until", "date_end", "kanban_state", "active")
    def _compute_drk_web_state(self):
        now = fields.Datetime.now()
        for event in self:
            event.drk_web_state = event._drk_get_web_state(now)

    def _drk_get_web_state(self, now):
        self.ensure_one()
        if self._drk_is_cancelled():
            return "cancelled"
        if self._drk_is_over(now) or (self.drk_booking_until or self.date_begin) <= now:
            return "closed"
        if not self.drk_free:
            return "full"
        return "few" if self.drk_free <= self.company_id.drk_ktv_few_threshold else "free"

    def _drk_is_cancelled(self):
        return self.kanban_state == "cancel" or not self.active

    def _drk_is_over(self, now=None):
        return self.date_end <= (now or fields.Datetime.now())

    @api.depends("drk_kind_id.price_ids.amount", "date_begin", "drk_has_own_price", "drk_own_price")
    def _compute_drk_price(self):
        for event in self:
            event.drk_price = event._drk_price_for("self") or 0.0

    def _drk_price_for(self, payer_kind, prices=None):
        """What one place on this date costs.

        :param payer_kind: key of the payer kinds
        :param prices: the prices of the course kind, where they are at hand
        :return: EUR or None when no price is set
        """
        self.ensure_one()
        if self.drk_has_own_price and payer_kind not in ("bg", "volunteer"):
            return self.drk_own_price
        if not (self.drk_kind_id and self.date_begin):
            return None
        return self.drk_kind_id._price_on(self._drk_local(self.date_begin).date(), payer_kind, prices)

    def _drk_local(self, moment):
        """A stored moment on the clock of the course's place."""
        return fields.Datetime.context_timestamp(self.with_context(tz=self.date_tz), moment)

    @api.depends("drk_number", "name")
    def _compute_display_name(self):
        courses = self.filtered("drk_number")
        for course in courses:
            course.display_name = f"{course.drk_number} {course.name}"
        return super(EventEvent, self - courses)._compute_display_name()

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        if operator in ("ilike", "=", "like", "=ilike"):
            return Domain(domain) | Domain("drk_number", operator, value)
        return domain

    @api.onchange("drk_kind_id")
    def _onchange_drk_kind_id(self):
        if self.drk_kind_id:
            self.name = self.drk_kind_id.name

    # ------------------------------------------------------------------ create, write
    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if values.get("drk_kind_id") or self.env.context.get("drk_course"):
            values |= {name: value for name, value in self._drk_course_defaults().items() if name in fields_list}
        return values

    @api.model
    def _drk_course_defaults(self):
        """Hook: what a course does not take from core's events."""
        return {"description": False, "address_id": False, "date_tz": "Europe/Berlin", "website_menu": False}

    @api.model_create_multi
    def create(self, vals_list):
        self._drk_check_extra_seats(*vals_list)
        for vals in vals_list:
            if vals.get("drk_kind_id"):
                self._drk_complete_vals(vals)
        events = super().create(vals_list)
        courses = events.filtered("drk_is_course")
        courses._drk_ensure_session()
        courses._drk_sync_dates()
        courses._drk_translate_name()
        return events

    def _drk_translate_name(self):
        """A course that is called like its kind is so in each language."""
        languages = [code for code, _name in self.env["res.lang"].get_installed() if code != self.env.lang]
        for course in self.filtered(lambda c: c.name == c.drk_kind_id.name):
            names = {lang: course.drk_kind_id.with_context(lang=lang).name for lang in languages}
            course.update_field_translations("name", names)

    @api.model
    def _drk_complete_vals(self, vals):
        """Fill what the kind, the sessions and the numbering say about a new course."""
        kind = self.env["drk.course.kind"].browse(vals["drk_kind_id"])
        for name, value in self._drk_course_defaults().items():
            vals.setdefault(name, value)
        vals.setdefault("company_id", kind.company_id.id)
        vals.setdefault("name", kind.name)
        vals.setdefault("website_id", kind.company_id.sudo().website_id.id)
        vals.update(self._drk_session_dates(vals.get("drk_session_ids")))
        self._drk_complete_dates(vals, kind)
        vals["drk_number"] = self._drk_next_number(kind, fields.Datetime.to_datetime(vals["date_begin"]).date())

    def write(self, vals):
        self._drk_check_extra_seats(vals)
        self._drk_check_cancelled_by_hand(vals)
        if vals.get("date_begin") and "date_end" not in vals and len(self) == 1 and self.drk_is_course:
            # the whole course moves: its end comes along
            vals = {
                **vals,
                "date_end": self.date_end + (fields.Datetime.to_datetime(vals["date_begin"]) - self.date_begin),
            }
        courses = self.filtered("drk_is_course")
        before = {course: (course.date_begin, course.drk_room_id, course.drk_instructor_id) for course in courses}
        result = super().write(vals)
        for course, values in before.items():
            course._drk_follow(vals, *values)
        self.filtered(lambda event: event.drk_is_course and not event.drk_number)._drk_become_course()
        if {"seats_max", "drk_extra_seats"} & vals.keys() and any(courses.mapped("drk_waiting_count")):
            self.env.ref("drk_ktv.ir_cron_event_registration_move_up")._trigger()
        return result

    def _drk_check_cancelled_by_hand(self, vals):
        """A date with people on it is cancelled through the door alone, which tells them."""
        ending = self.browse()
        if vals.get("kanban_state") == "cancel":
            ending |= self.filtered(lambda event: event.kanban_state != "cancel")
            ending.filtered("drk_is_course")._drk_check_cancel_course()
        if "active" in vals and not vals["active"]:
            ending |= self.filtered("active")
        courses = ending.filtered(
            lambda event: event.drk_is_course and not event._drk_is_over() and not held(self.env, self._name, event.id)
        )
        if courses and courses._drk_has_live_bookings():
            raise UserError(self.env._("Please use “Cancel this date”: its people have to be told."))

    def _drk_has_live_bookings(self):
        registrations_sudo = self.env["event.registration"].sudo()  # how many there are, whoever may read them
        domain = Domain("event_id", "in", self.ids) & Domain("state", "in", ["open", "offered", "waiting"])
        return bool(registrations_sudo.search_count(domain, limit=1))

    def _drk_become_course(self):
        for course in self:
            day = course.date_begin.date()
            course.drk_number = self._drk_next_number(course.drk_kind_id, day)
        self._drk_ensure_session()

    def get_formview_id(self, access_uid=None):
        if len(self) == 1 and self.sudo().drk_is_course:  # which form, not what is in it
            return self.env.ref("drk_ktv.event_event_view_form").id
        return super().get_formview_id(access_uid=access_uid)

    # ------------------------------------------------------------------ actions
    def action_drk_publish(self):
        """Show on the website, or take off it again."""
        publish = not all(self.mapped("is_published"))
        self.write({"is_published": publish})

    def action_drk_register(self):
        """Open the booking wizard for this course."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.drk_ktv_register_action")
        return action | {"context": {"default_event_id": self.id}}

    def action_drk_registrations(self):
        """Open the registrations of this course."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.event_registration_action")
        return action | {"domain": [("event_id", "=", self.id)], "context": {"default_event_id": self.id}}

    def action_drk_cancel_course(self):
        """Ask for the reason before a whole course is cancelled."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.drk_ktv_cancel_course_action")
        return action | {"context": {"default_event_id": self.id}}
