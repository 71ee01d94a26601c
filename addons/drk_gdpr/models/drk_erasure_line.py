from odoo import fields, models

LINE_STATES = [("pending", "Waiting"), ("done", "Erased"), ("restricted", "Restricted"), ("failed", "Failed")]


class DrkErasureLine(models.Model):
    """What became of one person in a run; without a link to the person and without personal data."""

    _name = "drk.erasure.line"
    _description = "Line of an Erasure"
    _order = "run_id desc, id"
    _log_access = False

    run_id = fields.Many2one("drk.erasure.run", required=True, index=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    person_ref = fields.Integer("Number of the person", required=True, readonly=True, index=True)
    state = fields.Selection(LINE_STATES, required=True, default="pending", readonly=True, index=True)
    keep_until = fields.Date(readonly=True, index="btree_not_null")
    reason = fields.Char(readonly=True)
    done_at = fields.Datetime("Done on", readonly=True)

    _person_once = models.Constraint("UNIQUE(run_id, person_ref)", "A person is in a run once.")
