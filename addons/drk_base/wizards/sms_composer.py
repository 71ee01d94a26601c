from odoo import models
from odoo.exceptions import UserError


class SmsComposer(models.TransientModel):
    _inherit = "sms.composer"

    def action_send_sms(self):
        """Say at once that an association sends no text messages, instead of marking each as failed."""
        for company in self._drk_companies():
            if company._drk_sms_is_off():
                raise UserError(company._drk_sms_off_sentence())
        return super().action_send_sms()

    def _drk_companies(self):
        """Return the associations whose messages these are."""
        records = self._get_records() if self.composition_mode != "numbers" else None
        if not records:
            return self.env.company
        companies = records._mail_get_companies(default=self.env.company)
        return self.env["res.company"].union(*companies.values())
