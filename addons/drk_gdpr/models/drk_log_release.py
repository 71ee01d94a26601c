from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: Says that a step is taken here; no caller from outside can name this object.
STEP = object()


class DrkLogRelease(models.Model):
    """Keeping log entries of deleted people: requested by one authorised person, released by another, both on record."""

    _name = "drk.log.release"
    _description = "Release to Keep Log Entries"
    _inherit = ["drk.association.mixin"]
    _order = "id desc"
    _rec_name = "reason"

    reason = fields.Text(string="Legal basis and reason", required=True)
    requested_by_id = fields.Many2one("res.users", string="Requested by", required=True, readonly=True, index=True)
    requested_at = fields.Datetime(string="Requested on", required=True, readonly=True)
    released_by_id = fields.Many2one("res.users", string="Released by", readonly=True, index="btree_not_null")
    released_at = fields.Datetime(string="Released on", readonly=True)
    ended_by_id = fields.Many2one("res.users", string="Ended by", readonly=True, index="btree_not_null")
    ended_at = fields.Datetime(string="Ended on", readonly=True)
    state = fields.Selection(
        [("requested", "Requested"), ("released", "Released"), ("ended", "Ended")],
        compute="_compute_state",
        store=True,
        precompute=True,
        index=True,
    )
    may_release = fields.Boolean(compute="_compute_may_release")

    _two_people = models.Constraint(
        "CHECK(released_by_id IS NULL OR released_by_id != requested_by_id)", "A second person has to release this."
    )

    @api.depends("released_at", "ended_at")
    def _compute_state(self):
        for release in self:
            release.state = "ended" if release.ended_at else "released" if release.released_at else "requested"

    @api.depends_context("uid")
    def _compute_may_release(self):
        for release in self:
            release.may_release = release.requested_by_id != self.env.user

    @api.model_create_multi
    def create(self, vals_list):
        record = {"requested_by_id": self.env.uid, "requested_at": fields.Datetime.now()}
        allowed = {"reason", "company_id"}
        return super().create([{name: vals[name] for name in allowed & vals.keys()} | record for vals in vals_list])

    def write(self, vals):
        if self.env.context.get("drk_release_step") is not STEP:
            raise UserError(self.env._("Requests and releases stay on record as they were made."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Requests and releases stay on record as they were made."))

    def copy_data(self, default=None):
        raise UserError(self.env._("Requests and releases stay on record as they were made."))

    def action_release(self):
        """Release the request of somebody else."""
        self.check_access("write")
        for release in self:
            if release.state != "requested":
                raise UserError(self.env._("This was released or ended already."))
            if not release.may_release:
                raise AccessError(self.env._("A second authorised person has to release this."))
        self._step({"released_by_id": self.env.uid, "released_at": fields.Datetime.now()})

    def action_end(self):
        """End it: from now on entries go with their person; each authorised person may do that."""
        self.check_access("write")
        if "ended" in self.mapped("state"):
            raise UserError(self.env._("This was released or ended already."))
        self._step({"ended_by_id": self.env.uid, "ended_at": fields.Datetime.now()})

    def _step(self, vals):
        self.with_context(drk_release_step=STEP).write(vals)
