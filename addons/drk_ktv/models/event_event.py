from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.drk_base.tools.lock import held
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

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

    # Stored on purpose: the last guard against overselling is a constraint on the shared row.
    drk_taken = fields.Integer(string="Taken", compute="_compute_drk_taken", store=True)
    drk_waiting_count = fields.Integer(string="Waiting", compute="_compute_drk_taken", store=True)
    drk_extra_seats = fields.Integer(
        string="Extra places",
        default=0,
        tracking=True,
        copy=False,
        help="Deliberately more than the limit; managers only.",
    )
    drk_free = fields.Integer(string="Free", compute="_compute_drk_free", store=True)
    drk_seats_min = fields.Integer(
        string="Minimum participants", compute="_compute_drk_seats_min", store=True, readonly=False
    )
    drk_below_min = fields.Boolean(string="Few participants", compute="_compute_drk_free", store=True)
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
    drk_hint = fields.Char(string="Hint", compute="_compute_drk_hint")
    drk_can_add_seats = fields.Boolean(compute="_compute_drk_can_add_seats")

    _drk_not_oversold = models.Constraint(
        "CHECK(COALESCE(seats_max, 0) = 0 OR drk_taken <= seats_max + COALESCE(drk_extra_seats, 0))",
        "The course is full.",
    )
    _drk_extra_not_negative = models.Constraint("CHECK(drk_extra_seats >= 0)", "Extra places cannot be negative.")
    _drk_has_tenant = models.Constraint(
        "CHECK(drk_kind_id IS NULL OR (company_id IS NOT NULL AND (seats_max IS NULL OR seats_max > 0)))",
        "A course needs its association and a number of places.",
    )
    _drk_number_uniq = models.UniqueIndex("(company_id, drk_number)", "This course number exists already.")
    _drk_upcoming = models.Index("(company_id, date_begin) WHERE active AND drk_is_course")

    # ------------------------------------------------------------------ computes
    @api.depends("drk_kind_id")
    def _compute_drk_is_course(self):
        for event in self:
            event.drk_is_course = bool(event.drk_kind_id)

    @api.depends("drk_room_id")
    def _compute_drk_unit_id(self):
        for event in self:
            event.drk_unit_id = event.drk_room_id.unit_id or event.drk_unit_id

    @api.depends("drk_is_course", "registration_ids.state", "registration_ids.active")
    def _compute_drk_taken(self):
        groups = self.env["event.registration"]._read_group(
            Domain("event_id", "in", self.ids) & self._drk_counted_domain(), ["event_id", "state"], ["__count"]
        )
        taken, waiting = {}, {}
        for event, state, count in groups:
            target = waiting if state == "waiting" else taken
            target[event.id] = target.get(event.id, 0) + count
        for event in self:
            event.drk_taken = taken.get(event._origin.id, 0)
            event.drk_waiting_count = waiting.get(event._origin.id, 0)

    @api.model
    def _drk_counted_domain(self):
        """Hook: registrations of courses that count, as taken or as waiting."""
        return Domain("drk_is_course", "=", True) & Domain("state", "in", [*TAKING_STATES, "waiting"])

    @api.depends("drk_taken", "seats_max", "drk_extra_seats", "drk_seats_min", "drk_is_course")
    def _compute_drk_free(self):
        for event in self:
            event.drk_free = max(event.seats_max + event.drk_extra_seats - event.drk_taken, 0)
            event.drk_below_min = event.drk_is_course and event.drk_taken < event.drk_seats_min

    @api.depends("drk_kind_id")
    def _compute_drk_seats_min(self):
        for event in self:
            event.drk_seats_min = event.drk_kind_id.seats_min

    @api.depends("drk_kind_id")
    def _compute_seats_max(self):
        courses = self.filtered("drk_kind_id")
        for course in courses:
            limits = [course.drk_kind_id.seats_max, course.drk_room_id.capacity]
            course.seats_max = min(limit for limit in limits if limit)
        return super(EventEvent, self - courses)._compute_seats_max()

    @api.depends("drk_kind_id")
    def _compute_seats_limited(self):
        courses = self.filtered("drk_kind_id")
        courses.seats_limited = True
        return super(EventEvent, self - courses)._compute_seats_limited()

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

    def _drk_price_for(self, payer_kind):
        """What one place on this date costs.

        :param payer_kind: key of the payer kinds
        :return: EUR or None when no price is set
        """
        self.ensure_one()
        if self.drk_has_own_price and payer_kind not in ("bg", "volunteer"):
            return self.drk_own_price
        if not (self.drk_kind_id and self.date_begin):
            return None
        return self.drk_kind_id._price_on(self._drk_local(self.date_begin).date(), payer_kind)

    def _drk_local(self, moment):
        """A stored moment on the clock of the course's place."""
        return fields.Datetime.context_timestamp(self.with_context(tz=self.date_tz), moment)

    @api.depends(
        "seats_max", "drk_extra_seats", "drk_kind_id", "drk_room_id.capacity", "drk_session_ids", "is_published"
    )
    def _compute_drk_hint(self):
        for event in self:
            event.drk_hint = " ".join(event._drk_hints()) if event.drk_is_course else False

    def _drk_hints(self):
        """Hook: sentences the office should read before it goes on."""
        seats, capacity = self.seats_max + self.drk_extra_seats, self.drk_room_id.capacity
        hints = []
        usual = self._drk_bg_limit("first_aid_usual_max_participants")
        if usual and seats > usual:
            hints.append(self.env._("The accident insurers expect at most %(count)s people as a rule.", count=usual))
        if capacity and seats > capacity:
            hints.append(self.env._("The room holds only %(count)s people.", count=capacity))
        if self.is_published and not self.drk_room_id:
            hints.append(self.env._("The date is on the website without a room."))
        return hints

    @api.depends_context("uid")
    def _compute_drk_can_add_seats(self):
        self.drk_can_add_seats = self.env.su or self.env.user.has_group("drk_ktv.group_drk_ktv_manager")

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

    @api.onchange("date_begin")
    def _onchange_drk_date_begin(self):
        moved = self.drk_kind_id and self.date_begin and not self.drk_session_ids
        if moved and (not self.date_end or self.date_end.date() != self.date_begin.date()):
            self.date_end = self.date_begin + self._drk_default_length(self.drk_kind_id)

    # ------------------------------------------------------------------ checks
    @api.constrains("seats_max", "drk_extra_seats", "drk_kind_id")
    def _check_drk_seats(self):
        for course in self.filtered("drk_is_course"):
            if course.drk_taken > course.seats_max + course.drk_extra_seats:
                raise ValidationError(
                    self.env._(
                        "%(course)s: %(count)s places are taken already.",
                        course=course.display_name,
                        count=course.drk_taken,
                    )
                )
            course._drk_check_bg_limit()

    def _drk_check_bg_limit(self):
        """DGUV Grundsatz 304-001 s. 2.4.1: never more than 20, even with an assistant."""
        limit = self._drk_bg_limit("first_aid_max_participants")
        if limit and self.seats_max + self.drk_extra_seats > limit:
            raise ValidationError(
                self.env._("Courses billed to accident insurers have at most %(count)s places.", count=limit)
            )

    def _drk_bg_limit(self, code):
        """A number of people from the rules of the accident insurers, None when they do not pay this course."""
        if not (self.drk_kind_id.is_bg_billable and self.date_begin):
            return None
        return int(self.env["drk.law.fact"]._value(code, self.date_begin.date()))

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

    @api.model
    def _drk_session_dates(self, commands):
        created = [command[2] for command in commands or [] if command[0] == Command.CREATE]
        if not created:
            return {}
        to_datetime = fields.Datetime.to_datetime
        return {
            "date_begin": min(to_datetime(session["date_begin"]) for session in created),
            "date_end": max(to_datetime(session["date_end"]) for session in created),
        }

    @api.model
    def _drk_complete_dates(self, vals, kind):
        if not vals.get("date_begin"):
            vals["date_begin"] = self.default_get(["date_begin"])["date_begin"]
        if not vals.get("date_end"):
            vals["date_end"] = fields.Datetime.to_datetime(vals["date_begin"]) + self._drk_default_length(kind)

    @api.model
    def _drk_default_length(self, kind):
        """Hook: how long a date lasts when nobody says it: its units, and 45 minutes of breaks on a whole day."""
        units = min(kind.units or 9, 9)
        return timedelta(minutes=45 * (units + (units == 9)))

    @api.model
    def _drk_next_number(self, kind, day):
        """Course number: one sequence per association and prefix, starting anew each year."""
        code = f"drk.ktv.{kind.number_prefix}"
        sequence_sudo = self.env["ir.sequence"].sudo()  # numbering is nothing a clerk may edit
        sequence = sequence_sudo.search([("code", "=", code), ("company_id", "=", kind.company_id.id)], limit=1)
        if not sequence:
            sequence = sequence_sudo.create(self._prepare_drk_sequence_vals(kind, code))
        return sequence._next(sequence_date=day)

    @api.model
    def _prepare_drk_sequence_vals(self, kind, code):
        """Hook: how course numbers look."""
        return {
            "name": f"{kind.company_id.name}: {kind.number_prefix}",
            "code": code,
            "company_id": kind.company_id.id,
            "prefix": f"{kind.number_prefix}-%(range_year)s-",
            "padding": 4,
            "implementation": "no_gap",
            "use_date_range": True,
        }

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

    def _drk_follow(self, vals, date_begin, room, instructor):
        """Let the sessions follow what was changed on the course: dates by calendar, room, instructor."""
        sessions = self.drk_session_ids
        if not self.env.context.get("drk_sync") and {"date_begin", "date_end"} & vals.keys():
            self._drk_move_sessions(date_begin)
        if "drk_room_id" in vals:
            sessions.filtered(lambda s: s.room_id == room).room_id = self.drk_room_id
        if "drk_instructor_id" in vals:
            for session in sessions.filtered(lambda s: instructor <= s.instructor_ids):
                session.instructor_ids = session.instructor_ids - instructor + self.drk_instructor_id

    def _drk_move_sessions(self, date_begin):
        """The course was moved as a whole: one session takes its dates, several keep their distances."""
        sessions, delta = self.drk_session_ids, self.date_begin - date_begin
        if len(sessions) == 1:
            if (sessions.date_begin, sessions.date_end) != (self.date_begin, self.date_end):
                sessions.write({"date_begin": self.date_begin, "date_end": self.date_end})
        elif delta:
            for session in sessions:
                session.write({"date_begin": session.date_begin + delta, "date_end": session.date_end + delta})

    def _drk_ensure_session(self):
        """A course has at least one session: the time it was planned for."""
        self.env["drk.course.session"].create(
            [
                {"event_id": course.id, "date_begin": course.date_begin, "date_end": course.date_end}
                for course in self
                if not course.drk_session_ids
            ]
        )

    def _drk_sync_dates(self):
        """Begin and end of a course are those of its sessions."""
        for course in self.filtered("drk_session_ids"):
            begin = min(course.drk_session_ids.mapped("date_begin"))
            end = max(course.drk_session_ids.mapped("date_end"))
            if (course.date_begin, course.date_end) != (begin, end):
                course.with_context(drk_sync=True).write({"date_begin": begin, "date_end": end})

    @api.model
    def _drk_check_extra_seats(self, *vals_list):
        wanted = any(vals.get("drk_extra_seats") for vals in vals_list)
        if wanted and not (self.env.su or self.env.user.has_group("drk_ktv.group_drk_ktv_manager")):
            raise UserError(self.env._("Only a course manager may add places beyond the limit."))

    def copy_data(self, default=None):
        """A copied course lies a week later, so that rooms and instructors are not booked twice."""
        vals_list = super().copy_data(default=default)
        for course, vals in zip(self, vals_list, strict=True):
            if course.drk_is_course:
                vals.update(course._prepare_drk_copy_vals())
        return vals_list

    def _prepare_drk_copy_vals(self):
        """Hook: how the copy of a course differs."""
        week = timedelta(days=7)
        sessions = [
            Command.create(
                {
                    "name": session.name,
                    "units": session.units,
                    "date_begin": session.date_begin + week,
                    "date_end": session.date_end + week,
                    "room_id": session.room_id.id,
                    "instructor_ids": [Command.set(session.instructor_ids.ids)],
                }
            )
            for session in self.drk_session_ids
        ]
        return {
            "name": self.name,
            "date_begin": self.date_begin + week,
            "date_end": self.date_end + week,
            "drk_session_ids": sessions,
        }

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
