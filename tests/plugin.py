"""pytest plugin for every test run of the suite: plain tests and Odoo's, which pytest-odoo runs.

Load it with ``PYTHONPATH=tests pytest -p plugin``.

- The requirement IDs in the docstrings of passed tests are merged into the file that ``--record`` names.
- A skipped test fails the run, and so does an expected failure: what is not run shows nothing.
- A warning or error logged by one of our add-ons fails the test during which it appears, a deprecation in our code too.
  A test that means to provoke it says so with ``assertLogs`` or ``mute_logger``, which keep it from the root logger.
- A requirement ID that the catalogue does not know fails the run.
"""

import logging
import re
import warnings
from contextlib import contextmanager
from pathlib import Path

import pytest
import requirements

OUR_LOGGERS = ("odoo.addons.drk_", "drk")
OUR_FILES = re.compile(r"(^|[/\\])addons[/\\]drk_")
PHASES = {"setup", "call", "teardown"}
IDS = "requirement ids"
OUTSIDE = "drk_outside"


def pytest_addoption(parser):
    group = parser.getgroup("drk", "requirements and log records of the add-ons")
    group.addoption("--record", metavar="FILE", help="merge the requirements shown by this run into FILE (JSON)")
    group.addoption("--catalogue", metavar="FILE", help="Markdown file of the requirements (docs/requirements.md)")


def pytest_configure(config):
    try:
        catalogue = requirements.read_catalogue(config.getoption("catalogue"))
    except requirements.RequirementsError as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(LogGuard(), "drk-logs")
    config.pluginmanager.register(SkipGuard(), "drk-skips")
    config.pluginmanager.register(RequirementTrace(config, catalogue), "drk-requirements")


def fail_run(session):
    """Turn a green run red; a run that is red for another reason keeps its status."""
    if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def write_section(terminalreporter, title, lines):
    if lines:
        terminalreporter.section(title, red=True)
        for line in lines:
            terminalreporter.line(line)


class Complaints(logging.Handler):
    """What our add-ons complain about: records of their loggers and deprecations in their files."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self._noted = []

    def emit(self, record):
        if record.name.startswith(OUR_LOGGERS) or self._is_our_deprecation(record):
            self._noted.append(f"{record.levelname} {record.name}: {self._message(record)}")

    def note_warning(self, message, category, filename, lineno):
        if issubclass(category, DeprecationWarning) and OUR_FILES.search(filename):
            self._noted.append(f"{category.__name__} {filename}:{lineno}: {message}")

    def take(self):
        """Hand over what was noted since the last call."""
        noted, self._noted = self._noted, []
        return noted

    def _is_our_deprecation(self, record):
        if record.name != "py.warnings":
            return False
        place, _, rest = self._message(record).partition(": ")
        return rest.startswith("DeprecationWarning") and bool(OUR_FILES.search(place))

    @staticmethod
    def _message(record):
        try:
            return record.getMessage()
        except (TypeError, ValueError):  # a wrong placeholder must not hide the record
            return f"{record.msg} {record.args}"


class LogGuard:
    """Fails the tests, or the run, in which an add-on of ours warns."""

    def __init__(self):
        self.complaints = Complaints()
        self.outside = []
        logging.getLogger().addHandler(self.complaints)

    def pytest_unconfigure(self):
        logging.getLogger().removeHandler(self.complaints)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self):
        self._note_outside()
        self._open_loggers()
        with self._noting_warnings():
            result = yield
        self._note_outside()
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self):
        report = yield
        noted = self.complaints.take()
        if noted:
            text = "\n".join(["An add-on warned during this test:", *noted])
            if report.outcome == "failed":
                report.sections.append(("Log records of the add-ons", text))
            else:
                report.outcome, report.longrepr = "failed", text
        return report

    def pytest_warning_recorded(self, warning_message, when):
        """Take the warnings that pytest met outside tests; those inside have been seen by then."""
        if when != "runtest":
            caught = warning_message
            self.complaints.note_warning(caught.message, caught.category, caught.filename, caught.lineno)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session):
        result = yield  # fixtures of the whole run end here
        self._note_outside()
        worker_output = getattr(session.config, "workeroutput", None)
        if worker_output is not None:
            worker_output[OUTSIDE] = self.outside
        if self.outside:
            fail_run(session)
        return result

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node):
        """Take over what a process of pytest-xdist met outside its tests."""
        self.outside += getattr(node, "workeroutput", {}).get(OUTSIDE, [])

    def pytest_terminal_summary(self, terminalreporter):
        write_section(terminalreporter, "an add-on warned outside the tests", self.outside)

    def _note_outside(self):
        self.outside += self.complaints.take()

    @staticmethod
    def _open_loggers():
        """Let warnings pass: pytest-odoo sets Odoo's loggers to CRITICAL unless told otherwise."""
        for logger in (logging.getLogger(), logging.getLogger("odoo")):
            if logger.level > logging.WARNING:
                logger.setLevel(logging.WARNING)

    @contextmanager
    def _noting_warnings(self):
        show = warnings.showwarning

        def note_and_show(message, category, filename, lineno, file=None, line=None):
            self.complaints.note_warning(message, category, filename, lineno)
            show(message, category, filename, lineno, file, line)

        warnings.showwarning = note_and_show
        try:
            yield
        finally:
            warnings.showwarning = show


