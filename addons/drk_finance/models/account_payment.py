from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..tools.lock import wait_for

CASHIER = "drk_finance.group_drk_finance_cashier"


class AccountPayment(models.Model):
    """Money that a cashier took: with a receipt, taken back only by a payment the other way."""

    _inherit = "account.payment"
    _drk_name_is_guarded = True

    drk_charge_ids = fields.Many2many(
        "drk.charge", "drk_charge_payment_rel", "payment_id", "charge_id", string="Charges", copy=False, readonly=True
    )
    drk_undoes_id = fields.Many2one(
        "account.payment", "Takes back", copy=False, readonly=True, index="btree_not_null", ondelete="restrict"
    )
    drk_undone_by_ids = fields.One2many("account.payment", "drk_undoes_id", string="Taken back by")
    drk_reason = fields.Char("Reason", copy=False, readonly=True)
    drk_is_undone = fields.Boolean("Taken back", compute="_compute_drk_is_undone", search="_search_drk_is_undone")
    drk_cash_kind = fields.Selection(related="journal_id.drk_cash_kind", string="Paid by")
    drk_memo = fields.Char("What for", compute="_compute_drk_memo")

    _drk_undone_once = models.UniqueIndex(
        "(drk_undoes_id) WHERE drk_undoes_id IS NOT NULL", "This payment was already taken back."
    )

    # An erasure asks for them by the person.
    _drk_partner_index = models.Index("(partner_id) WHERE partner_id IS NOT NULL")

    @api.depends("drk_undone_by_ids")
    def _compute_drk_is_undone(self):
        for payment in self:
            payment.drk_is_undone = bool(payment.sudo().drk_undone_by_ids)

    def _search_drk_is_undone(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("drk_undone_by_ids", "!=", False)]

    @api.depends("memo", "drk_charge_ids.name")
    def _compute_drk_memo(self):
        for payment in self:
            names = dict.fromkeys(payment.sudo().drk_charge_ids.mapped("name"))
            payment.drk_memo = ", ".join(filter(None, [payment.memo, *names]))

    # ------------------------------------------------------------------
    # taking money
    # ------------------------------------------------------------------
    @api.model
    def _drk_check_cashier(self, journal):
        """:raise AccessError: when the user may not take money with this journal"""
        if not self.env.su and not self.env.user.has_group(CASHIER):
            raise AccessError(self.env._("Only a cashier may take or pay out money."))
        journal.check_access("read")
        if not journal.sudo().drk_cash_kind:
            raise UserError(self.env._("Money is taken with a cash box or a card terminal."))

    @api.model
    def _drk_take(self, journal, amounts, date=None, charges=None):
        """Take (or pay out) money for open receivable lines: one posted, reconciled payment per payer.

        The caller has checked what the user may do; this runs with all rights.

        :param journal: ``account.journal`` of a cash box or card terminal
        :param dict amounts: ``account.move.line`` -> part of its open amount; negative is paid out
        :param date: day of the payment, default today
        :param charges: ``drk.charge`` that are paid
        :return: ``account.payment``
        """
        journal = journal.sudo()
        date = date or fields.Date.context_today(self)
        if date > fields.Date.context_today(self):
            raise UserError(self.env._("A payment cannot lie in the future."))
        groups = defaultdict(dict)
        for line, amount in amounts.items():
            groups[line.company_id, line.partner_id, line.currency_id, line.account_id][line.sudo()] = amount
        payments = self.sudo().browse()
        for (company, partner, currency, account), lines in groups.items():
            if company != journal.company_id:
                raise UserError(self.env._("%s belongs to another association.", journal.name))
            payments |= self.sudo()._drk_take_of(journal, partner, currency, account, lines, date, charges)
        return payments.with_env(self.env)

    def _drk_take_of(self, journal, partner, currency, account, amounts, date, charges):
        total = currency.round(sum(amounts.values()))
        lines = self.env["account.move.line"].union(*amounts)
        if not total:
            lines.reconcile()
            return self.browse()
        vals = self._prepare_drk_payment_vals(journal, partner, total, date)
        vals |= {"currency_id": currency.id, "destination_account_id": account.id}
        vals["memo"] = ", ".join(dict.fromkeys(lines.move_id.mapped("name")))
        if charges:
            paid = charges.sudo().filtered(lambda charge: charge.move_id in lines.move_id)
            vals["drk_charge_ids"] = [Command.set(paid.ids)]
        payment = self.with_company(journal.company_id).create(vals)
        payment.action_post()
        (payment._drk_counterpart() | lines).reconcile()
        lines.move_id.matched_payment_ids += payment
        return payment

    @api.model
    def _prepare_drk_payment_vals(self, journal, partner, total, date):
        """Hook: values of a payment at the cash box.

        :param float total: negative when money is paid out
        """
        direction = "inbound" if total > 0 else "outbound"
        methods = journal[f"{direction}_payment_method_line_ids"]
        method = methods.filtered(lambda line: line.payment_account_id == journal.default_account_id)[:1]
        if not method:
            raise UserError(self.env._("%s is not set up for payments.", journal.name))
        return {
            "payment_type": direction,
            "partner_type": "customer",
            "partner_id": partner.id,
            "amount": abs(total),
            "journal_id": journal.id,
            "payment_method_line_id": method.id,
            "date": date,
        }

    def _drk_counterpart(self):
        """Return the receivable lines of these payments."""
        return self.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    # ------------------------------------------------------------------
    # taking back
    # ------------------------------------------------------------------
    def action_drk_undo(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take the payment back"),
            "res_model": "drk.payment.undo",
            "view_mode": "form",
            "target": "new",
            "context": {"default_payment_id": self.id},
        }

    def _drk_undo(self, reason, date=None):
        """Take payments back by payments the other way; their invoices are open again.

        :param str reason: stands on the counter payment
        :param date: day of the counter payments, default today
        :return: ``account.payment``, the counter payments
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Please say why the payment is taken back."))
        self._drk_check_cashier(self.journal_id)
        self.check_access("read")
        wait_for(self)
        counters = [payment.sudo()._drk_undo_one(reason.strip(), date) for payment in self]
        return self.browse().union(*counters).with_env(self.env)

    def _drk_undo_one(self, reason, date):
        if self.drk_undone_by_ids or self.drk_undoes_id:
            raise UserError(self.env._("%s was already taken back.", self.name))
        if self.state not in ("in_process", "paid") or not self.move_id:
            raise UserError(self.env._("Only a payment that was booked can be taken back."))
        invoices = self.reconciled_invoice_ids
        self._drk_counterpart().remove_move_reconcile()
        invoices.matched_payment_ids -= self
        back = -self.amount if self.payment_type == "inbound" else self.amount
        vals = self._prepare_drk_payment_vals(
            self.journal_id, self.partner_id, back, date or fields.Date.context_today(self)
        )
        counter = self.with_company(self.company_id).create(
            {
                **vals,
                "currency_id": self.currency_id.id,
                "destination_account_id": self.destination_account_id.id,
                "memo": self.env._("Takes back %(payment)s: %(reason)s", payment=self.name, reason=reason),
                "drk_undoes_id": self.id,
                "drk_reason": reason,
                "drk_charge_ids": [Command.set(self.drk_charge_ids.ids)],
            }
        )
        counter.action_post()
        (self._drk_counterpart() | counter._drk_counterpart()).reconcile()
        return counter
