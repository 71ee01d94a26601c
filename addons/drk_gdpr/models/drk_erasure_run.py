import logging

from odoo import api, fields, models
from odoo.addons.drk_base.tools.log_filter import describe_error
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from psycopg2 import OperationalError

from ..tools.erasure import LeftAlone

_logger = logging.getLogger(__name__)

GROUP = "drk_gdpr.group_drk_gdpr_erasure"
CHUNK = 100
STATES = [
    ("draft", "Draft"),
    ("waiting", "Waiting for release"),
    ("running", "Running"),
    ("stopped", "Stopped"),
    ("open", "Proof open"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
KINDS = [
    ("manual", "Manual"),
    ("automatic", "Automatic"),
    ("request", "Request of the person"),
    ("final", "End of a keeping period"),
    ("restore", "Again after a restore"),
]


class DrkErasureRun(models.Model):
    """A run of erasure (Löschlauf): the people, what became of them, and the proof."""

    _name = "drk.erasure.run"
    _description = "Erasure Run"
    _inherit = ["drk.association.mixin"]
    _order = "id desc"

    name = fields.Char("Number", compute="_compute_name")
    kind = fields.Selection(KINDS, required=True, default="manual", readonly=True)
    state = fields.Selection(STATES, required=True, default="draft", readonly=True, index=True)
    user_id = fields.Many2one("res.users", "Started by", required=True, readonly=True, default=lambda s: s.env.user)
    approved_by_id = fields.Many2one("res.users", "Released by", readonly=True)
    started_at = fields.Datetime("Started on", readonly=True)
    finished_at = fields.Datetime("Finished on", readonly=True)
    reason = fields.Char(readonly=True)
    cutoff = fields.Date(readonly=True, help="People without any engagement since this day.")
    options = fields.Json(readonly=True)
    job_id = fields.Many2one("drk.job", "Work", readonly=True, ondelete="set null")
    line_ids = fields.One2many("drk.erasure.line", "run_id", "People", readonly=True)
    people_count = fields.Integer("Number of people", compute="_compute_counts")
    erased_count = fields.Integer("Erased", compute="_compute_counts")
    restricted_count = fields.Integer("Restricted", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    progress = fields.Integer(compute="_compute_counts")

    @api.depends("kind", "create_date")
    def _compute_name(self):
        for run in self:
            run.name = self.env._("Erasure run %s", run._origin.id or "")

    @api.depends("line_ids.state")
    def _compute_counts(self):
        rows = self.env["drk.erasure.line"]._read_group([("run_id", "in", self.ids)], ["run_id", "state"], ["__count"])
        counts = {(run.id, state): count for run, state, count in rows}
        for run in self:
            by_state = {
                state: counts.get((run._origin.id, state), 0) for state in ("pending", "done", "restricted", "failed")
            }
            total = sum(by_state.values())
            run.people_count = total
            run.erased_count = by_state["done"]
            run.restricted_count = by_state["restricted"]
            run.failed_count = by_state["failed"]
            run.progress = 100 * (total - by_state["pending"]) // total if total else 0

    # ------------------------------------------------------------------ buttons
    def action_start(self):
        """Start a draft."""
        self.ensure_one()
        self._start()

    def action_stop(self):
        """Let no further chunk begin."""
        for run in self._checked():
            if run.state == "running":
                run.job_id.action_stop()
                run.state = "stopped"

    def action_resume(self):
        """Go on where the run stopped or failed."""
        for run in self._checked():
            if run.state in ("stopped", "running"):
                run.state = "running"
                run.job_id.action_restart()

    def action_cancel(self):
        """Give up a run that has not begun."""
        for run in self._checked():
            if run.state not in ("draft", "waiting"):
                raise UserError(self.env._("A run that has begun cannot be cancelled: what is erased stays erased."))
            run.state = "cancelled"

    def action_people(self):
        """Open the lines."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_gdpr.drk_erasure_line_action")
        return {**action, "domain": [("run_id", "=", self.id)]}

    # ------------------------------------------------------------------ API
    @api.model
    def _create_for(self, partners, kind, **options):
        """Prepare a run for people of one association.

        :param partners: ``res.partner``
        :param str kind: ``manual``, ``automatic``, ``request``, ``final`` or ``restore``
        :param options: ``copy_to_info``, ``unlink_documents``, ``mark_id``, ``reason``, ``cutoff``
        :return: ``drk.erasure.run`` in state draft
        :raise AccessError: without the right, or for people of another association
        """
        self._check_right()
        partners.check_access("write")
        companies = partners.sudo().company_id
        self.env["drk.erasure.grant"]._check_associations(companies)
        if not partners or len(companies) != 1 or not companies.drk_is_association:
            raise UserError(self.env._("Please choose people of one association."))
        run_sudo = self.sudo().create(  # the table is read-only for its users
            {
                "company_id": companies.id,
                "kind": kind,
                "user_id": self.env.uid,
                "reason": options.pop("reason", False),
                "cutoff": options.pop("cutoff", False),
                "options": options or None,
            }
        )
        run_sudo._create_lines(partners.ids)
        return run_sudo.sudo(False)

    def _create_lines(self, people_ids):
        self.env.flush_all()
        query = """
            INSERT INTO drk_erasure_line (run_id, company_id, person_ref, state)
            SELECT %s, %s, person, 'pending' FROM UNNEST(%s) person
        """
        self.env.cr.execute(SQL(query, self.id, self.company_id.id, list(people_ids)))
        self.invalidate_recordset()

    def _approve(self):
        """Release a run that waits for a second person."""
        run = self._checked()
        if run.user_id == self.env.user:
            raise UserError(self.env._("A second person has to release this run."))
        run.write({"approved_by_id": self.env.uid, "state": "draft"})

    def _start(self):
        """Erase the people of the run by jobs."""
        self.ensure_one()
        run_sudo = self._checked()
        if run_sudo.state != "draft":
            raise UserError(self.env._("This run is not a draft any more."))
        people = self.env["res.partner"].browse(run_sudo.line_ids.mapped("person_ref"))
        run_sudo.write({"state": "running", "started_at": fields.Datetime.now()})
        jobs = self.env["drk.job"].with_company(run_sudo.company_id)
        run_sudo.job_id = jobs._start(run_sudo.name, people, "_drk_erase", chunk_size=CHUNK, run_id=self.id)
        return run_sudo.job_id

    def _checked(self):
        """Return the runs for writing, after the check of the right: the tables are read-only for their users."""
        self._check_right()
        self.check_access("read")
        self.env["drk.erasure.grant"]._check_associations(self.company_id)
        return self.sudo()

    @api.model
    def _check_right(self):
        if not self.env.su and not self.env.user.has_group(GROUP):
            raise AccessError(self.env._("Erasing people needs the right “Anonymisation”."))

    # ------------------------------------------------------------------ work
    def _erase(self, people_ids):
        """Erase one chunk: lines, data and journal in one transaction.

        The people are locked: a booking or an invoice that begins now waits for the end and then meets the shell.

        :param people_ids: numbers of people; who is done already is left alone
        """
        self.ensure_one()
        self.env.flush_all()
        query = SQL(
            """
            SELECT l.person_ref FROM drk_erasure_line l JOIN res_partner p ON p.id = l.person_ref
             WHERE l.run_id = %s AND l.state = 'pending' AND l.person_ref = ANY(%s) AND p.company_id = %s
             ORDER BY l.person_ref FOR UPDATE OF l, p
            """,
            self.id,
            list(people_ids),
            self.company_id.id,
        )
        pending = [row[0] for row in self.env.execute_query(query)]
        if pending:
            outcome = self._erase_one_by_one_on_error(pending)
            self._note_outcome(outcome)
            self._post_erase(outcome)
            # who was left alone keeps everything after a restore, too
            touched = [person for person, row in outcome.items() if not isinstance(row, LeftAlone)]
            self._write_journal([person for person in touched if outcome[person][0] != "failed"])
        self.invalidate_recordset()

    def _post_erase(self, outcome):
        """Hook: what else belongs to the erasure of a chunk, in its transaction (marks, package of documents).

        :param outcome: dict of person to (state, keep_until, reason)
        """

    def _erase_one_by_one_on_error(self, people_ids):
        """One person whose data cannot be erased does not hinder the others."""
        engine = self.env["drk.erasure.engine"]
        try:
            with self.env.cr.savepoint():
                return engine._erase(self, people_ids)
        except Exception as exc:
            if self._is_temporary(exc):
                raise
            if len(people_ids) == 1:
                _logger.exception("Run %s: one person could not be erased", self.id)
                return {people_ids[0]: ("failed", False, describe_error(exc))}
        outcome = {}
        for person in people_ids:
            outcome |= self._erase_one_by_one_on_error([person])
        return outcome

    @api.model
    def _is_temporary(self, exc):
        """A conflict with somebody else's work: the queue tries the whole chunk again."""
        return isinstance(exc, (OperationalError, RetryableJobError))

    def _note_outcome(self, outcome):
        rows = [
            SQL("(%s, %s, %s::date, %s)", person, state, until and str(until) or None, reason or None)
            for person, (state, until, reason) in outcome.items()
        ]
        self.env.cr.execute(
            SQL(
                """
                UPDATE drk_erasure_line l
                   SET state = v.state, keep_until = v.until, reason = v.reason, done_at = %s
                  FROM (VALUES %s) AS v (person, state, until, reason)
                 WHERE l.run_id = %s AND l.person_ref = v.person
                """,
                fields.Datetime.now(),
                SQL(", ").join(rows),
                self.id,
            )
        )

    def _finish_if_done(self):
        """Finish the run when no chunk is missing; each chunk asks, the last one gets it."""
        self.env["drk.job"].flush_model()
        if self.state == "running" and self._is_worked_off():
            self.env["drk.gdpr.forgetter"]._gdpr_sweep_files()
            self._finish()

    def _is_worked_off(self):
        """Whether no chunk is missing; a run of one person has no job of chunks, nor has one whose job was removed."""
        if self.job_id:
            return self.job_id.state in ("done", "failed")
        return not self.line_ids.filtered(lambda line: line.state == "pending")

    def _finish(self):
        """Close the work: what was not erased has failed; then the proof."""
        self.line_ids.filtered(lambda line: line.state == "pending").write(
            {"state": "failed", "reason": self.env._("The work was not possible.")}
        )
        self.finished_at = fields.Datetime.now()
        self.env["drk.gdpr.forgetter"]._gdpr_forget_run(self)
        self._prove()

    def _prove(self):
        """Hook: prove that nothing of the people is left, and close the run."""
        self.state = "done"
        self._forget_markers()

    def _forget_markers(self):
        """Delete the remembered values: the proof is closed."""
        self.env.flush_all()
        self.env.cr.execute(SQL("DELETE FROM drk_erasure_marker WHERE run_id = ANY(%s)", self.ids))

    def _is_request(self):
        """Whether the person asked for it: then open business keeps only what it needs."""
        return self.kind == "request" or bool((self.options or {}).get("request"))
