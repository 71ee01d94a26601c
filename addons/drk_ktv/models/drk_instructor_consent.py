from odoo import api, fields, models


class DrkInstructor(models.Model):
    """The privacy declaration of a lecturer is that of the person."""

    _inherit = "drk.instructor"

    drk_consent_state = fields.Selection(related="partner_id.drk_consent_state")
    drk_consent_locked = fields.Boolean(related="partner_id.drk_consent_locked", related_sudo=False)
    drk_consent_given_at = fields.Datetime(related="partner_id.drk_consent_given_at")
    drk_consent_given_by_id = fields.Many2one(related="partner_id.drk_consent_given_by_id")
    drk_consent_given_channel_id = fields.Many2one(related="partner_id.drk_consent_given_channel_id")
    drk_consent_withdrawn_at = fields.Datetime(related="partner_id.drk_consent_withdrawn_at")
    drk_consent_withdrawn_by_id = fields.Many2one(related="partner_id.drk_consent_withdrawn_by_id")
    drk_consent_withdrawn_channel_id = fields.Many2one(related="partner_id.drk_consent_withdrawn_channel_id")

    @api.model_create_multi
    def create(self, vals_list):
        instructors = super().create(vals_list)
        instructors.partner_id._drk_inform("create_lecturer")
        return instructors

    def action_drk_consent_window(self):
        """Open the window "Datenschutzerklärung" of the person."""
        self.ensure_one()
        return self.partner_id.action_drk_consent_window()

    def _post_drk_contract_print(self):
        """Hook: the contract of these lecturers was printed; whoever prints contracts calls it."""
        self.partner_id._drk_inform("contract")
