from odoo import models


class MailNotification(models.Model):
    """Notifications are found by the person who wrote: an erasure asks for them."""

    _inherit = "mail.notification"

    _drk_author_index = models.Index("(author_id) WHERE author_id IS NOT NULL")
