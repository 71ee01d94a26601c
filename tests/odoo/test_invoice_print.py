"""Odoo's own invoices print through our engine: needs account, l10n_de and l10n_din5008 in a German company."""

import base64
import io
import time

from odoo import Command
from odoo.tests import TransactionCase, tagged
from PIL import Image
from pypdf import PdfReader

INVOICES = "account.account_invoices"


@tagged("post_install", "-at_install")
class TestInvoicePrint(TransactionCase):
    """Two posted invoices, German layout, one real PDF."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "force_report_rendering": True, "lang": "de_DE"})
        cls.company = cls.env["res.company"].search([("chart_template", "=like", "de_%")], limit=1)
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.company.write(cls._letterhead())
        partners = cls.env["res.partner"].create(
            [cls._prepare_partner(name) for name in ("Erika Beispiel", "Max Muster")]
        )
        cls.invoices = cls.env["account.move"].create(
            [cls._prepare_invoice(partner, lines) for partner, lines in zip(partners, (40, 3), strict=True)]
        )
        cls.invoices.action_post()

    @classmethod
    def _letterhead(cls):
        logo = io.BytesIO()
        Image.new("RGB", (240, 80), "#2b5f8a").save(logo, "PNG")
        return {
            "name": "Kreisverband Musterstadt e.V.",
            "street": "Am Markt 1",
            "zip": "12345",
            "city": "Musterstadt",
            "country_id": cls.env.ref("base.de").id,
            "company_registry": "VR 123",
            "report_header": "<p>Hilfe in Musterstadt</p>",
            "report_footer": "<p>Fußzeile der Gliederung</p>",
            "company_details": "<p>Kreisverband Musterstadt e.V.<br/>Am Markt 1<br/>12345 Musterstadt</p>",
            "logo": base64.b64encode(logo.getvalue()),
            "external_report_layout_id": cls.env.ref("l10n_din5008.external_layout_din5008").id,
            "paperformat_id": cls.env.ref("l10n_din5008.paperformat_euro_din").id,
        }

    @classmethod
    def _prepare_partner(cls, name):
        country = cls.env.ref("base.de").id
        return {
            "name": name,
            "street": "Hauptstraße 5",
            "zip": "12345",
            "city": "Musterstadt",
            "country_id": country,
            "lang": "de_DE",
            "company_id": cls.company.id,
        }

    @classmethod
    def _prepare_invoice(cls, partner, lines):
        return {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "company_id": cls.company.id,
            "invoice_date": "2027-01-15",
            "invoice_line_ids": [
                Command.create({"name": f"Lehrgang {number:02d}", "price_unit": 50.0, "quantity": 2})
                for number in range(lines)
            ],
        }

    def _print(self, invoices):
        return self.env["ir.actions.report"]._drk_pdf(INVOICES, invoices)

    def _texts(self, pdf):
        return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]

    def _pages_of(self, texts, invoice):
        """Pages of one invoice: from the one with its number in the head to the next first page."""
        start = next(index for index, text in enumerate(texts) if invoice.name in text)
        count = int(texts[start].partition("1 von ")[2].split()[0])
        return texts[start : start + count]

    def test_several_invoices_are_one_pdf(self):
        """Both invoices, in order, each with header, footer and its own page numbers."""
        pdf = self._print(self.invoices)
        self.assertTrue(pdf.startswith(b"%PDF"))
        texts = self._texts(pdf)
        long, short = (self._pages_of(texts, invoice) for invoice in self.invoices)
        self.assertEqual(long + short, texts)
        self.assertGreater(len(long), 1)
        for pages in (long, short):
            for number, text in enumerate(pages, 1):
                self.assertIn("Hilfe in Musterstadt", text)
                self.assertIn("Fußzeile der Gliederung", text)
                self.assertIn(f"{number} von {len(pages)}", text)

    def test_addresses_amounts_and_umlauts_are_text(self):
        text = " ".join(self._texts(self._print(self.invoices[1])))
        for part in (
            "Max Muster",
            "Hauptstraße 5",
            "12345 Musterstadt",
            "Lehrgang 02",
            "357,00",
            self.invoices[1].name,
        ):
            self.assertIn(part, text)
        self.assertIn("Rechnung", text)

    def test_no_line_is_lost_between_pages(self):
        text = " ".join(self._texts(self._print(self.invoices[0])))
        for number in range(40):
            self.assertIn(f"Lehrgang {number:02d}", text)

    def test_other_layouts_of_odoo(self):
        """Header, footer and page numbers in the layouts that Odoo offers for choice."""
        self.company.paperformat_id = self.env.ref("base.paperformat_euro")
        for layout in ("standard", "boxed", "bold", "striped", "bubble", "wave", "folder"):
            self.company.external_report_layout_id = self.env.ref(f"web.external_layout_{layout}")
            with self.subTest(layout):
                texts = self._texts(self._print(self.invoices[0]))
                for number, text in enumerate(texts, 1):
                    self.assertIn("Fußzeile der Gliederung", text)
                    self.assertRegex(text, rf"{number}\s*/\s*{len(texts)}")

    def test_sending_makes_the_pdf(self):
        """The dialog "Senden & Drucken" stores a PDF per invoice, with the e-invoice inside where it is asked for."""
        self.env["account.move.send"]._generate_and_send_invoices(self.invoices, sending_methods=["manual"])
        for invoice in self.invoices:
            stored = invoice.invoice_pdf_report_id
            self.assertTrue(stored.raw.startswith(b"%PDF"))
            self.assertIn(invoice.name, " ".join(self._texts(stored.raw)))

    def test_second_invoice_is_quick(self):
        """The style sheets are read once by a process: 9 s for each document before, about 1 s now."""
        self._print(self.invoices[1])
        start = time.process_time()
        self._print(self.invoices[1])
        self.assertLess(time.process_time() - start, 4)
