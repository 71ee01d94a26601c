"""Waits for a server and asks it for the course pages of the sites whose addresses come on standard input.

python check_pages.py PORT PROCESS: exits 1 and says why in one sentence when the server ends or a page is not as it should be.
"""

import http.client
import os
import sys
import time
from urllib.parse import urlsplit

WAIT_SECONDS = 180


def ask(port, path, host=None):
    """:return: (status, text) of a page, asked for in German"""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        headers = {"Host": host or f"127.0.0.1:{port}", "Accept-Language": "de", "Connection": "close"}
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")
    finally:
        connection.close()


def wait(port, process):
    """:return: a sentence when the server does not come, or nothing"""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        if not os.path.exists(f"/proc/{process}"):
            return "the server did not start"
        try:
            ask(port, "/web/health")
            return ""
        except OSError:
            time.sleep(0.2)
    return f"the server did not answer within {WAIT_SECONDS} s"


def find_trouble(port, sites):
    """:return: a sentence on the first page that is not as it should be, or nothing"""
    for site in sites:
        host = urlsplit(site if "//" in site else f"//{site}").netloc
        status, text = ask(port, "/kurse", host)
        if status != 200:
            return f"the course page of {host} answered {status}"
        if 'lang="de' not in text[:2000]:
            return f"the course page of {host} is not in German"
    status, _text = ask(port, "/web/login")
    return "" if status == 200 else f"the login page answered {status}"


def main(port, process):
    trouble = wait(port, process) or find_trouble(port, sys.stdin.read().split())
    print(trouble)
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
