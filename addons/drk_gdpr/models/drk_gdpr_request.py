from datetime import date

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.deadline import months_later

KINDS = [
    ("access", "Access (Art. 15)"),
    ("rectification", "Rectification (Art. 16)"),
    ("erasure", "Erasure (Art. 17)"),
    ("restriction", "Restriction (Art. 18)"),
    ("portability", "Data portability (Art. 20)"),
    ("objection", "Objection (Art. 21)"),
]
IDENTITY_KINDS = [
    ("known", "Personally known"),
    ("document", "Identity document seen"),
    ("signature", "Signature compared"),
    ("callback", "Called back at the stored number"),
    ("address", "Answer only to the stored address"),
    ("portal", "Signed in at the portal"),
]
OFFICER = "drk_gdpr.group_drk_gdpr_officer"
DONE = ("answered", "closed", "refused")


class DrkGdprRequest(models.Model):
    """A request of a person about their data (Betroffenenanfrage): who, what, until when, and how it was answered."""

    _name = "drk.gdpr.request"
    _description = "Request of a Person"
    _inherit = ["drk.gdpr.engagement", "drk.association.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "deadline, id"
    _rec_name = "number"
    _drk_name_is_guarded = True

    number = fields.Char(readonly=True, copy=False, default="/")
    company_id = fields.Many2one("res.company", "Association", default=lambda self: self.env.company)
    kind = fields.Selection(KINDS, required=True, default="access", tracking=True)
    state = fields.Selection(
        [
            ("new", "New"),
            ("identity", "Identity check"),
            ("working", "In progress"),
            ("answered", "Answered"),
            ("closed", "Closed"),
            ("refused", "Refused"),
        ],
        required=True,
        default="new",
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    drk_person_id = fields.Many2one(
        domain="[('company_id', '=', company_id)]", check_company=True, copy=False, tracking=True
    )
    user_id = fields.Many2one("res.users", "Responsible", default=lambda self: self._default_user_id(), index=True)
    received_on = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    channel_id = fields.Many2one("drk.consent.channel", "Received via", ondelete="restrict")
    subject_text = fields.Text("What the person asks for")
    # As the person wrote it: the person may not be found, or stored otherwise.
    asker_firstname = fields.Char("First name")
    asker_lastname = fields.Char("Last name")
    asker_birthdate = fields.Date("Birth date")
    asker_email = fields.Char("E-mail")
    asker_phone = fields.Char("Phone")
    asker_street = fields.Char("Street")
    asker_zip = fields.Char("Postcode")
    asker_city = fields.Char("Town")
    identity_kind = fields.Selection(IDENTITY_KINDS, "Identity checked by", copy=False, tracking=True)
    identity_on = fields.Date("Identity checked on", copy=False)
    identity_user_id = fields.Many2one("res.users", "Checked by", readonly=True, copy=False, index="btree_not_null")
    deadline = fields.Date(compute="_compute_deadline", store=True, precompute=True)
    first_deadline = fields.Date(compute="_compute_deadline", store=True, precompute=True)
    extended_on = fields.Date("Extended on", readonly=True, copy=False)
    extension_reason = fields.Text(copy=False)
    answer_text = fields.Text("Further words in the answer", copy=False)
    refusal_reason = fields.Text("Reason for the refusal", copy=False)
    answered_on = fields.Date(readonly=True, copy=False)
    closed_on = fields.Date(readonly=True, copy=False)
    kept_until = fields.Date("Proof kept until", compute="_compute_kept_until", store=True)
    notice_ids = fields.One2many("drk.gdpr.request.notice", "request_id", "Notices to recipients (Art. 19)")
    # All that is known about a person: others work on requests, too, and their sheets leave out what they may not see.
    sheet_pdf = fields.Binary("Sheet (PDF)", attachment=True, readonly=True, copy=False, groups=OFFICER)
    sheet_json = fields.Binary("Sheet (JSON)", attachment=True, readonly=True, copy=False, groups=OFFICER)
    days_left = fields.Integer(compute="_compute_days_left")
    is_overdue = fields.Boolean(compute="_compute_days_left", search="_search_is_overdue")
    color = fields.Integer(compute="_compute_days_left")

    _identity_complete = models.Constraint(
        "CHECK((identity_kind IS NULL) = (identity_on IS NULL))", "An identity check has a kind and a date."
    )
    _open_index = models.Index("(company_id, deadline) WHERE state NOT IN ('answered', 'closed', 'refused')")

    @api.model
    def _default_user_id(self):
        return self.env.user if self.env.user._is_internal() else self.env["res.users"]

    @api.depends("received_on", "extended_on", "company_id.state_id")
    def _compute_deadline(self):
        facts, calendar = self.env["drk.law.fact"], self.env["drk.calendar"]
        for request in self:
            if not request.received_on:
                request.deadline = request.first_deadline = False
                continue
            land = request.company_id.sudo().state_id  # the Land of an association is public
            months = int(facts._value("gdpr_answer_months", request.received_on))
            extra = int(facts._value("gdpr_extension_months", request.received_on)) if request.extended_on else 0

            def is_working_day(day, land=land):
                return calendar._is_working_day(day, land)

            request.first_deadline = months_later(request.received_on, months, is_working_day)
            request.deadline = months_later(request.received_on, months + extra, is_working_day)

    @api.depends("closed_on", "received_on")
    def _compute_kept_until(self):
        for request in self:
            end = request.closed_on
            years = end and int(self.env["drk.law.fact"]._value("retention_requests_years", end))
            request.kept_until = end and date(end.year, 12, 31) + relativedelta(years=years)

    @api.depends("deadline", "state")
    @api.depends_context("tz")
    def _compute_days_left(self):
        today = fields.Date.context_today(self)
        for request in self:
            is_open = request.state not in DONE
            request.days_left = (request.deadline - today).days if request.deadline and is_open else 0
            request.is_overdue = bool(is_open and request.deadline and request.deadline < today)
            soon = is_open and request.days_left <= 7
            request.color = 1 if request.is_overdue else 3 if soon else 0

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return [("state", "not in", DONE), ("deadline", "<", today)]

    @api.depends("number", "kind")
    def _compute_display_name(self):
        for request in self:
            request.display_name = request.number if request.number != "/" else self.env._("New")

    def _drk_engagement_purpose(self):
        return self.env._("Request of a person")

    @api.constrains("received_on")
    def _check_received_on(self):
        if any(request.received_on > fields.Date.context_today(self) for request in self):
            raise ValidationError(self.env._("A request cannot be received in the future."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("number", "/") == "/":
                vals["number"] = self.env["ir.sequence"].sudo().next_by_code(self._name)  # whoever asks takes a number
        requests = super().create(vals_list)
        for request in requests:
            request._after_receipt()
        return requests

    def _after_receipt(self):
        """Hook: what happens as soon as a request is in: a task for whoever is responsible, an objection takes effect."""
        if self.user_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.first_deadline,
                summary=self.env._("Answer the request"),
                user_id=self.user_id.id,
            )
        if self.kind == "objection" and self.drk_person_id:
            self._object_to_advertising()

    def write(self, vals):
        result = super().write(vals)
        if vals.get("drk_person_id") or vals.get("kind"):
            for request in self.filtered(lambda r: r.kind == "objection" and r.drk_person_id and r.state not in DONE):
                request._object_to_advertising()
        return result

    # Who asks

    def action_match(self):
        """Find the person by the exact rules of the association; otherwise somebody chooses."""
        for request in self.filtered(lambda request: not request.drk_person_id):
            found = self.env["res.partner"]._drk_match_person(request.company_id, request._asker_vals())
            if not found:
                raise UserError(self.env._("Nobody matches exactly. Please choose the person yourself."))
            request.drk_person_id = found

    def _asker_vals(self):
        names = ("firstname", "lastname", "email", "phone", "street", "zip", "city")
        return {name: self[f"asker_{name}"] for name in names} | {"birthdate_date": self.asker_birthdate}

    def action_check_identity(self):
        """Ask for the proof of identity."""
        self._expect("new", "identity")
        self._step({"state": "identity"})

    def action_confirm_identity(self):
        """The person is who they say; the work begins."""
        self._expect("new", "identity")
        for request in self:
            if not request.drk_person_id:
                raise UserError(self.env._("Please choose the person first."))
            if not request.identity_kind:
                raise UserError(self.env._("Please say how the identity was checked and when."))
        self._step({"state": "working", "identity_user_id": self.env.uid})

    def _expect(self, *states):
        if any(request.state not in states for request in self):
            raise UserError(self.env._("This step does not fit the state of the request."))

    @api.onchange("identity_kind")
    def _onchange_identity_kind(self):
        self.identity_on = self.identity_kind and (self.identity_on or fields.Date.context_today(self))
