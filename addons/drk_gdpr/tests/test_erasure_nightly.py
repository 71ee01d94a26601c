from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .erasure_common import ErasureCase


@tagged("post_install", "-at_install")
class TestNightly(ErasureCase):
    """The nightly work does run by run: one that fails stops nobody else."""

    def _make_due(self, person, eraser):
        """A run left the person restricted, and what kept them has ended."""
        run = self._as(eraser, self.env["drk.erasure.run"])._create_for(self._as(eraser, person), "manual").sudo()
        run.line_ids.state = "restricted"
        run.state = "done"
        person.write({"drk_is_restricted": True, "drk_restricted_until": "2020-12-31"})

    def _interrupted(self, person, kind="request"):
        """A run that is worked off and was not finished."""
        run = self._as(self.eraser, self.env["drk.erasure.run"])._create_for(self._as(self.eraser, person), kind)
        run.sudo().state = "running"
        run.sudo()._erase(person.ids)
        return run.sudo()

    def _failing(self, method, is_bad):
        runs = self.registry["drk.erasure.run"]
        original = getattr(runs, method)

        def fail(records, *args, **kwargs):
            if is_bad(records, *args):
                records.env.cr.execute("SELECT 1 / 0")
            return original(records, *args, **kwargs)

        return patch.object(runs, method, fail)

    def _final(self, company):
        return self.env["drk.erasure.run"].search([("kind", "=", "final"), ("company_id", "=", company.id)])

    def test_people_are_finished_in_each_association(self):
        self._make_due(self.anna, self.eraser)
        self._make_due(self.foreign, self.eraser_b)
        self._nightly()
        self.assertTrue(self.anna.drk_anonymised_at and self.foreign.drk_anonymised_at)
        self.assertEqual(self._final(self.association_a).state, "done")

    @mute_logger("odoo.sql_db", "odoo.addons.drk_gdpr.models.drk_erasure_due")
    def test_association_whose_run_fails_stops_no_other(self):
        self._make_due(self.anna, self.eraser)
        self._make_due(self.foreign, self.eraser_b)
        with self._failing("_create_for", lambda _runs, partners, _kind: partners == self.anna):
            self._nightly()
        self.assertFalse(self._final(self.association_a))
        self.assertFalse(self.anna.drk_anonymised_at)
        self.assertTrue(self.foreign.drk_anonymised_at)
        self._nightly()
        self.assertTrue(self.anna.drk_anonymised_at)

    @mute_logger("odoo.sql_db")
    def test_run_whose_end_fails_stops_no_other(self):
        bad, good = self._interrupted(self.anna), self._interrupted(self.erika)
        with (
            self._failing("_finish", lambda runs: runs == bad),
            self.assertLogs("odoo.addons.drk_gdpr.models.drk_erasure_due", "ERROR") as logs,
        ):
            self._nightly()
        self.assertEqual(len(logs.records), 1)
        self.assertEqual((bad.state, good.state), ("running", "done"))

    @mute_logger("odoo.sql_db", "odoo.addons.drk_gdpr.models.drk_erasure_due")
    def test_each_run_is_committed(self):
        """A kill after the first run loses nothing of it."""
        runs = self._interrupted(self.anna) | self._interrupted(self.erika)
        states = []

        def note(crons, *_args, **_kwargs):
            crons.env.flush_all()
            states.append(sorted(runs.mapped("state")))

        self.patch(type(self), "_no_commit", staticmethod(note))
        with self._failing("_finish", lambda run: run == runs[0]):
            self._nightly()
        self.assertEqual(len(states), 2)
        self.assertEqual(states[-1], ["done", "running"])

    def test_cron(self):
        run = self._interrupted(self.anna)
        with self.enter_registry_test_mode():
            self.env.ref("drk_gdpr.ir_cron_drk_erasure_finish").method_direct_trigger()
        self.assertEqual(run.state, "done")
