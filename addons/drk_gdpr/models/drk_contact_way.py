from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ..tools import normalize

KINDS = [
    ("phone", "Telephone"),
    ("mobile", "Mobile"),
    ("office", "Office telephone"),
    ("mail", "Email"),
    ("fax", "Fax"),
    ("homepage", "Homepage"),
    ("epost", "E-Post address"),
]
PHONE_KINDS = [pair for pair in KINDS if pair[0] in ("phone", "mobile", "office")]
#: The field of the person that holds the first way of a kind; fax and E-Post have none.
FIRST_FIELDS = {"phone": "phone", "mobile": "phone", "office": "phone", "mail": "email", "homepage": "website"}
NUMBERS = ("phone", "mobile", "office", "fax")


class DrkContactWay(models.Model):
    """A further telephone number, address or page of a person.

    The first mail address, telephone number and homepage stay where Odoo has them, on the person: whatever writes them (web
    booking, import, portal) is in step without a copy, and erasing finds one place.
    """

    _name = "drk.contact.way"
    _description = "Contact Way"
    _order = "partner_id, sequence, id"
    _rec_name = "value"
    _drk_name_is_guarded = True

    partner_id = fields.Many2one("res.partner", string="Person", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="partner_id.company_id", store=True, precompute=True)
    sequence = fields.Integer(string="Priority", default=10)
    kind = fields.Selection(KINDS, required=True, default="phone")
    value = fields.Char(string="Number or address", required=True)
    key = fields.Char(compute="_compute_key", store=True, precompute=True)
    has_first = fields.Boolean(compute="_compute_has_first")

    _key_index = models.Index("(company_id, key) WHERE key IS NOT NULL")

    @api.depends("kind", "value")
    def _compute_key(self):
        for way in self:
            way.key = way._contact_key(way.kind, way.value) or False

    @api.depends("kind")
    def _compute_has_first(self):
        for way in self:
            way.has_first = way.kind in FIRST_FIELDS

    @api.model
    def _contact_key(self, kind, value):
        """Return what two ways of the same meaning have in common, ``""`` when it is no number or address."""
        if kind in NUMBERS:
            return normalize.phone_key(value)
        if kind in ("mail", "epost"):
            return normalize.email_key(email_normalize(value, strict=False))
        return normalize.bounded((value or "").strip().lower().rstrip("/"))

    @api.constrains("kind", "value")
    def _check_value(self):
        for way in self:
            if way.kind == "mail" and not way.key:
                raise ValidationError(self.env._("“%s” is no mail address.", way.value))

    @api.model_create_multi
    def create(self, vals_list):
        self._check_texts(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_texts([vals])
        return super().write(vals)

    @api.model
    def _check_texts(self, vals_list):
        for vals in vals_list:
            if "value" in vals:
                self.env["res.partner"]._drk_check_texts({"email": vals["value"]})  # the same bounds as on the person

    def action_make_first(self):
        """Let this be the address or number that is used first; the one before takes its place here."""
        self.ensure_one()
        person, name = self.partner_id, FIRST_FIELDS.get(self.kind)
        if not name:
            return
        before, kind_before = person[name], person.drk_phone_kind or "phone"
        vals = {name: self.value}
        if name == "phone":
            vals["drk_phone_kind"] = self.kind
        person.write(vals)
        if not before:
            self.unlink()
            return
        rest = person.drk_contact_way_ids - self
        first = min(rest.mapped("sequence"), default=self.sequence)
        self.write({"value": before, "sequence": min(first, self.sequence) - 1})
        if name == "phone":
            self.kind = kind_before
