from pathlib import Path

from odoo import api, models
from odoo.tools import SQL, mute_logger
from psycopg2 import errors

from ..tools.erasure import PARTNER

#: Identifiers that a person or a program gave to imported records; those of add-ons are not made of names.
IMPORT_MODULES = ("__import__", "__export__")


class DrkGdprForgetter(models.AbstractModel):
    """Files, import names, lists of addresses and the accounts of people."""

    _inherit = "drk.gdpr.forgetter"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _gdpr_forget_files(self, work):
        """Delete the files of the people and of their records, except those of kept vouchers."""
        for model_name in self._gdpr_cleaned_models(work):
            if work.treatment_of(model_name) not in ("clear", "keep_until"):
                continue
            ids = work.free_ids(model_name)
            if ids:
                self._gdpr_delete_files(SQL("res_model = %s AND res_id = ANY(%s)", model_name, ids))
                self.env.cr.execute(
                    SQL(
                        "DELETE FROM ir_model_data WHERE model = %s AND res_id = ANY(%s) AND module = ANY(%s)",
                        model_name,
                        ids,
                        list(IMPORT_MODULES),
                    )
                )

    @api.model
    def _gdpr_forget_documents(self, work):
        """The documents of a person go; on wish only their links do, then the result is pseudonymous (G-2)."""
        documents = SQL("res_model = %s AND res_id = ANY(%s)", PARTNER, work.people)
        if (work.run.options or {}).get("unlink_documents"):
            self.env.cr.execute(
                SQL(
                    """
                    WITH loose AS (UPDATE ir_attachment SET res_model = NULL, res_id = NULL
                                    WHERE %s AND res_field IS NULL RETURNING id)
                    DELETE FROM message_attachment_rel WHERE attachment_id IN (SELECT id FROM loose)
                    """,
                    documents,
                )
            )
        self._gdpr_delete_files(documents)

    @api.model
    def _gdpr_delete_files(self, condition):
        """Delete rows of attachments; the files go with the end of the run when no other row needs them.

        :param condition: SQL on ``ir_attachment``
        """
        rows = self.env.execute_query(SQL("DELETE FROM ir_attachment WHERE %s RETURNING id, store_fname", condition))
        if rows:  # small pictures of pictures
            ids = [res_id for res_id, _name in rows]
            self._gdpr_delete_files(SQL("res_model = 'ir.attachment' AND res_id = ANY(%s)", ids))
        names = sorted({name for _id, name in rows if name})
        for name in names:
            self.env["ir.attachment"]._mark_for_gc(name)
        if names:
            self.env.cr.postcommit.add(lambda: self._gdpr_sweep_files(names))

    @api.model
    def _gdpr_sweep_files(self, names=None):
        """Remove files without a row at once, on a connection of its own; what is missed, Odoo's own sweep removes later.

        :param names: names in the filestore, default all that are marked
        """
        attachments = self.env["ir.attachment"]
        if attachments._storage() != "file":
            return
        names = names if names is not None else self._gdpr_marked_files()
        with self.env.registry.cursor() as cr:
            # As in core: nobody may add a row for the same content between the look and the removal.
            cr.execute("SET LOCAL lock_timeout TO '2s'")
            try:
                with mute_logger("odoo.sql_db"):
                    cr.execute("LOCK ir_attachment IN SHARE MODE")
            except errors.LockNotAvailable:
                return
            cr.execute("SELECT store_fname FROM ir_attachment WHERE store_fname = ANY(%s)", [list(names)])
            for name in set(names) - {row[0] for row in cr.fetchall()}:
                Path(attachments._full_path(name)).unlink(missing_ok=True)
                Path(attachments._full_path("checklist"), name).unlink(missing_ok=True)

    @api.model
    def _gdpr_marked_files(self):
        checklist = Path(self.env["ir.attachment"]._full_path("checklist"))
        return [str(path.relative_to(checklist)) for path in checklist.glob("*/*")]

    @api.model
    def _gdpr_forget_users(self, work):
        """Close the accounts of the people; the field table empties them."""
        if work.users:
            self.env.cr.execute(SQL("UPDATE res_users SET active = FALSE WHERE id = ANY(%s)", work.users))
            for table in ("queue_job", "drk_job"):
                query = SQL("DELETE FROM %s WHERE user_id = ANY(%s)", SQL.identifier(table), work.users)
                self.env.cr.execute(query)
            self.env.cr.execute(
                SQL(
                    """
                    DELETE FROM ir_filters f
                     WHERE EXISTS (SELECT 1 FROM ir_filters_res_users_rel r
                                    WHERE r.ir_filters_id = f.id AND r.res_users_id = ANY(%(users)s))
                       AND NOT EXISTS (SELECT 1 FROM ir_filters_res_users_rel r
                                        WHERE r.ir_filters_id = f.id AND r.res_users_id != ALL(%(users)s))
                    """,
                    users=work.users,
                )
            )
            self.env.cr.postcommit.add(self.env.registry.clear_cache)

    @api.model
    def _gdpr_forget_logs(self, work):
        """Take the addresses out of lists that have no link to a person, unless others use them; who waits keeps theirs."""
        query = SQL(
            """
            SELECT DISTINCT p.email_normalized FROM res_partner p
             WHERE p.id = ANY(%(people)s) AND p.email_normalized > ''
               AND NOT EXISTS (SELECT 1 FROM res_partner o WHERE o.email_normalized = p.email_normalized
                                                             AND o.id != ALL(%(people)s))
            """,
            people=sorted(set(work.people) - set(work.waiting)),
        )
        emails = [row[0] for row in self.env.execute_query(query)]
        if emails:
            self.env.cr.execute(SQL("DELETE FROM mail_gateway_allowed WHERE email_normalized = ANY(%s)", emails))
            self.env.cr.execute(SQL("DELETE FROM mail_blacklist WHERE email = ANY(%s)", emails))
        if "phone.blacklist" in self.env:
            self._gdpr_forget_blocked_phones(work)

    @api.model
    def _gdpr_forget_blocked_phones(self, work):
        if not self.env.execute_query(SQL("SELECT 1 FROM phone_blacklist LIMIT 1")):
            return
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM phone_blacklist b
                 WHERE b.number IN (SELECT phone_sanitized FROM res_partner WHERE id = ANY(%(people)s) AND phone_sanitized > '')
                   AND NOT EXISTS (SELECT 1 FROM res_partner o
                                    WHERE o.phone_sanitized = b.number AND o.id != ALL(%(people)s))
                """,
                people=sorted(set(work.people) - set(work.waiting)),
            )
        )
