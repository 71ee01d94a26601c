from odoo import fields, models
from odoo.addons.drk_gdpr.tools.blocker import Blocker
from odoo.fields import Domain

SALES = ("out_invoice", "out_refund", "out_receipt")
PURCHASES = ("in_invoice", "in_refund", "in_receipt")


class ResPartner(models.Model):
    """Money keeps a person: credit, invoices, reminders, payments."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _drk_deletion_blockers(self):
        # the words for open items below say more than those an erasure waits for
        found = [blocker for blocker in super()._drk_deletion_blockers() if blocker.code != "money"]
        return [
            *found,
            *self._drk_credit_blockers(),
            *self._drk_owed_blockers(),
            *self._drk_invoice_blockers(),
            *self._drk_payment_blockers(),
            *self._drk_entry_blockers(),
        ]

    def _drk_money_blockers(self, model_name, domain, code, text, link="partner_id", date="date:max"):
        """Count vouchers per person.

        :param domain: ``Domain`` of the records
        :param str link: field that leads to the person
        :param date: aggregate of the day from which the period of vouchers runs, None without a period
        :return: list of ``Blocker``
        """
        # sudo: that there is money is said to whoever deletes, not how much
        groups = (
            self.env[model_name]
            .sudo()
            ._read_group(Domain(link, "in", self.ids) & domain, [link], [date or f"{link}:count", "__count"])
        )
        return [
            Blocker(person.id, code, text, date and self._drk_voucher_end(day), model_name, count)
            for person, day, count in groups
        ]

    def _drk_voucher_end(self, day):
        """Return until when a voucher of that day has to be kept, None without a day."""
        if not day:
            return None
        # vouchers that are kept already follow the rule that holds now
        rule = self.env["drk.law.fact"]._on("retention_vouchers_years", max(day, fields.Date.context_today(self)))
        return day.replace(year=day.year + int(rule.value), month=12, day=31)

    def _drk_credit_blockers(self):
        """Somebody gets money back: more was paid than owed, or a charge was taken back and is not settled."""
        text = self.env._("Credit balance")
        open_items = (
            Domain("account_type", "in", ("asset_receivable", "liability_payable"))
            & Domain("parent_state", "=", "posted")
            & Domain("amount_residual", "<", 0)
        )
        charges = Domain("state", "=", "open") & Domain("amount", "<", 0)
        return self._drk_money_blockers("account.move.line", open_items, "credit", text, date=None) + (
            self._drk_money_blockers("drk.charge", charges, "credit", text, link="payer_id", date=None)
        )

    def _drk_owed_blockers(self):
        """What is not paid yet; whoever is overdue gets the reminder."""
        owed = (
            Domain("account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("amount_residual", ">", 0)
        )
        overdue = Domain("date_maturity", "<", fields.Date.context_today(self))
        reminder, unpaid = self.env._("Recipient of reminders: overdue items"), self.env._("Unpaid items")
        line = "account.move.line"
        return [
            *self._drk_money_blockers(line, owed & overdue, "reminder", reminder, date=None),
            *self._drk_money_blockers(line, owed & ~overdue, "unpaid", unpaid, date=None),
        ]

    def _drk_invoice_blockers(self):
        moves = Domain("move_type", "in", SALES) & Domain("state", "!=", "cancel")
        return self._drk_money_blockers("account.move", moves, "invoice", self.env._("Invoice recipient"))

    def _drk_payment_blockers(self):
        payments = Domain("state", "in", ("in_process", "paid"))
        text = self.env._("Payment was made")
        return self._drk_money_blockers("account.payment", payments, "payment", text) + self._drk_money_blockers(
            "account.bank.statement.line", Domain.TRUE, "payment", text
        )

    def _drk_entry_blockers(self):
        """Bills of this person (fees of instructors) and other entries that name the person."""
        bills = Domain("move_type", "in", PURCHASES) & Domain("state", "!=", "cancel")
        entries = Domain("move_id.move_type", "=", "entry") & Domain("parent_state", "!=", "cancel")
        entries &= Domain("payment_id", "=", False) & Domain("statement_line_id", "=", False)
        return self._drk_money_blockers("account.move", bills, "bill", self.env._("Bills of this person")) + (
            self._drk_money_blockers("account.move.line", entries, "entry", self.env._("Journal entries"))
        )
