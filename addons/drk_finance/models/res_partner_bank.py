from odoo import models


class ResPartnerBank(models.Model):
    """GiroCode as banking apps expect it."""

    _inherit = "res.partner.bank"

    def _get_qr_code_generation_params(self, qr_method, *args):
        params = super()._get_qr_code_generation_params(qr_method, *args)
        # EPC069-12 asks for error correction level M.
        return {**params, "barLevel": "M"} if qr_method == "sct_qr" else params
