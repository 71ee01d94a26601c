import logging
from collections import defaultdict
from functools import partial

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class DrkErasureRun(models.Model):
    """Runs that start by themselves when a keeping period ends, and the shells that are deleted for good."""

    _inherit = "drk.erasure.run"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_finish_people(self):
        """Erase what was kept and need not be kept any longer, and finish runs whose end was interrupted.

        Each run is a transaction of its own: one that fails stops nobody else, and a killed server loses no other.
        """
        by_company = defaultdict(list)
        for person, company in self._due_people():
            by_company[company].append(person)
        running = self.sudo().search([("state", "=", "running")])  # before those that begin now
        steps = [partial(self._start_final, company, people) for company, people in sorted(by_company.items())]
        steps += [run._finish_if_done for run in running]
        for done, step in enumerate(steps, start=1):
            self._try_step(step)
            self.env["ir.cron"]._commit_progress(1, remaining=len(steps) - done)

    @api.model
    def _try_step(self, step):
        try:
            with self.env.cr.savepoint():
                step()
        except Exception:
            self.env.invalidate_all(flush=False)
            _logger.exception("A run of erasure could not be started or finished; the next night tries again")

    @api.model
    def _start_final(self, company_id, people_ids):
        company = self.env["res.company"].browse(company_id)
        partners = self.env["res.partner"].with_company(company).browse(people_ids)
        self.with_company(company)._create_for(partners, "final")._start()

    @api.model
    def _due_people(self):
        """Return (person, association) of those whom a run left restricted and whom nothing keeps any more."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, p.company_id, p.drk_restricted_until IS NULL FROM res_partner p
                 WHERE p.drk_is_restricted AND COALESCE(p.drk_restricted_until < %(today)s, TRUE)
                   AND EXISTS (SELECT 1 FROM drk_erasure_line l WHERE l.person_ref = p.id AND l.state = 'restricted')
                   AND NOT EXISTS (SELECT 1 FROM drk_erasure_line l JOIN drk_erasure_run r ON r.id = l.run_id
                                    WHERE l.person_ref = p.id AND l.state = 'pending' AND r.state IN ('running', 'stopped'))
                """,
                today=fields.Date.context_today(self),
            )
        )
        waiting = self.env["res.partner"].browse([person for person, _company, is_open in rows if is_open])
        people = self.env["res.partner"].browse([person for person, _company, _is_open in rows])
        blockers = [*waiting._drk_erasure_blockers(), *people._drk_restricted_on_request()]
        blocked = {blocker.person_id for blocker in blockers}
        return [(person, company) for person, company, _is_open in rows if person not in blocked]

    @api.model
    def _cron_delete_shells(self):
        """Delete anonymised records for good, some years later, when nothing counts them any more."""
        references = [
            SQL(
                "NOT EXISTS (SELECT 1 FROM %s r WHERE r.%s = p.id)",
                SQL.identifier(table.strip('"')),
                SQL.identifier(column),
            )
            for table, column, _required in self.env["drk.erasure.plan"]._references("res_partner")
        ]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id FROM res_partner p JOIN res_company c ON c.id = p.company_id
                 WHERE p.drk_anonymised_at < %s::timestamp - make_interval(years => GREATEST(c.drk_shell_years, 0))
                   AND p.drk_is_restricted IS NOT TRUE AND %s
                """,
                fields.Datetime.now(),
                SQL(" AND ").join(references),
            )
        )
        self.env["drk.gdpr.forgetter"]._gdpr_delete("res.partner", [person for (person,) in rows])
        self.env.invalidate_all(flush=False)