class SkipGuard:
    """Fails the run when a test was skipped or expected to fail."""

    def __init__(self):
        self.skipped = []

    def pytest_runtest_logreport(self, report):
        if report.skipped or hasattr(report, "wasxfail"):
            self.skipped.append(f"{report.nodeid}: {self._reason(report)}")

    def pytest_collectreport(self, report):
        if report.skipped:
            self.skipped.append(f"{report.nodeid}: {self._reason(report)}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session):
        if self.skipped:
            fail_run(session)

    def pytest_terminal_summary(self, terminalreporter):
        write_section(terminalreporter, "skipped tests fail the run", self.skipped)

    @staticmethod
    def _reason(report):
        if hasattr(report, "wasxfail"):
            return f"expected to fail {report.wasxfail}".strip()
        return report.longrepr[-1] if isinstance(report.longrepr, tuple) else str(report.longrepr)


class RequirementTrace:
    """Records which requirements the passed tests show."""

    def __init__(self, config, catalogue):
        self.catalogue = catalogue
        self.file = config.getoption("record")
        self.is_worker = hasattr(config, "workerinput")  # a process of pytest-xdist: its reports reach the first one
        self.named = {}
        self.passed = {}
        self.spoilt = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item):
        ids = requirements.find_ids(getattr(getattr(item, "obj", None), "__doc__", None))
        if ids:
            item.user_properties.append((IDS, [self._node(item), *ids]))

    def pytest_runtest_logreport(self, report):
        for name, value in report.user_properties:
            if name == IDS:
                self.named[report.nodeid] = value
        if report.passed and not hasattr(report, "wasxfail"):
            self.passed.setdefault(report.nodeid, set()).add(report.when)
        else:
            self.spoilt.add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session):
        if self.is_worker:
            return
        if self.file:
            requirements.merge_record(self.file, self._collect(self._has_passed))
        if self._collect_unknown():
            fail_run(session)

    def pytest_terminal_summary(self, terminalreporter):
        write_section(terminalreporter, "unknown requirement IDs", self._collect_unknown())

    def _collect_unknown(self):
        return requirements.find_unknown(self.catalogue, self._collect(lambda nodeid: True))

    def _collect(self, wanted):
        """Turn test -> IDs into ID -> tests, for the wanted tests."""
        record = {}
        for nodeid, (node, *ids) in self.named.items():
            for requirement_id in ids if wanted(nodeid) else ():
                record.setdefault(requirement_id, []).append(node)
        return record

    def _has_passed(self, nodeid):
        return nodeid not in self.spoilt and self.passed.get(nodeid) == PHASES

    @staticmethod
    def _node(item):
        """Name a test from the root of the repository, wherever pytest was started."""
        path = Path(item.path).resolve()
        if not path.is_relative_to(requirements.ROOT):
            return item.nodeid
        _, separator, test = item.nodeid.partition("::")
        return path.relative_to(requirements.ROOT).as_posix() + separator + test
