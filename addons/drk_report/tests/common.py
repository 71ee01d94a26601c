import io
import zipfile

from docx import Document
from odoo.addons.drk_base.tests.common import DrkCase
from pypdf import PdfReader

LETTER = """
<t t-name="drk_report.test_letter">
    <t t-call="drk_report.container">
        <t t-foreach="docs" t-as="o">
            <t t-call="drk_report.letter">
                <t t-set="company" t-value="env.company" />
                <t t-set="recipient" t-value="o" />
                <t t-set="subject">Ihre Anmeldung</t>
                <t t-set="reference_rows" t-value="[('Unser Zeichen', 'EH-2027-0042')]" />
                <t t-set="signature" t-value="True" />
                <p>Guten Tag <t t-out="o.name" />,</p>
                <p t-foreach="range((o.color or 1) * 3)" t-as="number">
                    Absatz <t t-out="number" />: wir freuen uns auf Sie. Größe, Maß und Öfen kosten 12,50 €.
                </p>
            </t>
        </t>
    </t>
</t>
"""


class ReportCase(DrkCase):
    """Builders for templates, and readers for PDF and Word files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.association_a.write(
            {
                "street": "Am Markt 1",
                "zip": "12345",
                "city": "Musterstadt",
                "phone": "0211 123456",
                "drk_bank_text": "IBAN DE02 1203 0000 0000 2020 51",
                "drk_signature_name": "M. Muster",
                "drk_signature_function": "Kreisgeschäftsführung",
            }
        )
        cls.reports = cls.env["ir.actions.report"]
        cls.partners = cls.env["res.partner"].create(
            [
                {
                    "name": f"Erika Beispiel {number:03d}",
                    "street": f"Hauptstraße {number}",
                    "zip": "12345",
                    "city": "Musterstadt",
                    "company_id": cls.association_a.id,
                    "color": 11 if not number else 0,
                }
                for number in range(3)
            ]
        )

    @classmethod
    def _create_report(cls, arch, name="test_letter", model="res.partner", **vals):
        view = cls.env["ir.ui.view"].create({"name": name, "type": "qweb", "key": f"drk_report.{name}", "arch": arch})
        cls.env["ir.model.data"].create(
            {"module": "drk_report", "name": name, "model": "ir.ui.view", "res_id": view.id}
        )
        return cls.reports.create(
            {"name": name, "model": model, "report_name": f"drk_report.{name}", "report_type": "qweb-pdf", **vals}
        )

    @staticmethod
    def _read(pdf):
        return PdfReader(io.BytesIO(pdf))

    @classmethod
    def _texts(cls, pdf):
        return [page.extract_text() for page in cls._read(pdf).pages]

    @staticmethod
    def _positions(page):
        """Find where texts start.

        :return: {text: (mm from the left, mm from the top)}
        """
        found = {}

        def visit(text, matrix, text_matrix, _font, _size):
            x = text_matrix[4] * matrix[0] + text_matrix[5] * matrix[2] + matrix[4]
            y = text_matrix[4] * matrix[1] + text_matrix[5] * matrix[3] + matrix[5]
            if text.strip():
                found.setdefault(text.strip(), (x * 25.4 / 72, (float(page.mediabox.height) - y) * 25.4 / 72))

        page.extract_text(visitor_text=visit)
        return found

    @staticmethod
    def _docx(*paragraphs, table=None):
        """Make a Word file of paragraphs and the cells of a table."""
        document = Document()
        for paragraph in paragraphs:
            document.add_paragraph(paragraph)
        if table:
            grid = document.add_table(rows=0, cols=len(table[0]))
            for row in table:
                for cell, text in zip(grid.add_row().cells, row, strict=True):
                    cell.text = text
        file = io.BytesIO()
        document.save(file)
        return file.getvalue()

    @staticmethod
    def _docx_text(content):
        document = Document(io.BytesIO(content))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])

    @staticmethod
    def _repack(content, changes):
        """Change parts of a Word file.

        :param changes: {part name: bytes}
        """
        file = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
            for part in source.namelist():
                if part not in changes:
                    target.writestr(part, source.read(part))
            for part, data in changes.items():
                target.writestr(part, data)
        return file.getvalue()
