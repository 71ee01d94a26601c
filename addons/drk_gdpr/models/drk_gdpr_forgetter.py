from odoo import api, models
from odoo.tools import SQL
from odoo.tools.misc import split_every

from ..tools.erasure import PARTNER

BATCH = 5000


class DrkGdprForgetter(models.AbstractModel):
    """Forgets what the table of fields cannot say; each add-on adds its own with ``super()``."""

    _name = "drk.gdpr.forgetter"
    _description = "Forgets People"

    # ------------------------------------------------------------------ hooks
    @api.model
    def _gdpr_forget(self, run, people):
        """Hook: forget what the inventory of fields does not reach. Batch, in the transaction of the chunk, in SQL.

        :param run: ``drk.erasure.run``
        :param people: ``res.partner`` of one association
        """
        work = self._gdpr_work()
        self._gdpr_forget_documents(work)
        self._gdpr_forget_threads(work)
        self._gdpr_forget_written(work)
        self._gdpr_forget_received(work)
        self._gdpr_forget_files(work)
        self._gdpr_forget_logs(work)
        self._gdpr_forget_users(work)

    @api.model
    def _gdpr_field_paths(self, model_name):
        """Hook: where fields of one model belong to different people.

        :return: dict of field to path, or to a tuple of paths; other fields follow the path of the model, which an entry
            of an empty name replaces
        """
        return {}

    @api.model
    def _gdpr_own_models(self):
        """Hook: models that the forgetter treats row by row meaning, so that the field table leaves them alone."""
        return {
            "mail.message", "mail.mail", "mail.tracking.value", "mail.activity", "mail.message.translation",
            "mail.message.schedule", "ir.filters", "mail.message.link.preview", "mail.link.preview", "mail.scheduled.message",
            "ir.attachment", "ir.model.data", "ir.logging", "bus.bus", "discuss.channel", "discuss.call.history",
            "queue.job", "drk.job", "drk.job.chunk", "drk.erasure.run", "drk.erasure.line", "drk.erasure.marker",
        }  # fmt: skip

    @api.model
    def _gdpr_marker_models(self):
        """Hook: models whose names, addresses and numbers identify a person; a run remembers them for its proof."""
        return {PARTNER, "res.partner.bank", "res.users"}

    @api.model
    def _gdpr_shared_models(self):
        """Hook: models whose texts are about something else, although people lead to them: "Koch" is a cook there."""
        return {"event.event", "utm.campaign", "digest.digest", "account.bank.statement"}

    @api.model
    def _gdpr_replacer(self, work, model_name):
        return work.replace_shared if model_name in self._gdpr_shared_models() else work.replace

    @api.model
    def _gdpr_needed_while_open(self):
        """Hook: models that the open business of a person needs, so that not even a request clears them before its end."""
        return {"res.partner.bank"}

    @api.model
    def _gdpr_expired_deletes(self):
        """Hook: models whose kept records are deleted when their period ends, instead of being cleared."""
        return {"drk.consent"}

    @api.model
    def _gdpr_forget_fields(self, partners, field_names):
        """Clear single fields of people and what remembers their old values.

        :param partners: ``res.partner``
        :param field_names: names of fields of ``res.partner``
        """
        self.env.flush_all()
        plan = self.env["drk.erasure.plan"]
        unit = next(unit for unit in plan._units() if unit.model == PARTNER)
        cells = [cell for cell in unit.cells if cell.name in field_names]
        self._gdpr_write(
            unit, cells, partners.ids, self.env["drk.erasure.engine"]._symbolic_params(partners.company_id[:1])
        )
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM mail_tracking_value v USING mail_message m, ir_model_fields f
                 WHERE m.id = v.mail_message_id AND f.id = v.field_id AND m.model = 'res.partner'
                   AND m.res_id = ANY(%s) AND f.name = ANY(%s)
                """,
                partners.ids,
                list(field_names),
            )
        )
        self.env.invalidate_all(flush=False)

    @api.model
    def _gdpr_work(self):
        """Return the chunk that is being erased (``Work``)."""
        return self.env.context["drk_erasure_work"]

    # ------------------------------------------------------------------ tools for the hooks
    @api.model
    def _gdpr_write(self, unit, cells, ids, params):
        """Write the values that stay into the columns, empty the relations and delete the files of fields."""
        ids = list(ids)
        if not ids:
            return
        columns = [cell for cell in cells if cell.form == "column"]
        if columns:
            assignments = ", ".join(f'"{cell.name}" = {cell.value}' for cell in columns)
            query = f'UPDATE "{unit.table}" SET {assignments} WHERE id = ANY(%(drk_ids)s)'
            used = {name: params[name] for name in params if f"%({name})s" in query}
            self.env.cr.execute(SQL(query, drk_ids=ids, **used))
        for cell in cells:
            if cell.form == "relation":
                table, column = map(SQL.identifier, cell.relation)
                self.env.cr.execute(SQL("DELETE FROM %s WHERE %s = ANY(%s)", table, column, ids))
        files = [cell.name for cell in cells if cell.form == "file"]
        if files:
            condition = SQL("res_model = %s AND res_id = ANY(%s) AND res_field = ANY(%s)", unit.model, ids, files)
            self._gdpr_delete_files(condition)

    @api.model
    def _gdpr_delete(self, model_name, ids):
        """Delete records with everything that hangs on them by model and number."""
        for part in split_every(BATCH, ids):
            part = list(part)
            self._gdpr_forget_satellites(model_name, part)
            table = self.env[model_name]._table
            for other, column, required in self.env["drk.erasure.plan"]._references(table):
                if not required:
                    other, column = SQL.identifier(other.strip('"')), SQL.identifier(column)
                    query = SQL("UPDATE %s SET %s = NULL WHERE %s = ANY(%s)", other, column, column, part)
                    self.env.cr.execute(query)
            self.env.cr.execute(SQL("DELETE FROM %s WHERE id = ANY(%s)", SQL.identifier(table), part))

    @api.model
    def _gdpr_forget_satellites(self, model_name, ids):
        """Delete what belongs to records by their model and number: history, tasks, files, followers, import names."""
        by_record = SQL("res_model = %s AND res_id = ANY(%s)", model_name, ids)
        self._gdpr_delete_messages(SQL("model = %s AND res_id = ANY(%s)", model_name, ids))
        self._gdpr_delete_files(by_record)
        for table in ("mail_activity", "mail_followers"):
            self.env.cr.execute(SQL("DELETE FROM %s WHERE %s", SQL.identifier(table), by_record))
        self._gdpr_forget_import_names(model_name, ids)

    @api.model
    def _gdpr_forget_import_names(self, model_name, ids):
        self.env.cr.execute(SQL("DELETE FROM ir_model_data WHERE model = %s AND res_id = ANY(%s)", model_name, ids))

    @api.model
    def _gdpr_replace(self, table, columns, ids, replace):
        """Replace the values in texts of records that stay.

        :param columns: names of text columns
        :param replace: ``Replacer``
        """
        if not ids or not replace:
            return
        types = self.env["drk.erasure.plan"]._columns()
        columns = [name for name in columns if (table, name) in types]
        names = SQL(", ").join(SQL("%s::text", SQL.identifier(name)) for name in columns)
        query = SQL("SELECT id, %s FROM %s WHERE id = ANY(%s)", names, SQL.identifier(table), list(ids))
        for res_id, *texts in self.env.execute_query(query):
            changed = [
                SQL("%s = %s::%s", SQL.identifier(name), replace(text), SQL(types[table, name][0]))
                for name, text in zip(columns, texts, strict=True)
                if replace(text) != text
            ]
            if changed:
                query = SQL("UPDATE %s SET %s WHERE id = %s", SQL.identifier(table), SQL(", ").join(changed), res_id)
                self.env.cr.execute(query)
