from odoo import models


class ResUsers(models.Model):
    """The information about the data stored on a user (K-3.3)."""

    _inherit = "res.users"  # pylint: disable=consider-merging-classes-inherited

    def action_drk_access_sheet(self):
        """Open the dialog that makes the access sheets of these users."""
        return self.partner_id.action_drk_access_sheet()

    def action_drk_information(self):
        """Open a mail with the GDPR notice to this user."""
        self.ensure_one()
        return self.partner_id.action_drk_information()
