from odoo import api, models
from odoo.tools import SQL, split_every

from ..tools.proof import UNIQUE
from ..tools.replacer import Replacer
from ..tools.words import split_words

ROWS = 2000
#: So many texts are in memory at once; a profile or a trace can have megabytes.
READ_ROWS = 20
ENDED = ("done", "failed", "cancelled")


class DrkGdprForgetter(models.AbstractModel):
    """What has no link to a person at all is searched once a run for the remembered values."""

    _inherit = "drk.gdpr.forgetter"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _gdpr_forget_run(self, run):
        """Hook: forget once a run, after its last chunk, what names people by their values alone: logs, queues, searches.

        :param run: ``drk.erasure.run``
        """
        self.env.flush_all()
        values = [key for key in run._values_to_search() if key[0] != "name_part"]
        strict, words = split_words({value for _kind, value in values})
        replace = Replacer(strict, words=words)
        if not replace:
            return
        self._gdpr_delete_naming("bus_bus", ["message", "channel"], replace)
        self._gdpr_delete_naming("ir_logging", ["message"], replace)
        self._gdpr_delete_naming("ir_profile", ["name", "sql", "traces_async"], replace)
        self._gdpr_clean_jobs(run, replace)
        # a language, a town or an occupation is looked for by many, and means nobody
        self._gdpr_clean_filters(run, Replacer(value for kind, value in values if kind in UNIQUE))

    @api.model
    def _gdpr_naming(self, table, columns, replace, condition=None):
        """Return the numbers of rows whose texts hold one of the values."""
        existing = [name for name in columns if (table, name) in self.env["drk.erasure.plan"]._columns()]
        if not existing:
            return []
        names = SQL(", ").join(SQL("%s::text", SQL.identifier(name)) for name in existing)
        found, last = [], 0
        while rows := self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id > %s AND (%s) ORDER BY id LIMIT %s",
                names,
                SQL.identifier(table),
                last,
                condition or SQL("TRUE"),
                READ_ROWS,
            )
        ):
            found += [row[0] for row in rows if any(text and replace(text) != text for text in row[1:])]
            last = rows[-1][0]
        return found

    @api.model
    def _gdpr_delete_naming(self, table, columns, replace, condition=None):
        for ids in split_every(ROWS, self._gdpr_naming(table, columns, replace, condition)):
            self.env.cr.execute(SQL("DELETE FROM %s WHERE id = ANY(%s)", SQL.identifier(table), list(ids)))

    @api.model
    def _gdpr_clean_jobs(self, run, replace):
        """Jobs that ended are deleted when they name a person; those that wait are needed."""
        columns = [
            "name",
            "func_string",
            "records",
            "args",
            "kwargs",
            "exc_message",
            "exc_info",
            "result",
            "identity_key",
        ]
        condition = SQL("state = ANY(%s) AND (company_id IS NULL OR company_id = %s)", list(ENDED), run.company_id.id)
        self._gdpr_delete_naming("queue_job", columns, replace, condition)
        condition = SQL(
            """
            company_id = %s AND id != %s
            AND NOT EXISTS (SELECT 1 FROM drk_job_chunk c WHERE c.job_id = drk_job.id AND c.state = 'pending')
            """,
            run.company_id.id,
            run.job_id.id or 0,
        )
        self._gdpr_delete_naming("drk_job", ["name", "kwargs"], replace, condition)

    @api.model
    def _gdpr_clean_filters(self, run, replace):
        """Saved searches of this association's users, and those of everybody, lose the names they look for."""
        if not replace:
            return
        columns = ["name", "domain", "context"]
        condition = SQL(
            """
            NOT EXISTS (SELECT 1 FROM ir_filters_res_users_rel r JOIN res_users u ON u.id = r.res_users_id
                         WHERE r.ir_filters_id = ir_filters.id AND u.company_id != %s)
            """,
            run.company_id.id,
        )
        found = self._gdpr_naming("ir_filters", columns, replace, condition)
        self._gdpr_replace("ir_filters", columns, found, replace)
