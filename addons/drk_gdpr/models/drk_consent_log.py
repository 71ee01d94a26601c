from odoo import api, models


class DrkConsent(models.Model):
    """Declarations change the fields of a person, and the field log shows it."""

    _inherit = "drk.consent"

    @api.model_create_multi
    def create(self, vals_list):
        numbers = {vals["partner_id"] for vals in vals_list if vals.get("partner_id")}
        logged_sudo = self.env["res.partner"].sudo().browse(numbers)._drk_logged()  # logged whoever declares it
        before = logged_sudo._drk_consent_snapshot()
        consents = super().create(vals_list)
        if logged_sudo:
            logged_sudo._drk_log_consents(before)
        return consents
