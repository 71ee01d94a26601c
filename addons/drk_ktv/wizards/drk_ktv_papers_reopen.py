from odoo import fields, models


class DrkKtvPapersReopen(models.TransientModel):
    """The course management opens the papers of a course again."""

    _name = "drk.ktv.papers.reopen"
    _description = "Open papers again"

    event_id = fields.Many2one("event.event", string="Course", required=True)
    reason = fields.Char(required=True)

    def action_reopen(self):
        """Open them, and keep the reason in the history of the course."""
        self.ensure_one()
        self.event_id._drk_papers_reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
