from odoo import api, models


class DrkProcessingActivity(models.Model):
    _inherit = "drk.processing.activity"

    @api.model
    def _proposals(self):
        _ = self.env._
        return [
            {
                "code": "accounting",
                "name": _("Accounting and payments"),
                "purpose": _("To invoice, collect and book payments, and to keep the books as law demands."),
                "legal_basis": _("GDPR Art. 6(1)(b) contract, (c) duty to keep books (AO §§ 140 to 147, HGB § 257)"),
                "recipients": _("Tax adviser, tax office, auditors, banks; debt collection in single cases"),
                "models": [
                    "account.move", "account.move.line", "account.payment", "account.bank.statement",
                    "account.bank.statement.line", "drk.charge", "drk.cash.count", "drk.cash.closing",
                    "drk.cash.line", "payment.transaction", "payment.token",
                ],
                "facts": ["retention_books_years", "retention_letters_years", "retention_vouchers_years"],
            },
            *super()._proposals(),
        ]  # fmt: skip
