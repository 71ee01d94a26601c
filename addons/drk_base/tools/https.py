"""One POST to a host that an administrator chose: no redirects, no second name lookup, a time limit, no body read."""

import time
from urllib.parse import urlsplit

import requests
import urllib3

from .sms import check_url, resolve


def post(url, body, headers, timeout, allow_private=False):
    """Send ``body`` and return the status of the answer.

    :param url: https address
    :param bytes body: what is sent
    :param headers: dict
    :param timeout: seconds for all
    :return: int
    :raise urllib3.exceptions.HTTPError: when there is no answer (``TimeoutError`` when it came too late)
    :raise OSError: when the name is not known
    :raise ValueError: when the address is none or a private one
    """
    check_url(url, allow_private)
    parts = urlsplit(url)
    port = parts.port or 443
    deadline = time.monotonic() + timeout
    address = resolve(parts.hostname, port, allow_private)
    pool = urllib3.HTTPSConnectionPool(
        address,
        port,
        server_hostname=parts.hostname,
        assert_hostname=parts.hostname,
        cert_reqs="CERT_REQUIRED",
        ca_certs=requests.certs.where(),
    )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with pool:
        response = pool.urlopen(
            "POST",
            path,
            body=body,
            headers={**headers, "Host": parts.netloc},
            retries=False,
            redirect=False,
            timeout=urllib3.Timeout(total=max(0.1, deadline - time.monotonic())),
            preload_content=False,
        )
        response.close()
        return response.status
