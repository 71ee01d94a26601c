import threading
import time
from unittest.mock import patch

from odoo.addons.drk_base.tests.common import DrkCase
from odoo.addons.drk_base.tools import lock
from odoo.addons.drk_base.tools.lock import Busy, exclusive, held, lock_key
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.orm.utils import SUPERUSER_ID
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

SEATS = 10
CLIENTS = 40


class RealCursorCase(TransactionCase):
    """Works on connections of its own: a lock between transactions cannot be tried inside one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._sql("CREATE TABLE IF NOT EXISTS drk_test_seat (id serial, event_id int)")
        cls.addClassCleanup(cls._sql, "DROP TABLE drk_test_seat")

    def setUp(self):
        super().setUp()
        self._sql("DELETE FROM drk_test_seat")

    @classmethod
    def _sql(cls, query, *params):
        with cls.registry.cursor() as cr:
            cr.execute(query, params)
            return cr.fetchall() if cr.description else None

    def _open(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return Environment(cr, SUPERUSER_ID, {})

    def _taken(self):
        return self._sql("SELECT COUNT(*) FROM drk_test_seat")[0][0]

    def _locks(self):
        keys = [lock_key("test.event", number) % 2**64 for number in (1, 2, 3)]
        query = """SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory'
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                   AND (classid::bigint << 32 | objid::bigint) = ANY(%s)"""
        return self._sql(query, [key - 2**64 if key >= 2**63 else key for key in keys])[0][0]


@tagged("post_install", "-at_install")
class TestLockParallel(RealCursorCase):
    def _book(self, env):
        """Check, then take: what goes wrong without the lock."""
        env.cr.execute("SELECT COUNT(*) FROM drk_test_seat")
        if env.cr.fetchone()[0] >= SEATS:
            return
        time.sleep(0.002)
        env.cr.execute("INSERT INTO drk_test_seat (event_id) VALUES (1)")

    def _locked_client(self, env):
        env.cr.execute("SELECT 1")  # an old snapshot, as a request has one
        with exclusive(env, "test.event", [1], timeout=30):
            self._book(env)

    def _unlocked_client(self, env):
        self._book(env)
        env.cr.commit()

    def _run_clients(self, client):
        errors = []
        envs = [self._open() for _number in range(CLIENTS)]  # here: the test holds the lock of the registry

        def run(env):
            try:
                barrier.wait(30)
                client(env)
            except Exception as exc:
                errors.append(exc)

        barrier = threading.Barrier(CLIENTS)
        threads = [threading.Thread(target=run, args=[env]) for env in envs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        for env in envs:
            env.cr.close()
        self.assertFalse(errors)

    def test_forty_clients_take_exactly_ten_seats(self):
        """In each round exactly as many seats are taken as there are, and nobody sees an error."""
        for _round in range(3):
            self._sql("DELETE FROM drk_test_seat")
            self._run_clients(self._locked_client)
            self.assertEqual(self._taken(), SEATS)
        self.assertEqual(self._locks(), 0)

    def test_without_the_lock_seats_are_oversold(self):
        """Negative control: the same work without the lock takes more seats than there are."""
        self._run_clients(self._unlocked_client)
        self.assertGreater(self._taken(), SEATS)


@tagged("post_install", "-at_install")
class TestLock(RealCursorCase):
    def test_body_sees_what_was_committed_while_waiting(self):
        env = self._open()
        env.cr.execute("SELECT COUNT(*) FROM drk_test_seat")
        self._sql("INSERT INTO drk_test_seat (event_id) VALUES (1)")
        with exclusive(env, "test.event", [1]):
            env.cr.execute("SELECT COUNT(*) FROM drk_test_seat")
            self.assertEqual(env.cr.fetchone()[0], 1)

    def test_body_is_committed_before_the_lock_is_free(self):
        env = self._open()
        with exclusive(env, "test.event", [1, 2]):
            env.cr.execute("INSERT INTO drk_test_seat (event_id) VALUES (1)")
            self.assertEqual(self._locks(), 2)
            self.assertEqual(self._taken(), 0)
        self.assertEqual(self._taken(), 1)
        self.assertEqual(self._locks(), 0)

    def test_after_the_block_the_snapshot_is_fresh(self):
        env = self._open()
        with exclusive(env, "test.event", [1]):
            pass
        self._sql("INSERT INTO drk_test_seat (event_id) VALUES (1)")
        env.cr.execute("SELECT COUNT(*) FROM drk_test_seat")
        self.assertEqual(env.cr.fetchone()[0], 1)

    def test_who_waits_too_long_is_told_so(self):
        holder, waiter = self._open(), self._open()
        with exclusive(holder, "test.event", [1]), self.assertRaisesRegex(Busy, "try again"):
            start = time.monotonic()
            with exclusive(waiter, "test.event", [1], timeout=0.2):
                self.fail("two hold the same lock")
        self.assertLess(time.monotonic() - start, 5)
        with exclusive(waiter, "test.event", [1], timeout=0.2):  # the waiter's connection is of use again
            self.assertTrue(held(waiter, "test.event", 1))

    def test_message_is_german(self):
        holder = self._open()
        waiter = self._open()
        waiter = waiter(context={"lang": "de_DE"})
        with (
            exclusive(holder, "test.event", [1]),
            self.assertRaisesRegex(UserError, "versuchen Sie es"),
            exclusive(waiter, "test.event", [1], timeout=0.1),
        ):
            pass

    def test_timeout_frees_what_was_already_taken(self):
        holder, waiter = self._open(), self._open()
        with (
            exclusive(holder, "test.event", [2]),
            self.assertRaises(Busy),
            exclusive(waiter, "test.event", [1, 2, 3], timeout=0.2),
        ):
            pass
        self.assertEqual(self._locks(), 0)

    def test_error_in_the_body_undoes_and_frees(self):
        env = self._open()
        with self.assertRaises(ZeroDivisionError), exclusive(env, "test.event", [1]):
            env.cr.execute("INSERT INTO drk_test_seat (event_id) VALUES (1)")
            1 / 0  # noqa: B018
        self.assertEqual((self._taken(), self._locks()), (0, 0))

    @mute_logger("odoo.sql_db")
    def test_failed_transaction_frees(self):
        env = self._open()
        with self.assertRaisesRegex(Exception, "division by zero"), exclusive(env, "test.event", [1]):
            env.cr.execute("SELECT 1/0")
        self.assertEqual(self._locks(), 0)
        env.cr.execute("SELECT 1")

    @mute_logger("odoo.sql_db")
    def test_failed_commit_frees(self):
        env = self._open()
        with (
            self.assertRaises(ZeroDivisionError),
            exclusive(env, "test.event", [1]),
            patch.object(env.cr, "commit", side_effect=ZeroDivisionError),
        ):
            env.cr.execute("INSERT INTO drk_test_seat (event_id) VALUES (1)")
            env.cr.precommit.add(lambda: 1 / 0)
        self.assertEqual((self._taken(), self._locks()), (0, 0))

    @mute_logger("odoo.sql_db")
    def test_killed_holder_frees(self):
        holder, waiter = self._open(), self._open()
        with self.assertRaisesRegex(Exception, "terminat|closed"), exclusive(holder, "test.event", [1]):
            holder.cr.execute("INSERT INTO drk_test_seat (event_id) VALUES (1)")
            holder.cr.execute("SELECT pg_backend_pid()")
            self._sql("SELECT pg_terminate_backend(%s, 5000)", holder.cr.fetchone()[0])
            with exclusive(waiter, "test.event", [1], timeout=2):
                self.assertEqual(self._taken(), 0)
            holder.cr.execute("SELECT 1")

    def test_lock_after_a_write_is_refused(self):
        env = self._open()
        env.cr.execute("INSERT INTO drk_test_seat (event_id) VALUES (1)")
        with self.assertRaisesRegex(RuntimeError, "before the first write"), exclusive(env, "test.event", [1]):
            pass
        self.assertEqual(self._locks(), 0)

    def test_pending_write_of_the_orm_is_refused(self):
        env = self._open()
        env.ref("base.main_company").drk_bank_text = "changed"
        with self.assertRaises(RuntimeError), exclusive(env, "test.event", [1]):
            pass
        env.cr.rollback()

    def test_inner_block_of_the_same_lock_changes_nothing(self):
        env = self._open()
        with exclusive(env, "test.event", [1, 2]):
            env.cr.execute("INSERT INTO drk_test_seat (event_id) VALUES (1)")
            with exclusive(env, "test.event", [2]):
                env.cr.execute("INSERT INTO drk_test_seat (event_id) VALUES (1)")
            self.assertEqual((self._taken(), self._locks()), (0, 2))
        self.assertEqual((self._taken(), self._locks()), (2, 0))

    def test_further_locks_inside_are_refused(self):
        env = self._open()
        with (
            self.assertRaisesRegex(RuntimeError, "at once"),
            exclusive(env, "test.event", [1]),
            exclusive(env, "test.event", [3]),
        ):
            pass
        self.assertEqual(self._locks(), 0)

    def test_held_names_the_record(self):
        env = self._open()
        self.assertFalse(held(env, "test.event", 1))
        with exclusive(env, "test.event", [1]):
            self.assertTrue(held(env(su=False), "test.event", 1))
            self.assertFalse(held(env, "test.event", 2))
            self.assertFalse(held(env, "other.event", 1))
        self.assertFalse(held(env, "test.event", 1))

    def test_keys_are_signed_64_bit_and_stable(self):
        self.assertEqual(lock_key("event.event", 1), lock_key("event.event", 1))
        keys = {lock_key(name, number) for name in ("event.event", "drk.room") for number in range(5000)}
        self.assertEqual(len(keys), 10000)
        self.assertTrue(all(-(2**63) <= key < 2**63 for key in keys))


@tagged("post_install", "-at_install")
class TestLockInTests(DrkCase):
    """What other add-ons' tests rely on."""

    def test_work_under_the_lock_stays_in_the_test(self):
        with exclusive(self.env, "test.event", [1]):
            room = self.env["drk.room"].create({"name": "Lehrsaal"})
            self.assertTrue(held(self.env, "test.event", 1))
        self.assertTrue(room.exists())
        self.assertFalse(held(self.env, "test.event", 1))

    def test_failed_work_under_the_lock_is_undone(self):
        before = self.env["drk.room"].search_count([])
        with self.assertRaises(ZeroDivisionError), exclusive(self.env, "test.event", [1]):
            self.env["drk.room"].create({"name": "Lehrsaal"})
            1 / 0  # noqa: B018
        self.assertEqual(self.env["drk.room"].search_count([]), before)

    def test_the_double_is_not_the_real_one(self):
        self.assertIsNot(type(lock.transaction), lock.SessionTransaction)
