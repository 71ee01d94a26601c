from odoo import api, models
from odoo.fields import Domain


class MailMessage(models.Model):
    """Core names record and sender of a message as the superuser."""

    _inherit = "mail.message"

    def _drk_nameless(self):
        """Return the messages from or about a nameless person or record."""
        if self.env.su or not self or not self.env["res.partner"]._drk_hides_people():
            return self.browse()
        documents = self._drk_of_nameless_documents("model")
        # sudo: the answer is only that there is no name to show
        return self.filtered(lambda m: m.sudo().author_id.with_env(self.env)._drk_nameless() or m in documents)

    @api.model
    def _drk_nameless_domain(self):
        return Domain("author_id", "any", self.env["res.partner"]._drk_nameless_domain()) | (
            self._drk_nameless_documents_domain("model")
        )

    @api.model
    def _drk_telling(self):
        return frozenset({"email_from", "reply_to", "incoming_email_to", "incoming_email_cc"})

    @api.depends_context("uid")
    def _compute_record_name(self):
        hidden = self._drk_of_nameless_documents("model")
        hidden.record_name = self._drk_no_name()
        return super(MailMessage, self - hidden)._compute_record_name()

    def _to_store(self, store, fields, **kwargs):
        is_chatter = "message_format" in fields
        result = super()._to_store(store, fields, **kwargs)
        if is_chatter:
            self._drk_hide_in(store)
        return result

    def _drk_hide_in(self, store):
        """Take out of the store what its reader is not to see; core put it there as the superuser."""
        reader = store.target.get_user(self.env) or self.env.ref("base.public_user")
        seen = self.with_user(reader)
        for message in seen._drk_nameless():
            store.add_model_values(
                "mail.message",
                {"id": message.id, "email_from": False, "incoming_email_cc": [], "incoming_email_to": []},
            )
        # sudo: the messages that a text links to, only their records
        linked = self.sudo().linked_message_ids.with_user(reader)
        for message in (seen | linked)._drk_of_nameless_documents("model"):
            name, thread = self._drk_no_name(), {"id": message.sudo().res_id, "model": message.sudo().model}
            store.add_model_values("mail.message", {"id": message.id, "default_subject": name, "record_name": name})
            store.add_model_values("mail.thread", thread | {"display_name": name})
