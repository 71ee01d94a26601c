"""A visitor without JavaScript: cookies, forms as the page holds them, an address of his own."""

import http.client
import urllib.parse
from http.cookies import SimpleCookie

from lxml import html


class Answer:
    def __init__(self, status, headers, body, url):
        self.status, self.headers, self.body, self.url = status, headers, body, url
        self.text = body.decode("utf-8", "replace")

    @property
    def tree(self):
        return html.fromstring(self.text)

    def form(self, ending):
        """Fields of the form whose action ends with ``ending``, hidden ones included, as the browser would send them.

        :return: dict name -> value; unticked boxes and unchosen radios are left out
        """
        form = next(form for form in self.tree.forms if (form.get("action") or self.url).split("?")[0].endswith(ending))
        return {name: value for name, value in form.form_values()}


class Visitor:
    def __init__(self, server, site="musterstadt", address="10.1.1.1"):
        self.server, self.cookies = server, SimpleCookie()
        self.host, self.address = f"{site}.localhost:{server.port}", address

    def request(self, method, path, fields=None, follow=True):
        headers = {"Host": self.host, "Accept-Language": "de", "Connection": "close"}
        headers.update({"X-Forwarded-For": self.address, "X-Forwarded-Host": self.host, "X-Forwarded-Proto": "http"})
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{cookie.key}={cookie.value}" for cookie in self.cookies.values())
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields, doseq=True).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            for line in response.headers.get_all("Set-Cookie", []):
                self.cookies.load(line)
            answer = Answer(response.status, response.headers, response.read(), path)
        finally:
            connection.close()
        if follow and answer.status in (301, 302, 303) and answer.headers["Location"]:
            target = urllib.parse.urlsplit(urllib.parse.urljoin(path, answer.headers["Location"]))
            return self.request("GET", target.path + (f"?{target.query}" if target.query else ""))
        return answer

    def get(self, path, follow=True):
        return self.request("GET", path, follow=follow)

    def post(self, path, fields, follow=True):
        return self.request("POST", path, fields, follow)
