from odoo import models


class AccountAnalyticLine(models.Model):
    """Analytic entries are found by the person: an erasure asks for them."""

    _inherit = "account.analytic.line"

    _drk_partner_index = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
