from odoo import api, fields, models


class SmsSms(models.Model):
    """Core's message on its way: it leaves as its association decided, and by no other way."""

    _inherit = "sms.sms"

    drk_company_id = fields.Many2one("res.company", "Association", index="btree_not_null", ondelete="cascade")
    drk_failure_reason = fields.Char("Why it was not sent", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        """The queue is emptied by a job of no association: keep who writes."""
        return super().create([{"drk_company_id": self.env.company.id, **vals} for vals in vals_list])

    def _get_sms_company(self):
        return self.mail_message_id.record_company_id or self.drk_company_id or super()._get_sms_company()

    def _split_by_api(self):
        for company, messages in self.grouped(lambda sms: sms._get_sms_company()).items():
            yield company._drk_sms_api(), messages

    # pylint: disable-next=missing-return
    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        """Core's queue calls this with messages of all associations at once, others with a way of their own choice."""
        for sms_api, messages in self._split_by_api():
            super(SmsSms, messages.with_context(sms_api=sms_api))._send(
                unlink_failed=unlink_failed, unlink_sent=unlink_sent, raise_exception=raise_exception
            )

    def _handle_call_result_hook(self, results):
        result = super()._handle_call_result_hook(results)
        reasons = {answer["uuid"]: answer.get("failure_reason") for answer in results}
        for sms in self:
            if sms.drk_failure_reason or reasons.get(sms.uuid):
                sms.drk_failure_reason = reasons.get(sms.uuid)
        return result
