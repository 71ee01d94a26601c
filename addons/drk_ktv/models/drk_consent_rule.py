from odoo import fields, models


class DrkConsentRule(models.Model):
    """Occasions of courses on which people count as informed."""

    _inherit = "drk.consent.rule"

    trigger = fields.Selection(
        selection_add=[
            ("registration", "At the next registration of a participant"),
            ("contract", "At the next contract print of a lecturer"),
        ],
        ondelete={"registration": "cascade", "contract": "cascade"},
    )
