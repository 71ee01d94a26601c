from odoo import models

from ..models.res_partner_erasure import FORGOTTEN


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """A merged person is not erased: the other record goes on as the same person."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        wizard = self.with_context(drk_deletion=FORGOTTEN)
        return super(BasePartnerMergeAutomaticWizard, wizard)._merge(partner_ids, dst_partner, extra_checks)
