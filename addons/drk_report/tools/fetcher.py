"""What a document may load: things of this server that its reader may see, and nothing else.

WeasyPrint would fetch ``http://`` and ``file://`` addresses that stand in the HTML. A name, a mail signature or an imported
text would then decide which hosts our server calls and which files it shows. This fetcher opens no socket and no path that
it was given: static files of add-ons, asset bundles, images and files of records the user may read, barcodes, data URLs.
"""

import base64
import io
import logging
import mimetypes
import posixpath
import re
from contextlib import closing
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from odoo.tools import file_open
from odoo.tools.image import image_process
from odoo.tools.mimetypes import guess_mimetype
from weasyprint.urls import URLFetcher, URLFetcherResponse
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

_logger = logging.getLogger(__name__)

#: Address that relative links are resolved against; the name can never be resolved (RFC 6761).
BASE_URL = "http://print.invalid/"
STATIC = re.compile(r"^/(?P<module>\w+)/static/(?P<path>.+)$")
_RECORDS = ("<int:id>", "<int:id>-<unique>", "<string:xmlid>", "<string:model>/<int:id>/<string:field>")
_SIZES = ("", "/<int:width>x<int:height>")
_NAMES = ("", "/<string:filename>")
ROUTES = Map(
    [
        Rule("/web/assets/<string:unique>/<string:filename>", endpoint="asset"),
        Rule("/report/barcode", endpoint="barcode"),
        Rule("/report/barcode/<string:barcode_type>/<path:value>", endpoint="barcode"),
        Rule("/web/image", endpoint="file"),
        Rule("/web/content", endpoint="file"),
        *(
            Rule(f"/web/image/{record}{size}{name}", endpoint="file")
            for record in _RECORDS
            for size in _SIZES
            for name in _NAMES
        ),
        *(Rule(f"/web/content/{record}{name}", endpoint="file") for record in _RECORDS for name in _NAMES),
    ],
    redirect_defaults=False,
    strict_slashes=False,
)


class RefusedError(ValueError):
    """The address is none that a document may load."""


class LocalFetcher(URLFetcher):
    """Serves a document with what this server holds, with the rights of the user in ``env``.

    :param env: environment of the user who prints
    :param own_urls: further base addresses that mean this server
    """

    def __init__(self, env, own_urls=()):
        super().__init__(allowed_protocols={"data"}, allow_redirects=False)
        self.env = env
        self._own = {urlsplit(url)[:2] for url in (BASE_URL, *own_urls) if url}

    def fetch(self, url, headers=None):
        if url[:5].lower() == "data:":
            return super().fetch(url, headers)
        parts = urlsplit(url)
        if parts[:2] not in self._own or parts.scheme not in ("http", "https"):
            _logger.info("A document asked for something outside this server: scheme %s", parts.scheme)
            raise RefusedError("Documents load nothing from outside.")
        content, mimetype = self.load(unquote(parts.path), dict(parse_qsl(parts.query)))
        return URLFetcherResponse(url, io.BytesIO(content), {"Content-Type": mimetype})

    def load(self, path, query=None):
        """Read what stands at a path of this server.

        :param path: decoded path, absolute
        :param query: dict of the query string
        :return: (content, mimetype)
        :raise RefusedError: when it is nothing that a document may load
        """
        path = posixpath.normpath(path)
        static = STATIC.match(path)
        if static:
            return self._read_static(path)
        try:
            endpoint, arguments = ROUTES.bind("print.invalid").match(path)
        except HTTPException as error:
            raise RefusedError("No such address for documents.") from error
        return getattr(self, f"_read_{endpoint}")(**{**(query or {}), **arguments})

    def read_stylesheet(self, href):
        """Read a style sheet by its (relative) address.

        :return: (text, absolute address)
        """
        url = urljoin(BASE_URL, href)
        with closing(self.fetch(url)) as response:
            return response.read().decode(), url

    @staticmethod
    def _read_static(path):
        try:
            with file_open(path.lstrip("/"), "rb") as file:
                content = file.read()
        except OSError as error:
            raise RefusedError("No such file.") from error
        return content, mimetypes.guess_type(path)[0] or "application/octet-stream"

    def _read_asset(self, unique, filename, **_query):
        bundle_name, rtl, kind, autoprefix = self.env["ir.asset"]._parse_bundle_name(filename, False)
        if kind != "css":
            raise RefusedError("Documents run no scripts.")
        bundle = self.env["ir.qweb"]._get_asset_bundle(bundle_name, css=True, js=False, rtl=rtl, autoprefix=autoprefix)
        # sudo: a bundle is code of the add-ons, the same for everybody
        return bundle.css().sudo().raw if bundle.stylesheets else b"", "text/css"

    def _read_barcode(self, barcode_type="", value="", **options):
        return self.env["ir.actions.report"].barcode(barcode_type, value, **options), "image/png"

    def _read_file(
        self, xmlid=None, model="ir.attachment", id=None, field="raw", width=0, height=0, crop=False, **query
    ):
        record = self.env["ir.binary"]._find_record(
            xmlid, model, id and int(id), query.get("access_token"), field=field
        )
        content = self._read_attachment(record) if record._name == "ir.attachment" else self._read_binary(record, field)
        if int(width) or int(height):
            content = image_process(content, size=(int(width), int(height)), crop=crop)
        return content, guess_mimetype(content)

    def _read_attachment(self, attachment):
        if attachment.type != "url":
            return attachment.raw or b""
        path = posixpath.normpath(unquote(attachment.url or ""))
        if not STATIC.match(path):
            raise RefusedError("The file lies outside this server.")
        return self._read_static(path)[0]

    @staticmethod
    def _read_binary(record, name):
        field = record._fields.get(name)
        if field is None or field.type != "binary":
            raise RefusedError("No such picture.")
        return base64.b64decode(record.with_context(bin_size=False)[name] or b"")
