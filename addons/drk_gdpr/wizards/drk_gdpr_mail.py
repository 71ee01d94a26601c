from markupsafe import Markup, escape
from odoo import api, fields, models
from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.exceptions import UserError
from odoo.tools import email_normalize


class DrkGdprMail(models.TransientModel):
    """A mail to a person with files that tell all about them.

    A message of a thread would keep the files for everybody who reads the thread. So the mail goes out at once, its files
    go with it, and the thread only gets a note. What cannot be delivered stays in this dialog of whoever sends it.
    """

    _name = "drk.gdpr.mail"
    _description = "Send Files to a Person"

    partner_id = fields.Many2one("res.partner", "To", required=True, readonly=True, ondelete="cascade")
    email = fields.Char(related="partner_id.email")
    request_id = fields.Many2one("drk.gdpr.request", readonly=True, ondelete="cascade")
    subject = fields.Char(required=True)
    body = fields.Html("Text")
    file_ids = fields.Many2many("ir.attachment", string="Files", compute="_compute_file_ids")

    def _compute_file_ids(self):
        attachments = self.env["ir.attachment"]
        for dialog in self:
            domain = [("res_model", "=", self._name), ("res_id", "in", dialog._origin.ids)]
            dialog.file_ids = attachments.search(domain, order="id")

    @api.model
    def _open(self, person, subject, body, files, request=None):
        """Open the dialog.

        :param person: ``res.partner`` singleton
        :param str subject: what the clerk may still change, as ``body`` (Markup)
        :param files: list of (name, bytes)
        :param request: ``drk.gdpr.request`` that gets the note, default the person
        :return: action
        :raise UserError: when the person has no address to write to
        """
        if not email_normalize(person.email):
            raise UserError(self.env._("%s has no valid e-mail address. Please send a letter.", person.name))
        vals = {"partner_id": person.id, "request_id": request and request.id, "subject": subject, "body": body}
        dialog = self.create(vals)
        self.env["ir.attachment"].create(
            [{"name": name, "raw": raw, "res_model": self._name, "res_id": dialog.id} for name, raw in files]
        )
        return dialog._get_records_action(name=self.env._("Send by e-mail"), target="new")

    def action_send(self):
        """Send the mail and note in the thread who sent which files to which address."""
        self.ensure_one()
        self.check_access("write")
        names = self.file_ids.mapped("name")
        mail_sudo = self.env["mail.mail"].sudo().create(self._prepare_mail_vals())  # sudo: mails are of the system
        # of the mail from now on: they go with it
        self.file_ids.sudo().write({"res_model": mail_sudo._name, "res_id": mail_sudo.id})
        note = self._prepare_note(names, left=self._deliver(mail_sudo))
        (self.request_id or self.partner_id)._message_log(body=note)
        return {"type": "ir.actions.act_window_close"}

    def _prepare_mail_vals(self):
        """Hook: extend to set more on the mail."""
        sender = self.partner_id._drk_sheet_company().email_formatted or self.env.user.email_formatted
        return {
            "subject": self.subject,
            "body_html": self.body,
            "email_from": sender,
            "reply_to": sender,
            "recipient_ids": [fields.Command.link(self.partner_id.id)],
            "attachment_ids": [fields.Command.set(self.file_ids.ids)],
        }

    def _prepare_note(self, names, left):
        files = Markup().join(Markup("<li>%s</li>") % name for name in names)
        if left:
            text = self.env._("Sent by e-mail to %s. The files are not kept here:", self.email)
        else:
            text = self.env._(
                "Handed to the mail server for %s, which sends later. The files are not kept here:", self.email
            )
        return Markup("<p>%s</p><ul>%s</ul>") % (escape(text), files)

    def _deliver(self, mail_sudo):
        """Send now.

        :return: whether the mail has left the house; a mail server with a limit takes its time
        :raise UserError: when it could not be delivered
        """
        try:
            mail_sudo.send(raise_exception=True)
        except (MailDeliveryException, OSError) as exc:
            raise self._undelivered(exc.args[0] if isinstance(exc, MailDeliveryException) else exc) from exc
        if mail_sudo.state not in ("sent", "outgoing"):
            raise self._undelivered(mail_sudo.failure_reason or "")
        left = mail_sudo.state == "sent"
        if left:
            mail_sudo.unlink()
        else:
            mail_sudo.auto_delete = True
        return left

    def _undelivered(self, reason):
        return UserError(self.env._("The e-mail could not be delivered; nothing was noted. %s", reason))
