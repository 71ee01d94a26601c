from odoo import fields, models


class DrkCertificate(models.Model):
    """A replacement (Zweitschrift) costs what the fee rule says."""

    _inherit = "drk.certificate"  # pylint: disable=consider-merging-classes-inherited

    def _drk_replacement_fee(self):
        return super()._drk_replacement_fee() + self._drk_replacement_rule()[0]

    def _drk_replacement_rule(self):
        """:return: tuple of amount and ``drk.fee.rule``"""
        self.ensure_one()
        certificate_sudo = self.sudo()  # the office is told what it costs
        today = fields.Date.context_today(self)
        price, kind = certificate_sudo.registration_id.drk_price, certificate_sudo.kind_id
        return (
            self.env["drk.fee.rule"].sudo()._fee(certificate_sudo.company_id, "replacement", 0, price, today, kind=kind)
        )

    def _post_drk_replace(self):
        result = super()._post_drk_replace()
        for certificate in self.filtered("registration_id.drk_participant_id"):
            certificate.registration_id._drk_charge_fees("replacement", [certificate._drk_replacement_rule()])
        return result
