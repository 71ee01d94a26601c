from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .drk_consent_purpose import PRIVACY

#: Mails a transaction.
CHUNK = 50


class DrkGdprInformation(models.Model):
    """Mass information (Sammelinformation): the GDPR notice to chosen people, by mail or, without one, by letter."""

    _name = "drk.gdpr.information"
    _description = "Mass Information"
    _inherit = ["drk.association.mixin"]
    _order = "id desc"

    name = fields.Char(required=True)
    user_id = fields.Many2one("res.users", "Started by", readonly=True, default=lambda self: self.env.user)
    template_id = fields.Many2one(
        "mail.template", "E-mail template", ondelete="set null", domain=[("model", "=", "res.partner")]
    )
    line_ids = fields.One2many("drk.gdpr.information.line", "information_id", "People")
    job_id = fields.Many2one("drk.job", "Long work", readonly=True, ondelete="set null", index="btree_not_null")
    job_state = fields.Selection(related="job_id.state", string="State of the work")
    job_percent = fields.Integer(related="job_id.percent")
    mail_count = fields.Integer("By e-mail", compute="_compute_counts")
    letter_count = fields.Integer("By letter", compute="_compute_counts")
    none_count = fields.Integer("Cannot be reached", compute="_compute_counts")
    sent_count = fields.Integer("Informed", compute="_compute_counts")
    preview_subject = fields.Char("Subject", compute="_compute_preview")
    preview_body = fields.Html("Preview", compute="_compute_preview", sanitize=False)

    @api.depends("line_ids.way", "line_ids.state")
    def _compute_counts(self):
        for information in self:
            ways = information.line_ids.mapped("way")
            information.mail_count = ways.count("mail")
            information.letter_count = ways.count("letter")
            information.none_count = ways.count("none")
            information.sent_count = len(information.line_ids.filtered(lambda line: line.state == "sent"))

    @api.depends("template_id", "line_ids")
    def _compute_preview(self):
        for information in self:
            person = information.line_ids[:1].drk_person_id
            template = information.template_id
            shown = (
                template._generate_template(person.ids, ["subject", "body_html"])[person.id]
                if template and person
                else {}
            )
            information.preview_subject = shown.get("subject", False)
            information.preview_body = shown.get("body_html", False)

    @api.model
    def _create_for(self, people):
        """Prepare the information of these people; it is sent after a look at it.

        :return: action that opens it
        """
        templates = self.env["drk.access.sheet.wizard"]._mail_templates()
        company = people.company_id[:1] or self.env.company
        if people.company_id - company:
            raise UserError(self.env._("Please inform the people of one association at a time."))
        information = self.create(
            {
                "name": self.env._("Information of %s people", len(people)),
                "company_id": company.id,
                "template_id": templates.id if len(templates) == 1 else False,
                "line_ids": [Command.create(vals) for vals in self._prepare_line_vals(people)],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": information.id,
            "view_mode": "form",
            "name": self.env._("Mass information"),
        }

    @api.model
    def _prepare_line_vals(self, people):
        """Hook: return the values of the lines, one for each person."""
        return [{"drk_person_id": person.id, "way": self._way(person)} for person in people]

    @api.model
    def _way(self, person):
        """A restricted or anonymised person gets nothing (G-18)."""
        if any(person[name] for name in ("drk_is_restricted", "drk_anonymised_at") if name in person._fields):
            return "none"
        if person.email_normalized:
            return "mail"
        return "letter" if person.street and person.city else "none"

    def action_start(self):
        """Send the mails by a long work."""
        self.ensure_one()
        if not self.template_id:
            raise UserError(self.env._("Please choose the e-mail template."))
        if self.job_id:
            raise UserError(self.env._("The mails were sent already."))
        lines = self.line_ids.filtered(lambda line: line.way == "mail" and line.state == "waiting")
        if not lines:
            raise UserError(self.env._("Nobody of the chosen people has an e-mail address. Please print the letters."))
        self.job_id = self.env["drk.job"]._start(self.name, lines, "_send", chunk_size=CHUNK)

    def action_letters(self):
        """Print the letters to those without an e-mail address."""
        self.ensure_one()
        if not self.template_id:
            raise UserError(self.env._("Please choose the e-mail template."))
        letters = self.line_ids.filtered(lambda line: line.way == "letter")
        if not letters:
            raise UserError(self.env._("Nobody needs a letter."))
        return self.env.ref("drk_gdpr.report_gdpr_information").report_action(letters)

    def action_letters_sent(self):
        """The printed letters are on their way."""
        self.line_ids.filtered(lambda line: line.way == "letter" and line.state == "waiting")._inform("S")


class DrkGdprInformationLine(models.Model):
    """One person of a mass information."""

    _name = "drk.gdpr.information.line"
    _description = "Person of a Mass Information"
    _order = "information_id, way, id"

    information_id = fields.Many2one("drk.gdpr.information", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="information_id.company_id", store=True, index=True)
    drk_person_id = fields.Many2one("res.partner", "Person", required=True, index=True, ondelete="cascade")
    way = fields.Selection(
        [("mail", "E-mail"), ("letter", "Letter"), ("none", "Cannot be reached")], required=True, readonly=True
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("sent", "Informed"), ("failed", "Failed")], default="waiting", readonly=True
    )
    informed_on = fields.Date("Informed on", readonly=True)

    _person_unique = models.Constraint("UNIQUE(information_id, drk_person_id)", "Each person is informed once.")

    def _send(self):
        """Write the mails of one part; the queue of mails sends them."""
        for line in self.filtered(lambda line: line.state == "waiting" and line.way == "mail"):
            line.information_id.template_id.send_mail(line.drk_person_id.id, force_send=False)
        self._inform("E")

    def _inform(self, channel):
        """Note in the ledger that the person was informed; a declaration that is there stays (G-4)."""
        for line in self:
            person = line.drk_person_id
            if person._drk_consent_state_for(PRIVACY) == "missing":
                person._drk_record_consent(PRIVACY, "informed", channel, evidence=line.information_id.name)
        self.write({"state": "sent", "informed_on": fields.Date.context_today(self)})

    def _letter_parts(self):
        """Return subject and text of the letter to this person."""
        person = self.drk_person_id
        return self.information_id.template_id._generate_template(person.ids, ["subject", "body_html"])[person.id]
