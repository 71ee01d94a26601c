from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .event_event import TAKING_STATES


class EventEvent(models.Model):
    """The places of a course date: how many there are, who may add some, how many are taken."""

    _inherit = "event.event"  # pylint: disable=consider-merging-classes-inherited

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
    drk_hint = fields.Char(string="Hint", compute="_compute_drk_hint")
    drk_can_add_seats = fields.Boolean(compute="_compute_drk_can_add_seats")

    _drk_not_oversold = models.Constraint(
        "CHECK(COALESCE(seats_max, 0) = 0 OR drk_taken <= seats_max + COALESCE(drk_extra_seats, 0))",
        "The course is full.",
    )
    _drk_extra_not_negative = models.Constraint("CHECK(drk_extra_seats >= 0)", "Extra places cannot be negative.")

    # ------------------------------------------------------------------ computes
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

    @api.model
    def _drk_check_extra_seats(self, *vals_list):
        wanted = any(vals.get("drk_extra_seats") for vals in vals_list)
        if wanted and not (self.env.su or self.env.user.has_group("drk_ktv.group_drk_ktv_manager")):
            raise UserError(self.env._("Only a course manager may add places beyond the limit."))
