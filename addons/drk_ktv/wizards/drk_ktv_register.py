from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.drk_course_price import PAYER_KINDS

PERSON_FIELDS = ("firstname", "lastname", "birthdate_date", "email", "phone", "street", "zip", "city")


class DrkKtvRegister(models.TransientModel):
    """The office books one person or a whole group through the one door."""

    _name = "drk.ktv.register"
    _description = "Book a course"

    event_id = fields.Many2one(
        "event.event",
        string="Course",
        required=True,
        domain=[("drk_is_course", "=", True), ("kanban_state", "!=", "cancel"), ("date_end", ">", "now")],
    )
    company_id = fields.Many2one(related="event_id.company_id")
    free = fields.Integer(related="event_id.drk_free", string="Free places")
    waiting_count = fields.Integer(related="event_id.drk_waiting_count")
    line_ids = fields.One2many("drk.ktv.register.line", "wizard_id", string="Participants")
    needs_waiting = fields.Boolean(compute="_compute_needs_waiting")
    to_waiting_list = fields.Boolean(string="Put on the waiting list if there are not enough places")
    channel = fields.Selection([("office", "Office"), ("phone", "Phone")], default="office", required=True)
    booker_id = fields.Many2one(
        "res.partner", string="Booked by", check_company=True, help="Who gets the mails. Empty: the first participant."
    )
    payer_kind = fields.Selection(PAYER_KINDS, string="Payer", default="self", required=True)
    payer_id = fields.Many2one(
        "res.partner", string="Invoice to", check_company=True, help="A company or person that is known already."
    )
    payer_name = fields.Char(string="New company")
    payer_street = fields.Char(string="Street")
    payer_zip = fields.Char(string="Postcode")
    payer_city = fields.Char(string="City")
    payer_email = fields.Char(string="Email of the company")
    privacy_channel_id = fields.Many2one(
        "drk.consent.channel",
        string="Privacy information given",
        help="How the person who books was informed; recorded for this person.",
    )

    @api.depends("line_ids", "free")
    def _compute_needs_waiting(self):
        for wizard in self:
            wizard.needs_waiting = wizard.event_id and max(len(wizard.line_ids), 1) > wizard.free

    def action_book(self):
        """Book all of them or none, and show the bookings."""
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("Please enter at least one participant."))
        registrations = self.event_id._drk_book(**self._prepare_booking())
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.event_registration_action")
        action |= {"domain": [("id", "in", registrations.ids)], "context": {}, "target": "main"}
        if len(registrations) == 1:
            form = self.env.ref("drk_ktv.event_registration_view_form")
            action |= {"res_id": registrations.id, "view_mode": "form", "views": [(form.id, "form")]}
        return action

    def _prepare_booking(self):
        """Hook: arguments of the door."""
        return {
            "people": [line._prepare_person() for line in self.line_ids],
            "booker": self.booker_id or None,
            "payer": self._prepare_payer(),
            "payer_kind": self.payer_kind,
            "channel": self.channel,
            "on_full": "waiting" if self.to_waiting_list else "refuse",
            "consent": self._prepare_consent(),
        }

    def _prepare_payer(self):
        if self.payer_kind == "self":
            return None
        if self.payer_id or not self.payer_name:
            return self.payer_id or None
        return {
            "is_company": True,
            "name": self.payer_name,
            "street": self.payer_street,
            "zip": self.payer_zip,
            "city": self.payer_city,
            "email": self.payer_email,
        }

    def _prepare_consent(self):
        if not self.privacy_channel_id:
            return None
        return {"purpose_code": "privacy", "kind": "informed", "channel_key": self.privacy_channel_id.key}


class DrkKtvRegisterLine(models.TransientModel):
    """One participant to book: a known person or what was written on the form."""

    _name = "drk.ktv.register.line"
    _description = "Participant to book"

    wizard_id = fields.Many2one("drk.ktv.register", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="wizard_id.company_id")
    partner_id = fields.Many2one(
        "res.partner", string="Known person", domain=[("drk_is_person", "=", True), ("is_company", "=", False)]
    )
    firstname = fields.Char(string="First name")
    lastname = fields.Char(string="Last name")
    birthdate_date = fields.Date(string="Birth date")
    email = fields.Char()
    phone = fields.Char()
    street = fields.Char()
    zip = fields.Char(string="Postcode")
    city = fields.Char()
    hint = fields.Char(string="Matching", compute="_compute_hint")

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        for name in PERSON_FIELDS if self.partner_id else ():
            self[name] = self.partner_id[name]

    @api.depends("partner_id", *PERSON_FIELDS)
    def _compute_hint(self):
        for line in self:
            line.hint = line._get_hint()

    def _get_hint(self):
        if self.partner_id or not self.lastname or self.company_id not in self.env.companies:
            return False  # nobody learns who is known elsewhere
        match = self.env["res.partner"]._drk_match_person(self.company_id, self._prepare_person())
        if not match:
            return self.env._("New person")
        if match._drk_nameless():
            return False  # nobody learns here who is restricted
        born = match.birthdate_date and format_date(self.env, match.birthdate_date)
        return self.env._("Known: %s", ", ".join(filter(None, (match.name, born, match.city))))

    def _prepare_person(self):
        """Hook: a participant for the door."""
        if self.partner_id:
            return self.partner_id
        if not self.lastname:
            raise UserError(self.env._("Please enter the last name of each participant."))
        return {name: self[name] for name in PERSON_FIELDS if self[name]}
