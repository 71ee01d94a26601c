from urllib.parse import urlsplit

from lxml import html
from odoo.addons.drk_base.tests.common import DrkCase
from odoo.addons.drk_web.tests.browser import Browser
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME, HttpCase

_RESOURCES = (
    "//script/@src | //link[not(@rel='canonical' or @rel='alternate')]/@href | //img/@src | //iframe/@src"
    " | //source/@src | //video/@src | //audio/@src | //object/@data | //form/@action | //*/@srcset | //a/@href"
)


class DrkHttpCase(DrkCase, HttpCase):
    """Two associations, each with its site: ``site_a``, ``site_b``; ``chooser`` is the neutral site.

    Pages are asked for under the sites' own host names. Forms may be sent at once (``drk_web.min_seconds`` is 0) and
    the limits are high; a test that is about them sets the system parameters itself.
    """

    _browser = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        parameters = cls.env["ir.config_parameter"].sudo()
        parameters.set_param("drk_web.min_seconds", "0")
        parameters.set_param("drk_web.limit_address", "100000")
        parameters.set_param("drk_web.limit_form", "100000")
        cls.site_a = cls.association_a._drk_ensure_website(f"http://verband-a.localhost:{cls.http_port()}")
        cls.site_b = cls.association_b._drk_ensure_website(f"http://verband-b.localhost:{cls.http_port()}")
        cls.chooser = cls.env["website"].search([("drk_is_chooser", "=", True)], limit=1)

    def authenticate(self, user, password, *, site=None, **kwargs):
        """Sign in at a site (portal logins exist only at theirs); default: ``site_a``."""
        env = self.env
        site = self.site_a if site is None else site
        self.env = env(context={**env.context, "website_id": site.id})
        try:
            session = super().authenticate(user, password, **kwargs)
        finally:
            self.env = env
        host = self._host(site).partition(":")[0]
        self.opener.cookies.set("session_id", self.session.sid, domain=host, path="/")
        return session

    # Pages

    def _host(self, site=None):
        """Return ``host:port`` of a site (default: ``site_a``)."""
        site = self.site_a if site is None else site
        return urlsplit(site.domain).netloc if site.domain else urlsplit(self.base_url()).netloc

    def _get(self, path, site=None, **kwargs):
        """Open a page of a site and return the response."""
        return self.url_open(path, headers=self._headers(site, kwargs), **kwargs)

    def _post(self, path, data, site=None, **kwargs):
        """Send exactly these values and return the response."""
        return self.url_open(path, data=data, method="POST", headers=self._headers(site, kwargs), **kwargs)

    def _headers(self, site, kwargs):
        headers = {"Host": self._host(site), "Accept-Language": "de"}
        return {**headers, **(kwargs.pop("headers", None) or {})}

    def _post_form(self, page, form_id, values, site=None, path=None, **kwargs):
        """Fill in a form as a visitor does and send it.

        :param page: the response that holds the form, or its text
        :param values: what is typed, by name; the rest is sent as the page has it. ``None``: leave it out
        :param path: where to send it; default: the form's action, else the address of the page
        """
        data = {**self._form_values(page, form_id), **values}
        data = {name: value for name, value in data.items() if value is not None}
        if not path:
            path = self._form(page, form_id).get("action") or urlsplit(page.url)._replace(scheme="", netloc="").geturl()
        return self._post(path, data, site, **kwargs)

    def _form(self, page, form_id):
        forms = html.fromstring(getattr(page, "text", page)).xpath("//form[@id=$id]", id=form_id)
        self.assertTrue(forms, f"no form {form_id} on the page")
        return forms[0]

    def _form_values(self, page, form_id):
        """Return what the browser would send if nothing was typed."""
        return {name: value for name, value in self._form(page, form_id).form_values() if name}

    def _errors(self, page):
        """Return the messages beside the fields: field name -> text."""
        nodes = html.fromstring(getattr(page, "text", page)).xpath("//*[contains(@class, 'drk-error') and @id]")
        return {
            node.get("id").removeprefix("f_").removesuffix("_error"): node.text_content().strip()
            for node in nodes
            if node.get("id").endswith("_error")
        }

    def _text(self, page):
        """Return the text of the main part of a page, white space collapsed."""
        tree = html.fromstring(getattr(page, "text", page))
        return " ".join((tree.xpath("//main") or [tree])[0].text_content().split())

    # Browser

    @property
    def browser(self):
        if DrkHttpCase._browser is None:
            DrkHttpCase._browser = Browser()
            self.addClassCleanup(DrkHttpCase._close_browser)
        return DrkHttpCase._browser

    @browser.setter
    def browser(self, value):  # HttpCase assigns its own
        pass

    @classmethod
    def _close_browser(cls):
        if DrkHttpCase._browser is not None:
            DrkHttpCase._browser.close()
            DrkHttpCase._browser = None

    def _in_browser(self, path, look, site=None, width=1280):
        """Open a page in Chromium (signed in as after ``authenticate``), and return ``look(browser)``."""
        url = f"http://{self._host(site)}{path}"
        self.cr.flush()
        self.cr.clear()
        with self.allow_requests():
            browser = self.browser
            browser.clear_cookies()
            browser.set_cookie(url, TEST_CURSOR_COOKIE_NAME, self.http_request_key)
            browser.set_cookie(url, "frontend_lang", "en_US" if path.startswith("/en") else "de_DE")
            if self.session:
                browser.set_cookie(url, "session_id", self.session.sid)
            browser.set_width(width)
            browser.go(url)
            result = look(browser)
            browser.go("about:blank", settle=0)
        return result

    def _axe(self, path, width=1280, site=None):
        """Return the violations axe-core finds on a page (WCAG 2.1 A, AA and good practice)."""
        return self._in_browser(path, lambda browser: browser.axe(), site, width)

    def _foreign_hosts(self, path, site=None):
        """Return the foreign hosts a page asks, or names in a link, form or picture."""
        own = {self._host(site).split(":")[0], "127.0.0.1", None}
        asked = self._in_browser(path, lambda browser: browser.requested_hosts(), site)
        named = {urlsplit(str(url)).hostname for url in html.fromstring(self._get(path, site).text).xpath(_RESOURCES)}
        return (asked | named) - own
