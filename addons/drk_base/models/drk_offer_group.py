from odoo import fields, models


class DrkOfferGroup(models.Model):
    """A group of offers (Angebotsgruppe) by which an association sorts its courses and services."""

    _name = "drk.offer.group"
    _description = "Offer group"
    _inherit = ["drk.association.mixin"]
    _order = "company_id, sequence, name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char()
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    description = fields.Text(translate=True)

    _code_unique = models.UniqueIndex("(company_id, code) WHERE code IS NOT NULL", "Another offer group has this code.")
