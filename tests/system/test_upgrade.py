"""Data of earlier releases survive the upgrade to the working tree; an upgrade that fails leaves everything as it was.

``tests/releases`` holds the add-ons of each release (``./drk release-archive`` makes such a file). The test proves itself
with a small add-on of two versions: without its migration the comparison finds the loss.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from conftest import HOME, ODOO, ROOT, Database, Server
from suite import (
    cursor,
    databases_like,
    differences,
    drk,
    environment,
    fingerprint,
    forget_archives,
    refuse,
    succeed,
)

RELEASES = sorted((ROOT / "tests" / "releases").glob("*.tar.xz"))
VERSIONS = ROOT / "tests" / "system" / "upgrade"
NAME = "test-sys-upgrade"

# What a release must hand on, row by row: table and columns. Earlier releases have not all of the tables.
HANDED_ON = {
    "res_company": "name, drk_code, drk_is_association",
    "res_users": "login, partner_id, company_id, active",
    "res_partner": "name, firstname, lastname, email, phone, street, zip, city, birthdate_date, company_id, active, "
    "drk_is_person, drk_salutation, drk_consent_state",
    "event_event": "name, drk_number, company_id, date_begin, date_end, seats_max, drk_taken, is_published, active",
    "event_registration": "event_id, drk_participant_id, drk_payer_id, partner_id, company_id, state, drk_price, "
    "drk_payer_kind, drk_contact_email, active",
    "drk_course_kind": "code, name, company_id, units, seats_max, active",
    "drk_course_price": "*",
    "drk_course_session": "event_id, date_begin, date_end, room_id, units",
    "drk_consent": "partner_id, purpose_id, kind, occurred_at, channel_id",
    "drk_instructor": "*",
    "drk_room": "name, company_id",
    "drk_unit": "name, company_id",
    "drk_web_page": "name, company_id",
    "website": "name, domain, company_id",
    "account_move": "name, state, move_type, date, partner_id, company_id, amount_total",
    "account_move_line": "move_id, account_id, partner_id, name, debit, credit, amount_residual",
    "drk_charge": "name, payer_id, company_id, amount, state, move_line_id",
    "drk_certificate": "number, code, registration_id, state, issued_on",
    "drk_course_attendance": "registration_id, session_id, state",
}
SUMS = (
    "SELECT sum(drk_price) FROM event_registration",
    "SELECT sum(drk_taken) FROM event_event",
    "SELECT sum(amount) FROM drk_course_price",
    "SELECT count(*) FROM ir_attachment WHERE res_model IN ('res.partner', 'event.registration')",
    "SELECT count(*) FROM mail_message WHERE model = 'event.registration'",
)


# ---- what is compared ----------------------------------------------------------------------------------------------
def handed_on(database, tables=HANDED_ON, sums=SUMS):
    """:return: dict of each row (by table and ID) and of each sum"""
    content = {}
    with cursor(database) as opened:
        for table, columns in tables.items():
            opened.execute("SELECT to_regclass(%s)", [table])
            if opened.fetchone()[0] is None:
                continue
            opened.execute(f'SELECT id, {columns} FROM "{table}"')
            names = [column.name for column in opened.description]
            content |= {(table, row[0]): dict(zip(names, row, strict=True)) for row in opened.fetchall()}
        for query in sums:
            opened.execute(query)
            content[query] = opened.fetchone()
    return content


def losses(before, after):
    """What was there and is not, or is not the same; new rows and columns are no loss."""
    return {key: (value, after.get(key)) for key, value in before.items() if not is_kept(value, after.get(key))}


def is_kept(value, found):
    if isinstance(value, dict) and isinstance(found, dict):
        return value.items() <= found.items()
    return value == found


# ---- releases ------------------------------------------------------------------------------------------------------
def test_there_is_a_release():
    assert RELEASES, "tests/releases holds no archive: ./drk release-archive makes that of this version"


@pytest.fixture(params=RELEASES, ids=lambda path: path.name)
def released(request, tmp_path):
    """A database with the demo data of a release, made by that release's own code."""
    subprocess.run(["tar", "-xf", request.param, "-C", tmp_path], check=True)
    database = Database("test-sys-release", template="test-core")
    addons = tmp_path / "addons"
    options = ["-c", os.environ["DRK_TEST_CONF"], f"--addons-path={addons}", "-d", database.name, "--no-http"]
    run_odoo("server", *options, "-i", ",".join(path.name for path in addons.iterdir()), "--stop-after-init")
    run_odoo("shell", *options, code=(tmp_path / "config" / "load_demo.py").read_text())
    yield database
    database.close()
    forget_archives(database.name)


def run_odoo(*words, code=None):
    done = subprocess.run([*ODOO, *words], input=code, capture_output=True, text=True, timeout=600, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]


def test_data_of_a_release_survive(released):
    before = handed_on(released.name)
    assert len([key for key in before if key[0] == "event_registration"]) > 10
    told = succeed(released.name, "upgrade")
    assert "is upgraded to" in told
    assert not losses(before, handed_on(released.name))
    assert "nothing was done" in succeed(released.name, "upgrade")
    server = Server(released)
    try:
        for site in ("musterstadt", "beispielhausen"):
            assert show_courses(server, site) == 200
        assert not server.complaints()
    finally:
        server.stop()


def show_courses(server, site):
    from web import Visitor

    return Visitor(server, site).get("/kurse").status


