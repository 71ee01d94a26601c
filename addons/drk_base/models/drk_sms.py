from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import own_transaction, sms


class DrkSms(models.Model):
    """A text message (Textnachricht): what was sent to whom, and why not.

    The record is the guard against sending twice. A job claims it and commits that before the network is asked: a
    process that dies afterwards leaves a message nobody knows about, which is said and never sent again by itself.
    """

    _name = "drk.sms"
    _description = "Text message"
    _inherit = "drk.association.mixin"
    _order = "id desc"
    _rec_name = "number"

    partner_id = fields.Many2one("res.partner", "Recipient", index="btree_not_null", check_company=True, readonly=True)
    number = fields.Char(readonly=True, help="International form (E.164).")
    text = fields.Text(readonly=True)
    parts = fields.Integer(compute="_compute_parts", help="A long text is sent and paid in parts.")
    length_hint = fields.Char("Length", compute="_compute_parts")
    state = fields.Selection(
        [
            ("queued", "Waiting to be sent"),
            ("sending", "Being sent"),
            ("sent", "Sent"),
            ("failed", "Not sent"),
            ("off", "Switched off"),
        ],
        default="queued",
        required=True,
        index=True,
        readonly=True,
    )
    failure_reason = fields.Char("Reason", readonly=True)
    date_sent = fields.Datetime("Sent on", readonly=True)
    attempt = fields.Integer(default=1, readonly=True)
    res_model = fields.Char("About (model)", readonly=True)
    res_id = fields.Many2oneReference("About (record)", model_field="res_model", readonly=True)
    sms_id = fields.Many2one("sms.sms", "Message of Odoo", index="btree_not_null", ondelete="set null", readonly=True)

    _about = models.Index("(res_model, res_id)")

    @api.depends("text")
    @api.depends_context("lang")
    def _compute_parts(self):
        for message in self:
            message.parts = sms.count_parts(message.text or "")
            message.length_hint = self.env._(
                "%(length)s characters, %(parts)s of at most %(max)s parts",
                length=len(message.text or ""),
                parts=message.parts,
                max=sms.MAX_PARTS,
            )

    # ---- buttons --------------------------------------------------------------

    def action_retry(self):
        """Try again what was not sent."""
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("drk_base.group_drk_base_manager"):
            raise AccessError(self.env._("Only a manager may send text messages again."))
        again_sudo = self.sudo().filtered(lambda message: message.state in ("failed", "off"))  # table is read-only
        if not again_sudo:
            raise UserError(self.env._("This text message waits or was sent already."))
        for message_sudo in again_sudo:
            message_sudo._renew()

    def action_open_record(self):
        """Open what the message is about; whether the user may see it, the record decides."""
        self.ensure_one()
        if self.res_model not in self.env or not self.res_id:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # ---- API ----------------------------------------------------------------------

    @api.model
    def _send(self, company, partner, number, text, record=None):
        """Write a text message into the log and send it by a job after the commit.

        What cannot be sent raises nothing: it is logged with its reason, so that a call list can be made of it. Whether
        the user may write to this person decides the caller.

        :param company: ``res.company``, the association that sends and pays
        :param partner: ``res.partner`` or an empty set
        :param number: str; empty for the telephone number of the partner
        :param text: str, at most 7 parts (1071 characters, 469 with characters beyond the GSM alphabet)
        :param record: record of any model that the message is about
        :return: ``drk.sms`` in the state ``queued``, ``failed`` or ``off``
        """
        company.ensure_one()
        vals = self._prepare_sms_vals(company, partner, number, text, record)
        message_sudo = self.sudo().with_company(company).create(vals)  # nobody writes the log by hand
        message_sudo._examine()
        return message_sudo.with_env(self.env)

    @api.model
    def _prepare_sms_vals(self, company, partner, number, text, record=None):
        """Hook: extend to store more on the message."""
        number = number or partner.sudo().phone  # sudo: the caller decided to write to this person
        return {
            "company_id": company.id,
            "partner_id": partner.id,
            "number": sms.format_number(number, company.country_id) or sms.clean_text(number)[:64],
            "text": sms.clean_text(text),
            "res_model": record._name if record else False,
            "res_id": record.id if record else False,
        }

    def _examine(self):
        """Queue the message, or note why it will not be sent."""
        state, reason = self._find_problem()
        if state:
            self._note(state, reason)
        else:
            self._enqueue()

    def _find_problem(self):
        company = self.company_id.with_context(lang=self.company_id._drk_office_lang())
        if company._drk_sms_is_off():
            return "off", company._drk_sms_off_sentence()
        if not self.number:
            return "failed", company.env._("No telephone number.")
        if not sms.format_number(self.number, company.country_id):
            return "failed", company.env._("This telephone number does not exist or costs extra.")
        reason = company._drk_sms_text_problem(self.text or "")
        return ("failed", reason) if reason else (None, None)

    def _enqueue(self):
        self.with_context(allowed_company_ids=self.company_id.ids).with_delay(
            description="Text message", identity_key=f"drk.sms:{self.id}:{self.attempt}"
        )._deliver()

    def _renew(self):
        number = sms.format_number(self.number or self.partner_id.phone, self.company_id.country_id)
        self.write(
            {
                "state": "queued",
                "failure_reason": False,
                "attempt": self.attempt + 1,
                "number": number or self.number,
                "sms_id": False,
            }
        )
        self._examine()

    def _note(self, state, reason=False):
        self.write(
            {
                "state": state,
                "failure_reason": reason,
                "date_sent": fields.Datetime.now() if state == "sent" else False,
            }
        )

    # ---- the job --------------------------------------------------------------------

    def _deliver(self):
        """Send this message once, however often and by however many processes the job runs."""
        self.ensure_one()
        with own_transaction.transaction.open(self.env) as env:
            message_sudo = self.with_env(env).sudo()  # nobody writes the log by hand
            if message_sudo._claim():
                message_sudo._hand_over()

    def _claim(self):
        """Mark the message as being sent and commit that; return whether it is ours.

        The row stays locked until the result is written, so who finds it free and being sent knows: that one died.
        """
        if not self.try_lock_for_update():
            return False  # deleted, or another process is at it
        if self.state == "sending":
            company = self.company_id.with_context(lang=self.company_id._drk_office_lang())
            self._note(
                "failed",
                company.env._("The sending was interrupted. It is not certain whether the message was sent."),
            )
        if self.state != "queued":
            return False
        state, reason = self._find_problem()  # the setting may have changed while it waited
        self._note(state or "sending", reason)
        own_transaction.transaction.commit(self.env.cr)
        return bool(self.try_lock_for_update()) and self.state == "sending"

    def _hand_over(self):
        """Give the message to core, which sends it by the way of the association, and note the result."""
        company = self.company_id
        record = self.with_company(company).with_context(lang=company._drk_office_lang())
        message = record.env["sms.sms"].create(self._prepare_core_sms_vals())
        self.sms_id = message
        message._send(unlink_failed=True, unlink_sent=True)
        if message.state in ("process", "pending", "sent"):
            self._note("sent")
        else:
            labels = dict(message._fields["failure_type"]._description_selection(record.env))
            self._note("failed", message.drk_failure_reason or labels.get(message.failure_type))

    def _prepare_core_sms_vals(self):
        """Hook: values of core's message."""
        return {
            "number": self.number,
            "body": self.text,
            "partner_id": self.partner_id.id,
            "drk_company_id": self.company_id.id,
        }
