from collections import defaultdict

from odoo import models


class MailThread(models.AbstractModel):
    """The mail gateway and mail templates find people of the record's association only."""

    _inherit = "mail.thread"

    def _partner_find_from_emails(self, records_emails, **kwargs):
        results = {}
        for company, part in self._drk_split_by_company(records_emails).items():
            context = {"drk_person_company_id": company.id}
            keys = {record.with_context(**context): emails for record, emails in part.items()}
            records = self.browse([record.id for record in keys if self]) if self else self
            results.update(super(MailThread, records.with_context(**context))._partner_find_from_emails(keys, **kwargs))
        return results or super()._partner_find_from_emails(records_emails, **kwargs)

    def _drk_split_by_company(self, records_emails):
        parts = defaultdict(dict)
        for record, emails in records_emails.items():
            # sudo: the company of a record is no secret to whoever writes to its followers
            companies = record.sudo()._mail_get_companies() if record else {}
            parts[companies.get(record.id) or self.env.company][record] = emails
        return parts

    def _track_filter_for_display(self, tracking_values):
        shown = super()._track_filter_for_display(tracking_values)
        if not self._drk_nameless():
            return shown
        return shown.filtered(lambda value: not self._drk_tells(value.field_id.name))

    def _drk_tells(self, name):
        return not name or bool(self._drk_told([name])) or self._drk_leads_to_people(name)
