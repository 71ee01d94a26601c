from odoo import api, fields, models

#: kind -> journal type, code, name in the source language
CASH_JOURNALS = {"cash": ("cash", "KASSE"), "card": ("bank", "KARTE")}


class AccountJournal(models.Model):
    """A cash box (Kasse) or a card terminal where the cashier takes money."""

    _inherit = "account.journal"

    drk_cash_kind = fields.Selection(
        [("cash", "Cash"), ("card", "Card")], string="Taken by the cashier", copy=False, index="btree_not_null"
    )
    # Whoever moves money of a cash box or closes its day counts this up: of two at the same time the database refuses
    # the second, Odoo repeats it and it sees what the first did. Balance and closed days can so be trusted.
    drk_cash_stamp = fields.Integer("Movements", default=0, copy=False, readonly=True)

    @api.model
    def _drk_cash_journal_name(self, kind):
        """Hook: name of the journal that the set-up creates."""
        return {"cash": self.env._("Cash box"), "card": self.env._("Card payment")}[kind]

    @api.model
    def _drk_ensure_cash_journals(self, company):
        """Give the association a cash box and a card terminal; existing ones stay as they are.

        :param company: ``res.company`` that has a chart of accounts
        """
        journals = self.with_company(company).sudo()
        for kind in CASH_JOURNALS:
            if not journals.search_count([("company_id", "=", company.id), ("drk_cash_kind", "=", kind)], limit=1):
                journals._drk_cash_journal(company, kind)._drk_pay_directly()
        desk = journals.search([("company_id", "=", company.id), ("drk_cash_kind", "!=", False)])
        for journal in desk:  # the accounts may have been chosen later than the journal was made
            journal.profit_account_id = journal.profit_account_id or company.default_cash_difference_income_account_id
            journal.loss_account_id = journal.loss_account_id or company.default_cash_difference_expense_account_id

    def _drk_cash_journal(self, company, kind):
        """Return a journal for that kind: the chart's own cash journal, or a new one."""
        journal_type, code = CASH_JOURNALS[kind]
        if kind == "cash":
            domain = [("company_id", "=", company.id), ("type", "=", "cash"), ("default_account_id", "!=", False)]
            journal = self.search(domain, limit=1)
            if journal:
                journal.drk_cash_kind = kind
                return journal
        german = self.with_context(lang=company.partner_id.lang or self.env.lang)
        return self.create(
            {
                "name": german._drk_cash_journal_name(kind),
                "code": self._drk_free_code(company, code),
                "type": journal_type,
                "company_id": company.id,
                "drk_cash_kind": kind,
                # One gapless number for everything that moves the money, payments and deposits alike.
                "payment_sequence": False,
            }
        )

    def _drk_free_code(self, company, code):
        domain = [("company_id", "=", company.id), ("code", "=", code)]
        taken = self.with_context(active_test=False).search_count(domain, limit=1)
        return f"{code[:4]}2" if taken else code

    def _drk_pay_directly(self):
        """Book payments on the account of the money itself: what was paid in cash is paid."""
        for journal in self:
            methods = journal.inbound_payment_method_line_ids | journal.outbound_payment_method_line_ids
            methods.filtered(lambda line: line.code == "manual").payment_account_id = journal.default_account_id

    def _drk_touch(self):
        """Let only one transaction at a time move the money of these journals."""
        journals = self.filtered("drk_cash_kind")
        if journals:
            self.env.cr.execute(
                "UPDATE account_journal SET drk_cash_stamp = COALESCE(drk_cash_stamp, 0) + 1 WHERE id IN %s",
                [tuple(sorted(journals.ids))],
                log_exceptions=False,
            )
            journals.invalidate_recordset(["drk_cash_stamp"])

    def _drk_balance(self, until=None):
        """Return what the ledger says is in the box.

        :param until: date, inclusive; without it everything posted
        :return: float in the currency of the association
        """
        self.ensure_one()
        domain = [
            ("account_id", "=", self.default_account_id.id),
            ("company_id", "=", self.company_id.id),
            ("parent_state", "=", "posted"),
        ]
        if until:
            domain.append(("date", "<=", until))
        return self.env["account.move.line"].sudo()._read_group(domain, [], ["balance:sum"])[0][0] or 0.0

    def _drk_closed_until(self):
        """Return the last closed day per journal.

        :return: dict journal -> date
        """
        closings = self.env["drk.cash.closing"].sudo()
        domain = [("journal_id", "in", self.ids), ("state", "=", "closed")]
        return dict(closings._read_group(domain, ["journal_id"], ["day:max"]))
