from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.quarter import last_cleaning_day

#: So long after its day a cleaning that could not run is made up for.
CATCH_UP_DAYS = 14
KIND_OF_SYSTEM = ("manual", "automatic")


class DrkErasureRun(models.Model):
    """Anonymisation by hand and by itself: preview, brake, second person, quarterly cleaning."""

    _name = "drk.erasure.run"
    _inherit = ["drk.erasure.run", "mail.thread", "mail.activity.mixin"]  # pylint: disable=consider-merging-classes-inherited

    is_previewed = fields.Boolean("Counted", readonly=True)
    expected_done = fields.Integer("Would be erased", compute="_compute_expected")
    expected_restricted = fields.Integer("Would be restricted", compute="_compute_expected")
    expected_failed = fields.Integer("Cannot be erased", compute="_compute_expected")
    package_ids = fields.One2many("drk.document.package", "run_id", "Documents", readonly=True)
    is_pseudonymous = fields.Boolean(
        "Pseudonymised only",
        compute="_compute_is_pseudonymous",
        help="An option left data by which a person can be found.",
    )
    needs_approval = fields.Boolean(compute="_compute_needs_approval")

    @api.depends("options")
    def _compute_is_pseudonymous(self):
        for run in self:
            options = run.options or {}
            run.is_pseudonymous = bool(options.get("copy_to_info") or options.get("unlink_documents"))

    @api.depends("line_ids.expected")
    def _compute_expected(self):
        rows = self.env["drk.erasure.line"]._read_group(
            [("run_id", "in", self.ids), ("expected", "!=", False)], ["run_id", "expected"], ["__count"]
        )
        counts = {(run.id, expected): count for run, expected, count in rows}
        for run in self:
            run.expected_done = counts.get((run._origin.id, "done"), 0)
            run.expected_restricted = counts.get((run._origin.id, "restricted"), 0)
            run.expected_failed = counts.get((run._origin.id, "failed"), 0)

    @api.depends("people_count", "approved_by_id", "kind", "company_id.drk_anonymisation_expected")
    def _compute_needs_approval(self):
        for run in self:
            is_large = run.people_count > run.company_id.sudo().drk_anonymisation_expected  # a number, nothing else
            run.needs_approval = run.kind in KIND_OF_SYSTEM and is_large and not run.approved_by_id

    # ------------------------------------------------------------------ preview
    def action_preview(self):
        """Count what the run would do, person by person; nothing is changed."""
        for run in self._checked():
            if run.state not in ("draft", "waiting"):
                raise UserError(self.env._("This run has begun: its people show what became of them."))
            people = self.env["res.partner"].browse(run.line_ids.mapped("person_ref")).exists()
            for lot in (people[number : number + 100] for number in range(0, len(people), 100)):
                run._note_expected(run._try(lot.ids))
            run.is_previewed = True

    def _try(self, people_ids):
        """Erase in a savepoint and take it back: the preview is what the engine really does.

        :return: dict of person to ``(state, keep_until, reason)``
        """
        savepoint = self.env.cr.savepoint(flush=True)
        try:
            return self.env["drk.erasure.engine"].with_context(drk_erasure_preview=True)._erase(self, people_ids)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def _note_expected(self, outcome):
        for line in self.line_ids.filtered(lambda line: line.person_ref in outcome):
            state, until, reason = outcome[line.person_ref]
            line.write({"expected": state, "keep_until": until, "reason": reason})

    # ------------------------------------------------------------------ brake
    def _start(self):
        """A run above the expected size waits until a second person has released it."""
        self.ensure_one()
        run_sudo = self._checked()
        if run_sudo.state == "draft" and run_sudo.needs_approval:
            run_sudo.state = "waiting"
            run_sudo._ask_for_approval()
            return run_sudo.job_id
        if run_sudo.kind == "automatic" and run_sudo.approved_by_id:
            run_sudo._leave_out_active()
        return super()._start()

    def _leave_out_active(self):
        """Who came back while the run waited for its release is not due any more."""
        due = set(self.env["drk.retention.due"]._due(self.company_id, self.cutoff)._ids)
        self.line_ids.filtered(lambda line: line.state == "pending" and line.person_ref not in due).write(
            {"state": "failed", "reason": self.env._("Active again since the run was prepared")}
        )

    def action_start(self):
        for run in self:
            run._check_switched_on()
        return super().action_start()

    def action_approve(self):
        """Release a run that is larger than expected, as a second person, and start it."""
        self.ensure_one()
        if self.state != "waiting":
            raise UserError(self.env._("This run does not wait for a release."))
        self._approve()
        self.sudo().activity_ids.action_done()  # sudo: whoever releases ends the request to all
        self._start()

    def _check_switched_on(self):
        if self.kind not in KIND_OF_SYSTEM:
            return
        company_sudo = self.company_id.sudo()  # two switches of the association, nothing else
        if "ano" not in company_sudo.drk_system_ids.mapped("code") or not company_sudo.drk_anonymisation_active:
            raise UserError(
                self.env._("Anonymisation is not switched on. See Data Protection, Settings: Anonymisation.")
            )

    def _ask_for_approval(self):
        """Tell those who may release it, except the one who asks."""
        group = self.env.ref("drk_gdpr.group_drk_gdpr_erasure")
        users = group.all_user_ids.filtered(
            lambda user: self.company_id in user.company_ids and user != self.user_id and user.active
        )
        for user in users - self.env.ref("base.user_root"):
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Release an erasure run"),
                note=self.env._("The run takes %s people, more than expected.", self.people_count),
            )

    # ------------------------------------------------------------------ documents
    def _post_erase(self, outcome):
        """One package a chunk, whether its people went together or, after an error, one by one."""
        self.env["drk.document.package"]._pack(self)
        return super()._post_erase(outcome)

    # ------------------------------------------------------------------ quarterly cleaning
    @api.model
    def _cron_clean(self):
        """Start the cleaning of the quarter, once per association, also when the server was away on its day."""
        today = fields.Date.context_today(self)
        day = last_cleaning_day(today)
        if today - day > timedelta(days=CATCH_UP_DAYS):
            return
        companies = self.env["res.company"].search(
            [
                ("drk_anonymisation_active", "=", True),
                ("drk_anonymisation_auto", "=", True),
                ("drk_system_ids.code", "=", "ano"),
            ]
        )
        for company in companies:
            self.with_company(company)._clean(company, day)

    @api.model
    def _clean(self, company, day):
        """Clean one association for one quarter; a second call does nothing.

        :param company: ``res.company``
        :param day: date, the first Sunday of the quarter
        :return: ``drk.erasure.run``, empty when nobody is due or the quarter is done
        """
        if self.search_count(
            [("company_id", "=", company.id), ("kind", "=", "automatic"), ("cutoff", "=", day)], limit=1
        ):
            return self.browse()
        clock = self.env["drk.retention.due"]
        clock._prepare_companies(company, day)
        people = clock._due(company, day)
        if not people:
            return self.browse()
        run = self._create_for(people, "automatic", cutoff=day, **self._company_options(company))
        if company.drk_anonymisation_user_id:
            run.sudo().user_id = company.drk_anonymisation_user_id
        run._start()
        return run

    @api.model
    def _company_options(self, company):
        """The options that are preset for an association, as ``_create_for`` takes them."""
        company_sudo = company.sudo()  # the presets, nothing else
        options = {
            "copy_to_info": company_sudo.drk_anonymise_copy_to_info,
            "unlink_documents": company_sudo.drk_anonymise_unlink_documents,
            "mark_id": company_sudo.drk_anonymised_mark_id.id,
        }
        return {name: value for name, value in options.items() if value}
