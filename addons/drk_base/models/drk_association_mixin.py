from odoo import fields, models


class DrkAssociationMixin(models.AbstractModel):
    """A record that belongs to exactly one association (Gliederung)."""

    _name = "drk.association.mixin"
    _description = "Belongs to an association"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", "Association", required=True, index=True, default=lambda self: self.env.company
    )

    def write(self, vals):
        """A record is not handed over to an association where its user has no rights."""
        result = super().write(vals)
        if "company_id" in vals:
            self.check_access("write")
        return result
