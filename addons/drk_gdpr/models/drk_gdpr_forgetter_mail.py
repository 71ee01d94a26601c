from odoo import api, models
from odoo.tools import SQL

from ..tools.erasure import PARTNER
from ..tools.replacer import PLACEHOLDER

MESSAGE_TEXTS = [
    "body",
    "subject",
    "email_from",
    "reply_to",
    "incoming_email_cc",
    "incoming_email_to",
    "outgoing_email_to",
]
MAIL_TEXTS = ["body_html", "email_to", "email_cc", "headers", "failure_reason"]
TRACKING_TEXTS = ["old_value_char", "new_value_char", "old_value_text", "new_value_text"]
#: Chats are small and belong to their members; the channels of a whole association are read by the proof alone.
CHATS = ("chat", "group", "livechat")
#: Files that belong to a message, not to a record that may have to be kept.
LOOSE_FILES = ("mail.message", "mail.compose.message", "mail.scheduled.message", PARTNER)


class DrkGdprForgetter(models.AbstractModel):
    """Chatter, tracking values, mails, tasks and chats."""

    _inherit = "drk.gdpr.forgetter"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _gdpr_forget_threads(self, work):
        """The history of a person is about the person and goes; other histories lose the values."""
        self._gdpr_forget_satellites_of_people(work)
        selects = {True: [], False: []}  # by whether the texts are about something else
        shared = self._gdpr_shared_models()
        for model_name in self._gdpr_cleaned_models(work):
            ids = self._gdpr_cleaned_ids(work, model_name)
            if ids:
                select = SQL("SELECT id FROM mail_message WHERE model = %s AND res_id = ANY(%s)", model_name, ids)
                selects[model_name in shared].append(select)
                if work.run.kind == "final" and work.treatment_of(model_name) == "keep_until":
                    # what was forgotten when the voucher was kept cannot be found in its history any more
                    self._gdpr_empty_messages([row[0] for row in self.env.execute_query(select)])
                if work.treatment_of(model_name) != "none":  # a course has a history of its own
                    self._gdpr_forget_tracking(model_name, ids)
                self._gdpr_clean_tasks(work, model_name, ids)
        for is_shared, some in selects.items():
            if some:
                ids = [row[0] for row in self.env.execute_query(SQL(" UNION ALL ").join(some))]
                self._gdpr_clean_messages(ids, work.replace_shared if is_shared else work.replace)

    @api.model
    def _gdpr_forget_satellites_of_people(self, work):
        self._gdpr_delete_messages(SQL("model = %s AND res_id = ANY(%s)", PARTNER, work.people))
        by_record = SQL("res_model = %s AND res_id = ANY(%s)", PARTNER, work.people)
        for table in ("mail_activity", "mail_followers"):
            self.env.cr.execute(SQL("DELETE FROM %s WHERE %s", SQL.identifier(table), by_record))
        self._gdpr_forget_import_names(PARTNER, work.people)

    @api.model
    def _gdpr_cleaned_models(self, work):
        """Return the models whose records stay and are cleaned."""
        deleted = {unit.model for unit in work.hits if unit.deletes} | self._gdpr_expired_deletes() | {PARTNER}
        return [name for name in work.models() if name not in deleted]

    @api.model
    def _gdpr_cleaned_ids(self, work, model_name):
        """Return the records of a model that are cleaned now: a kept voucher stays as it is, with its history."""
        is_voucher = work.treatment_of(model_name) == "keep_until"
        return work.free_ids(model_name) if is_voucher else work.ids_of(model_name)

    @api.model
    def _gdpr_forget_tracking(self, model_name, ids):
        """Delete the remembered values of personal fields; the state of a booking says nothing about a person."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM mail_tracking_value v USING mail_message m
                 WHERE m.id = v.mail_message_id AND m.model = %(model)s AND m.res_id = ANY(%(ids)s)
                   AND (v.field_id IS NULL OR v.field_id IN (
                        SELECT f.id FROM ir_model_fields f JOIN drk_inventory_field i ON i.model = f.model AND i.field = f.name
                         WHERE f.model = %(model)s
                           AND i.category NOT IN ('technical', 'engagement', 'money', 'log', 'consent')))
                """,
                model=model_name,
                ids=ids,
            )
        )

    @api.model
    def _gdpr_clean_tasks(self, work, model_name, ids):
        query = SQL("SELECT id FROM mail_activity WHERE res_model = %s AND res_id = ANY(%s)", model_name, ids)
        tasks = [row[0] for row in self.env.execute_query(query)]
        texts, replace = ["summary", "note", "feedback", "res_name"], self._gdpr_replacer(work, model_name)
        self._gdpr_replace("mail_activity", texts, tasks, replace)

    @api.model
    def _gdpr_clean_messages(self, ids, replace):
        self._gdpr_replace("mail_message", MESSAGE_TEXTS, ids, replace)
        if ids:
            query = SQL("SELECT id FROM mail_tracking_value WHERE mail_message_id = ANY(%s)", ids)
            values = [row[0] for row in self.env.execute_query(query)]
            self._gdpr_replace("mail_tracking_value", TRACKING_TEXTS, values, replace)
            query = SQL("SELECT id FROM mail_mail WHERE mail_message_id = ANY(%s)", ids)
            mails = [row[0] for row in self.env.execute_query(query)]
            self._gdpr_replace("mail_mail", MAIL_TEXTS, mails, replace)
            self.env.cr.execute(SQL("DELETE FROM mail_message_translation WHERE message_id = ANY(%s)", ids))

    @api.model
    def _gdpr_delete_messages(self, condition):
        """Delete messages with their mails, and the files that hang on nothing else."""
        ids = [row[0] for row in self.env.execute_query(SQL("SELECT id FROM mail_message WHERE %s", condition))]
        if not ids:
            return
        self._gdpr_delete_files(
            SQL(
                """
                id IN (SELECT attachment_id FROM message_attachment_rel WHERE message_id = ANY(%(ids)s))
                AND (res_model IS NULL OR res_model = ANY(%(loose)s))
                AND NOT EXISTS (SELECT 1 FROM message_attachment_rel o
                                 WHERE o.attachment_id = ir_attachment.id AND o.message_id != ALL(%(ids)s))
                """,
                ids=ids,
                loose=list(LOOSE_FILES),
            )
        )
        self.env.cr.execute(SQL("DELETE FROM mail_message WHERE id = ANY(%s)", ids))

    @api.model
    def _gdpr_forget_written(self, work):
        """What the people wrote in other records stays as an empty message; members of staff wrote for the association."""
        staff = "SELECT partner_id FROM res_users WHERE partner_id = ANY(%s) AND share IS NOT TRUE"
        query = SQL(
            f"SELECT id, author_id IN ({staff}) FROM mail_message WHERE author_id = ANY(%s) AND NOT (%s)",
            work.people,
            work.people,
            self._gdpr_is_kept_history(work),
        )
        rows = self.env.execute_query(query)
        self._gdpr_clean_messages([message for message, is_staff in rows if is_staff], work.replace_strictly)
        own = [message for message, is_staff in rows if not is_staff]
        if not own:
            return
        self._gdpr_delete_files(
            SQL(
                """
                id IN (SELECT attachment_id FROM message_attachment_rel WHERE message_id = ANY(%s))
                AND (res_model IS NULL OR res_model = ANY(%s))
                """,
                own,
                list(LOOSE_FILES),
            )
        )
        self._gdpr_empty_messages(own)

    @api.model
    def _gdpr_empty_messages(self, ids):
        """Take all that was said and who said it out of messages; that there was one stays."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE mail_message
                   SET body = %s, subject = NULL, email_from = NULL, reply_to = NULL, message_id = NULL,
                       incoming_email_cc = NULL, incoming_email_to = NULL, outgoing_email_to = NULL,
                       email_layout_xmlid = NULL
                 WHERE id = ANY(%s)
                """,
                f"<p>{PLACEHOLDER}</p>",
                ids,
            )
        )
        for table in ("mail_mail", "mail_tracking_value", "mail_message_schedule"):
            self.env.cr.execute(SQL("DELETE FROM %s WHERE mail_message_id = ANY(%s)", SQL.identifier(table), ids))
        self.env.cr.execute(SQL("DELETE FROM mail_message_translation WHERE message_id = ANY(%s)", ids))
        self.env.cr.execute(SQL("DELETE FROM mail_message_link_preview WHERE message_id = ANY(%s)", ids))

    @api.model
    def _gdpr_is_kept_history(self, work):
        """Return the SQL condition of a message that belongs to a kept voucher."""
        parts = [
            SQL("(model = %s AND res_id = ANY(%s))", model_name, list(kept))
            for model_name, kept in work.kept.items()
            if model_name != PARTNER and work.treatment_of(model_name) == "keep_until"
        ]
        # a message without a record is unknown to SQL, not "no"
        return SQL("COALESCE(%s, FALSE)", SQL(" OR ").join(parts)) if parts else SQL("FALSE")

    @api.model
    def _gdpr_forget_received(self, work):
        """Messages of others to the people stay without their values; mails that only they get go."""
        ids = self.env.execute_query(
            SQL(
                """
                SELECT id FROM mail_message WHERE NOT (%(kept)s) AND id IN (
                       SELECT mail_message_id FROM mail_notification WHERE res_partner_id = ANY(%(people)s)
                        UNION SELECT mail_message_id FROM mail_message_res_partner_rel WHERE res_partner_id = ANY(%(people)s))
                """,
                kept=self._gdpr_is_kept_history(work),
                people=work.people,
            )
        )
        self._gdpr_clean_messages([row[0] for row in ids], work.replace_shared)
        for table in ("mail_message_res_partner_rel", "mail_message_res_partner_starred_rel"):
            self.env.cr.execute(
                SQL("DELETE FROM %s WHERE res_partner_id = ANY(%s)", SQL.identifier(table), work.people)
            )
        self._gdpr_forget_mails(work)
        self._gdpr_forget_chats(work)

    @api.model
    def _gdpr_forget_mails(self, work):
        query = SQL(
            """
            SELECT r.mail_mail_id, BOOL_AND(o.res_partner_id = ANY(%(people)s))
              FROM mail_mail_res_partner_rel r JOIN mail_mail_res_partner_rel o ON o.mail_mail_id = r.mail_mail_id
             WHERE r.res_partner_id = ANY(%(people)s) GROUP BY r.mail_mail_id
            """,
            people=work.people,
        )
        rows = self.env.execute_query(query)
        self._gdpr_replace("mail_mail", MAIL_TEXTS, [mail for mail, only in rows if not only], work.replace_shared)
        own = [mail for mail, only in rows if only]
        if own:
            self.env.cr.execute(SQL("DELETE FROM mail_mail WHERE id = ANY(%s)", own))
        table = SQL.identifier("mail_mail_res_partner_rel")
        self.env.cr.execute(SQL("DELETE FROM %s WHERE res_partner_id = ANY(%s)", table, work.people))
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM mail_scheduled_message
                 WHERE (model = %(model)s AND res_id = ANY(%(people)s)) OR author_id = ANY(%(people)s)
                    OR id IN (SELECT mail_scheduled_message_id FROM mail_scheduled_message_res_partner_rel
                               WHERE res_partner_id = ANY(%(people)s))
                """,
                model=PARTNER,
                people=work.people,
            )
        )

    @api.model
    def _gdpr_forget_chats(self, work):
        query = SQL(
            """
            SELECT c.id, c.channel_type = ANY(%s) FROM discuss_channel c
             WHERE c.id IN (SELECT channel_id FROM discuss_channel_member WHERE partner_id = ANY(%s))
            """,
            list(CHATS),
            work.people,
        )
        rows = self.env.execute_query(query)
        chats = [channel for channel, is_chat in rows if is_chat]
        self._gdpr_replace("discuss_channel", ["name", "description"], chats, work.replace)
        if chats:
            query = SQL("SELECT id FROM mail_message WHERE model = 'discuss.channel' AND res_id = ANY(%s)", chats)
            self._gdpr_clean_messages([row[0] for row in self.env.execute_query(query)], work.replace_strictly)
