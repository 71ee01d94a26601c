from odoo import models


class AccountReconcileModel(models.Model):
    """Rules of reconciliation are found by the person they set: an erasure asks for them."""

    _inherit = "account.reconcile.model"

    _drk_mapped_partner_index = models.Index("(mapped_partner_id) WHERE mapped_partner_id IS NOT NULL")
