from odoo import models


class MailScheduledMessage(models.Model):
    """Scheduled messages are found by the person who wrote: an erasure asks for them."""

    _inherit = "mail.scheduled.message"

    _drk_author_index = models.Index("(author_id) WHERE author_id IS NOT NULL")
