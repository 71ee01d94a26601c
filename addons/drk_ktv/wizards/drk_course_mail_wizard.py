from odoo import api, fields, models


class DrkCourseMailWizard(models.TransientModel):
    """Write a message about a booking by hand, starting from the template (D-KTV-10), or send one again."""

    _name = "drk.course.mail.wizard"
    _description = "Write a Course Message"

    registration_id = fields.Many2one("event.registration", "Booking", required=True, ondelete="cascade")
    kind = fields.Selection(
        selection=lambda self: self.env["drk.course.mail"]._fields["kind"]._description_selection(self.env),
        required=True,
    )
    recipient = fields.Char(compute="_compute_recipient")
    subject = fields.Char(compute="_compute_texts", store=True, readonly=False, precompute=True, required=True)
    body = fields.Html(compute="_compute_texts", store=True, readonly=False, precompute=True, sanitize="email_outgoing")
    attachment_names = fields.Char("Attachments", compute="_compute_attachment_names")

    @api.depends("registration_id")
    def _compute_recipient(self):
        for wizard in self:
            booking = wizard.registration_id
            self.env["drk.course.mail"]._drk_check_named(booking)
            wizard.recipient = booking._drk_mail_address() or self.env._("no e-mail address")

    @api.constrains("registration_id")
    def _check_registration(self):
        self.registration_id.sudo(False).check_access("write")

    @api.depends("registration_id", "kind")
    def _compute_texts(self):
        for wizard in self.filtered(lambda wizard: wizard.registration_id and wizard.kind):
            # A stored field is computed without regard to rights, and the text holds the signed link of the booking.
            wizard.registration_id.sudo(False).check_access("read")
            self.env["drk.course.mail"]._drk_check_named(wizard.registration_id)
            texts = wizard._draft()._render_texts(wizard.registration_id._drk_whole_booking())
            wizard.subject, wizard.body = texts["subject"], texts["body"]

    @api.depends("registration_id", "kind")
    def _compute_attachment_names(self):
        for wizard in self.filtered(lambda wizard: wizard.registration_id and wizard.kind):
            wizard.registration_id.sudo(False).check_access("read")
            files = wizard._draft()._attachment_names(wizard.registration_id._drk_whole_booking())
            wizard.attachment_names = ", ".join(files)

    def _draft(self):
        """:return: ``drk.course.mail`` that is never saved"""
        message = self.env["drk.course.mail"]
        vals = message._prepare_message_vals(self.kind, self.registration_id._drk_whole_booking())
        return message.new(vals)

    def action_send(self):
        """Queue the message with the text as it stands here."""
        self.ensure_one()
        booking = self.registration_id._drk_whole_booking()
        booking.check_access("write")
        self.env["drk.course.mail"]._create_for(self.kind, booking, subject=self.subject, body=self.body)
        return {"type": "ir.actions.act_window_close"}
