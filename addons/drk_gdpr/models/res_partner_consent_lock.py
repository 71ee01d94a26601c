from odoo import api, fields, models
from odoo.exceptions import AccessError

LOCK_GROUP = "drk_gdpr.group_drk_gdpr_lock_%s"
LOCKABLE = ("participant", "lecturer", "address", "user")


class ResPartner(models.Model):
    """Rights that lock the button "DSGVO" apart for participants, lecturers, addresses and users."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    drk_consent_locked = fields.Boolean(string="Consent locked", compute="_compute_drk_consent_locked")

    @api.depends_context("uid")
    def _compute_drk_consent_locked(self):
        locks = {kind for kind in LOCKABLE if self.env.user.has_group(LOCK_GROUP % kind)}
        kinds = self._drk_lockable_kinds() if locks else {}
        for partner in self:
            partner.drk_consent_locked = bool(locks & kinds.get(partner._origin.id, set()))

    def _drk_lockable_kinds(self):
        """Return the kinds that locks know: whoever is nothing else is an address."""
        kinds = self._origin._drk_person_kinds()
        return {number: found & set(LOCKABLE) or {"address"} for number, found in kinds.items()}

    def _drk_check_consent_lock(self):
        """
        :raise AccessError: when a right of the user locks the declarations of one of these people
        """
        if not self.env.su and any(partner.drk_consent_locked for partner in self):
            raise AccessError(self.env._("Your permissions lock the privacy declarations of these people."))
