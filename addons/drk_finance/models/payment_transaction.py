from odoo import models


class PaymentTransaction(models.Model):
    """Online payments are found by the person: an erasure asks for them."""

    _inherit = "payment.transaction"

    _drk_partner_index = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
