from odoo import api, fields, models


class DrkCertificateWithdraw(models.TransientModel):
    """A course manager withdraws certificates: the public page says so from now on."""

    _name = "drk.certificate.withdraw"
    _description = "Withdraw certificates"

    certificate_ids = fields.Many2many("drk.certificate", string="Certificates", required=True)
    reason = fields.Char(required=True)

    @api.constrains("certificate_ids")
    def _check_certificates(self):
        self.certificate_ids.sudo(False).check_access("read")

    def action_withdraw(self):
        """Withdraw them."""
        self.ensure_one()
        self.certificate_ids._drk_withdraw(self.reason)
        return {"type": "ir.actions.act_window_close"}
