"""The access sheet as an editable Word document, for associations without a template of their own."""

import io

from docx import Document
from docx.shared import Mm, Pt


def write_sheet(sheet, title, head_lines, logo, words):
    """Write a sheet as Word document.

    :param sheet: dict as ``drk.access.sheet`` makes it
    :param head_lines: texts above the title; empty ones are left out
    :param logo: bytes of a picture or ``None``
    :param words: ``kept`` (with ``%s``) and ``nothing``
    :return: bytes
    """
    document = Document()
    document.core_properties.author = head_lines[0]
    document.core_properties.title = title
    document.styles["Normal"].font.size = Pt(10)
    _head(document, head_lines, logo)
    document.add_heading(title, level=1)
    document.add_paragraph(sheet["person"])
    for section in sheet["sections"]:
        _section(document, section, words)
    document.add_paragraph(sheet["confidential_note"])
    result = io.BytesIO()
    document.save(result)
    return result.getvalue()


def _head(document, lines, logo):
    header = document.sections[0].header.paragraphs[0]
    if logo:
        header.add_run().add_picture(io.BytesIO(logo), height=Mm(15))
        header.add_run("  ")
    header.add_run(" · ".join(line for line in lines if line))


def _section(document, section, words):
    document.add_heading(section["title"], level=2)
    for line in section["lines"]:
        document.add_paragraph(line, style="List Bullet")
    if not section["lines"] and not section["groups"]:
        document.add_paragraph(words["nothing"])
    for group in section["groups"]:
        document.add_heading(group["title"], level=3)
        for record in group["records"]:
            _record(document, record, words)


def _record(document, record, words):
    if record["title"]:
        document.add_paragraph().add_run(record["title"]).bold = True
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for field in record["fields"]:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = field["label"], str(field["value"])
    if record["keep_until"]:
        document.add_paragraph(words["kept"] % record["keep_until"])
    else:
        document.add_paragraph()


def write_letter(company_lines, logo, recipient, subject, reference, paragraphs):
    """Write a letter as Word document.

    :param company_lines: texts of the head; empty ones are left out
    :param logo: bytes of a picture or ``None``
    :param recipient: lines of the address
    :param reference: our sign and the day
    :param paragraphs: texts, from the salutation to the name
    :return: bytes
    """
    document = Document()
    document.styles["Normal"].font.size = Pt(11)
    _head(document, company_lines, logo)
    document.add_paragraph("\n".join(recipient))
    document.add_paragraph(reference)
    document.add_paragraph().add_run(subject).bold = True
    for text in paragraphs:
        document.add_paragraph(text)
    result = io.BytesIO()
    document.save(result)
    return result.getvalue()
