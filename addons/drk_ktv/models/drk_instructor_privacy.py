from odoo import models


class DrkInstructor(models.Model):
    """Information about the data stored on a lecturer."""

    _inherit = "drk.instructor"  # pylint: disable=consider-merging-classes-inherited

    def action_drk_access_sheet(self):
        """Open the dialog that makes the access sheets of these instructors."""
        return self.partner_id.action_drk_access_sheet()

    def action_drk_information(self):
        """Open a mail with the GDPR notice to this instructor."""
        self.ensure_one()
        return self.partner_id.action_drk_information()

    def action_drk_mass_information(self):
        """Prepare a mass information of the chosen instructors."""
        return self.partner_id.action_drk_mass_information()
