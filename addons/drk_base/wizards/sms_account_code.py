from odoo import models

from ..tools import services


class SmsAccountCode(models.TransientModel):
    _inherit = "sms.account.code"

    def action_register(self):
        """Odoo's service is open to who chose it for the association."""
        if self.env.company.sudo().drk_sms_provider != "iap":  # sudo: no more than which way
            return super().action_register()
        with services.opened():
            return super().action_register()
