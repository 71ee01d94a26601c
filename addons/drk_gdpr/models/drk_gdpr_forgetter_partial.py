from odoo import api, models
from odoo.tools import SQL

from ..tools.erasure import PARTNER
from ..tools.replacer import Replacer

USERS = "res.users"
#: Values that stand in texts elsewhere; a note or an occupation does not identify anybody there.
SPREAD = ("communication", "bank")
#: Fields that follow from others, so that they go with them.
FOLLOWERS = {
    "email": ("email_normalized", "drk_email_key"),
    "phone": ("phone_sanitized", "drk_phone_key", "drk_phone_kind"),
}
#: Rows of a user's own record and of the login itself: they say nothing about what the user wrote.
OWN_TABLES = ("res_users_log", "res_users_settings", "res_device_log")
OWN_ROWS = {
    "res_users": "id != ALL(%(ids)s)",
    "res_partner": "id NOT IN (SELECT partner_id FROM res_users WHERE id = ANY(%(ids)s))",
}


class DrkGdprForgetter(models.AbstractModel):
    """Forgets parts of what is known about people who stay."""

    _inherit = "drk.gdpr.forgetter"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------ fields
    @api.model
    def _gdpr_forget_fields(self, partners, field_names):
        names = set(field_names).union(*(FOLLOWERS.get(name, ()) for name in field_names))
        self.env.flush_all()
        values = self._gdpr_spread_values(partners, names)
        result = super()._gdpr_forget_fields(partners, sorted(names))
        self._gdpr_forget_audit(partners, names)
        self._gdpr_forget_values(partners, values)
        self.env.invalidate_all(flush=False)
        return result

    @api.model
    def _gdpr_spread_values(self, partners, names):
        """Return the texts of the fields, those of before included, that may stand in messages and copies."""
        rows = self.env["drk.inventory.field"].search(
            [("model", "=", PARTNER), ("field", "in", list(names)), ("category", "in", SPREAD)]
        )
        fields = [row.field for row in rows if partners._fields[row.field].type == "char"]
        values = {value for partner in partners for name in fields if (value := partner[name])}
        query = SQL(
            """
            SELECT v.old_value_char, v.new_value_char FROM mail_message m
              JOIN mail_tracking_value v ON v.mail_message_id = m.id
              JOIN ir_model_fields f ON f.id = v.field_id
             WHERE m.model = %s AND m.res_id = ANY(%s) AND f.name = ANY(%s)
            """,
            PARTNER,
            partners.ids,
            fields,
        )
        return values.union(*(filter(None, row) for row in self.env.execute_query(query)))

    @api.model
    def _gdpr_forget_audit(self, partners, names):
        """Old values in the log of changed fields."""
        if "auditlog.log.line" not in self.env:
            return
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM auditlog_log_line v USING auditlog_log l, ir_model_fields f
                 WHERE l.id = v.log_id AND f.id = v.field_id AND f.model = %s AND f.name = ANY(%s)
                   AND l.model_id = f.model_id AND l.res_id = ANY(%s)
                """,
                PARTNER,
                sorted(names),
                partners.ids,
            )
        )

    # ------------------------------------------------------------------ values
    @api.model
    def _gdpr_forget_values(self, partners, values):
        """Take texts (numbers, addresses) out of the people's messages, mails and the copies in their records."""
        if not values:
            return
        self._gdpr_clean_messages(self._gdpr_messages_of(partners), Replacer(values))
        self._gdpr_forget_copies(partners, values)

    @api.model
    def _gdpr_messages_of(self, partners):
        """Return the messages on the pages of people, by them and to them: list of numbers."""
        query = SQL(
            """
            SELECT id FROM mail_message WHERE (model = %(model)s AND res_id = ANY(%(people)s))
             UNION SELECT id FROM mail_message WHERE author_id = ANY(%(people)s)
             UNION SELECT mail_message_id FROM mail_notification WHERE res_partner_id = ANY(%(people)s)
             UNION SELECT mail_message_id FROM mail_message_res_partner_rel WHERE res_partner_id = ANY(%(people)s)
            """,
            model=PARTNER,
            people=partners.ids,
        )
        return [row[0] for row in self.env.execute_query(query)]

    @api.model
    def _gdpr_forget_copies(self, partners, values):
        """Empty the columns of the people's records that hold one of the values; vouchers stay as they are."""
        lowered = sorted({value.lower() for value in values})
        for unit in self._gdpr_units_of_people():
            names = [
                cell.name for cell in unit.cells if cell.is_text and cell.category in SPREAD and cell.form == "column"
            ]
            names = [name for name in names if not self._gdpr_is_required(unit, name)]
            if not names or unit.model in (PARTNER, USERS) or unit.is_voucher:
                continue
            found = SQL(f"SELECT f.id FROM ({unit.find}) f", people=partners.ids)
            for name in names:
                column = SQL.identifier(name)
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = NULL WHERE lower(%s) = ANY(%s) AND id IN (%s)",
                        SQL.identifier(unit.table),
                        column,
                        column,
                        lowered,
                        found,
                    )
                )

    @api.model
    def _gdpr_units_of_people(self):
        return self.env["drk.erasure.plan"]._units()

    @api.model
    def _gdpr_is_required(self, unit, name):
        return self.env["drk.erasure.plan"]._columns().get((unit.table, name), (0, True))[1]

    # ------------------------------------------------------------------ records
    @api.model
    def _gdpr_forget_records(self, partners, records):
        """Delete records of people, with their history and the values that stand in messages.

        :param records: records of one model that belong to the people alone
        """
        self.env.flush_all()
        if records._name == USERS:
            self._gdpr_forget_accounts(records.ids)
        else:
            values = self._gdpr_record_values(records)
            if records._name == "ir.attachment":
                self._gdpr_delete_files(SQL("id = ANY(%s)", records.ids))
            elif records._name == "mail.message":
                self._gdpr_delete_messages(SQL("id = ANY(%s)", records.ids))
            else:
                self._gdpr_delete(records._name, records.ids)
            self._gdpr_forget_values(partners, values)
        self.env.invalidate_all(flush=False)

    @api.model
    def _gdpr_record_values(self, records):
        rows = self.env["drk.inventory.field"].search([("model", "=", records._name), ("category", "in", SPREAD)])
        names = [
            row.field for row in rows if row.field in records._fields and records._fields[row.field].type == "char"
        ]
        return {value for record in records for name in names if (value := record[name])}

    # ------------------------------------------------------------------ accounts
    @api.model
    def _gdpr_forget_accounts(self, user_ids):
        """Delete accounts. Who wrote something stays as an archived account without name and address; no mail is sent.

        :param user_ids: numbers of ``res.users``
        :return: numbers of those that stay
        """
        unit = next(unit for unit in self._gdpr_units_of_people() if unit.model == USERS)
        people = [
            row[0]
            for row in self.env.execute_query(SQL("SELECT partner_id FROM res_users WHERE id = ANY(%s)", user_ids))
        ]
        for other in self._gdpr_units_of_people():
            if USERS in other.way and other.model != USERS and other.deletes:
                query = SQL(f"SELECT f.id FROM ({other.find}) f", people=people)
                self._gdpr_delete(other.model, [row[0] for row in self.env.execute_query(query)])
        company = self.env[PARTNER].browse(people).company_id[:1]
        params = self.env["drk.erasure.engine"]._symbolic_params(company)
        self._gdpr_write(unit, unit.cells, user_ids, params)
        self.env.cr.execute(SQL("UPDATE res_users SET active = FALSE, password = NULL WHERE id = ANY(%s)", user_ids))
        writers = self._gdpr_writers(user_ids)
        unused = sorted(set(user_ids) - writers)
        if unused:
            self._gdpr_forget_satellites(USERS, unused)
            self.env.cr.execute(SQL("DELETE FROM res_users WHERE id = ANY(%s)", unused))
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
        return writers

    @api.model
    def _gdpr_writers(self, user_ids):
        """Return which of the users are named in records of others: who wrote, is responsible, decided."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c
                  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                 WHERE c.contype = 'f' AND c.confdeltype != 'c' AND c.confrelid = 'res_users'::regclass
                """
            )
        )
        found = set()
        for table, column in rows:
            table = table.strip('"')
            if table in OWN_TABLES:
                continue
            others = SQL(OWN_ROWS[table], ids=user_ids) if table in OWN_ROWS else SQL("TRUE")
            column = SQL.identifier(column)
            query = SQL(
                "SELECT DISTINCT %s FROM %s WHERE %s = ANY(%s) AND %s",
                column,
                SQL.identifier(table),
                column,
                user_ids,
                others,
            )
            found |= {row[0] for row in self.env.execute_query(query)}
        return found

    @api.model
    def _gdpr_release_accounts(self, user_ids):
        """Delete accounts whose person is deleted; who wrote something belongs to nobody from then on."""
        stay = sorted(self._gdpr_forget_accounts(user_ids))
        if stay:
            nobody = self.env.ref("drk_gdpr.partner_deleted_account")
            self.env.cr.execute(SQL("UPDATE res_users SET partner_id = %s WHERE id = ANY(%s)", nobody.id, stay))
        self.env.invalidate_all(flush=False)
