from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models, sql_db
from odoo.tools import SQL

WORKING_SECONDS = 60  # a request that takes longer is dead
KEPT_DAYS = 2


class DrkFormOnce(models.Model):
    """A sent public form, so that it acts once however often it is sent.

    All methods use a transaction of their own: the answer must outlive what the request itself does to its own one.
    """

    _name = "drk.form.once"
    _description = "Sent public form"
    _order = "id"
    _log_access = False

    nonce = fields.Char(required=True, readonly=True)
    form = fields.Char(required=True, readonly=True)
    owner = fields.Char(readonly=True)
    claimed_at = fields.Datetime(required=True, readonly=True)
    result_url = fields.Char(readonly=True)

    _drk_nonce_unique = models.UniqueIndex("(nonce)", "This form was sent already.")

    @contextmanager
    def _own_cursor(self):
        with self.env.registry.cursor() as cr:
            if isinstance(cr, sql_db.Cursor):  # two clicks at once must wait for each other, not fail
                cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            yield cr

    @api.model
    def _claim(self, nonce, form, owner):
        """Take the form for this request.

        :param owner: name of the request: the same request may claim again (it is repeated after a conflict)
        :return: ``True`` if it is ours now; the address of the first result if it was done; else ``False``
        """
        now = fields.Datetime.now()
        with self._own_cursor() as cr:
            cr.execute(
                SQL(
                    """
                INSERT INTO drk_form_once AS o (nonce, form, owner, claimed_at) VALUES (%s, %s, %s, %s)
                ON CONFLICT (nonce) DO UPDATE SET owner = EXCLUDED.owner, claimed_at = EXCLUDED.claimed_at
                  WHERE o.owner = EXCLUDED.owner
                     OR o.result_url IS NULL AND (o.owner IS NULL OR o.claimed_at < %s)
                RETURNING 1""",
                    nonce,
                    form,
                    owner,
                    now,
                    now - timedelta(seconds=WORKING_SECONDS),
                )
            )
            if cr.fetchone():
                return True
            cr.execute(SQL("SELECT result_url FROM drk_form_once WHERE nonce = %s", nonce))
            row = cr.fetchone()
            return (row and row[0]) or False

    @api.model
    def _result(self, nonce):
        """Return the address of the first result, or ``False``."""
        with self._own_cursor() as cr:
            cr.execute(SQL("SELECT result_url FROM drk_form_once WHERE nonce = %s", nonce))
            row = cr.fetchone()
            return (row and row[0]) or False

    @api.model
    def _finish(self, nonce, owner, result_url):
        """Keep the address of the result page for whoever sends the form again."""
        with self._own_cursor() as cr:
            cr.execute(
                SQL(
                    "UPDATE drk_form_once SET result_url = %s WHERE nonce = %s AND owner = %s",
                    result_url,
                    nonce,
                    owner,
                )
            )

    @api.model
    def _release(self, nonce, owner):
        """Give the form back: nothing came of it, it may be sent again."""
        with self._own_cursor() as cr:
            cr.execute(
                SQL(
                    "UPDATE drk_form_once SET owner = NULL WHERE nonce = %s AND owner = %s AND result_url IS NULL",
                    nonce,
                    owner,
                )
            )

    @api.autovacuum
    def _gc_old(self):
        old = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.env.cr.execute(SQL("DELETE FROM drk_form_once WHERE claimed_at < %s", old))
