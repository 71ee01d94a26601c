import io
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import file_open
from odoo.tools.barcode import check_barcode_encoding
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import NameObject, TextStringObject
from reportlab.graphics.utils import RenderPMError

from ..tools import barcode, layout
from ..tools.fetcher import BASE_URL, LocalFetcher, RefusedError
from ..tools.pdf import Press, borrow_press, release, write

#: Pixels, as in core.
MAX_BARCODE = 1_200_000
OWN_CSS = "drk_report/static/src/css/print.css"
#: Reports that are no templates: account serves files that came with bills.
NO_TEMPLATES = ("account.report_original_vendor_bill",)


class OwnDocuments(list):
    """Bodies of our own layouts: they carry no core header and use the small style sheet.

    :param css: style of the report, the same for all of them
    """

    def __init__(self, bodies=(), css=""):
        super().__init__(bodies)
        self.css = css


class IrActionsReport(models.Model):
    """Every PDF report is laid out by WeasyPrint instead of wkhtmltopdf."""

    _inherit = "ir.actions.report"

    drk_pdf_forms = fields.Boolean(
        string="Fillable form",
        help="Input fields of the template become fields that can be filled in in the PDF.",
    )

    # ------------------------------------------------------------------
    # what others call
    # ------------------------------------------------------------------
    @api.model
    def _drk_pdf(self, report_ref, records):
        """Print records, in tests too.

        In the context, ``drk_pdf_part`` says that the file will be merged with others: merging drops the structure for
        screen readers, so it is not written.

        :param report_ref: XML ID, name, ID or record of the report
        :param records: what is printed, in this order
        :return: bytes of one PDF
        """
        report = self.with_context(force_report_rendering=True)
        return report._render_qweb_pdf(report_ref, records.ids)[0]

    @api.model
    def get_wkhtmltopdf_state(self):
        """Answer the web client's question whether PDF can be made: it always can."""
        return "ok"

    # ------------------------------------------------------------------
    # several records
    # ------------------------------------------------------------------
    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        report = self._get_report(report_ref)
        single = not res_ids or len(set(res_ids)) < 2 or len(res_ids) != len(set(res_ids))
        if single or report.report_name in NO_TEMPLATES or "drk_share" in self.env.context:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        return self._drk_print_several(report, report_ref, data, list(res_ids))

    def _drk_print_several(self, report, report_ref, data, res_ids):
        """Print several records: the HTML is made once, then each record is printed for itself.

        Core would cut one PDF into pieces by the outline that wkhtmltopdf writes.
        """
        data = {"report_type": "pdf", "debug": False, **(data or {})}
        report_ref = report.id  # a record would bring its own context along
        pending = [res_id for res_id in res_ids if not self._drk_is_kept(report, res_id)]
        html = self.with_context(debug=False)._render_qweb_html(report_ref, pending, data=data)[0] if pending else b""
        prepared = report.with_context(debug=False)._prepare_html(html, report_model=report.model) if pending else None
        shares = self._drk_split(prepared, pending) if pending else {}
        keeps = report.attachment and not self.env.context.get("report_pdf_no_attachment")
        if shares is None or (pending and isinstance(prepared[0], OwnDocuments) and not keeps):
            return {False: {"stream": io.BytesIO(self._drk_run(report_ref, prepared)), "attachment": None}}
        streams = {}
        for res_id in res_ids:
            printer = self.with_context(drk_share=shares.get(res_id))
            streams |= printer._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=[res_id])
        return streams

    def _drk_run(self, report_ref, prepared):
        bodies, _html_ids, header, footer, specific = prepared
        return self._run_wkhtmltopdf(
            bodies,
            report_ref=report_ref,
            header=header,
            footer=footer,
            landscape=self.env.context.get("landscape"),
            specific_paperformat_args=specific,
        )

    def _drk_is_kept(self, report, res_id):
        """Tell whether the print of a record is taken from its attachment."""
        if not (report.attachment_use and report.attachment) or self.env.context.get("report_pdf_no_attachment"):
            return False
        return bool(report.retrieve_attachment(self.env[report.model].browse(res_id)))

    @api.model
    def _drk_split(self, prepared, res_ids):
        """Give each record its part of what core prepared.

        :return: {record id: prepared} or None when the template does not name the records
        """
        bodies, html_ids, header, footer, specific = prepared
        if set(html_ids) != set(res_ids):
            return None
        headers = layout.running_parts(header, "minimal_layout_report_headers")
        footers = layout.running_parts(footer, "minimal_layout_report_footers")
        shares = {}
        for index, res_id in enumerate(html_ids):
            none = OwnDocuments(css=bodies.css) if isinstance(bodies, OwnDocuments) else []
            share = shares.setdefault(res_id, (none, [], [], [], specific))
            for target, source in zip(share, (bodies, html_ids, headers, footers), strict=False):
                target.extend(source[index : index + 1])
        return shares

    @api.model
    def _render_qweb_html(self, report_ref, docids, data=None):
        if self.env.context.get("drk_share"):
            return b"", "html"  # it is there already, see _prepare_html
        return super()._render_qweb_html(report_ref, docids, data=data)

    def _prepare_html(self, html, report_model=False):
        share = self.env.context.get("drk_share")
        if share:
            return share
        root = layout.parse(html)
        documents = layout.own_documents(root)
        if not documents:
            return super()._prepare_html(html, report_model=report_model)
        return self._drk_prepare_own(root, documents, report_model)

    def _drk_prepare_own(self, root, documents, report_model):
        lang = self.env.context.get("lang") or self.env.user.lang
        bodies = OwnDocuments(
            (layout.own_document(doc, lang=lang, title=self.name) for doc in documents), css=layout.own_style(root)
        )
        html_ids = [
            int(doc.get("data-oe-id") or 0) if doc.get("data-oe-model") == report_model else None for doc in documents
        ]
        return bodies, html_ids, None, None, {}

    # ------------------------------------------------------------------
    # the press
    # ------------------------------------------------------------------
    @api.model
    def _run_wkhtmltopdf(
        self,
        bodies,
        report_ref=False,
        header=None,
        footer=None,
        landscape=False,
        specific_paperformat_args=None,
        set_viewport_size=False,
    ):
        """Lay out documents by WeasyPrint; the signature is core's.

        :return: bytes of one PDF, each body with its own page numbers
        """
        report = self._get_report(report_ref) if report_ref else self
        bodies = bodies if isinstance(bodies, list) else list(bodies)
        if isinstance(bodies, OwnDocuments):
            return self._drk_press_own(bodies, report)
        paper = layout.paper_css(report.get_paperformat(), landscape, specific_paperformat_args)
        return self._drk_press_core(bodies, header, footer, paper, report)

    @api.model
    def _drk_press_own(self, bodies, report):
        fetcher = self._drk_fetcher()
        with borrow_press("own", lambda: Press([(self._drk_own_css(), BASE_URL)], fetcher)) as press:
            documents = press.layout_batch(bodies, fetcher, bodies.css, forms=report.drk_pdf_forms)
            pages = sum(len(document.pages) for document in documents)
            content = write(documents, forms=report.drk_pdf_forms, tags=not self.env.context.get("drk_pdf_part"))
        del documents
        release(pages)
        return content

    @api.model
    def _drk_press_core(self, bodies, header, footer, paper, report):
        fetcher = self._drk_fetcher()
        headers = self._drk_parts(header, "headers")
        footers = self._drk_parts(footer, "footers")
        lang = self.env.context.get("lang") or self.env.user.lang
        sheets, documents = None, []
        for index, body in enumerate(bodies):
            html, sheets = layout.assemble(
                body, self._drk_at(headers, index), self._drk_at(footers, index), lang=lang, title=report.name
            )
            documents.append(html)
        # Read before the layout: an error of the database must reach Odoo, WeasyPrint would swallow it.
        texts = self._drk_read_sheets(fetcher, sheets or [])
        key = (self.env.cr.dbname, *(text_url[1] for text_url in texts))
        with borrow_press(key, lambda: Press([*texts, (layout.CORE_CSS, BASE_URL)], fetcher)) as press:
            laid_out = [
                press.layout(html, fetcher, paper, forms=report.drk_pdf_forms, hints=True) for html in documents
            ]
            pages = sum(len(document.pages) for document in laid_out)
            content = write(laid_out, forms=report.drk_pdf_forms, tags=False)
        del laid_out
        release(pages)
        return content

    @api.model
    def _drk_read_sheets(self, fetcher, sheets):
        found = []
        for href in dict.fromkeys(sheets):
            with suppress(RefusedError):  # a style sheet from elsewhere is left out
                found.append(fetcher.read_stylesheet(href))
        return found

    @api.model
    def _drk_fetcher(self):
        params = self.env["ir.config_parameter"].sudo()  # sudo: two addresses of this server, not readable by users
        return LocalFetcher(self.env, (params.get_param("report.url"), params.get_param("web.base.url")))

    @api.model
    def _drk_own_css(self):
        with file_open(OWN_CSS) as file:
            return file.read()

    @staticmethod
    def _drk_parts(html, kind):
        return html if isinstance(html, list) else layout.running_parts(html, f"minimal_layout_report_{kind}")

    @staticmethod
    def _drk_at(parts, index):
        return parts[index] if index < len(parts) else None

    @api.model
    def _run_wkhtmltoimage(self, bodies, width, height, image_format="jpg"):
        """Make pictures of HTML; the signature is core's.

        :return: list of bytes
        """
        program = shutil.which("pdftoppm")
        if not program:
            raise UserError(self.env._("Pictures of documents need the program pdftoppm (package poppler-utils)."))
        fetcher = self._drk_fetcher()
        page = f"@page {{ size: {int(width)}px {int(height)}px; margin: 0; }}"
        return [self._drk_picture(program, fetcher, body, page, image_format) for body in bodies]

    def _drk_picture(self, program, fetcher, body, page, image_format):
        html, sheets = layout.assemble(body)
        document = Press(self._drk_read_sheets(fetcher, sheets), fetcher).layout(html, fetcher, page)
        with tempfile.TemporaryDirectory(prefix="drk-picture-") as folder:
            source = Path(folder, "page.pdf")
            source.write_bytes(document.write_pdf())
            kind, ending = ("-png", "png") if image_format == "png" else ("-jpeg", "jpg")
            command = [program, "-singlefile", "-r", "96", kind, str(source), str(Path(folder, "page"))]
            subprocess.run(command, check=True, capture_output=True, timeout=60)
            return Path(folder, f"page.{ending}").read_bytes()

    @api.model
    def barcode(self, barcode_type, value, **kwargs):
        """Draw barcodes where Cairo is missing, too; core's checks and fallbacks stay."""
        try:
            return super().barcode(barcode_type, value, **kwargs)
        except RenderPMError:
            return self._drk_barcode(barcode_type, value, **kwargs)
        except KeyError as error:  # core's route would answer 500 to a kind that does not exist
            raise ValueError("Cannot convert into barcode.") from error

    @api.model
    def _drk_barcode(self, kind, value, width=600, height=100, **options):
        if int(width) * int(height) > MAX_BARCODE:
            raise ValueError("Barcode too large")
        kind = {"auto": "Code128", "UPCA": "EAN13"}.get(kind, kind)
        if kind in ("EAN8", "EAN13") and not check_barcode_encoding(value, kind):
            kind = "Code128"
        extra = {"barLevel": options.get("barLevel", "L")} if kind == "QR" else {}
        if kind == "QR" and options.get("quiet") in ("0", 0, False):
            extra["barBorder"] = 0
        try:
            return barcode.draw(kind, value, int(width), int(height), **extra)
        except (KeyError, ValueError, AttributeError) as error:
            raise ValueError("Cannot convert into barcode.") from error

    # ------------------------------------------------------------------
    # several files in one
    # ------------------------------------------------------------------
    @api.model
    def _merge_pdfs(self, streams, handle_error=None):
        """Put PDF files together; language, title and form fields are kept (core drops them).

        :param streams: list of streams; the result is appended, as core does
        :param handle_error: called with ``error`` and ``error_stream`` for a broken file
        :return: stream
        """
        writer = PdfWriter()
        for number, stream in enumerate(streams):
            try:
                self._drk_append(writer, PdfReader(stream), number)
            except (PyPdfError, TypeError, NotImplementedError, ValueError) as error:
                if handle_error is None:
                    raise UserError(self.env._("One of the PDF files is damaged.")) from error
                handle_error(error=error, error_stream=stream)
        result = io.BytesIO()
        writer.write(result)
        streams.append(result)
        return result

    @api.model
    def _drk_append(self, writer, reader, number):
        root = reader.root_object
        if "/AcroForm" in root:
            reader.add_form_topname(f"document{number + 1}")  # equal names would be one field
        if not number:
            writer.add_metadata({"/Title": reader.metadata.title or ""} if reader.metadata else {})
            if "/Lang" in root:
                writer.root_object[NameObject("/Lang")] = TextStringObject(root["/Lang"])
        writer.append(reader, import_outline=False)
