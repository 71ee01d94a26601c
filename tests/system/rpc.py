"""A signed-in user of the web client, without the client: what the browser may ask, this may ask."""

import http.client
import json
from http.cookies import SimpleCookie


class RefusedError(Exception):
    """The server's answer was an error; ``name`` is the class of the exception there."""

    def __init__(self, error):
        self.name = error.get("data", {}).get("name", "")
        super().__init__(f"{self.name}: {error.get('data', {}).get('message', error)}")


class Client:
    def __init__(self, server, login, site="musterstadt"):
        self.server, self.host, self.cookies = server, f"{site}.localhost:{server.port}", SimpleCookie()
        answer = self.call("/web/session/authenticate", db=server.database.name, login=login, password=login)
        self.uid = answer["uid"]
        # Portal users get none: they have the one of their login.
        allowed = answer.get("user_companies", {}).get("allowed_companies", {})
        self.companies = [int(number) for number in allowed]

    def request(self, method, path, body=None, content_type=None):
        """:return: (status, headers, bytes)"""
        headers = {"Host": self.host, "Connection": "close"}
        if content_type:
            headers["Content-Type"] = content_type
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{cookie.key}={cookie.value}" for cookie in self.cookies.values())
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            for line in response.headers.get_all("Set-Cookie", []):
                self.cookies.load(line)
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def call(self, path, **params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        _status, _headers, answer = self.request("POST", path, body, "application/json")
        answer = json.loads(answer)
        if "error" in answer:
            raise RefusedError(answer["error"])
        return answer.get("result")

    def execute(self, model, method, *args, **kwargs):
        context = {"lang": "de_DE"} | ({"allowed_company_ids": self.companies} if self.companies else {})
        kwargs.setdefault("context", context)
        return self.call(f"/web/dataset/call_kw/{model}/{method}", model=model, method=method, args=args, kwargs=kwargs)
