"""A headless Chromium for tests, spoken to over its debugging port (CDP)."""

import base64
import functools
import importlib.util
import json
import pathlib
import resource
import shutil
import subprocess
import tempfile
import time
import urllib.parse

import websocket

_ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--no-default-browser-check",
    "--hide-scrollbars", "--lang=de-DE", "--remote-debugging-port=0", "--remote-allow-origins=*",
]  # fmt: skip


@functools.cache
def axe_source():
    """Return the text of axe-core (it ships inside axe-playwright-python)."""
    spec = importlib.util.find_spec("axe_playwright_python")
    return (pathlib.Path(spec.submodule_search_locations[0]) / "axe.min.js").read_text()


def _unlimited():
    """Odoo limits the address space of its process; Chromium reserves more than that."""
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


class Browser:
    """One Chromium with one tab. Close it."""

    def __init__(self):
        self._profile = tempfile.mkdtemp(prefix="drk-chromium-")
        executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        self._process = subprocess.Popen(
            [executable, *_ARGUMENTS, f"--user-data-dir={self._profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_unlimited,
        )
        self._count = 0
        self._events = []
        self._session = None
        self._socket = websocket.create_connection(self._wait_for_address(), timeout=60, suppress_origin=True)
        target = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def _wait_for_address(self):
        path = pathlib.Path(self._profile) / "DevToolsActivePort"
        for _ in range(200):
            lines = path.read_text().split() if path.exists() else []
            if len(lines) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            time.sleep(0.1)
        raise RuntimeError("Chromium did not start")

    def close(self):
        self._socket.close()
        self._process.terminate()
        self._process.wait(timeout=20)
        shutil.rmtree(self._profile, ignore_errors=True)

    def call(self, method, **params):
        self._count += 1
        number = self._count
        message = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._socket.send(json.dumps(message))
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self._events.append(answer)

    def run(self, expression):
        """Return the value of a JavaScript expression (a promise is awaited)."""
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description") or details["text"])
        return result["result"].get("value")

    def set_width(self, width, height=900):
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )

    def set_cookie(self, url, name, value):
        self.call("Network.setCookie", url=url, name=name, value=value)

    def clear_cookies(self):
        self.call("Network.clearBrowserCookies")

    def go(self, url, settle=0.4, timeout=30):
        """Open a page and wait until it and everything it asked for is there."""
        self._events.clear()
        self.call("Page.navigate", url=url)
        end = time.monotonic() + timeout
        self._pump(lambda: self._has("Page.loadEventFired") or time.monotonic() > end)
        self.wait(settle)

    def wait(self, seconds):
        """Let the page work, and listen."""
        end = time.monotonic() + seconds
        self._pump(lambda: time.monotonic() > end)

    def _has(self, method):
        return any(event.get("method") == method for event in self._events)

    def _pump(self, done):
        self._socket.settimeout(0.1)
        while not done():
            try:
                self._events.append(json.loads(self._socket.recv()))
            except websocket.WebSocketTimeoutException:
                continue
        self._socket.settimeout(60)

    def press(self, key, code=9):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def picture(self, path):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))

    def requested_hosts(self):
        """Return the hosts the last page asked for anything."""
        urls = [e["params"]["request"]["url"] for e in self._events if e.get("method") == "Network.requestWillBeSent"]
        parts = map(urllib.parse.urlsplit, urls)
        return {part.hostname for part in parts if part.scheme in ("http", "https", "ws", "wss")}

    def console_errors(self):
        """Return what the last page complained about (also refused by its security policy)."""
        errors = []
        for event in self._events:
            params = event.get("params", {})
            if event.get("method") == "Runtime.exceptionThrown":
                errors.append(params["exceptionDetails"].get("exception", {}).get("description", "exception"))
            elif event.get("method") == "Runtime.consoleAPICalled" and params["type"] == "error":
                errors.append(" ".join(str(arg.get("value")) for arg in params["args"]))
            elif event.get("method") == "Log.entryAdded" and params["entry"]["level"] == "error":
                errors.append(params["entry"]["text"])
        return errors

    def axe(self, tags=("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")):
        """Return the violations axe-core finds on the page, one short text each."""
        self.run(axe_source() + ";0")
        options = json.dumps({"runOnly": {"type": "tag", "values": list(tags)}, "resultTypes": ["violations"]})
        violations = self.run(f"axe.run(document, {options}).then(found => found.violations)")
        return [
            f"{found['id']}: {node['html'][:160]} ({node.get('failureSummary', '')[:240]})"
            for found in violations
            for node in found["nodes"]
        ]
