from odoo import api, models


class ResUsers(models.Model):
    """The partner of a user belongs to the user's association, without being one of its people by that alone."""

    _inherit = "res.users"
    _drk_name_is_guarded = True
    _drk_named_by = "partner_id"

    @api.model_create_multi
    def create(self, vals_list):
        users = super(ResUsers, self.with_context(drk_partner_of_user=True)).create(vals_list)
        users = users.with_env(self.env)
        users.filtered(lambda user: not user.share).partner_id._drk_inform("create_user")
        return users

    @api.depends("partner_id.drk_is_restricted")
    @api.depends_context("uid")
    def _compute_display_name(self):
        hidden = self._drk_nameless()
        hidden.display_name = self._drk_no_name()
        return super(ResUsers, self - hidden)._compute_display_name()

    def action_drk_consent_window(self):
        """Open the window "Datenschutzerklärung" of the person behind the account."""
        self.ensure_one()
        return self.partner_id.action_drk_consent_window()
