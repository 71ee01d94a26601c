from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DrkUnit(models.Model):
    """A unit (Einheit, Ortsverein) of an association that is no legal body of its own."""

    _name = "drk.unit"
    _description = "Unit"
    _inherit = ["drk.association.mixin"]
    _order = "company_id, sequence, name, id"
    _parent_store = True

    name = fields.Char(required=True)
    code = fields.Char()
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one("drk.unit", "Part of", index=True, check_company=True, ondelete="restrict")
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("drk.unit", "parent_id", "Parts")
    letterhead_subtitle = fields.Char(help="Second line of the letterhead; empty: that of the association.")
    sender_line = fields.Char(help="One line above the address window; empty: that of the association.")
    logo = fields.Image(max_width=1024, max_height=1024)

    _code_unique = models.UniqueIndex("(company_id, code) WHERE code IS NOT NULL", "Another unit has this code.")

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A unit cannot be a part of itself."))
