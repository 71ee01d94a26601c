"""The requirements tool and the pytest plugin, tried on small catalogues and test files of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requirements

TESTS = Path(requirements.__file__).parent
CATALOGUE = """
- **K-2-901** *Datensparsamkeit*: A made-up requirement.
- **K-2.6.1-902** (S) *Teil-Löschung*: Another one.
- **D-KTV-901** *Kurstermin*: A course.
- **D-KTV-902** [waived: not needed here] (X) *Beirat*: A waived one.
- **D-KTV-903** (R) *\\<XML>*: One with a bracket.
"""


@pytest.fixture
def docs(tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "requirements.md").write_text(CATALOGUE, encoding="utf-8")
    return folder


@pytest.fixture
def tool(docs, capsys):
    """Call the command line tool on the small catalogue: status, output, errors."""

    def call(*arguments):
        status = requirements.main(["--docs", str(docs), *map(str, arguments)])
        return status, *capsys.readouterr()

    return call


@pytest.fixture
def run_file(tmp_path):
    def write(record):
        path = tmp_path / "run.json"
        path.write_text(json.dumps(record), encoding="utf-8")
        return path

    return write


def store(docs, record):
    (docs / "requirements.json").write_text(json.dumps(record), encoding="utf-8")


class TestTool:
    def test_catalogue_of_the_suite_is_complete(self):
        catalogue = requirements.read_catalogue()
        assert len(catalogue) == 654
        assert {entry.chapter for entry in catalogue.values()} == set(requirements.CHAPTERS)

    def test_entry_is_read_in_all_its_parts(self, docs):
        entry = requirements.read_catalogue(docs / "requirements.md")["D-KTV-902"]
        assert (entry.term, entry.mark, entry.waived) == ("Beirat", "X", "not needed here")

    def test_escaped_bracket_is_unescaped(self, docs):
        assert requirements.read_catalogue(docs / "requirements.md")["D-KTV-903"].term == "<XML>"

    @pytest.mark.parametrize(
        ("requirement_id", "chapter"), [("K-2-1", "K-2"), ("K-2.6.1-3", "K-2"), ("D-KTV-12", "D-KTV")]
    )
    def test_chapter_of_an_id(self, requirement_id, chapter):
        assert requirements.chapter_of(requirement_id) == chapter

    def test_ids_in_a_text(self):
        assert requirements.find_ids("K-2-1, D-KTV-5 (see G-4, AK-1-2) and K-2.6.1-3; K-2-1.") == [
            "K-2-1",
            "D-KTV-5",
            "K-2.6.1-3",
        ]
        assert requirements.find_ids(None) == []

    def test_summary_has_exactly_one_line_per_chapter_and_system(self, tool, docs):
        store(docs, {"D-KTV-901": ["tests/test_x.py::test_y"]})
        status, output, errors = tool("--summary")
        lines = {name: f"{name} shown=0 open=0 waived=0 total=0" for name in requirements.CHAPTERS}
        lines["K-2"] = "K-2 shown=0 open=2 waived=0 total=2"
        lines["D-KTV"] = "D-KTV shown=1 open=1 waived=1 total=3"
        assert (status, output, errors) == (0, "\n".join(lines.values()) + "\n", "")
        assert len(lines) == 22

    def test_summary_of_one_system(self, tool):
        assert tool("--summary", "--system", "D-KTV")[1] == "D-KTV shown=0 open=2 waived=1 total=3\n"

    def test_list_names_state_and_german_term(self, tool, docs):
        store(docs, {"D-KTV-901": ["tests/test_x.py::test_y"]})
        output = tool("--system", "D-KTV")[1]
        assert "  shown   D-KTV-901   Kurstermin\n" in output
        assert "  waived  D-KTV-902   Beirat (not needed here)\n" in output
        assert "K-2-901" not in output

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("- **D-KTV-901** *Zweimal*: Again.", "D-KTV-901 occurs twice"),
            ("- **D-KTV-904** [waived] *Ohne Grund*: No reason.", "requirements.md:7: not of the form"),
            ("- **D-XYZ-1** *Fremd*: Elsewhere.", "no known chapter"),
        ],
    )
    def test_faulty_catalogue_is_refused(self, tool, docs, line, message):
        (docs / "requirements.md").write_text(CATALOGUE + line, encoding="utf-8")
        status, output, errors = tool("--summary")
        assert (status, output) == (1, "")
        assert message in errors

    def test_check_accepts_a_run_that_shows_all_that_is_recorded(self, tool, docs, run_file):
        store(docs, {"D-KTV-901": ["a"]})
        assert tool("--check", run_file({"D-KTV-901": ["b"], "K-2-901": ["c"]})) == (0, "", "")

    @pytest.mark.parametrize(
        ("run", "message"),
        [
            ({"D-KTV-901": ["a"], "D-KTV-999": ["t.py::u"]}, "D-KTV-999 is not in the catalogue, but named by t.py::u"),
            ({}, "D-KTV-901 is recorded as shown by a, but no test of this run shows it"),
            ({"D-KTV-901": ["a"], "D-KTV-902": ["b"]}, "D-KTV-902 is waived (not needed here), but shown by b"),
        ],
        ids=["unknown", "lost", "waived"],
    )
    def test_check_refuses(self, tool, docs, run_file, run, message):
        store(docs, {"D-KTV-901": ["a"]})
        status, _output, errors = tool("--check", run_file(run))
        assert (status, errors) == (1, message + "\n")

    def test_missing_run_is_refused(self, tool, tmp_path):
        status, _output, errors = tool("--check", tmp_path / "none.json")
        assert status == 1
        assert "no such file" in errors

    def test_write_stores_the_run_sorted(self, tool, docs, run_file):
        assert tool("--write", run_file({"K-2-901": ["b", "a"], "D-KTV-901": ["c"]})) == (0, "", "")
        assert (docs / "requirements.json").read_text(encoding="utf-8") == (
            '{\n "D-KTV-901": [\n  "c"\n ],\n "K-2-901": [\n  "a",\n  "b"\n ]\n}\n'
        )

    def test_write_refuses_unknown_ids(self, tool, docs, run_file):
        assert tool("--write", run_file({"D-KTV-999": ["a"]}))[0] == 1
        assert not (docs / "requirements.json").exists()


class Run:
    """Runs pytest with the plugin in a folder of its own."""

    def __init__(self, folder, docs):
        self.folder = folder
        self.docs = docs
        self.record_file = folder / "run.json"

    def __call__(self, source, name="test_sample.py"):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-p", "plugin", "-p", "no:cacheprovider", str(path)]
        command += ["--catalogue", str(self.docs / "requirements.md"), "--record", str(self.record_file)]
        environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
        environment |= {"PYTHONPATH": f"{TESTS}:{self.folder}", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        self.status, self.output = done.returncode, done.stdout + done.stderr
        return self

    @property
    def closing_line(self):
        return self.output.rstrip().splitlines()[-1]

    @property
    def record(self):
        return json.loads(self.record_file.read_text(encoding="utf-8"))


@pytest.fixture
def run(tmp_path, docs):
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return Run(tmp_path, docs)


class TestTrace:
    def test_passed_test_is_recorded_and_failed_one_is_not(self, run):
        run('''
def test_good():
    """D-KTV-901 and K-2.6.1-902."""

def test_bad():
    """D-KTV-903"""
    assert False
''')
        node = "test_sample.py::test_good"
        assert (run.status, run.record) == (1, {"D-KTV-901": [node], "K-2.6.1-902": [node]})

    def test_failure_after_the_call_is_not_recorded(self, run):
        run('''
import pytest

@pytest.fixture
def broken():
    yield
    raise ValueError

def test_teardown(broken):
    """D-KTV-901"""
''')
        assert (run.status, run.record) == (1, {})

    def test_unittest_with_failed_subtest_is_not_recorded(self, run):
        run('''
import unittest

class TestSample(unittest.TestCase):
    def test_parts(self):
        """D-KTV-901"""
        for number in range(3):
            with self.subTest(number=number):
                self.assertNotEqual(number, 1)

    def test_whole(self):
        """D-KTV-903"""
''')
        assert (run.status, run.record) == (1, {"D-KTV-903": ["test_sample.py::TestSample::test_whole"]})

    def test_runs_are_merged(self, run):
        run('def test_a():\n    """D-KTV-901"""\n', "test_a.py")
        run('def test_b():\n    """D-KTV-901, K-2-901"""\n', "test_b.py")
        run('def test_b():\n    """D-KTV-901, K-2-901"""\n', "test_b.py")
        assert run.record == {"D-KTV-901": ["test_a.py::test_a", "test_b.py::test_b"], "K-2-901": ["test_b.py::test_b"]}

    def test_unknown_id_fails_the_run(self, run):
        run('def test_a():\n    """D-KTV-999"""\n')
        assert run.status == 1
        assert "D-KTV-999 is not in the catalogue, but named by test_sample.py::test_a" in run.output

    def test_green_run_ends_as_usual(self, run):
        run("def test_a():\n    pass\n")
        assert (run.status, run.record) == (0, {})
        assert "1 passed in " in run.closing_line

    def test_missing_catalogue_is_a_usage_error(self, run):
        (run.docs / "requirements.md").unlink()
        run("def test_a():\n    pass\n")
        assert run.status == pytest.ExitCode.USAGE_ERROR
        assert "no such file" in run.output


class TestSkips:
    @pytest.mark.parametrize(
        ("source", "listed", "closing"),
        [
            ("@pytest.mark.skip('later')\ndef test_a(): pass", "test_sample.py::test_a: Skipped: later", "1 skipped"),
            ("def test_a(): pytest.skip('no browser')", "test_sample.py::test_a: Skipped: no browser", "1 skipped"),
            ("pytest.importorskip('no_such_module_xyz')", "test_sample.py: Skipped: could not import", "1 skipped"),
            ("@pytest.mark.xfail\ndef test_a(): assert 0", "test_sample.py::test_a: expected to fail", "1 xfailed"),
            ("@pytest.mark.xfail\ndef test_a(): pass", "test_sample.py::test_a: expected to fail", "1 xpassed"),
        ],
        ids=["mark", "call", "module", "xfail", "xpass"],
    )
    def test_skip_fails_the_run(self, run, source, listed, closing):
        run(f"import pytest\n{source}\n")
        assert run.status == 1
        assert listed in run.output
        assert closing in run.closing_line

    def test_skipped_subtest_fails_the_run(self, run):
        run('''
import unittest

class TestSample(unittest.TestCase):
    def test_parts(self):
        """D-KTV-901"""
        with self.subTest("part"):
            self.skipTest("no part")
''')
        assert (run.status, run.record) == (1, {})
        assert "no part" in run.output


class TestLogs:
    @pytest.mark.parametrize("name", ["odoo.addons.drk_ktv.models.event_event", "drk", "drk.web"])
    def test_warning_of_our_logger_fails_the_test(self, run, name):
        run(f'''
import logging

def test_warns():
    """D-KTV-901"""
    logging.getLogger("{name}").warning("seat %s", 7)

def test_silent():
    """D-KTV-903"""
    logging.getLogger("{name}").info("fine")
    logging.getLogger("odoo.addons.base").warning("not ours")
''')
        assert (run.status, run.record) == (1, {"D-KTV-903": ["test_sample.py::test_silent"]})
        assert f"WARNING {name}: seat 7" in run.output
        assert "1 failed, 1 passed" in run.closing_line

    def test_warning_counts_when_odoo_logs_critical_only(self, run):
        run("""
