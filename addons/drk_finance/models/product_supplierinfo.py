from odoo import models


class ProductSupplierinfo(models.Model):
    """Price lists of suppliers are found by the supplier: an erasure asks for them."""

    _inherit = "product.supplierinfo"

    _drk_partner_index = models.Index("(partner_id) WHERE partner_id IS NOT NULL")
