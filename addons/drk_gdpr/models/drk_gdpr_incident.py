from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime


class DrkGdprIncident(models.Model):
    """A personal data breach (Datenschutzvorfall): what happened, how bad it is, and who was told in time."""

    _name = "drk.gdpr.incident"
    _description = "Personal Data Breach"
    _inherit = ["drk.association.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "known_at desc, id desc"
    _rec_name = "number"

    number = fields.Char(readonly=True, copy=False, default="/")
    name = fields.Char("Short description", required=True, tracking=True)
    state = fields.Selection(
        [("open", "New"), ("assessed", "Assessed"), ("reported", "Reported"), ("closed", "Closed")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self.env.user, index=True)
    happened_at = fields.Datetime("Happened at")
    known_at = fields.Datetime("Known since", required=True, default=fields.Datetime.now, tracking=True)
    deadline = fields.Datetime("Tell the authority by", compute="_compute_deadline", store=True, precompute=True)
    countdown = fields.Char("Time left", compute="_compute_countdown")
    is_overdue = fields.Boolean(compute="_compute_countdown")
    kind = fields.Selection(
        [
            ("confidentiality", "Somebody saw or got data (confidentiality)"),
            ("integrity", "Data were changed (integrity)"),
            ("availability", "Data are lost or cannot be reached (availability)"),
        ],
        required=True,
        default="confidentiality",
    )
    description = fields.Text("What happened")
    data_kinds = fields.Text("Which data, of which people")
    person_count = fields.Integer("Number of people concerned (about)")
    consequences = fields.Text("Likely consequences")
    measures = fields.Text("Measures taken and planned")
    risk = fields.Selection(
        [
            ("none", "Unlikely to be a risk: document it only"),
            ("risk", "Risk: tell the authority (Art. 33)"),
            ("high", "High risk: tell the authority and the people (Art. 33, 34)"),
        ],
        tracking=True,
    )
    risk_reason = fields.Text("Reasons for the assessment")
    authority = fields.Char("Data protection authority")
    authority_told_at = fields.Datetime("Authority told at", readonly=True, copy=False, tracking=True)
    delay_reason = fields.Text("Reasons for the delay", help="Needed after the 72 hours (Art. 33(1) sentence 2).")
    people_told_at = fields.Datetime("People told at", readonly=True, copy=False, tracking=True)
    people_text = fields.Text("Message to the people")
    people_not_told_reason = fields.Text("Why the people are not told (Art. 34(3))")
    closed_on = fields.Date(readonly=True, copy=False)
    kept_until = fields.Date("Kept until", compute="_compute_kept_until", store=True)

    @api.depends("number")
    def _compute_display_name(self):
        for incident in self:
            incident.display_name = incident.number if incident.number != "/" else self.env._("New")

    @api.depends("known_at")
    def _compute_deadline(self):
        for incident in self:
            day = incident.known_at and incident.known_at.date()
            hours = day and self.env["drk.law.fact"]._value("gdpr_breach_hours", day)
            incident.deadline = day and incident.known_at + timedelta(hours=hours)

    @api.depends("closed_on")
    def _compute_kept_until(self):
        for incident in self:
            end = incident.closed_on
            years = end and int(self.env["drk.law.fact"]._value("retention_requests_years", end))
            incident.kept_until = end and date(end.year, 12, 31) + relativedelta(years=years)

    @api.depends("deadline", "authority_told_at", "state", "risk")
    def _compute_countdown(self):
        now = fields.Datetime.now()
        for incident in self:
            runs = incident.deadline and not incident.authority_told_at and incident._needs_authority()
            incident.is_overdue = bool(runs and incident.deadline < now)
            incident.countdown = self._show_time(incident.deadline - now) if runs else False

    def _needs_authority(self):
        return self.state != "closed" and self.risk != "none"

    def _show_time(self, left):
        minutes = int(abs(left.total_seconds()) // 60)
        text = self.env._("%(hours)s h %(minutes)s min", hours=minutes // 60, minutes=minutes % 60)
        return self.env._("%s too late", text) if left < timedelta() else text

    @api.constrains("known_at", "happened_at")
    def _check_times(self):
        for incident in self:
            if incident.known_at > fields.Datetime.now():
                raise ValidationError(self.env._("Nobody knows of a breach in the future."))
            if incident.happened_at and incident.happened_at > incident.known_at:
                raise ValidationError(self.env._("A breach is not known before it happened."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("number", "/") == "/":
                vals["number"] = self.env["ir.sequence"].sudo().next_by_code(self._name)  # numbers are for all
        incidents = super().create(vals_list)
        for incident in incidents.filtered("user_id"):
            incident.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=fields.Date.context_today(self, incident.deadline),
                summary=self.env._("Assess the breach and tell the authority in time"),
                user_id=incident.user_id.id,
            )
        return incidents

    def action_assess(self):
        """The risk is assessed."""
        for incident in self:
            if not incident.risk or not (incident.risk_reason or "").strip():
                raise UserError(self.env._("Please choose the risk and give the reasons for it."))
        self.state = "assessed"

    def action_authority_told(self):
        """The authority was told now; later than 72 hours only with reasons."""
        now = fields.Datetime.now()
        for incident in self:
            if now > incident.deadline and not (incident.delay_reason or "").strip():
                raise UserError(
                    self.env._("The 72 hours are over. Please give the reasons for the delay (Art. 33(1)).")
                )
        self.write({"authority_told_at": now, "state": "reported"})

    def action_people_told(self):
        """The people were told now (Art. 34)."""
        self.people_told_at = fields.Datetime.now()

    def action_close(self):
        """Nothing is open any more; what the law demands was done."""
        for incident in self:
            if not incident.risk:
                raise UserError(self.env._("Please assess the risk first."))
            if incident.risk != "none" and not incident.authority_told_at:
                raise UserError(self.env._("The authority has to be told first (Art. 33)."))
            if incident.risk == "high" and not incident.people_told_at and not incident.people_not_told_reason:
                raise UserError(self.env._("The people have to be told, or the reasons why not (Art. 34)."))
        self.write({"state": "closed", "closed_on": fields.Date.context_today(self)})
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def action_reopen(self):
        """Take the breach up again."""
        self.write({"state": "assessed", "closed_on": False})

    def _notice_rows(self):
        """Return what Art. 33(3) wants to be told: list of (label, text)."""
        rows = [
            (self.env._("Responsible body"), self.company_id.name),
            (self.env._("Data protection officer"), self.company_id.drk_privacy_contact),
            (self.env._("Our reference"), self.number),
            (self.env._("Authority"), self.authority),
            (self.env._("Happened at"), self._show_moment(self.happened_at)),
            (self.env._("Known since"), self._show_moment(self.known_at)),
            (self.env._("Kind of breach"), dict(self._fields["kind"]._description_selection(self.env))[self.kind]),
            (self.env._("What happened"), self.description or self.name),
            (self.env._("Which data, of which people"), self.data_kinds),
            (self.env._("Number of people concerned (about)"), self.person_count and str(self.person_count)),
            (self.env._("Likely consequences"), self.consequences),
            (self.env._("Measures taken and planned"), self.measures),
            (self.env._("People told at"), self._show_moment(self.people_told_at)),
            (self.env._("Reasons for the delay"), self.delay_reason),
        ]
        return [(label, text) for label, text in rows if text]

    def _people_rows(self):
        """Return what Art. 34(2) wants people to be told: list of (label, text)."""
        rows = [
            (self.env._("What happened"), self.description or self.name),
            (self.env._("Likely consequences"), self.consequences),
            (self.env._("Measures taken and planned"), self.measures),
            (self.env._("Data protection officer"), self.company_id.drk_privacy_contact),
        ]
        return [(label, text) for label, text in rows if text]

    def _show_moment(self, moment):
        return moment and format_datetime(self.env, moment, dt_format="short")

    @api.autovacuum
    def _gc_old(self):
        today = fields.Date.context_today(self)
        self.search([("kept_until", "!=", False), ("kept_until", "<", today)], limit=1000).unlink()
