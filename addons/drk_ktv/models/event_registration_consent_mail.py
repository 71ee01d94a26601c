from odoo import models
from odoo.tools import email_normalize

#: Variables that let whoever reads them act for the person.
LINKS = {"DSGVO_LINK"}


class EventRegistration(models.Model):
    """The confirmation tells who consented where to confirm or withdraw it."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_drk_mail_texts(self, kind):
        return super()._prepare_drk_mail_texts(kind) | {"consent_address": self._drk_consent_address()}

    def _drk_consent_address(self):
        """Return the link of the booker, empty when the mail goes elsewhere: it acts for the person."""
        booker_sudo = self[:1].sudo().partner_id  # only a link to the own page
        return booker_sudo._drk_consent_url() if self._drk_writes_to_booker() and booker_sudo.drk_consent_ids else ""

    def _drk_writes_to_booker(self):
        """Whether the mails of a booking go to the address that is stored with the booker."""
        booking_sudo = self[:1].sudo()  # only the address of the mail is compared
        booker_sudo = booking_sudo.partner_id
        typed = email_normalize(booking_sudo.drk_contact_email or booker_sudo.email or "")
        return bool(typed and typed == booker_sudo.email_normalized)

    def _drk_record_variables(self):
        """The link acts for the participant: whoever booked for somebody else does not get it."""
        values = super()._drk_record_variables()
        is_own = self._drk_template_person() == self.partner_id and self._drk_writes_to_booker()
        return values if is_own else {name: "" if name in LINKS else value for name, value in values.items()}
