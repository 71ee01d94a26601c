from odoo import models


class AccountReconcileModelLine(models.Model):
    """Lines of rules are found by the person they set: an erasure asks for them."""

    _inherit = "account.reconcile.model.line"

    _drk_partner_index = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
