from odoo import models
from odoo.tools import email_normalize


class EventRegistration(models.Model):
    """The confirmation tells who consented where to confirm or withdraw it."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_drk_mail_texts(self, kind):
        return super()._prepare_drk_mail_texts(kind) | {"consent_address": self._drk_consent_address()}

    def _drk_consent_address(self):
        """Return the link of the booker, empty when the mail goes elsewhere: it acts for the person."""
        booking_sudo = self[:1].sudo()  # only the address of the mail is compared
        booker_sudo = booking_sudo.partner_id
        typed = email_normalize(booking_sudo.drk_contact_email or booker_sudo.email or "")
        is_own = typed and typed == booker_sudo.email_normalized
        return booker_sudo._drk_consent_url() if is_own and booker_sudo.drk_consent_ids else ""