# ---- a small add-on with two versions ------------------------------------------------------------------------------
NOTES = {"drk_test_upgrade": "name, note"}
REMARKS = {"drk_test_upgrade": "name, remark AS note"}


@pytest.fixture(scope="module")
def trial():
    """A database of today's suite with the small add-on in its first version, with data."""
    database = Database(NAME)
    conf = write_conf(HOME / f"{NAME}.conf", VERSIONS / "19.0.1.0.0")
    run_odoo("server", "-c", str(conf), "-d", NAME, "-i", "drk_test_upgrade", "--stop-after-init", "--no-http")
    database.rows(
        "INSERT INTO drk_test_upgrade (name, note) SELECT 'N' || n, 'worth keeping ' || n FROM generate_series(1, 50) n"
    )
    yield database
    conf.unlink()
    database.close()
    forget_archives(NAME)


def write_conf(path, addons):
    """The settings of the tests with one more folder of add-ons."""
    lines = Path(os.environ["DRK_TEST_CONF"]).read_text().splitlines()
    path.write_text("\n".join(f"{line},{addons}" if line.startswith("addons_path") else line for line in lines))
    return path


@pytest.fixture
def second_version(tmp_path):
    """A copy of the second version that a test may change.

    :return: (settings that find it, folder of its migration)
    """
    addons = tmp_path / "addons"
    shutil.copytree(VERSIONS / "19.0.1.1.0", addons, ignore=shutil.ignore_patterns("__pycache__"))
    conf = write_conf(tmp_path / "odoo.conf", addons)
    return conf, addons / "drk_test_upgrade" / "migrations" / "19.0.1.1.0"


def test_a_failing_migration_rolls_back(trial, second_version):
    """Data and files are those of before, the sentence says what failed and where the log lies."""
    conf, migrations = second_version
    harm = "def migrate(cr, version):\n    cr.execute('DELETE FROM drk_test_upgrade')\n    cr.commit()\n    raise ValueError('a wrong turn')\n"
    (migrations / "post-migration.py").write_text(harm)
    before = fingerprint(NAME)
    told = refuse(NAME, "upgrade", conf=conf)
    assert "the upgrade failed: the update of the add-ons ended with an error" in told
    assert "as they were before" in told
    assert "a wrong turn" in (HOME / "log" / f"upgrade-{NAME}.log").read_text()
    assert not differences(before, fingerprint(NAME))
    assert databases_like(NAME) == ({NAME}, {NAME})


WARNING = """import logging


def migrate(cr, version):
    logging.getLogger("odoo.addons.drk_test_upgrade").warning("something is odd")
"""


def test_after_a_kill_it_goes_on(trial, second_version):
    """Killed while the add-ons are updated: the next upgrade tidies up and begins anew; it ends at a warning of ours, so
    that the data are still the old ones."""
    conf, migrations = second_version
    (migrations / "post-migration.py").write_text("import time\n\n\ndef migrate(cr, version):\n    time.sleep(600)\n")
    before = fingerprint(NAME)
    script = subprocess.Popen([ROOT / "drk", "upgrade"], env=environment(NAME, conf), stderr=subprocess.PIPE, text=True)
    for line in script.stderr:
        if "update drk_test_upgrade" in line:
            break
    time.sleep(2)
    script.send_signal(signal.SIGKILL)
    script.wait()
    script.stderr.close()
    assert NAME + ".upgrading" in databases_like(NAME)[0]
    (migrations / "post-migration.py").write_text(WARNING)
    told = drk(NAME, "upgrade", conf=conf).stderr
    assert "An earlier restore or upgrade" in told
    assert "something is odd" in told and "as they were before" in told
    assert not differences(before, fingerprint(NAME))
    assert databases_like(NAME) == ({NAME}, {NAME})


def test_after_a_kill_between_the_names_it_goes_on(trial):
    """The moment of the swap: the new database has its name already, its files do not."""
    before = fingerprint(NAME)
    other = Database(f"{NAME}.replaced", template="template0")
    (HOME / "data-test" / "filestore" / NAME).rename(HOME / "data-test" / "filestore" / f"{NAME}.upgrading")
    (HOME / "data-test" / "filestore" / NAME).mkdir()
    try:
        drk(NAME, "backup", HOME / "no such folder" / "file")
        assert not differences(before, fingerprint(NAME))
        assert databases_like(NAME) == ({NAME}, {NAME})
    finally:
        other.close()


def test_without_its_migration_the_loss_is_noticed(trial, second_version):
    """The negative control."""
    copy = Database(f"{NAME}-lossy", template=NAME)
    conf, migrations = second_version
    shutil.rmtree(migrations.parent)
    try:
        before = handed_on(copy.name, NOTES, ())
        succeed(copy.name, "upgrade", conf=conf)
        assert len(losses(before, handed_on(copy.name, REMARKS, ()))) == 50
    finally:
        copy.close()
        forget_archives(copy.name)


def test_a_migration_carries_the_data_over(trial, second_version):
    conf, _migrations = second_version
    everything, before = handed_on(NAME), handed_on(NAME, NOTES, ())
    succeed(NAME, "upgrade", conf=conf)
    assert not losses(before, handed_on(NAME, REMARKS, ()))
    assert not losses(everything, handed_on(NAME))
    assert trial.value("SELECT latest_version FROM ir_module_module WHERE name = 'drk_test_upgrade'") == "19.0.1.1.0"
    assert trial.value("SELECT count(*) FROM pg_database WHERE datname = %s AND datallowconn", NAME) == 1
