"""From HTML to PDF: parsed style sheets that are used again, and several documents in one file."""

import gc
import threading
from collections import OrderedDict
from contextlib import contextmanager

from weasyprint import CSS, HTML
from weasyprint.css.counters import CounterStyle
from weasyprint.text.fonts import FontConfiguration

from .fetcher import BASE_URL

#: So many different sets of style sheets are kept by a process.
KEPT = 4
#: So many small style sheets of single reports are kept by a press.
KEPT_EXTRA = 16
#: From so many pages on, the boxes of a batch are given back at once.
MANY_PAGES = 20


class Press:
    """Parsed style sheets with their fonts.

    Reading Odoo's report style sheet takes a second, laying out a letter hundredths of one. A press is used by one
    thread at a time (Pango's font map allows no more), so it is borrowed.

    :param sheets: list of (css text, base address)
    """

    def __init__(self, sheets, fetcher):
        self.fonts = FontConfiguration()
        self.counters = CounterStyle()
        self.sheets = [self._parse(text, url, fetcher) for text, url in sheets]
        self._extra = OrderedDict()

    def _parse_once(self, text, fetcher):
        if text not in self._extra:
            self._extra[text] = self._parse(text, BASE_URL, fetcher)
            while len(self._extra) > KEPT_EXTRA:
                self._extra.popitem(last=False)
        return self._extra[text]

    def _parse(self, text, url, fetcher):
        return CSS(string=text, base_url=url, url_fetcher=fetcher, font_config=self.fonts, counter_style=self.counters)

    def layout_batch(self, bodies, fetcher, css="", forms=False):
        """Lay out documents of one report for one reader.

        :param bodies: whole documents as text
        :param css: style of the report
        :return: list of weasyprint Documents
        """
        pictures = {}  # a logo is read once, not for each document
        return [self.layout(body, fetcher, css, forms=forms, pictures=pictures) for body in bodies]

    def layout(self, html, fetcher, css="", forms=False, hints=False, pictures=None):
        """Lay out one document.

        :param html: the whole document as text
        :param css: further style, e.g. of this document's pages
        :param hints: follow old attributes like ``bgcolor``
        :param pictures: dict that keeps the pictures for further documents of the same reader
        :return: weasyprint Document
        """
        extra = [self._parse_once(css, fetcher)] if css else []
        return HTML(string=html, base_url=BASE_URL, url_fetcher=fetcher).render(
            font_config=self.fonts,
            counter_style=self.counters,
            stylesheets=[*self.sheets, *extra],
            pdf_forms=forms,
            presentational_hints=hints,
            cache=pictures,
        )


_presses = OrderedDict()
_lock = threading.Lock()


@contextmanager
def borrow_press(key, build):
    """Borrow a press for style sheets, building it when none is free.

    :param key: what names the style sheets: the same key, the same content
    :param build: function without arguments that makes the press
    """
    with _lock:
        free = _presses.setdefault(key, [])
        _presses.move_to_end(key)
        while len(_presses) > KEPT:
            _presses.popitem(last=False)
        press = free.pop() if free else None
    press = press or build()
    yield press
    # A press that met an error is not given back.
    with _lock:
        if key in _presses and not _presses[key]:
            _presses[key].append(press)


def write(documents, forms=False, tags=True):
    """Write laid out documents, in order, as one PDF; they share their fonts.

    :param documents: list of weasyprint Documents of one press
    :return: bytes
    """
    first = documents[0]
    if len(documents) > 1:
        first = first.copy([page for document in documents for page in document.pages])
    return first.write_pdf(pdf_forms=forms, pdf_tags=tags, custom_metadata=False)


def release(pages):
    """Give back the memory of documents that were written; nobody may hold them any more.

    Boxes refer to each other, so only the collector frees them, and Odoo lets it look at old objects very rarely: ten
    parts of fifty pages would lie in memory together.

    :param pages: how many there were
    """
    if pages >= MANY_PAGES:
        gc.collect()
