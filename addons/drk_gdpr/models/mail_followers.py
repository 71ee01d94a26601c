from odoo import api, models


class MailFollowers(models.Model):
    """Core shows name and address of a follower to every employee."""

    _inherit = "mail.followers"
    _drk_name_is_guarded = True
    _drk_named_by = "partner_id"

    @api.model
    def _drk_telling(self):
        return self.env["drk.inventory.field"]._telling_fields(self._name)
