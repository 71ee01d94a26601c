from odoo import fields, models

from .res_partner_deletion import FORGOTTEN


class DrkErasureRun(models.Model):
    """A full deletion forgets as a run does, so that it is proven, and done again after a restore."""

    _inherit = "drk.erasure.run"  # pylint: disable=consider-merging-classes-inherited

    kind = fields.Selection(selection_add=[("deletion", "Full deletion")], ondelete={"deletion": "set default"})


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """A merged person is not erased: the other record goes on as the same person."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        wizard = self.with_context(drk_deletion=FORGOTTEN)
        return super(BasePartnerMergeAutomaticWizard, wizard)._merge(partner_ids, dst_partner, extra_checks)
