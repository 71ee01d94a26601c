from odoo import api, fields, models
from odoo.tools import email_normalize


class DrkCourseMail(models.Model):
    """A message that brings a participant the own certificate."""

    _inherit = "drk.course.mail"  # pylint: disable=consider-merging-classes-inherited

    kind = fields.Selection(selection_add=[("certificate", "Certificate")], ondelete={"certificate": "cascade"})

    @api.model
    def _prepare_message_vals(self, kind, registrations):
        """A certificate goes to its holder alone: it holds the birth date, whoever booked and pays."""
        vals = super()._prepare_message_vals(kind, registrations)
        if kind != "certificate":
            return vals
        person = registrations[:1].drk_participant_id
        return vals | {"partner_id": person.id, "email_to": email_normalize(person.email or "") or False}

    def _current_registrations(self):
        if self.kind != "certificate":
            return super()._current_registrations()
        return self.registration_ids.filtered(lambda registration: self._certificates(registration))

    def _certificates(self, registrations):
        """:return: the certificates of the recipient among these bookings"""
        valid = registrations._drk_valid_certificates()
        return valid.filtered(lambda certificate: certificate.drk_person_id == self.partner_id)

    def _attachments(self, registrations):
        files = super()._attachments(registrations)
        if self.kind == "certificate":
            files += [
                (certificate._filename(), self._certificate_pdf(certificate), "application/pdf")
                for certificate in self._certificates(registrations)
            ]
        return files

    def _certificate_pdf(self, certificate):
        return self.env["ir.actions.report"]._drk_pdf("drk_ktv.report_certificate", certificate)

    def _attachment_names(self, registrations):
        names = super()._attachment_names(registrations)
        if self.kind == "certificate":
            names += [certificate._filename() for certificate in self._certificates(registrations)]
        return names
