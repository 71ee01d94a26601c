from odoo import models

from ..tools import services


class SmsAccountSender(models.TransientModel):
    _inherit = "sms.account.sender"

    def action_set_sender_name(self):
        """Odoo's service is open to who chose it for the association."""
        if self.env.company.sudo().drk_sms_provider != "iap":  # sudo: no more than which way
            return super().action_set_sender_name()
        with services.opened():
            return super().action_set_sender_name()
