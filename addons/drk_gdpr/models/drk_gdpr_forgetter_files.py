from odoo import api, models
from odoo.tools import SQL

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
        query = SQL("DELETE FROM ir_attachment WHERE %s RETURNING store_fname", condition)
        attachments = self.env["ir.attachment"]
        for (name,) in self.env.execute_query(query):
            if name:
                attachments._mark_for_gc(name)

    @api.model
    def _gdpr_forget_users(self, work):
        """Close the accounts of the people; the field table empties them."""
        if work.users:
            self.env.cr.execute(SQL("UPDATE res_users SET active = FALSE WHERE id = ANY(%s)", work.users))
            self.env.cr.postcommit.add(self.env.registry.clear_cache)

    @api.model
    def _gdpr_forget_logs(self, work):
        """Take the addresses out of lists that have no link to a person, unless others use them."""
        query = SQL(
            """
            SELECT DISTINCT p.email_normalized FROM res_partner p
             WHERE p.id = ANY(%(people)s) AND p.email_normalized > ''
               AND NOT EXISTS (SELECT 1 FROM res_partner o WHERE o.email_normalized = p.email_normalized
                                                             AND o.id != ALL(%(people)s))
            """,
            people=work.people,
        )
        emails = [row[0] for row in self.env.execute_query(query)]
        if emails:
            self.env.cr.execute(SQL("DELETE FROM mail_gateway_allowed WHERE email_normalized = ANY(%s)", emails))
            self.env.cr.execute(SQL("DELETE FROM mail_blacklist WHERE email = ANY(%s)", emails))
        query = SQL(
            """
            DELETE FROM phone_blacklist b
             WHERE b.number IN (SELECT phone_sanitized FROM res_partner WHERE id = ANY(%(people)s) AND phone_sanitized > '')
               AND NOT EXISTS (SELECT 1 FROM res_partner o WHERE o.phone_sanitized = b.number AND o.id != ALL(%(people)s))
            """,
            people=work.people,
        )
        if self.env.execute_query(SQL("SELECT 1 FROM phone_blacklist LIMIT 1")):
            self.env.cr.execute(query)
