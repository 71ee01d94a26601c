from odoo import fields, models
from odoo.tools import ormcache


class DrkBookingStatus(models.Model):
    """Anmeldestatus: the letter of a booking, and whether a fee would become due in this status. Shared."""

    _name = "drk.booking.status"
    _description = "Booking Status"
    _order = "sequence, id"

    key = fields.Char(required=True, readonly=True, size=1)
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    is_fee_relevant = fields.Boolean(
        "Counts as fee-relevant", help="A person with such a booking cannot be deleted as a whole."
    )

    _key_unique = models.Constraint("UNIQUE(key)", "Each key exists once.")

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @ormcache()
    def _ids_by_key(self):
        """:return: dict of key to number of the status"""
        return {status.key: status.id for status in self.sudo().search([])}  # sudo: the table is no secret
