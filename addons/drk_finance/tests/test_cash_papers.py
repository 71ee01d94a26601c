import io

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from pypdf import PdfReader

from .cash_common import CashCase


@tagged("post_install", "-at_install")
class TestCashPapers(CashCase):
    """Receipts and the cash report, as they are printed in German."""

    def _text(self, report, records, user=None):
        records = self._as(user or self.cashier_a, records).with_context(lang="de_DE", force_report_rendering=True)
        content = records.env["ir.actions.report"]._drk_pdf(f"drk_finance.{report}", records)
        reader = PdfReader(io.BytesIO(content))
        self.pages = len(reader.pages)
        return " ".join("\n".join(page.extract_text() for page in reader.pages).split())

    def test_receipt(self):
        self.erika.lang = "de_DE"
        charge = self._charge(50)
        payment = self._collect(charge)
        text = self._text("report_receipt", payment)
        for words in (
            payment.name,
            "Quittung",
            "50,00 €",
            "Erika Musterfrau",
            "Hauptstraße 1",
            "Erste-Hilfe-Kurs",
            "Bar",
            charge.move_id.name,
            "Steuerfrei nach § 4 Nr. 22",
        ):
            self.assertIn(words, text)
        self.assertEqual(self.pages, 1)

    def test_receipt_with_tax(self):
        kind = self._kind()
        kind.rule_ids.write({"tax_ids": [Command.set(self.books_a["tax19"].ids)], "exemption_text": False})
        text = self._text("report_receipt", self._collect(self._charge(119), self.card))
        self.assertIn("Karte", text)
        self.assertIn("19,00 €", text)

    def test_receipts_of_several_payers_are_one_print(self):
        payments = self._collect(self._charge(20) | self._charge(40, payer=self.firm))
        text = self._text("report_receipt", payments)
        self.assertEqual(self.pages, 2)
        self.assertIn("Muster GmbH", text)

    def test_receipt_of_a_cancellation(self):
        payment = self._collect(self._charge(50))
        counter = self._as(self.cashier_a, payment)._drk_undo("Doppelt kassiert")
        text = self._text("report_receipt", counter)
        self.assertIn(f"Storno der Quittung {payment.name}", text)
        self.assertIn("Doppelt kassiert", text)
        self.assertIn("Ausgezahlt", text)

    def test_cash_report(self):
        self._transfer(100, date=self.yesterday)
        payment = self._collect(self._charge(50))
        self._transfer(30, "out", text="Einzahlung Sparkasse")
        closing = self._closing(118, reason="Wechselgeld")
        closing.count_ids = [Command.create({"denomination": 50, "number": 2})]
        closing.counted = 118
        closing._drk_close()
        text = self._text("report_cash", closing)
        for words in (
            "Kassenbericht",
            payment.name,
            "Erika Musterfrau",
            "Einzahlung Sparkasse",
            "Anfangsbestand",
            "100,00 €",
            "Differenz",
            "-2,00 €",
            "Wechselgeld",
            "118,00 €",
            self.cashier_a.name,
        ):
            self.assertIn(words, text.replace("\u2011", "-").replace("−", "-"), words)

    def test_open_day_says_so(self):
        self.assertIn("Noch nicht abgeschlossen", self._text("report_cash", self._closing(0)))

    def test_foreign_receipts_are_not_printed(self):
        payment = self._collect(self._charge(50))
        for user in (self.cashier_b, self.employee):
            with self.assertRaises(AccessError):
                self._text("report_receipt", payment, user)
            with self.assertRaises(AccessError):
                self._as(user, payment).action_drk_receipt()
