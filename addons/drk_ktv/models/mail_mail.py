from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals and not self.env.context.get("drk_course_mail_replaced"):
            self.env["drk.course.mail"]._follow(self)
        return result

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        # First ours: super may delete the mails.
        failed = self.filtered(lambda mail: mail.state == "exception")
        self.env["drk.course.mail"]._retry_later(failed, failure_type or False)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )
