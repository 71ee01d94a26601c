from odoo import api, fields, models


class DrkCertificateReplace(models.TransientModel):
    """A lost certificate is issued once more as a replacement (Zweitschrift)."""

    _name = "drk.certificate.replace"
    _description = "Replace a certificate"

    certificate_id = fields.Many2one("drk.certificate", required=True, ondelete="cascade")
    holder_name = fields.Char(compute="_compute_facts")
    number = fields.Char(compute="_compute_facts")
    fee = fields.Monetary(compute="_compute_facts")
    currency_id = fields.Many2one("res.currency", compute="_compute_facts")

    @api.constrains("certificate_id")
    def _check_certificate(self):
        self.certificate_id.sudo(False).check_access("read")

    @api.depends("certificate_id")
    def _compute_facts(self):
        for wizard in self:
            certificate = wizard.certificate_id
            wizard.holder_name = certificate._drk_shown_holder() if certificate else False
            wizard.number = certificate.number
            wizard.fee = certificate._drk_replacement_fee() if certificate else 0.0
            wizard.currency_id = certificate.company_id.sudo().currency_id  # no more than a currency

    def action_replace(self):
        """Issue the replacement and print it."""
        self.ensure_one()
        return self.certificate_id._drk_replace().action_drk_print() | {"close_on_report_download": True}
