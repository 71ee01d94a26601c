import logging
import time
from collections import Counter, defaultdict
from itertools import groupby  # the hits come sorted and by the million

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import split_every

from ..tools.proof import UNIQUE, scan_kind

_logger = logging.getLogger(__name__)
BATCH = 10_000
#: Here the association is that of whoever made the record, not of whom it is about.
OF_WHO_MADE_IT = {"ir.attachment", "queue.job"}


class DrkErasureRun(models.Model):
    """The proof of a run: what its people were known by is searched in the whole database and in all files."""

    _inherit = "drk.erasure.run"  # pylint: disable=consider-merging-classes-inherited

    residue_ids = fields.One2many("drk.erasure.residue", "run_id", "Remains", readonly=True)
    open_residue_count = fields.Integer("Open places", compute="_compute_residue_counts")
    exception_count = fields.Integer("Kept by law", compute="_compute_residue_counts")
    proof_count = fields.Integer("Searches", readonly=True, copy=False)
    proof_value_count = fields.Integer("Values searched", readonly=True, copy=False)
    proof_unread_count = fields.Integer("Files not readable", readonly=True, copy=False)
    proved_at = fields.Datetime("Searched on", readonly=True, copy=False)
    proof_seconds = fields.Integer("Seconds", readonly=True, copy=False)

    @api.depends("residue_ids.state", "residue_ids.is_exception")
    def _compute_residue_counts(self):
        rows = self.env["drk.erasure.residue"]._read_group(
            [("run_id", "in", self.ids), ("state", "=", "open")], ["run_id", "is_exception"], ["__count"]
        )
        counts = {(run.id, is_exception): count for run, is_exception, count in rows}
        for run in self:
            run.open_residue_count = counts.get((run._origin.id, False), 0)
            run.exception_count = counts.get((run._origin.id, True), 0)

    def action_prove(self):
        """Search again, by a job: the places that were open may have been cleaned."""
        runs_sudo = self._checked()
        if any(run.state != "open" for run in runs_sudo):
            raise UserError(self.env._("Only a run whose proof is open is searched again."))
        for run_sudo in runs_sudo:
            run_sudo.with_delay(description=run_sudo.name, identity_key=f"drk.erasure.prove:{run_sudo.id}")._prove()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._("The search is under way. Open this page again in some minutes."),
            },
        }

    def action_residues(self):
        """Open the places."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("drk_gdpr.drk_erasure_residue_action")
        return {**action, "domain": [("run_id", "=", self.id)]}

    def _prove(self):
        """Prove that nothing of the people is left but what a law wants; one search serves all these runs.

        What is left otherwise keeps the run open, with its values remembered for the next search.
        """
        begin = time.monotonic()
        runs = self.filtered(lambda run: run.state in ("running", "open"))
        runs._begin_proof()
        values = runs._values_to_search()
        if runs._search_values(values, clean=True):
            runs._begin_proof()  # what was noted before the cleaning may be gone
            runs._search_values(values)
        unread = self.env["drk.file.text"].search_count([("is_readable", "=", False)])
        counts = Counter(run for owners in values.values() for run in set().union(*owners.values()))
        for run in runs:
            run.write(
                {
                    "proved_at": fields.Datetime.now(),
                    "proof_seconds": round(time.monotonic() - begin),
                    "proof_unread_count": unread,
                    "proof_value_count": counts[run.id],
                }
            )
            run._close_proof()

    def _begin_proof(self):
        for run in self:
            run.proof_count += 1
        self.env.flush_all()

    def _close_proof(self):
        """What was not found again is gone; a run without open places is done and forgets the values."""
        self.env.cr.execute(
            SQL(
                "UPDATE drk_erasure_residue SET state = 'gone' WHERE run_id = %s AND proof < %s",
                self.id,
                self.proof_count,
            )
        )
        self.env["drk.erasure.residue"].invalidate_model()
        self.invalidate_recordset(["open_residue_count", "exception_count", "residue_ids"])
        if self.open_residue_count:
            self.state = "open"
            _logger.info("%s: something is left in %s places.", self.name, self.open_residue_count)
        else:
            self.state = "done"
            self._forget_markers()

    # ---- what is searched ---------------------------------------------------------------------------------------------
    def _values_to_search(self):
        """Return the remembered values: dict of (kind, value) to dict of person to set of runs."""
        query = SQL("SELECT run_id, person_ref, kind, value FROM drk_erasure_marker WHERE run_id = ANY(%s)", self.ids)
        rows = self.env.execute_query(query)
        names = defaultdict(set)
        for _run, person, kind, value in rows:
            if kind == "name_part":
                names[person].add(value)
        values = defaultdict(lambda: defaultdict(set))
        for run, person, kind, value in rows:
            values[scan_kind(kind, value, names[person]), value][person].add(run)
        return values

    def _search_values(self, values, clean=False):
        """Note where the values stand.

        :param bool clean: do to what is found what the inventory declares, instead of noting it
        :return: whether something was cleaned
        """
        cleaned = False
        markers = [(number, *key) for number, key in enumerate(values)]
        owners, texts = list(values.values()), [value for _kind, value in values]
        shared = {key for key, kind, _value in markers if kind not in UNIQUE}
        scan = self.env["drk.erasure.scan"]
        shared |= self._shared_by_others(
            scan._scan_columns(markers, self.env["drk.erasure.judge"]._own_columns()), owners
        )
        found = groupby(scan._scan(markers), key=lambda hit: hit[:2])  # pylint: disable=bad-builtin-groupby
        for (table, column), hits in found:
            for part in split_every(BATCH, hits, list):
                counted = self._counted(table, column, part, owners, shared, texts)
                if clean and self._clean_found(table, column, counted, markers):
                    cleaned = True
                else:
                    self._note_residues(table, column, counted)
        return cleaned

    def _shared_by_others(self, hits, owners):
        """Return the values that records of living people hold, too: a household's telephone, a namesake."""
        places = defaultdict(set)
        for hit in hits:
            places[hit.table].add((hit.res_id, hit.key))
        shared, nobody_else = set(), {0}.union(*owners)
        for table, pairs in places.items():
            model_name = self.env["drk.erasure.residue"]._models_by_table()[table]
            living = self.env["drk.erasure.judge"]._living(model_name, {res_id for res_id, _key in pairs})
            shared |= {key for res_id, key in pairs if living.get(res_id, 0) not in nobody_else}
        return shared

    # ---- what is found ------------------------------------------------------------------------------------------------
    def _counted(self, table, column, hits, owners, shared, values):
        """Return the places that count: those of unique values, and those of shared ones in records of the person.

        :return: dict of hit to (set of runs, last day and reason of an exception or None)
        """
        model = self.env["drk.erasure.residue"]._model_of(table)
        ids = {hit.res_id for hit in hits}
        belonging, kept = {}, {}
        if model is not None:
            judge, today = self.env["drk.erasure.judge"], fields.Date.context_today(self)
            people = set().union(*(owners[key] for key in {hit.key for hit in hits} & shared))
            belonging = judge._owners(model._name, column, ids, sorted(people)) if people else {}
            kept = judge._exceptions(model._name, column, ids, today)
        counted = {}
        for hit in hits:
            known = owners[hit.key]
            whose = known if hit.key not in shared else known.keys() & belonging.get(hit.res_id, set())
            if whose:
                counted[hit] = (set().union(*(known[person] for person in whose)), kept.get(hit.res_id))
        named = self.env["drk.erasure.cleaner"]._named(table, column, {hit: values[hit.key] for hit in counted})
        return {hit: found for hit, found in counted.items() if hit in named}

    @api.model
    def _clean_found(self, table, column, counted, markers):
        values, foreign = defaultdict(set), self._in_other_associations(table, counted)
        for hit, (_runs, exception) in counted.items():
            if not exception and hit not in foreign:
                values[hit.res_id].add(markers[hit.key][2])
        return bool(values) and self.env["drk.erasure.cleaner"]._clean(table, column, values)

    @api.model
    def _in_other_associations(self, table, counted):
        """Return the hits in records of associations that none of the runs is about: they are named, never changed."""
        model = self.env["drk.erasure.residue"]._model_of(table)
        field = None if model is None else model._fields.get("company_id")
        if field is None or not field.store or field.comodel_name != "res.company" or model._name in OF_WHO_MADE_IT:
            return set()
        query = SQL(
            "SELECT id, company_id FROM %s WHERE id = ANY(%s) AND company_id IS NOT NULL",
            SQL.identifier(table),
            list({hit.res_id for hit in counted}),
        )
        company_of = dict(self.env.execute_query(query))
        return {
            hit
            for hit, (runs, _exception) in counted.items()
            if hit.res_id in company_of and company_of[hit.res_id] not in self.browse(runs).company_id.ids
        }

    @api.model
    def _note_residues(self, table, column, counted):
        rows = {
            (run, table, column, hit.res_id, hit.kind, *(exception or (None, None)))
            for hit, (runs, exception) in counted.items()
            for run in runs
        }
        for part in split_every(1000, sorted(rows, key=str)):
            values = SQL(", ").join(
                SQL("(%s, %s, %s, %s, %s, %s::date, %s)", *row[:5], row[5] and str(row[5]), row[6]) for row in part
            )
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO drk_erasure_residue (run_id, company_id, table_name, column_name, res_id, kind, keep_until,
                                                     reason, is_exception, state, proof)
                    SELECT v.run_id, r.company_id, v.table_name, v.column_name, v.res_id, v.kind, v.keep_until, v.reason,
                           v.keep_until IS NOT NULL, 'open', r.proof_count
                      FROM (VALUES %s) AS v (run_id, table_name, column_name, res_id, kind, keep_until, reason)
                      JOIN drk_erasure_run r ON r.id = v.run_id
                        ON CONFLICT (run_id, table_name, column_name, res_id, kind) DO UPDATE
                       SET keep_until = EXCLUDED.keep_until, reason = EXCLUDED.reason, state = 'open',
                           is_exception = EXCLUDED.is_exception, proof = EXCLUDED.proof
                    """,
                    values,
                )
            )
