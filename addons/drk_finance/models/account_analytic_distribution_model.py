from odoo import models


class AccountAnalyticDistributionModel(models.Model):
    """Distribution rules are found by the person: an erasure asks for them."""

    _inherit = "account.analytic.distribution.model"

    _drk_partner_index = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
