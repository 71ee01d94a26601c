from datetime import timedelta

from odoo import fields

from .common import ACCOUNTANT, CASHIER, FinanceCase


class CashCase(FinanceCase):
    """A cash box with 100 EUR of change and a card terminal in A, and people who owe something."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cashier_b = cls._user("cashier-b", CASHIER, cls.association_b)
        cls.employee = cls._user("finance-employee", "drk_base.group_drk_base_user")
        cls.today = fields.Date.context_today(cls.env.user)
        cls.yesterday = cls.today - timedelta(days=1)
        cls.cash, cls.card = cls._desk(cls.association_a)
        cls.cash_b, cls.card_b = cls._desk(cls.association_b)
        for user in (cls.accountant_a, cls.accountant_b):
            assert user.has_group(ACCOUNTANT)

    @classmethod
    def _desk(cls, company):
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        journals = env["account.journal"].search([("company_id", "=", company.id), ("drk_cash_kind", "!=", False)])
        by_kind = journals.grouped("drk_cash_kind")
        return by_kind["cash"], by_kind["card"]

    def _transfer(self, amount, direction="in", user=None, date=None, text="Wechselgeld"):
        wizard = self._as(user or self.cashier_a, self.env["drk.cash.transfer"]).create(
            {"direction": direction, "amount": amount, "text": text, "date": date or self.today}
        )
        return wizard._drk_transfer()

    def _collect(self, charges, journal=None, user=None, date=None):
        user = user or self.cashier_a
        return self._as(user, charges)._drk_collect(self._as(user, journal or self.cash), date)

    def _invoiced(self, amount=50.0, **vals):
        charge = self._charge(amount, **vals)
        charge._drk_invoice()
        return charge

    def _closing(self, counted, day=None, user=None, reason=False):
        return self._as(user or self.cashier_a, self.env["drk.cash.closing"]).create(
            {
                "journal_id": self.cash.id,
                "day": day or self.today,
                "counted": counted,
                "reason": reason,
                "count_ids": [],
            }
        )
