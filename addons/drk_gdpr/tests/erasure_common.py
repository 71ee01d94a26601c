from unittest.mock import patch

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.tools import SQL

from .common import GdprCase

ERASURE = "drk_gdpr.group_drk_gdpr_erasure"
MARKER = "Quendolina"


class ErasureMixin:
    """For tests of any add-on whose class has ``eraser``, a user who may anonymise."""

    def _erase(self, people, kind="manual", user=None, **options):
        """Run an erasure to its end, as its user, by jobs."""
        runs = self._as(user or self.eraser, self.env["drk.erasure.run"])
        run = runs._create_for(people.with_env(runs.env), kind, **options)
        with trap_jobs() as trap:
            run._start()
            while trap.enqueued_jobs:
                trap.perform_enqueued_jobs()
        self.env.invalidate_all()
        return run.with_env(self.env)

    def _nightly(self):
        """Do the nightly work on restricted people with the jobs it starts; its commits are savepoints of the test."""
        with patch.object(self.registry["ir.cron"], "_commit_progress", self._no_commit), trap_jobs() as trap:
            self.env["drk.erasure.run"]._cron_finish_people()
            while trap.enqueued_jobs:
                trap.perform_enqueued_jobs()
        self.env.invalidate_all()

    @staticmethod
    def _no_commit(crons, *_args, **_kwargs):
        crons.env.flush_all()

    def _columns_with(self, needle):
        """Return table.column of every text of the database that holds a value."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                  JOIN pg_type t ON t.oid = a.atttypid
                 WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0
                   AND NOT a.attisdropped AND t.typname IN ('varchar', 'text', 'jsonb', 'bpchar', 'bytea')
                """
            )
        )
        found = []
        for table, column in rows:
            query = SQL(
                "SELECT 1 FROM %s WHERE %s::text ILIKE %s LIMIT 1",
                SQL.identifier(table),
                SQL.identifier(column),
                f"%{needle}%",
            )
            if self.env.execute_query(query):
                found.append(f"{table}.{column}")
        return found


class ErasureCase(ErasureMixin, GdprCase):
    """A user who may anonymise in each association, and people whose values are easy to find again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eraser = cls._user("gdpr_eraser", ERASURE)
        cls.eraser_b = cls._user("gdpr_eraser_b", ERASURE, cls.association_b)
        cls.anna = cls._person(
            cls.association_a,
            firstname=MARKER,
            lastname="Zwiebelfrau",
            email="quendolina@example.org",
            street="Quendelweg 7",
            birthdate_date="1971-03-04",
        )

    def _line(self, run, person):
        return run.line_ids.filtered(lambda line: line.person_ref == person.id)
