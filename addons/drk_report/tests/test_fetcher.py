import base64
import http.server
import threading
from pathlib import Path

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..tools.fetcher import BASE_URL, LocalFetcher, RefusedError
from .common import ReportCase

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestFetcher(ReportCase):
    """Documents load what this server holds and their reader may see, nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fetcher = LocalFetcher(cls.env)

    def _get(self, address, fetcher=None):
        return (fetcher or self.fetcher).fetch(address if ":" in address else BASE_URL[:-1] + address).read()

    def test_foreign_addresses_are_refused(self):
        for address in (
            "http://example.org/a.png",
            "https://print.invalid.example.org/a.png",
            "//example.org/a.png",
            "ftp://example.org/a",
            "file:///etc/passwd",
            "FILE:///etc/passwd",
            "gopher://print.invalid/web/static/img/logo.png",
            "http://print.invalid:8069/web/static/img/logo.png",
            "http://user@print.invalid/web/static/img/logo.png",
            "http://print.invalid@example.org/web/static/img/logo.png",
        ):
            with self.subTest(address), self.assertRaises(RefusedError):
                self._get(address)

    def test_files_outside_static_are_refused(self):
        for path in (
            "/web/static/../models/models.py",
            "/web/static/%2e%2e/__manifest__.py",
            "/web/static/../../../../../../../../etc/passwd",
            "/etc/passwd",
            "/web/database/manager",
            "/web/assets/1/web.assets_backend.min.js",
        ):
            with self.subTest(path), self.assertRaises(RefusedError):
                self._get(path)

    def test_no_host_is_asked_and_no_file_is_read(self):
        """A server of our own counts requests; a document that names it makes none."""
        asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802 - the name is Python's
                asked.append(self.path)
                self.send_error(404)

            def log_message(self, *arguments):
                """Keep quiet."""

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        secret = Path(self.env["ir.attachment"]._filestore(), "secret.txt")
        secret.parent.mkdir(parents=True, exist_ok=True)
        secret.write_text("Geheimnis")
        self.addCleanup(secret.unlink)
        host = f"http://127.0.0.1:{server.server_address[1]}"
        pdf = self.reports._run_wkhtmltopdf(
            [
                f"""<html><head><link rel="stylesheet" href="{host}/a.css"/><style>@import url({host}/b.css);
                @font-face {{ font-family: x; src: url({host}/c.woff) }} body {{ background: url({host}/d.png) }}</style>
                <link rel="attachment" href="file://{secret}"/><base href="{host}/"/></head>
                <body><main><img src="{host}/e.png"/><img src="f.png"/><object data="file://{secret}"></object>
                <svg xmlns="http://www.w3.org/2000/svg"><image href="{host}/g.png"/></svg>Inhalt</main></body></html>"""
            ]
        )
        self.assertEqual(asked, [])
        self.assertEqual(self._texts(pdf), ["Inhalt"])
        self.assertNotIn(b"EmbeddedFile", pdf)

    def test_static_file(self):
        self.assertTrue(self._get("/web/static/img/logo.png").startswith(b"\x89PNG"))

    def test_own_addresses_mean_this_server(self):
        fetcher = LocalFetcher(self.env, ("https://drk.example.org",))
        self.assertTrue(self._get("https://drk.example.org/web/static/img/logo.png", fetcher))

    def test_style_bundle(self):
        self.assertIn(b".table", self._get("/web/assets/any/web.report_assets_common.min.css"))

    def test_barcode(self):
        for path in ("/report/barcode/QR/EH-2027", "/report/barcode?barcode_type=QR&value=1&width=50&height=50"):
            self.assertTrue(self._get(path).startswith(b"\x89PNG"))

    def test_data_url(self):
        self.assertEqual(self._get("data:text/plain;base64,SGFsbG8="), b"Hallo")

    def test_attachment_and_record_image_with_the_rights_of_the_reader(self):
        attachment = self.env["ir.attachment"].create(
            {"name": "a.png", "raw": PIXEL, "res_model": "drk.docx.template", "res_id": 0}
        )
        unit_b = (
            self.env["drk.unit"]
            .sudo()
            .create({"name": "B", "company_id": self.association_b.id, "logo": base64.b64encode(PIXEL)})
        )
        self.assertEqual(self._get(f"/web/image/{attachment.id}"), PIXEL)
        self.assertEqual(self._get(f"/web/image/{attachment.id}-abc/a.png"), PIXEL)
        office = self._user("office", "drk_base.group_drk_base_user")
        fetcher = LocalFetcher(self.env(user=office, su=False))
        for path in (f"/web/image/drk.unit/{unit_b.id}/logo", f"/web/content/{attachment.id}"):
            with self.subTest(path), self.assertRaises(AccessError):
                self._get(path, fetcher)
