from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL
from odoo.tools.misc import split_every

STATES = [
    ("pending", "Waiting"),
    ("running", "Running"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("stopped", "Stopped"),
]
# Read from the chunks each time: chunks that end at the same moment cannot see each other, a stored state would lie.
STATE_SQL = """
    SELECT job.id, COALESCE(SUM(chunk.size) FILTER (WHERE chunk.state = 'done'), 0) AS done,
           MAX(chunk.message) FILTER (WHERE chunk.state = 'failed') AS message,
           CASE WHEN COUNT(chunk.id) = COUNT(chunk.id) FILTER (WHERE chunk.state = 'done') THEN 'done'
                WHEN job.is_stopped THEN 'stopped'
                WHEN BOOL_OR(chunk.state = 'failed') AND NOT BOOL_OR(chunk.state = 'pending') THEN 'failed'
                WHEN BOOL_OR(chunk.state != 'pending') THEN 'running'
                ELSE 'pending' END AS state
      FROM drk_job job LEFT JOIN drk_job_chunk chunk ON chunk.job_id = job.id
"""


class DrkJob(models.Model):
    """A long work (Vorgang) in chunks: with progress, can be stopped and started again, does nothing twice."""

    _name = "drk.job"
    _description = "Long work"
    _inherit = ["drk.association.mixin"]
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Started by", required=True, readonly=True, default=lambda s: s.env.user)
    total = fields.Integer("Records", readonly=True)
    done = fields.Integer(compute="_compute_progress")
    percent = fields.Integer("Progress", compute="_compute_progress")
    state = fields.Selection(STATES, compute="_compute_progress", search="_search_state")
    message = fields.Char(compute="_compute_progress")
    is_stopped = fields.Boolean("Stop requested", readonly=True)
    attempt = fields.Integer(default=1, readonly=True)
    res_model = fields.Char("Model", required=True, readonly=True, groups="base.group_system")
    method = fields.Char(required=True, readonly=True, groups="base.group_system")
    kwargs = fields.Json("Arguments", readonly=True, groups="base.group_system")
    chunk_ids = fields.One2many("drk.job.chunk", "job_id", "Chunks", readonly=True)

    @api.depends("chunk_ids.state", "is_stopped", "total", "user_id")
    @api.depends_context("uid", "su")
    def _compute_progress(self):
        self.flush_model(["is_stopped", "total"])
        self.env["drk.job.chunk"].flush_model(["job_id", "size", "state", "message"])
        rows = self.env.execute_query_dict(
            SQL("%s WHERE job.id IN %s GROUP BY job.id", SQL(STATE_SQL), tuple(self.ids) or (None,))
        )
        facts = {row["id"]: row for row in rows}
        for job in self:
            fact = facts.get(job._origin.id, {})
            job.done = fact.get("done", 0)
            job.state = fact.get("state", "pending")
            job.message = fact.get("message") if job._is_mine() else False  # an error may name a person
            job.percent = 100 * job.done // job.total if job.total else 100

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["drk.job.chunk"].flush_model(["job_id", "size", "state", "message"])
        query = SQL(
            "(SELECT id FROM (%s GROUP BY job.id) jobs WHERE state IN %s)", SQL(STATE_SQL), tuple(value) or (None,)
        )
        return [("id", "in", query)]

    def action_stop(self):
        """Let no further chunk begin; the one at work ends as a whole."""
        self._check_mine()
        self.sudo().is_stopped = True  # the table is read-only for its users

    def action_restart(self):
        """Do the chunks that are missing."""
        self._check_mine()
        for job_sudo in self.sudo():  # the table is read-only for its users
            job_sudo.write({"is_stopped": False, "attempt": job_sudo.attempt + 1})
            job_sudo.chunk_ids.filtered(lambda chunk: chunk.state == "failed").state = "pending"
            job_sudo._enqueue()

    @api.model
    def _start(self, name, records, method, chunk_size=100, **kwargs):
        """Do ``records.<method>(**kwargs)`` in chunks by jobs, as the current user.

        :param str name: what the user reads
        :param records: recordset of one model
        :param str method: name of a method that does the work for a part of the records
        :param int chunk_size: records a transaction
        :param kwargs: values JSON can hold
        :return: ``drk.job``
        """
        job_sudo = self.sudo().create(  # the table is read-only for its users
            {
                "name": name,
                "company_id": self.env.company.id,
                "user_id": self.env.uid,
                "total": len(records),
                "res_model": records._name,
                "method": method,
                "kwargs": kwargs,
            }
        )
        job_sudo._create_chunks(records.ids, chunk_size)
        job_sudo._enqueue()
        return job_sudo.sudo(False)

    def _create_chunks(self, ids, chunk_size):
        self.env["drk.job.chunk"].create(
            [
                {"job_id": self.id, "number": number, "size": len(chunk_ids), "record_ids": list(chunk_ids)}
                for number, chunk_ids in enumerate(split_every(chunk_size, ids), start=1)
            ]
        )

    def _enqueue(self):
        user_env = self.with_user(self.user_id).with_company(self.company_id).env
        for chunk in self.chunk_ids.filtered(lambda chunk: chunk.state == "pending"):
            user_chunk = chunk.with_env(user_env).with_context(allowed_company_ids=self.company_id.ids)
            user_chunk.with_delay(
                description=f"{self.name} ({chunk.number})", identity_key=f"drk.job.chunk:{chunk.id}:{self.attempt}"
            )._run()

    def _is_mine(self):
        return (
            self.env.su or self.user_id == self.env.user or self.env.user.has_group("drk_base.group_drk_base_manager")
        )

    def _check_mine(self):
        """Who started it or may manage the association may stop it and start it again."""
        self.check_access("read")
        if not all(job._is_mine() for job in self):
            raise AccessError(self.env._("Only who started this work or a manager may do that."))
