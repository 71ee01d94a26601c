from collections import defaultdict

from odoo import models
from odoo.tools import float_compare, format_date, formatLang

RECEIPT = "drk_finance.report_receipt"


class AccountPayment(models.Model):
    """What stands on the receipt of a payment."""

    _inherit = "account.payment"  # pylint: disable=consider-merging-classes-inherited

    def action_drk_receipt(self):
        """Print the receipts of payments that a cashier took."""
        self.check_access("read")
        return self.env.ref(RECEIPT).report_action(self)

    def _drk_receipt_filename(self):
        """Return the name of the file: the number, without signs that a file cannot have."""
        return f"{self._drk_receipt_title()} {self.name}".replace("/", "-")

    def _drk_receipt(self):
        """Collect what stands on the receipt.

        :return: dict: title, payer (lines of the address), paid_by, lines (text, amount), taxes (label, amount), reasons
        """
        self.ensure_one()
        self.check_access("read")
        payment = self.sudo()
        invoices = payment._drk_receipt_invoices()
        return {
            "title": payment._drk_receipt_title(),
            "company": payment.company_id,
            "payer": payment.partner_id._drk_recipient_lines(payment.company_id),
            "date": format_date(self.env, payment.date),
            "paid_by": dict(payment.journal_id._fields["drk_cash_kind"]._description_selection(self.env)).get(
                payment.journal_id.drk_cash_kind, payment.journal_id.name
            ),
            "lines": payment._drk_receipt_lines(invoices),
            "taxes": payment._drk_receipt_taxes(invoices),
            "reasons": payment._drk_receipt_reasons(invoices),
            "invoices": ", ".join(invoices.mapped("name")),
            "amount": formatLang(self.env, payment.amount, currency_obj=payment.currency_id),
        }

    def _drk_receipt_title(self):
        if self.drk_undoes_id:
            return self.env._("Cancellation of receipt %s", self.drk_undoes_id.name)
        return self.env._("Receipt") if self.payment_type == "inbound" else self.env._("Pay-out receipt")

    def _drk_receipt_invoices(self):
        origin = self.drk_undoes_id or self
        return origin.reconciled_invoice_ids or origin.drk_charge_ids.move_id

    def _drk_receipt_lines(self, invoices):
        """Hook: what was paid for.

        :return: list of (text, amount as text)
        """
        charges = (self.drk_undoes_id or self).drk_charge_ids
        if charges:
            rows = [(charge.name, charge.drk_person_id.name, charge.amount) for charge in charges]
        else:
            rows = [
                (line.name, "", -line.price_total if line.move_id.move_type == "out_refund" else line.price_total)
                for line in invoices.invoice_line_ids.filtered(lambda line: line.display_type == "product")
            ]
        return [
            (" · ".join(filter(None, (name, person))), formatLang(self.env, amount, currency_obj=self.currency_id))
            for name, person, amount in rows
        ]

    def _drk_receipt_taxes(self, invoices):
        """Return the taxes of the invoices, when they are paid as a whole by this payment.

        :return: list of (label, amount as text)
        """
        total = sum(invoices.mapped("amount_total_signed"))
        if float_compare(abs(total), self.amount, precision_rounding=self.currency_id.rounding):
            return []
        taxes = defaultdict(float)
        for line in invoices.line_ids.filtered("tax_line_id"):
            taxes[line.tax_line_id.name] -= line.balance
        return [(name, formatLang(self.env, tax, currency_obj=self.currency_id)) for name, tax in taxes.items()]

    def _drk_receipt_reasons(self, invoices):
        """Hook: why there is no tax on what was paid for.

        :return: list of str
        """
        lines = (self.drk_undoes_id or self).drk_charge_ids.move_line_id or invoices.invoice_line_ids
        untaxed = lines.filtered(lambda line: line.display_type == "product" and not line.tax_ids)
        return list(dict.fromkeys(filter(None, untaxed.mapped("drk_exemption_text"))))
