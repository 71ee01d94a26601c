from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.lock import wait_for


class DrkCharge(models.Model):
    """Charges are paid at the cash box."""

    _inherit = "drk.charge"

    payment_ids = fields.Many2many(
        "account.payment", "drk_charge_payment_rel", "charge_id", "payment_id", "Payments", copy=False, readonly=True
    )

    def action_collect(self):
        """Open the form that takes the money of these charges."""
        return self.env["drk.collect"]._drk_open(charges=self)

    def _drk_collect(self, journal, date=None):
        """Take the money of these charges: invoice what is not invoiced, one payment per payer, reconciled.

        Several cashiers may try at once: who comes second is told that nothing is open any more.

        :param journal: ``account.journal`` of a cash box or card terminal
        :param date: day of the payment, default today
        :return: ``account.payment``, in the environment of the caller; empty when credit covers all of it
        :raise AccessError: when the user is no cashier of this association
        :raise UserError: when nothing is open
        """
        payments = self.env["account.payment"]
        payments._drk_check_cashier(journal)
        self.check_access("read")
        charges = self.sudo()
        wait_for(charges)
        moves = charges.filtered(lambda charge: charge.state == "open")._drk_invoice(date=date)
        amounts = charges._drk_open_amounts()
        if not amounts and moves:
            return payments  # what was paid before covers it
        if not amounts:
            raise UserError(self.env._("Nothing is open any more: it was paid already or cancelled."))
        return payments._drk_take(journal, amounts, date=date, charges=charges)

    def _drk_open_amounts(self):
        """Return what is open of these charges on their invoices: of a collective invoice only their share.

        :return: dict ``account.move.line`` -> amount
        """
        shares = defaultdict(float)
        for charge in self - self._drk_collected():
            if charge.state == "invoiced" and charge.move_id.state == "posted":
                shares[charge.move_id] += charge.amount
        amounts = {}
        for move, share in shares.items():
            amounts |= self._drk_share_of(move, share)
        return amounts

    def _drk_due_amounts(self):
        """Return what a cashier would take for these charges now.

        :return: list of (charge, amount); without those that are paid, void or collected
        """
        charges = self.sudo() - self.sudo()._drk_collected()
        rows = [(charge, charge._drk_due_now(charges)) for charge in charges if charge.state == "open"]
        for move, of_move in charges.filtered(lambda charge: charge.state == "invoiced").grouped("move_id").items():
            left = sum(self.sudo()._drk_share_of(move, sum(of_move.mapped("amount"))).values())
            for charge in of_move:
                amount = min(charge.amount, left, key=abs)
                left = move.currency_id.round(left - amount)
                if amount:
                    rows.append((charge, amount))
        return rows

    def _drk_due_now(self, together):
        """Return what is to be paid for an open charge: what was paid for the one before it is set off.

        :param together: ``drk.charge`` that are paid at the same time, credits among them count for themselves
        """
        paid = (self._drk_credits() - together).filtered(lambda credit: credit.reversed_id.state == "paid")
        return max(self.amount + sum(paid.mapped("amount")), 0) if self.amount > 0 else self.amount

    def _drk_collected(self):
        """Return the charges whose share was taken already: their invoice may still be open for others."""
        return self.filtered(
            lambda charge: charge.payment_ids.filtered(
                lambda payment: not payment.drk_undoes_id and not payment.drk_undone_by_ids
            )
        )

    def _drk_share_of(self, move, share):
        """Spread a share over the open instalments of an invoice, the earliest first."""
        lines = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable" and not line.reconciled)
        amounts = {}
        for line in lines.sorted(lambda line: (line.date_maturity or line.date, line.id)):
            take = min(share, line.amount_residual_currency, key=abs)
            if take and take * line.amount_residual_currency > 0:
                amounts[line] = take
                share = move.currency_id.round(share - take)
        return amounts
