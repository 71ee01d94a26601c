from odoo import api, fields, models


class DrkCertificateCorrect(models.TransientModel):
    """A certificate with a wrong name or birth date: corrected at the person, withdrawn and issued anew in one step."""

    _name = "drk.certificate.correct"
    _description = "Correct a certificate"

    certificate_id = fields.Many2one("drk.certificate", required=True, ondelete="cascade")
    holder_name = fields.Char("Issued to", compute="_compute_issued")
    holder_birthdate = fields.Date("with the birth date", compute="_compute_issued")
    firstname = fields.Char("First name", compute="_compute_person", store=True, readonly=False, precompute=True)
    lastname = fields.Char(
        "Last name", compute="_compute_person", store=True, readonly=False, precompute=True, required=True
    )
    birthdate = fields.Date("Birth date", compute="_compute_person", store=True, readonly=False, precompute=True)
    reason = fields.Char(required=True, default=lambda self: self.env._("Name or birth date corrected"))

    @api.constrains("certificate_id")
    def _check_certificate(self):
        self.certificate_id.sudo(False).check_access("read")

    @api.depends("certificate_id")
    def _compute_issued(self):
        for wizard in self:
            certificate = wizard.certificate_id
            hidden = certificate._drk_nameless()
            wizard.holder_name = certificate._drk_shown_holder() if certificate else False
            wizard.holder_birthdate = False if hidden else certificate.holder_birthdate

    @api.depends("certificate_id")
    def _compute_person(self):
        for wizard in self.filtered("certificate_id"):
            # A stored field is computed without regard to rights.
            wizard.certificate_id.sudo(False).check_access("read")
            person = wizard.certificate_id.drk_person_id
            person.sudo(False).check_access("read")
            wizard.firstname, wizard.lastname = person.firstname, person.lastname
            wizard.birthdate = person.birthdate_date

    def action_correct(self):
        """Correct the person, withdraw the certificate, issue it anew and print it."""
        self.ensure_one()
        person = self.certificate_id.drk_person_id
        wanted = {"firstname": self.firstname, "lastname": self.lastname, "birthdate_date": self.birthdate}
        changed = {name: value for name, value in wanted.items() if (person[name] or False) != (value or False)}
        if changed:
            person.write(changed)
        action = self.certificate_id._drk_correct(self.reason).action_drk_print()
        return action | {"close_on_report_download": True}
