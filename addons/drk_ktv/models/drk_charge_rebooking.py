from odoo import models


class DrkCharge(models.Model):
    _inherit = "drk.charge"  # pylint: disable=consider-merging-classes-inherited

    def _drk_follow_rebooking(self):
        """What was paid for the dates before is set off against these charges of the new date."""
        for charge in self:
            credits = charge.registration_id.drk_rebooked_from_id._drk_pending_credits()
            if credits:
                credits.settlement = "credit"
                credits.reversed_id._drk_replace_by(charge)
