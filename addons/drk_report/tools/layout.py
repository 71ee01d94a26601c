"""Turn the HTML pieces of Odoo's report engine into documents that WeasyPrint lays out."""

import copy
import re

import lxml.html
from lxml import etree

#: mm; only what report.paperformat can name and CSS cannot
SIZES = {
    "A0": (841, 1189),
    "A1": (594, 841),
    "A2": (420, 594),
    "A6": (105, 148),
    "A7": (74, 105),
    "A8": (52, 74),
    "A9": (37, 52),
    "B0": (1000, 1414),
    "B1": (707, 1000),
    "B2": (500, 707),
    "B3": (353, 500),
    "B6": (125, 176),
    "B7": (88, 125),
    "B8": (62, 88),
    "B9": (44, 62),
    "B10": (31, 44),
    "C5E": (163, 229),
    "Comm10E": (105, 241),
    "DLE": (110, 220),
    "Executive": (190.5, 254),
    "Folio": (210, 330),
    "Tabloid": (279, 432),
}
CSS_SIZES = ("A3", "A4", "A5", "B4", "B5", "Letter", "Legal", "Ledger")

#: What wkhtmltopdf needed in the HTML and what would cut a paged document after its first page.
CORE_CSS = """
html, body, main, .article, .page, #wrapwrap { height: auto !important; overflow: visible !important; }
html, body { margin: 0 !important; background: none; }
.drk-running-header { position: running(drk-header); }
.drk-running-footer { position: running(drk-footer); }
.drk-running span.page::after { content: counter(page); }
.drk-running span.topage::after { content: counter(pages); }
.drk-running span.page, .drk-running span.topage { display: inline; }
/* l10n_din5008 counts on wkhtmltopdf's magnification: without it these would be 4 and 7 points high. */
.din_page.footer .company_details table td li { font-size: 1em !important; line-height: 1.3; }
.din_page.footer ul { margin: 1mm 0 0; }
.din_page.invoice_note tr .address { font-size: 9.5pt !important; line-height: 1.3; }
.din_page.invoice_note tr .address .colored_address { font-size: 6.5pt; white-space: nowrap; }
.din_page.invoice_note tr .address hr { margin-bottom: 1mm; }
tr, img { break-inside: avoid; }
thead { display: table-header-group; }
"""


def paper_css(paper, landscape=False, specific=None):
    """Write the @page rule of a paper format.

    :param paper: ``report.paperformat`` or an empty record
    :param landscape: turned by the caller
    :param specific: dict of the ``data-report-*`` attributes, which win
    :return: CSS text
    """
    specific = specific or {}
    top = _number(specific.get("data-report-margin-top"), paper.margin_top)
    bottom = _number(specific.get("data-report-margin-bottom"), paper.margin_bottom)
    spacing = _number(specific.get("data-report-header-spacing"), paper.header_spacing)
    landscape = landscape or specific.get("data-report-landscape") or paper.orientation == "Landscape"
    line = "border-bottom: 0.3mm solid #000;" if paper.header_line else ""
    return f"""
@page {{
    size: {_size(paper)} {"landscape" if landscape else ""};
    margin: {top}mm {paper.margin_right or 0}mm {bottom}mm {paper.margin_left or 0}mm;
    @top-left {{
        content: element(drk-header); width: 100%; margin: 0; padding-top: {max(top - spacing, 0)}mm;
        vertical-align: top; {line}
    }}
    @bottom-left {{ content: element(drk-footer); width: 100%; margin: 0; vertical-align: top; }}
}}
"""


def _number(value, default):
    try:
        return float(value)
    except (TypeError, ValueError):
        return float(default or 0)


def _size(paper):
    name = paper.format or "A4"
    if name == "custom" and paper.page_width and paper.page_height:
        return f"{paper.page_width}mm {paper.page_height}mm"
    if name in SIZES:
        return "{}mm {}mm".format(*SIZES[name])
    return name if name in CSS_SIZES else "A4"


def parse(html):
    """Parse a whole document or a piece of one.

    :param html: text or UTF-8 bytes
    :return: the root element
    """
    if isinstance(html, bytes):
        html = html.decode()
    parser = lxml.html.HTMLParser(encoding="utf-8")
    return lxml.html.document_fromstring(html.encode() or b"<html/>", parser=parser)


def has_class(name):
    """XPath condition: the element has this class."""
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


def running_parts(html, container):
    """Split the headers (footers) that core put together: one for each body, in order."""
    if not html:
        return []
    root = parse(html)
    found = root.xpath(f"//div[@id='{container}']")
    return found[0].getchildren() if found else []


def assemble(body, header=None, footer=None, lang=None, title=None):
    """Make one document of a body of core and its header and footer.

    :param body: whole HTML document as core's minimal layout makes it
    :param header: element or None
    :param footer: element or None
    :return: (HTML text without style sheet links, list of their addresses)
    """
    root = parse(body)
    sheets = [link.get("href") for link in root.xpath("//link[@rel='stylesheet'][@href]")]
    for element in root.xpath("//link | //script | //base"):
        element.drop_tree()
    _name(root, lang, title)
    content = root.find("body")
    for kind, part in (("footer", footer), ("header", header)):
        if part is not None:
            content.insert(0, _running(kind, part, content.get("class", "")))
    return serialize(root), sheets


def _running(kind, part, classes):
    wrapper = etree.Element("div")
    wrapper.set("class", f"drk-running drk-running-{kind} {classes}")
    part = copy.deepcopy(part)
    part.tail = None
    wrapper.append(part)
    return wrapper


def _name(root, lang, title):
    """Give the document its language and title: both stand in the PDF and are read aloud."""
    if lang and not root.get("lang"):
        root.set("lang", lang.replace("_", "-"))
    head = root.find("head")
    if head is None:
        head = etree.Element("head")
        root.insert(0, head)
    if title and head.find("title") is None:
        etree.SubElement(head, "title").text = title


def own_documents(root):
    """Find the documents of our own layouts (``drk-doc``) in the HTML of a report.

    :return: list of elements, outermost ones only
    """
    return root.xpath(f"//*[{has_class('drk-doc')}][not(ancestor::*[{has_class('drk-doc')}])]")


def own_style(root):
    """Collect the style of a report: what stands outside of its documents, each text once.

    :return: CSS text
    """
    styles = root.xpath(f"//style[not(ancestor::*[{has_class('drk-doc')}])]/text()")
    return "\n".join(dict.fromkeys(styles))


def own_document(element, lang=None, title=None):
    """Wrap one document of our own layouts.

    :param element: the ``drk-doc`` element
    :return: HTML text
    """
    root = etree.Element("html")
    _name(root, element.get("lang") or lang, element.get("data-title") or title)
    element = copy.deepcopy(element)
    element.tail = None
    etree.SubElement(root, "body").append(element)
    return serialize(root)


def serialize(root):
    """Write HTML text; control characters that no document may hold are left out."""
    text = lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
