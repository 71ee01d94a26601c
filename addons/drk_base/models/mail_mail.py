import re

from odoo import models

_PROMOTION = re.compile(
    r"""(?is)(?:powered by|unterstützt von|bereitgestellt von)?\s*<a\b[^>]*href=["']https?://(?:www\.)?odoo\.com[^>]*>.*?</a>"""
)


class MailMail(models.Model):
    """Mails name no foreign host, whichever template they come from."""

    _inherit = "mail.mail"

    def _prepare_outgoing_body(self):
        return _PROMOTION.sub("", super()._prepare_outgoing_body())
