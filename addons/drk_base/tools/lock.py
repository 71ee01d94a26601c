"""One lock for everything that can be taken only once (seats, rooms, numbers).

A row lock does not help under REPEATABLE READ: who waited keeps the snapshot from before the wait. So the lock
belongs to the database session, and after it is granted the transaction is rolled back to see fresh data.
"""

import hashlib
import time
import weakref
from contextlib import contextmanager

import psycopg2
from odoo import sql_db
from odoo.exceptions import UserError
from psycopg2.errors import LockNotAvailable, QueryCanceled

_HELD = weakref.WeakKeyDictionary()  # cursor -> keys; the cache of a cursor does not survive its rollback


class Busy(UserError):  # noqa: N818
    """The lock was not granted in time: somebody else is at it, trying again helps."""


class SessionTransaction:
    """How the lock treats the transaction around it; the test base replaces this by savepoints."""

    def begin(self, env):
        env.flush_all()

    def keeps_writes(self, cr):
        """Return whether what was written before the lock stays; a test cursor always has written."""
        return not isinstance(cr, sql_db.Cursor)

    def fresh(self, cr):
        cr.rollback()

    def commit(self, cr):
        cr.commit()  # pylint: disable=invalid-commit

    def abort(self, cr):
        cr.rollback()

    def release(self, cr, keys):
        if not isinstance(cr, sql_db.Cursor):
            _unlock(cr, keys)
            return
        try:
            with cr._cnx.cursor() as raw:
                _unlock(raw, keys)
            cr._cnx.rollback()  # what follows must not work on the snapshot of the unlock
        except psycopg2.Error:
            cr._cnx.close()  # the session ends, and its locks with it
            raise


transaction = SessionTransaction()


def lock_key(resource, res_id):
    """Return the signed 64 bit key of a resource.

    :param str resource: name of a model or any other thing
    :param int res_id: its id
    """
    digest = hashlib.blake2b(f"{resource}:{res_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@contextmanager
def exclusive(env, resource, ids, timeout=10):
    """Hold the locks of ``ids`` while the body runs, and commit the body before they are freed.

    The transaction is rolled back once the locks are granted, so the body reads what the one before it committed.
    Within a block that holds the same locks the call changes nothing (no commit, no rollback).

    :param env: environment whose cursor works under the lock
    :param str resource: name of what is locked, e.g. ``event.event``
    :param ids: iterable of int
    :param timeout: seconds to wait for all locks together
    :raise Busy: when the locks are not granted in time
    :raise RuntimeError: when the transaction already wrote (it is rolled back), or holds other locks
    """
    cr = env.cr
    held_keys = _HELD.get(cr, frozenset())
    keys = {lock_key(resource, res_id) for res_id in ids}
    if keys <= held_keys:
        yield
        return
    if held_keys:
        raise RuntimeError("exclusive() inside another lock: take all locks at once, so that nobody waits in a circle")
    transaction.begin(env)
    taken = []
    try:
        _acquire(cr, sorted(keys), timeout, taken)
        _HELD[cr] = frozenset(keys)
        transaction.fresh(cr)
        yield
        transaction.commit(cr)
    except BaseException as exc:
        transaction.abort(cr)
        if isinstance(exc, (LockNotAvailable, QueryCanceled)) and cr not in _HELD:
            raise Busy(env._("Somebody else is working on this at the moment. Please try again in a moment.")) from exc
        raise
    finally:
        _HELD.pop(cr, None)
        if taken:
            transaction.release(cr, taken)


def held(env, resource, res_id):
    """Return whether this transaction holds the lock of that record."""
    return lock_key(resource, res_id) in _HELD.get(env.cr, ())


# one way to the server: every booking passes here; who wrote holds rows and must not wait for the lock with them
_LOCK_WITHIN = """
    WITH patience AS MATERIALIZED (
        SELECT set_config('lock_timeout', %s, true), pg_current_xact_id_if_assigned() IS NULL OR %s AS allowed
    )
    SELECT CASE WHEN allowed THEN pg_advisory_lock(%s)::text END FROM patience
"""


def _acquire(cr, keys, timeout, taken):
    deadline = time.monotonic() + timeout
    for key in keys:
        wait_ms = max(1, int((deadline - time.monotonic()) * 1000))
        cr.execute(_LOCK_WITHIN, [str(wait_ms), transaction.keeps_writes(cr), key], log_exceptions=False)
        if cr.fetchone()[0] is None:
            raise RuntimeError("exclusive() throws the transaction away: take the lock before the first write")
        taken.append(key)


def _unlock(cursor, keys):
    for key in reversed(keys):
        cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
