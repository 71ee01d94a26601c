from odoo import fields, models


class DrkPersonLabel(models.AbstractModel):
    """A word of the association by which people are marked, chosen and counted."""

    _name = "drk.person.label"
    _description = "Label of People"
    _inherit = ["drk.association.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    active = fields.Boolean(default=True)
