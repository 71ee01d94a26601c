"""Fixtures of the tests that look at the whole suite from outside: real servers, real browsers, real connections.

Every server runs on a copy of the database ``test-demo`` (two invented associations) that is dropped afterwards.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg2
import pytest
from watch import Watch, login

HOME = Path(os.environ["DRK_HOME"])
ROOT = Path(os.environ["DRK_ROOT"])
ODOO = [sys.executable, "-W", "ignore", str(Path(sys.executable).parent / "odoo")]
LONG = bool(os.environ.get("DRK_TEST_LONG"))
FILESTORE = HOME / "data-test" / "filestore"


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Database:
    """A copy of a prepared database, on the private PostgreSQL; ``close`` drops it with its files."""

    def __init__(self, name, template="test-demo"):
        self.name = name
        self.close()
        subprocess.run(["createdb", "-T", template, name], check=True)
        if (FILESTORE / template).is_dir():
            shutil.copytree(FILESTORE / template, FILESTORE / name, copy_function=os.link)

    def rows(self, query, *values):
        """Run one statement in its own transaction.

        :return: list of tuples, empty for a statement without result
        """
        connection = psycopg2.connect(dbname=self.name)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def value(self, query, *values):
        return self.rows(query, *values)[0][0]

    def shell(self, code):
        """Run Python in an Odoo shell; ``env`` is there. What it writes is committed.

        :return: what the code printed
        """
        command = [*ODOO, "shell", "-c", os.environ["DRK_TEST_CONF"]]
        done = subprocess.run(
            [*command, "-d", self.name, "--no-http"],
            input=code + "\nenv.cr.commit()\n",
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def close(self):
        subprocess.run(["dropdb", "--if-exists", "--force", self.name], check=True, stderr=subprocess.DEVNULL)
        shutil.rmtree(FILESTORE / self.name, ignore_errors=True)


class Server:
    """An Odoo server of its own process on a database; the log is kept to be read by tests."""

    def __init__(self, database, workers=0, load=(), addons_path=(), options=()):
        self.database, self.port = database, free_port()
        self.log_path = HOME / "log" / f"server-{database.name}-{self.port}.log"
        paths = ",".join([str(ROOT / "addons"), *map(str, addons_path)])
        command = [*ODOO, "server", "-c", os.environ["DRK_TEST_CONF"]]
        command += ["-d", database.name, f"--http-port={self.port}"]
        command += [f"--gevent-port={free_port()}", f"--workers={workers}", f"--addons-path={paths}"]
        command += [f"--load={','.join(['base', 'web', 'rpc', 'queue_job', *load])}", "--limit-time-cpu=600"]
        command += ["--limit-time-real=600", "--log-handler=werkzeug:INFO", *options]
        self.log = self.log_path.open("w")
        environment = {"ODOO_MAX_HTTP_THREADS": "48"} | os.environ  # as ./drk sets it
        self.process = subprocess.Popen(
            command, stdout=self.log, stderr=self.log, start_new_session=True, env=environment
        )
        self.wait()

    def wait(self, seconds=120):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log_path.read_text()[-3000:]
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/web/health", timeout=60).read()
                return
            except (OSError, urllib.error.URLError):
                time.sleep(0.2)
        raise AssertionError(f"no answer within {seconds} s: {self.log_path.read_text()[-3000:]}")

    def url(self, path="/", site="musterstadt"):
        return f"http://{site}.localhost:{self.port}{path}"

    def read_log(self):
        self.log.flush()
        return self.log_path.read_text(errors="replace")

    def complaints(self):
        """Warnings and tracebacks of our add-ons in the server's log."""
        lines = self.read_log().splitlines()
        ours = re.compile(r" (WARNING|ERROR|CRITICAL) \S+ odoo\.addons\.drk_|^Traceback|Internal Server Error")
        return [line for line in lines if ours.search(line)]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.log.close()


@pytest.fixture(scope="module")
def database(request):
    copy = Database(f"test-sys-{request.module.__name__.rsplit('.')[-1].removeprefix('test_')}")
    yield copy
    copy.close()


@pytest.fixture(scope="module")
def server(database):
    running = Server(database)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium of the machine; ``browser.new_context`` gives a fresh, German visitor."""
    from playwright.sync_api import sync_playwright

    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=switches)
        yield chromium
        chromium.close()


@pytest.fixture
def sign_in(browser, server):
    """``sign_in(name)`` opens a page as that user; its ``watch`` collects what goes wrong."""
    contexts = []

    def start(name):
        contexts.append(browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 900}))
        page = contexts[-1].new_page()
        page.set_default_timeout(60000)
        page.watch = Watch(page)
        login(page, server, name)
        return page

    yield start
    for context in contexts:
        context.close()
