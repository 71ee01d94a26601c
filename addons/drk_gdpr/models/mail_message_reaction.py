from odoo import models


class MailMessageReaction(models.Model):
    """Reactions are found by the person: an erasure asks for them."""

    _inherit = "mail.message.reaction"

    _drk_partner_index = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