import logging
logging.getLogger("odoo").setLevel(logging.CRITICAL)

def test_warns():
    logging.getLogger("odoo.addons.drk_ktv").error("lost")
""")
        assert run.status == 1
        assert "ERROR odoo.addons.drk_ktv: lost" in run.output

    def test_captured_warnings_are_allowed(self, run):
        run('''
import logging
import unittest
import warnings
from unittest import mock

LOGGER = logging.getLogger("odoo.addons.drk_ktv.models")

class TestSample(unittest.TestCase):
    def test_asserted(self):
        """D-KTV-901"""
        with self.assertLogs("odoo.addons.drk_ktv", "WARNING"):
            LOGGER.warning("meant")

    def test_muted_as_odoo_mutes(self):
        """D-KTV-903"""
        muted = logging.getLogger("odoo.addons.drk_ktv")
        with mock.patch.multiple(muted, propagate=False, handlers=[logging.NullHandler()]):
            LOGGER.warning("meant")
''')
        assert (run.status, len(run.record)) == (0, 2)

    def test_warning_in_a_subtest_fails_the_test(self, run):
        run('''
import logging
import unittest

class TestSample(unittest.TestCase):
    def test_parts(self):
        """D-KTV-901"""
        with self.subTest("part"):
            logging.getLogger("drk").warning("careful")
''')
        assert (run.status, run.record) == (1, {})

    def test_warning_at_import_fails_the_run(self, run):
        run('''
import logging
logging.getLogger("drk.setup").warning("half set up")

def test_a():
    """D-KTV-901"""
''')
        assert run.status == 1
        assert "an add-on warned outside the tests" in run.output
        assert "WARNING drk.setup: half set up" in run.output
        assert "1 passed" in run.closing_line

    def test_deprecation_in_our_files_fails_the_test(self, run):
        module = run.folder / "addons" / "drk_sample" / "drk_sample_module.py"
        module.parent.mkdir(parents=True)
        module.write_text("import warnings\n\ndef old():\n    warnings.warn('old way', DeprecationWarning)\n")
        run('''
import sys
import unittest
import warnings
sys.path.insert(0, "addons/drk_sample")
import drk_sample_module

def test_ours():
    """D-KTV-901"""
    drk_sample_module.old()

def test_foreign():
    """D-KTV-903"""
    warnings.warn("not ours", DeprecationWarning)

class TestSample(unittest.TestCase):
    def test_asserted(self):
        """K-2-901"""
        with self.assertWarns(DeprecationWarning):
            drk_sample_module.old()
''')
        assert (run.status, sorted(run.record)) == (1, ["D-KTV-903", "K-2-901"])
        assert "drk_sample_module.py:4: old way" in run.output
        assert "1 failed, 2 passed" in run.closing_line

    def test_deprecation_at_import_fails_the_run(self, run):
        run(
            "import warnings\nwarnings.warn('old way', DeprecationWarning)\n\ndef test_a(): pass\n",
            "addons/drk_sample/test_old.py",
        )
        assert run.status == 1
        assert "an add-on warned outside the tests" in run.output
        assert "old way" in run.output

    def test_deprecation_that_was_logged_fails_the_test(self, run):
        run("""
import logging

def test_a():
    logging.getLogger("py.warnings").warning("%s", "/x/addons/drk_ktv/m.py:3: DeprecationWarning: old way")

def test_b():
    logging.getLogger("py.warnings").warning("%s", "/x/addons/base/m.py:3: DeprecationWarning: old way")
""")
        assert (run.status, run.closing_line.count("1 failed, 1 passed")) == (1, 1)
