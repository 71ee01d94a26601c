from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class EventRegistration(models.Model):
    """The certificates of a participant."""

    _inherit = "event.registration"  # pylint: disable=consider-merging-classes-inherited

    drk_certificate_ids = fields.One2many(
        "drk.certificate", "registration_id", "Certificates", copy=False, groups="drk_ktv.group_drk_ktv_instructor"
    )
    drk_certificate_state = fields.Selection(
        [("none", "No certificate"), ("missing", "Missing"), ("valid", "Issued"), ("withdrawn", "Withdrawn")],
        "Certificate",
        compute="_compute_drk_certificate_state",
        compute_sudo=True,
        search="_search_drk_certificate_state",
    )

    @api.depends("drk_certificate_ids.state", "drk_attendance", "state")
    def _compute_drk_certificate_state(self):
        for registration in self:
            states = set(registration.drk_certificate_ids.mapped("state"))
            missing = registration.drk_attendance == "all" and registration.state in ("open", "done")
            found = [state for state in ("valid", "withdrawn") if state in states]
            registration.drk_certificate_state = found[0] if found else "missing" if missing else "none"

    def _search_drk_certificate_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        domains = [self._drk_certificate_domains()[state] for state in value if state]
        # sudo: the state is shown to all who see the booking
        return Domain("id", "in", self.sudo()._search(Domain.OR(domains)))

    @api.model
    def _drk_certificate_domains(self):
        valid = Domain("drk_certificate_ids.state", "=", "valid")
        none = Domain("drk_certificate_ids", "=", False)
        attended = Domain("drk_attendance", "=", "all") & Domain("state", "in", ("open", "done"))
        return {
            "valid": valid,
            "withdrawn": Domain("drk_certificate_ids", "!=", False) & ~valid,
            "missing": none & attended,
            "none": none & ~attended,
        }

    def _drk_issue_certificates(self):
        """Issue certificates to those of these that attended all sessions and have none; safe to repeat.

        Who had a certificate withdrawn gets none by this.

        :return: ``drk.certificate``: the valid ones of these bookings, old and new, the newest of each
        """
        if not self.env.su:
            self.check_access("write")
        to_issue_sudo = self.sudo().filtered(lambda r: r._drk_needs_certificate())  # nobody writes them by hand
        self.env["drk.certificate"].sudo()._issue(to_issue_sudo)
        return self._drk_valid_certificates()

    def _drk_needs_certificate(self):
        """Hook: whether a certificate has to be issued for this booking."""
        attends = self.drk_is_course and self.state in ("open", "done")
        return attends and not self.drk_certificate_ids and self._drk_attended_all()

    def _drk_valid_certificates(self):
        """:return: ``drk.certificate``: the newest valid one of each booking"""
        newest = {}
        for certificate in self.drk_certificate_ids.filtered(lambda c: c.state == "valid").sorted("id"):
            newest[certificate.registration_id.id] = certificate.id
        return self.env["drk.certificate"].browse(newest.values())

    def _drk_mail_certificates(self):
        """Queue a message with the own certificate to each of these participants."""
        messages_sudo = self.env["drk.course.mail"].sudo()  # nobody writes messages by hand
        for registration in self.sudo():
            messages_sudo._create_for("certificate", registration)

    def _prepare_drk_mail_texts(self, kind):
        """The message with a certificate is written to its holder, not to who booked."""
        values = super()._prepare_drk_mail_texts(kind)
        if kind != "certificate":
            return values
        person = self[:1].drk_participant_id
        same_language = (person.lang or "").split("_")[0] == (self.env.lang or "").split("_")[0]
        known = same_language and person.drk_letter_salutation
        return values | {"salutation": known or self.env._("Good day %s", person.name)}

    def _drk_check_cancel(self, by):
        if any(certificate.state == "valid" for certificate in self.sudo().drk_certificate_ids):
            raise UserError(self.env._("This participant has a valid certificate. Please withdraw it first."))
        return super()._drk_check_cancel(by)

    # ------------------------------------------------------------------ buttons
    def action_drk_certificates_print(self):
        """Issue what is missing and print all as one PDF."""
        certificates = self._drk_issue_certificates()
        if not certificates:
            raise UserError(
                self.env._(
                    "There is nothing to print: nobody of these has attended all sessions. Please enter the attendance first."
                )
            )
        return certificates.action_drk_print()

    def action_drk_certificates_mail(self):
        """Issue what is missing and send it to the participants."""
        certificates = self._drk_issue_certificates()
        return certificates.action_drk_mail()

    def action_drk_certificates(self):
        """Open the certificates of these bookings."""
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_ktv.drk_certificate_action")
        return action | {"domain": [("registration_id", "in", self.ids)], "context": {}}
