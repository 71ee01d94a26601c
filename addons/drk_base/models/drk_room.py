import base64

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.mimetypes import guess_mimetype

SKETCH_MAX_BYTES = 5 * 1024 * 1024
SKETCH_TYPES = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}


class DrkRoom(models.Model):
    """A place where something happens: where it is, how many fit in, how to get there."""

    _name = "drk.room"
    _description = "Room"
    _inherit = ["drk.association.mixin"]
    _order = "company_id, name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    unit_id = fields.Many2one("drk.unit", check_company=True, index="btree_not_null", ondelete="restrict")
    capacity = fields.Integer(help="How many people may be in the room; 0 if it is not limited.")
    is_accessible = fields.Boolean("Step-free", help="Can be reached by wheelchair.")
    phone = fields.Char()
    street = fields.Char()
    street_number = fields.Char("No.")
    zip = fields.Char("Postcode")
    city = fields.Char()
    state_id = fields.Many2one(
        "res.country.state",
        "Land",
        domain=[("country_id.code", "=", "DE")],
        default=lambda self: self.env.company.state_id,
        help="Decides which public and school holidays count here.",
    )
    directions = fields.Html(translate=True, help="How to get there; goes into the confirmation.")
    sketch = fields.Binary("Parking sketch", attachment=True, help="PDF, PNG or JPEG, at most 5 MB.")
    sketch_filename = fields.Char()

    _capacity_positive = models.Constraint("CHECK(capacity >= 0)", "The capacity cannot be negative.")

    @api.constrains("sketch")
    def _check_sketch(self):
        for room in self.with_context(bin_size=False).filtered("sketch"):
            room._check_sketch_file()

    def _check_sketch_file(self):
        raw = base64.b64decode(self.sketch)
        if len(raw) > SKETCH_MAX_BYTES:
            raise ValidationError(self.env._("The sketch is larger than 5 MB."))
        if guess_mimetype(raw) not in SKETCH_TYPES:
            raise ValidationError(self.env._("The sketch must be a PDF, PNG or JPEG file."))

    def _drk_address_line(self):
        """Return the address in one line, e.g. ``Hauptstraße 5, 01067 Dresden``."""
        self.ensure_one()
        street = " ".join(filter(None, [self.street, self.street_number]))
        place = " ".join(filter(None, [self.zip, self.city]))
        return ", ".join(filter(None, [street, place]))
