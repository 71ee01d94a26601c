from odoo import models


class SmsSms(models.Model):
    """Text messages are found by the person: an erasure asks for them."""

    _inherit = "sms.sms"

    _drk_partner_index = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
