import io

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from PIL import Image
from reportlab.graphics.barcode import qr

from .common import ReportCase

CORE = """
<t t-name="drk_report.test_core"><t t-call="web.html_container"><t t-foreach="docs" t-as="o">
    <t t-call="web.external_layout"><div class="page"><h2 t-out="o.name" />
    <p t-foreach="range(o.color * 10)" t-as="number" t-out="number" /></div></t>
</t></t></t>
"""


@tagged("post_install", "-at_install")
class TestReportEngine(ReportCase):
    """Odoo's own layouts print through WeasyPrint."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.association_a.write(
            {
                "report_footer": "<p>Fußzeile der Gliederung</p>",
                "external_report_layout_id": cls.env.ref("web.external_layout_standard").id,
            }
        )
        cls.report = cls._create_report(CORE, name="test_core")

    def _print(self, partners):
        return self.reports._drk_pdf(self.report, partners)

    def test_state_is_ok(self):
        self.assertEqual(self.reports.get_wkhtmltopdf_state(), "ok")

    def test_header_footer_and_page_numbers(self):
        texts = self._texts(self._print(self.partners[0]))
        self.assertGreater(len(texts), 1)
        for number, text in enumerate(texts, 1):
            self.assertIn("Am Markt 1", text)
            self.assertIn("Fußzeile der Gliederung", text)
            self.assertRegex(text, rf"{number}\s*/\s*{len(texts)}")

    def test_several_records_are_one_file_in_order(self):
        texts = self._texts(self._print(self.partners[::-1]))
        names = [name for text in texts for name in self.partners.mapped("name") if name in text]
        self.assertEqual(names, self.partners[::-1].mapped("name"))

    def test_same_record_twice(self):
        pdf = self.reports._render_qweb_pdf(self.report, [self.partners[1].id] * 2)[0]
        self.assertEqual(len(self._texts(pdf)), 2)

    def test_list_over_all_records_stays_one_document(self):
        report = self._create_report(
            """<t t-name="drk_report.test_list"><t t-call="web.html_container"><t t-call="web.internal_layout">
            <div class="page"><p t-foreach="docs" t-as="o" t-out="o.name" /></div></t></t></t>""",
            name="test_list",
        )
        texts = self._texts(self.reports._drk_pdf(report, self.partners))
        self.assertEqual(len(texts), 1)
        for name in self.partners.mapped("name"):
            self.assertIn(name, texts[0])

    def test_each_record_gets_its_attachment(self):
        self.report.attachment = "'core-%s.pdf' % object.id"
        self._print(self.partners)
        for partner in self.partners:
            found = self.env["ir.attachment"].search([("name", "=", f"core-{partner.id}.pdf")])
            self.assertIn(partner.name, self._texts(found.raw)[0])

    def test_paper_format_decides_the_page(self):
        self.report.paperformat_id = self.env["report.paperformat"].create(
            {"name": "A5", "format": "A5", "orientation": "Landscape"}
        )
        box = self._read(self._print(self.partners[1])).pages[0].mediabox
        self.assertEqual((round(box.width), round(box.height)), (595, 420))

    def test_html_without_layout(self):
        """What account and stock call with bodies of their own."""
        pdf = self.reports._run_wkhtmltopdf(["<html><body><p>Eins</p></body></html>", "<p>Zwei</p>"], landscape=True)
        self.assertEqual(self._texts(pdf), ["Eins", "Zwei"])

    def test_picture_of_html(self):
        for kind, start in (("png", b"\x89PNG"), ("jpg", b"\xff\xd8")):
            picture = self.reports._run_wkhtmltoimage(["<html><body>Bild</body></html>"], 120, 80, kind)[0]
            self.assertTrue(picture.startswith(start))

    def test_merging_keeps_language_title_and_form_fields(self):
        form = "<html lang='de'><head><title>Bogen</title></head><body><input name='a' value='1'/></body></html>"
        self.report.drk_pdf_forms = True
        single = self.reports._run_wkhtmltopdf([form], report_ref=self.report)
        merged = self._read(self.reports._merge_pdfs([io.BytesIO(single), io.BytesIO(single)]).getvalue())
        self.assertEqual(len(merged.pages), 2)
        self.assertEqual(merged.root_object["/Lang"], "de")
        self.assertEqual(merged.metadata.title, "Bogen")
        self.assertEqual({name for name in merged.get_fields() if name.endswith(".a")}, {"document1.a", "document2.a"})

    @mute_logger("pypdf._reader")
    def test_damaged_file_is_reported(self):
        with self.assertRaises(UserError):
            self.reports._merge_pdfs([io.BytesIO(b"no pdf")])
        broken, seen = io.BytesIO(b"no pdf"), []
        self.reports._merge_pdfs([broken], lambda error, error_stream: seen.append(error_stream))
        self.assertEqual(seen, [broken])

    def test_barcodes_are_pictures(self):
        for kind, value in (("Code128", "EH-2027"), ("EAN13", "4006381333931")):
            picture = Image.open(io.BytesIO(self.reports.barcode(kind, value, width="300", height="120")))
            self.assertEqual(picture.size, (300, 120))
            row = [picture.convert("L").getpixel((x, 60)) < 128 for x in range(300)]
            changes = sum(left != right for left, right in zip(row, row[1:], strict=False))
            self.assertGreater(changes, 10, kind)

    def test_qr_code_shows_each_module(self):
        symbol = qr.QrCodeWidget("Kurs EH-2027", barLevel="L").qr
        symbol.make()
        picture = Image.open(io.BytesIO(self.reports.barcode("QR", "Kurs EH-2027", width=232, height=232))).convert("L")
        step = 232 / (len(symbol.modules) + 8)  # four light modules all around
        for row, modules in enumerate(symbol.modules):
            seen = [
                picture.getpixel((int((x + 4.5) * step), int((row + 4.5) * step))) < 128 for x in range(len(modules))
            ]
            self.assertEqual(seen, [bool(module) for module in modules])

    def test_impossible_barcode_is_a_value_error(self):
        with self.assertRaises(ValueError):
            self.reports.barcode("Nothing", "1")
        with self.assertRaises(ValueError):
            self.reports.barcode("QR", "1", width=5000, height=5000)
