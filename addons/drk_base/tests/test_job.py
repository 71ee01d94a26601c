from unittest.mock import patch

from odoo.addons.drk_base.tests.common import DrkCase
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.api import Environment
from odoo.exceptions import AccessError, UserError
from odoo.orm.utils import SUPERUSER_ID
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger


def work(records, suffix="!", fail_on=None):
    """What a test lets the chunks do: leave a mark each time."""
    if fail_on in records.mapped("code"):
        raise UserError(f"Cannot work on {fail_on}")  # pylint: disable=translation-required
    for record in records:
        record.description = (record.description or "") + suffix


@tagged("post_install", "-at_install")
class TestJob(DrkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._user("manager", "drk_base.group_drk_base_manager")
        cls.clerk = cls._user("clerk", "drk_base.group_drk_base_user")
        cls.groups = cls.env["drk.offer.group"].create([{"name": f"G{n}", "code": f"G{n}"} for n in range(5)])
        cls.startClassPatcher(patch.object(type(cls.groups), "_test_work", work, create=True))

    def _start(self, user=None, **kwargs):
        records = self.groups.with_user(user or self.manager)
        jobs = records.env["drk.job"]
        return jobs._start("Serienbrief", records, "_test_work", chunk_size=2, **kwargs)

    def test_one_job_a_chunk_does_all_records_once(self):
        with trap_jobs() as trap:
            job = self._start(suffix="x")
            trap.assert_jobs_count(3)
            self.assertEqual((job.state, job.total, job.done, job.percent), ("pending", 5, 0, 0))
            trap.perform_enqueued_jobs()
        self.assertEqual((job.state, job.done, job.percent), ("done", 5, 100))
        self.assertEqual(self.groups.mapped("description"), ["x"] * 5)

    def test_work_is_done_with_the_rights_of_the_user(self):
        with mute_logger("odoo.addons.drk_base.models.drk_job_chunk"), trap_jobs() as trap:
            job = self._start(self.clerk)
            trap.perform_enqueued_jobs()
        self.assertEqual((job.state, job.done), ("failed", 0))
        self.assertFalse(any(self.groups.mapped("description")))

    def test_failed_chunk_does_not_stop_the_others(self):
        with mute_logger("odoo.addons.drk_base.models.drk_job_chunk"), trap_jobs() as trap:
            job = self._start(fail_on="G0")
            trap.perform_enqueued_jobs()
        self.assertEqual((job.state, job.done, job.message), ("failed", 3, "Cannot work on G0"))
        self.assertEqual(self.groups.mapped("description"), [False, False, "!", "!", "!"])

    def test_error_is_for_who_started_it_and_for_managers(self):
        with mute_logger("odoo.addons.drk_base.models.drk_job_chunk"), trap_jobs() as trap:
            job = self._start(fail_on="G0")
            trap.perform_enqueued_jobs()
        colleague = self._user("colleague", "drk_base.group_drk_base_user")
        manager = self._user("managing", "drk_base.group_drk_base_manager")
        self.assertEqual(job.with_user(job.user_id).message, "Cannot work on G0")
        self.assertEqual(job.with_user(manager).message, "Cannot work on G0")
        self.assertFalse(job.with_user(colleague).message)
        with self.assertRaises(AccessError):
            job.chunk_ids.with_user(colleague).read(["message"])

    def test_second_start_does_only_what_is_missing(self):
        with mute_logger("odoo.addons.drk_base.models.drk_job_chunk"), trap_jobs() as trap:
            job = self._start(fail_on="G0")
            trap.perform_enqueued_jobs()
        job.sudo().kwargs = {}
        with trap_jobs() as trap:
            job.action_restart()
            trap.assert_jobs_count(1)
            trap.perform_enqueued_jobs()
        self.assertEqual((job.state, job.done, job.message), ("done", 5, False))
        self.assertEqual(self.groups.mapped("description"), ["!"] * 5)

    def test_chunk_that_runs_twice_works_once(self):
        with trap_jobs() as trap:
            job = self._start()
            trap.perform_enqueued_jobs()
        for chunk in job.chunk_ids:
            chunk._run()
        self.assertEqual(self.groups.mapped("description"), ["!"] * 5)

    def test_stopped_work_begins_no_further_chunk(self):
        with trap_jobs() as trap:
            job = self._start()
            job.chunk_ids[0]._run()
            job.action_stop()
            trap.perform_enqueued_jobs()
        self.assertEqual((job.state, job.done), ("stopped", 2))
        with trap_jobs() as trap:
            job.action_restart()
            trap.perform_enqueued_jobs()
        self.assertEqual(job.state, "done")
        self.assertEqual(self.groups.mapped("description"), ["!"] * 5)

    def test_deleted_records_are_left_out(self):
        with trap_jobs() as trap:
            job = self._start()
            self.groups[0].unlink()
            trap.perform_enqueued_jobs()
        self.assertEqual(job.state, "done")

    def test_state_can_be_searched(self):
        with trap_jobs():
            job = self._start()
        self.assertIn(job, job.search([("state", "=", "pending")]))
        self.assertIn(job, job.search([("state", "!=", "done")]))
        self.assertNotIn(job, job.search([("state", "in", ["done", "failed"])]))

    def test_clerk_stops_own_work_only(self):
        with trap_jobs():
            own, other = self._start(self.clerk), self._start()
        own.action_stop()
        self.assertEqual(own.state, "stopped")
        with self.assertRaises(AccessError):
            other.with_user(self.clerk).action_stop()

    def test_nobody_writes_jobs_by_hand(self):
        with trap_jobs():
            job = self._start()
        admin = self._user("admin2", "base.group_system,drk_base.group_drk_base_manager")
        for user in (self.manager, admin):
            with self.assertRaises(AccessError):
                job.with_user(user).method = "unlink"
            with self.assertRaises(AccessError):
                job.chunk_ids.with_user(user).record_ids = [1]
            with self.assertRaises(AccessError):
                job.with_user(user).create({"name": "x", "res_model": "res.users", "method": "unlink"})


@tagged("post_install", "-at_install")
class TestJobInterrupted(TransactionCase):
    """On connections of their own, with committed data: the process dies, two processes do the same chunk."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(type(self.env["drk.offer.group"]), "_test_work", work, create=True))
        with self.registry.cursor() as cr, trap_jobs():
            env = Environment(cr, SUPERUSER_ID, {"allowed_company_ids": self.env.ref("base.main_company").ids})
            groups = env["drk.offer.group"].create([{"name": "Test"}, {"name": "Test"}])
            job = env["drk.job"]._start("Test", groups, "_test_work", chunk_size=2)
            self.group_ids, self.job_id, self.chunk_id = groups.ids, job.id, job.chunk_ids.id
        self.addCleanup(self._remove)

    def _remove(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM drk_job WHERE id = %s", [self.job_id])
            cr.execute("DELETE FROM drk_offer_group WHERE id IN %s", [tuple(self.group_ids)])

    def _chunk(self, cr):
        return Environment(cr, SUPERUSER_ID, {})["drk.job.chunk"].browse(self.chunk_id)

    def _facts(self):
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            groups = env["drk.offer.group"].browse(self.group_ids)
            return env["drk.job"].browse(self.job_id).state, groups.mapped("description")

    @mute_logger("odoo.sql_db")
    def test_killed_chunk_loses_nothing_and_does_nothing_twice(self):
        """The connection is cut in the middle of a chunk; the next run does it, a third changes nothing."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        self._chunk(cr)._run()
        cr.execute("SELECT pg_backend_pid()")
        self.env.cr.execute("SELECT pg_terminate_backend(%s, 5000)", cr.fetchone())
        with self.assertRaisesRegex(Exception, "terminat|closed"):
            cr.commit()  # pylint: disable=invalid-commit
        self.assertEqual(self._facts(), ("pending", [False, False]))
        for _run in range(2):
            with self.registry.cursor() as cr2:
                self._chunk(cr2)._run()
        self.assertEqual(self._facts(), ("done", ["!", "!"]))

    def test_same_chunk_at_the_same_time_works_once(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            self._chunk(second).job_id.is_stopped  # noqa: B018  the second has its snapshot already
            self._chunk(first)._run()
            first.commit()  # pylint: disable=invalid-commit
            with self.assertRaisesRegex(Exception, "could not serialize"), mute_logger("odoo.sql_db"):
                self._chunk(second)._run()
            second.rollback()
            self._chunk(second)._run()  # what the queue does then
        self.assertEqual(self._facts(), ("done", ["!", "!"]))
