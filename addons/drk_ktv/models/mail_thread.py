from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        result = super()._routing_handle_bounce(email_message, message_dict)
        bounced = message_dict.get("bounced_message")
        if bounced:
            # sudo: the mail gateway has no role of ours
            messages_sudo = self.env["drk.course.mail"].sudo()
            current = [("message_id", "in", bounced.ids), ("state", "!=", "replaced")]
            messages_sudo.search(current)._bounced()
        return result
