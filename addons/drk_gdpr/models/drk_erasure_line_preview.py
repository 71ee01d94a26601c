from odoo import api, fields, models

from .drk_erasure_line import LINE_STATES


class DrkErasureLine(models.Model):
    """Before the run begins, its people have names and an expected result."""

    _inherit = "drk.erasure.line"  # pylint: disable=consider-merging-classes-inherited

    person_id = fields.Many2one("res.partner", compute="_compute_person_id")
    expected = fields.Selection(LINE_STATES, readonly=True)

    @api.depends("person_ref")
    def _compute_person_id(self):
        people = (
            self.env["res.partner"].with_context(active_test=False).search([("id", "in", self.mapped("person_ref"))])
        )
        for line in self:
            line.person_id = line.person_ref if line.person_ref in people._ids else False
