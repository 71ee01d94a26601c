import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..models.drk_docx_template_sheet import WORD

#: More people than that are a long work, not a click.
MAX_AT_ONCE = 20


class DrkAccessSheetWizard(models.TransientModel):
    """Choose contents and form of access sheets."""

    _name = "drk.access.sheet.wizard"
    _description = "Make Access Sheets"

    partner_ids = fields.Many2many("res.partner", string="People")
    person_count = fields.Integer("Number of people", compute="_compute_person_count")
    kind = fields.Selection(
        [
            ("pdf", "PDF"),
            ("docx", "Word (editable)"),
            ("json", "JSON (machine-readable)"),
            ("portable", "JSON, only what the person provided (Art. 20)"),
        ],
        "Form",
        required=True,
        default="pdf",
    )
    use_defaults = fields.Boolean("Contents as set for each kind of person", default=True)
    section_ids = fields.Many2many("drk.access.sheet.section", string="Contents")
    docx_template_id = fields.Many2one(
        "drk.docx.template", "Word template", ondelete="cascade", domain=[("model", "=", "res.partner")]
    )
    mail_template_id = fields.Many2one(
        "mail.template", ondelete="cascade", domain=[("model", "=", "res.partner"), ("name", "ilike", WORD)]
    )
    purpose = fields.Selection([("sheet", "Sheet"), ("mail", "Mail")], default="sheet", required=True)
    result = fields.Binary(readonly=True, attachment=False)
    result_name = fields.Char(readonly=True)

    @api.depends("partner_ids")
    def _compute_person_count(self):
        for wizard in self:
            wizard.person_count = len(wizard.partner_ids)

    @api.onchange("use_defaults")
    def _onchange_use_defaults(self):
        if not self.use_defaults and not self.section_ids:
            codes = set()
            for person in self.partner_ids._origin:
                codes |= self.env["drk.access.sheet"]._default_sections(person)
            self.section_ids = self.env["drk.access.sheet.section"].search([("code", "in", sorted(codes))])

    @api.model
    def _open(self, people, **vals):
        wizard = self.create({"partner_ids": [Command.set(people.ids)], **vals})
        name = self.env._("GDPR mail") if wizard.purpose == "mail" else self.env._("Access sheet")
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _open_docx(self, people):
        templates = self.env["drk.docx.template"]
        found = templates.search(templates._usable_domain("res.partner") & Domain("name", "ilike", WORD))
        if len(found) > 1:
            return self._open(people, kind="docx", docx_template_id=found[0].id)
        wizard = self.create({"partner_ids": [Command.set(people.ids)], "kind": "docx", "docx_template_id": found.id})
        return wizard.action_make()

    @api.model
    def _mail_templates(self):
        return self.env["mail.template"].search([("model", "=", "res.partner"), ("name", "ilike", WORD)])

    @api.model
    def _open_mail(self, person, **vals):
        """Open the mail with the only template with "DSGVO" in its title at once, else after a choice."""
        found = self._mail_templates()
        if not found:
            raise UserError(self.env._("There is no e-mail template for people with “DSGVO” in its title."))
        if len(found) > 1:
            return self._open(person, purpose="mail", mail_template_id=found[0].id, **vals)
        return self._compose(person, found)

    @api.model
    def _compose(self, person, template):
        if not person.email:
            raise UserError(self.env._("%s has no e-mail address. Please send a letter.", person.name))
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": person._name,
                "default_res_ids": person.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment",
                "default_email_layout_xmlid": "mail.mail_notification_light",
            },
        }

    def _sections(self):
        if self.use_defaults:
            return None
        if not self.section_ids:
            raise UserError(self.env._("Please choose the contents of the sheet."))
        return set(self.section_ids.mapped("code"))

    def action_make(self):
        """Make the files: at once for some people, as a long work for many."""
        self.ensure_one()
        if not self.partner_ids:
            raise UserError(self.env._("Please choose at least one person."))
        sheets = self.env["drk.access.sheet"]
        sheets._check_may_inform(self.partner_ids)
        if len(self.partner_ids) > MAX_AT_ONCE:
            return self.env["drk.access.sheet.print"]._start(self)
        files = sheets._files(self.partner_ids, self.kind, self._sections(), self.docx_template_id)
        name, content = files[0] if len(files) == 1 else (self.env._("Access sheets") + ".zip", sheets._zip(files))
        self.write({"result": base64.b64encode(content), "result_name": name})
        return self._download()

    def _download(self):
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/result?filename_field=result_name&download=true",
            "target": "download",
        }

    def action_mail(self):
        """Open a mail to the person, with the sheet as PDF."""
        self.ensure_one()
        person = self.partner_ids
        if len(person) != 1:
            raise UserError(self.env._("A mail with a sheet goes to one person. Please choose one."))
        if self.purpose == "mail":
            return self._compose(person, self.mail_template_id)
        template = self.mail_template_id or self._mail_templates()
        if len(template) != 1:
            raise UserError(self.env._("Please choose the e-mail template."))
        return self._mail_sheet(person, template)

    def _mail_sheet(self, person, template):
        sheet = self.env["drk.access.sheet"]._files(person, "pdf", self._sections())[0]
        parts = ("subject", "body_html", "attachment_ids", "report_template_ids")
        values = template.with_context(drk_sheet_attached=True)._generate_template(person.ids, parts)[person.id]
        enclosed = self.env["ir.attachment"].browse(values["attachment_ids"])
        files = [
            sheet,
            *((file.name, file.raw) for file in enclosed),
            *((name, base64.b64decode(content)) for name, content in values["attachments"]),
        ]
        return self.env["drk.gdpr.mail"]._open(person, values["subject"], values["body_html"], files)
