from odoo import fields, models


class DrkErasureRun(models.Model):
    """A full deletion forgets as a run does, so that it is proven, and done again after a restore."""

    _inherit = "drk.erasure.run"  # pylint: disable=consider-merging-classes-inherited

    kind = fields.Selection(selection_add=[("deletion", "Full deletion")], ondelete={"deletion": "set default"})
