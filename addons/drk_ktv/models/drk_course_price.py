from odoo import fields, models

PAYER_KINDS = [
    ("self", "Participant"),
    ("company", "Company"),
    ("bg", "Accident insurer (BG/UK)"),
    ("school", "School"),
    ("volunteer", "Volunteer (free)"),
    ("voucher", "Voucher"),
]


class DrkCoursePrice(models.Model):
    """Price of a course kind for one kind of payer from a day on."""

    _name = "drk.course.price"
    _description = "Course price"
    _inherit = ["drk.association.mixin"]
    _order = "kind_id, payer_kind, date_from desc, id"

    kind_id = fields.Many2one("drk.course.kind", required=True, ondelete="cascade", index=True, check_company=True)
    company_id = fields.Many2one(related="kind_id.company_id", store=True, precompute=True, default=None)
    payer_kind = fields.Selection(PAYER_KINDS, required=True, default="self")
    date_from = fields.Date(string="Valid from", required=True, default=fields.Date.context_today)
    amount = fields.Monetary(required=True)
    currency_id = fields.Many2one(related="company_id.currency_id")

    _one_per_day = models.UniqueIndex(
        "(kind_id, payer_kind, date_from)", "There is already a price for this payer from this day on."
    )
    _not_negative = models.Constraint("CHECK(amount >= 0)", "A price cannot be negative.")
