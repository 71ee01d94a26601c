from odoo import models

CONSENT_FIELDS = (
    "drk_consent_state", "drk_consent_given_at", "drk_consent_given_by_id", "drk_consent_given_channel_id",
    "drk_consent_withdrawn_at", "drk_consent_withdrawn_by_id", "drk_consent_withdrawn_channel_id",
)  # fmt: skip


class ResPartner(models.Model):
    """The field log of people."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def unlink(self):
        logs_sudo = self.env["auditlog.log"].sudo()  # the field log is nobody's to change
        kept = self.sudo().filtered(lambda person: person._drk_logged() and person.company_id._drk_keeps_log())
        if kept:
            logs_sudo.search([("drk_person_id", "in", kept.ids)])._drk_reduce()
        return super().unlink()  # all other entries go with the person (ondelete)

    def _drk_logged(self):
        """Return the people whose association has the field log."""
        return self.filtered(lambda person: person.sudo().company_id.drk_field_log)

    def _drk_consent_snapshot(self):
        return {
            person.id: {name: self._fields[name].convert_to_read(person[name], person) for name in CONSENT_FIELDS}
            for person in self
        }

    def _drk_log_consents(self, before):
        """Log the fields of the declaration, which follow from the ledger and are never written themselves."""
        rules_sudo = self.env["auditlog.rule"].sudo()  # everybody's changes are logged
        after = self._drk_consent_snapshot()
        model_id = self.env["ir.model"]._get_id("res.partner")
        rules_sudo.pool._auditlog_model_cache.setdefault("res.partner", model_id)
        rules_sudo.create_logs(self.env.uid, "res.partner", self.ids, "write", before, after, {"log_type": "full"})
