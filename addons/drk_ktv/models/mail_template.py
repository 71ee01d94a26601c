import logging

from odoo import models
from odoo.exceptions import ValidationError

_logger = logging.getLogger(__name__)


class MailTemplate(models.Model):
    """The templates of course mails can be saved: they are tried with the words that they are filled from."""

    _inherit = "mail.template"

    def _check_can_be_rendered(self, fnames=None, render_options=None):
        """Core's trial knows only the record, not the words about a booking: it would refuse each of our templates."""
        ours = self.filtered(lambda template: template.model == "event.registration")
        booking = self.env["event.registration"].search([("drk_is_course", "=", True)], limit=1) if ours else None
        if booking:
            words = booking._prepare_drk_mail_texts("confirmation")
            for template in ours:
                template._drk_try_fields(fnames, booking, words)
        return super(MailTemplate, self - ours)._check_can_be_rendered(fnames, render_options)

    def _drk_try_fields(self, fnames, booking, words):
        dynamic = self._get_dynamic_field_names()
        for name in sorted(fnames & dynamic if fnames else dynamic):
            try:
                self._render_field(name, booking.ids, add_context=words)
            except Exception as error:
                _logger.info("The template %s cannot be filled in its field %s", self.id, name)
                raise ValidationError(
                    self.env._("This text cannot be filled in: %(text)s", text=self[name] or "")
                ) from error
