import base64
import io
import zipfile
from email.message import EmailMessage

import openpyxl
import weasyprint
from odoo.addons.drk_gdpr.tools import extract
from odoo.tests import BaseCase, tagged
from reportlab.pdfgen import canvas

WORD = "<w:document><w:p><w:r><w:t>Mül</w:t></w:r><w:r><w:t>ler</w:t></w:r></w:p><w:p><w:t>Gr&#246;&amp;</w:t></w:p></w:document>"
ODT = "<text:p>Erika</text:p><text:p>Mül<text:span>ler</text:span></text:p>"


def archive(**members):
    """:return: bytes of an archive; ``__`` in a name is a point"""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "."), content)
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestExtract(BaseCase):
    def _pdf(self):
        return weasyprint.HTML(string="<title>Akte Groß</title><p>Erika Donau&shy;müller</p>").write_pdf()

    def test_pdf(self):
        text = extract.extract(self._pdf())
        self.assertIn("Erika Donaumüller", text)
        self.assertIn("Akte Groß", text)

    def test_pdf_fields_are_read(self):
        stream = io.BytesIO()
        page = canvas.Canvas(stream)
        page.acroForm.textfield(name="signer", value="Jörg Öder")
        page.showPage()
        page.save()
        self.assertIn("Jörg Öder", extract.extract(stream.getvalue()))

    def test_file_inside_a_pdf(self):
        attachment = weasyprint.Attachment(string="<Name>Erika Müller</Name>", name="rechnung.xml")
        text = extract.extract(weasyprint.HTML(string="x").write_pdf(attachments=[attachment]))
        self.assertIn("Erika Müller", text)
        self.assertIn("rechnung.xml", text)

    def test_word_processor(self):
        text = extract.extract(archive(word_document__xml=WORD, mimetype="x"))
        self.assertIn("Müller Grö&", text)
        self.assertIn("Erika Müller", extract.extract(archive(content__xml=ODT, mimetype="x")))

    def test_spreadsheet(self):
        book, stream = openpyxl.Workbook(), io.BytesIO()
        book.active["A1"], book.active["B1"] = "Müller", "Straße 1"
        book.save(stream)
        self.assertIn("Müller Straße 1", extract.extract(stream.getvalue()))

    def test_archive_in_an_archive(self):
        text = extract.extract(archive(inner__zip=archive(brief_Mueller__pdf=self._pdf())))
        self.assertIn("brief_Mueller.pdf", text)
        self.assertIn("Erika Donaumüller", text)

    def test_mail(self):
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = (
            "Frage an Müller",
            "Jörg Öder <a@example.org>",
            "b@example.org",
        )
        message.set_content("Größe" * 20, cte="base64")
        message.add_alternative("<p>M&uuml;<b>ller</b></p>", subtype="html")
        message.add_attachment(self._pdf(), maintype="application", subtype="pdf", filename="Ärger.pdf")
        text = extract.extract(bytes(message))
        for word in ("Frage an Müller", "Jörg Öder", "GrößeGröße", "Müller", "Erika Donaumüller", "Ärger.pdf"):
            self.assertIn(word, text)

    def test_other_texts(self):
        self.assertEqual(extract.extract("Müller\n\n x".encode()), "Müller x")
        self.assertEqual(extract.extract("Müller".encode("cp1252")), "Müller")
        self.assertEqual(extract.extract("Müller".encode("utf-16")), "Müller")
        self.assertIn("Müller Größe", extract.extract(rb"{\rtf1 M\'fcller\par Gr\u246?\'dfe}"))
        self.assertIn("Müller", extract.extract(extract.OLE + "Müller".encode("utf-16-le")))

    def test_what_hides_its_text(self):
        for data in (self._pdf(), archive(a="x"), b"{\\rtf1 x}", "x".encode("utf-16"), extract.OLE):
            self.assertTrue(extract.needs_extraction(data))
        picture = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ")
        for data in (b"", b"Erika", picture):
            self.assertFalse(extract.needs_extraction(data))
        self.assertEqual(extract.extract(picture), "")

    def test_damaged_and_hostile_files_are_named_as_such(self):
        bomb = archive(**{f"f{number}": b"\0" * 30_000_000 for number in range(8)})
        nested = b"x"
        for _ in range(extract.DEEPEST + 2):
            nested = archive(next__zip=nested)
        for data in (b"%PDF-1.7 damaged", b"PK\3\4 damaged", bomb, nested):
            with self.assertRaises(extract.UnreadableError):
                extract.extract(data)
