from odoo import fields, models

SPHERES = [
    ("ideal", "Idealistic sphere"),
    ("assets", "Asset management"),
    ("business_exempt", "Purpose-related business"),
    ("business", "Taxable business"),
]


class AccountAnalyticAccount(models.Model):
    """The four tax spheres of a non-profit association are accounts of one analytic plan."""

    _inherit = "account.analytic.account"

    drk_sphere = fields.Selection(SPHERES, string="Sphere", readonly=True, copy=False)

    _drk_sphere_unique = models.UniqueIndex(
        "(company_id, drk_sphere) WHERE drk_sphere IS NOT NULL", "An association has each sphere once."
    )
