import logging

from odoo import fields, models
from odoo.addons.queue_job.exception import RetryableJobError
from psycopg2 import OperationalError

from ..tools.log_filter import describe_error

_logger = logging.getLogger(__name__)


class DrkJobChunk(models.Model):
    """One bounded piece of a long work. Marking it done and doing it is one transaction."""

    _name = "drk.job.chunk"
    _description = "Chunk of a long work"
    _order = "job_id, number, id"
    _log_access = False

    job_id = fields.Many2one("drk.job", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="job_id.company_id", store=True, index=True)
    number = fields.Integer(required=True)
    size = fields.Integer(required=True)
    record_ids = fields.Json(required=True)
    state = fields.Selection(
        [("pending", "Waiting"), ("done", "Done"), ("failed", "Failed")], default="pending", required=True
    )
    message = fields.Char(groups="drk_base.group_drk_base_manager", help="Errors may name a person.")

    _number_unique = models.Constraint("UNIQUE(job_id, number)", "Each chunk of a work exists once.")

    def _run(self):
        """Do this chunk once: a second run, at the same time or later, finds it done."""
        self.ensure_one()
        chunk_sudo = self.sudo()  # the table of chunks is the engine's; the work itself runs as the user
        if not chunk_sudo.exists() or chunk_sudo.job_id.is_stopped or not chunk_sudo._claim():
            return
        try:
            with self.env.cr.savepoint():
                self._work(chunk_sudo)
        except (OperationalError, RetryableJobError):
            raise  # the queue tries again
        except Exception as exc:
            _logger.exception("Chunk %s of work %s failed", chunk_sudo.number, chunk_sudo.job_id.id)
            chunk_sudo.write({"state": "failed", "message": describe_error(exc)})

    def _claim(self):
        """Mark the chunk done before the work: whoever comes second waits here and then fails or finds it done."""
        self.flush_recordset()
        self.env.cr.execute(
            "UPDATE drk_job_chunk SET state = 'done', message = NULL WHERE id = %s AND state != 'done' RETURNING id",
            [self.id],
        )
        claimed = bool(self.env.cr.fetchone())
        self.invalidate_recordset(["state", "message"], flush=False)
        self.modified(["state"])  # the progress of the work depends on it
        return claimed

    def _work(self, chunk_sudo):
        job_sudo = chunk_sudo.job_id
        records = self.env[job_sudo.res_model].browse(chunk_sudo.record_ids).exists()
        getattr(records.with_company(job_sudo.company_id), job_sudo.method)(**(job_sudo.kwargs or {}))
        self.env.flush_all()
