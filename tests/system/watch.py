"""What goes wrong in a browser page: console errors, failed requests, requests to a foreign host."""

from urllib.parse import urlsplit

LOCAL = ("localhost", "127.0.0.1")


class Watch:
    """Listens to a Playwright page from its first request on; ``troubles`` is empty when all is well."""

    def __init__(self, page):
        self.troubles = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.troubles.append(f"exception: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message):
        if message.type in ("error", "assert"):
            self.troubles.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request):
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        if parts.scheme in ("http", "https", "ws", "wss") and host not in LOCAL and not host.endswith(".localhost"):
            self.troubles.append(f"foreign host: {request.url}")

    def _response(self, response):
        if response.status >= 400:
            self.troubles.append(f"{response.status}: {response.url}")


def login(page, server, name, password=None, site="musterstadt"):
    page.goto(server.url("/web/login", site))
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password or name)
    with page.expect_navigation(url=lambda url: "/web/login" not in url):
        page.click(".oe_login_form button[type=submit]")
