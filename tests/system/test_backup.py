"""Backup and restore as the person at the terminal does them, on a database that is served and written to."""

import base64
import hashlib
import io
import os
import shutil
import threading
import time

import pytest
from conftest import FILESTORE, HOME, Database, Server
from PIL import Image
from rpc import Client
from suite import cursor, databases_like, destroy, differences, exists, fingerprint, refuse, shell, succeed

PASSPHRASE, WRONG = "Zwölf Boxkämpfer", "Elf Boxkämpfer"
NAME = "test-sys-backup"


class Writer(threading.Thread):
    """Somebody who works meanwhile: each request stores a person with a picture, both or none of them."""

    def __init__(self, server):
        super().__init__()
        self.client, self.count, self.wanted = Client(server, "admin"), 0, True

    def run(self):
        while self.wanted:
            values = {"name": f"Zulauf {self.count:05}", "image_1920": self._picture(self.count)}
            self.client.execute("res.partner", "create", [values])
            self.count += 1

    @staticmethod
    def _picture(number):
        buffer = io.BytesIO()
        Image.new("RGB", (8, 8), (number % 256, number // 256, 77)).save(buffer, "PNG")
        return base64.b64encode(buffer.getvalue()).decode()

    def stop(self):
        self.wanted = False
        self.join()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("backup")
    for name, text in {"right": PASSPHRASE, "wrong": WRONG}.items():
        (made / name).write_text(f"{text}\n")
    return made


@pytest.fixture(scope="module")
def served(folder):
    """An archive made while the server works and somebody writes; the database is destroyed afterwards.

    :return: (what each association held, number of people written when the archive was begun and in the end)
    """
    database = Database(NAME)
    held = held_by_associations()
    server = Server(database)
    writer = Writer(server)
    try:
        writer.start()
        while writer.count < 5:
            time.sleep(0.05)
        begun = writer.count
        succeed(NAME, "backup", folder / "served.tar")
        writer.stop()
        assert not server.complaints()
    finally:
        writer.stop()
        server.stop()
    database.close()
    yield held, begun, writer.count
    database.close()


@pytest.fixture(scope="module")
def quiet(served, folder):
    """The restored database that nobody writes to, its fingerprint, and its archives: plain and encrypted."""
    if not exists(NAME):
        succeed(NAME, "restore", folder / "served.tar")
    succeed(NAME, "backup", folder / "quiet.tar")
    succeed(NAME, "backup", folder / "quiet.tar.gpg", "--encrypt", DRK_PASSPHRASE_FILE=str(folder / "right"))
    return fingerprint(NAME)


def held_by_associations():
    with cursor(NAME) as opened:
        opened.execute(
            "SELECT c.drk_code, count(r.id), sum(hashtextextended(r::text, 0)) FROM event_registration r "
            "JOIN res_company c ON c.id = r.company_id GROUP BY c.drk_code ORDER BY c.drk_code"
        )
        return opened.fetchall()


def test_a_backup_of_a_served_database_is_one_moment_of_it(served, folder):
    """People and their pictures are there together or not at all, every file can be read, both associations are whole."""
    held, begun, written = served
    assert (folder / "served.tar").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir() if path.name.startswith("served")] == ["served.tar"]
    succeed(NAME, "restore", folder / "served.tar")
    with cursor(NAME) as opened:
        opened.execute("SELECT name FROM res_partner WHERE name LIKE 'Zulauf %' ORDER BY name")
        names = [name for (name,) in opened.fetchall()]
        opened.execute(
            "SELECT count(DISTINCT a.res_id) FROM ir_attachment a JOIN res_partner p ON p.id = a.res_id "
            "WHERE a.res_model = 'res.partner' AND a.res_field = 'image_1920' AND p.name LIKE 'Zulauf %'"
        )
        pictures = opened.fetchone()[0]
        opened.execute("SELECT store_fname, checksum FROM ir_attachment WHERE store_fname IS NOT NULL")
        stored = opened.fetchall()
    assert names == [f"Zulauf {number:05}" for number in range(len(names))]
    assert begun <= len(names) == pictures <= written
    assert written > begun, "nobody wrote while the backup ran"
    for name, checksum in stored:
        assert hashlib.sha1((FILESTORE / NAME / name).read_bytes()).hexdigest() == checksum
    assert held_by_associations() == held
    assert [code for code, _count, _sum in held] == ["BEI", "MUS"]


# ---- what is refused; test_none_of_all_this_changed_anything looks at the data afterwards --------------------------
def test_a_wrong_passphrase_is_refused(quiet, folder):
    words = ["restore", folder / "quiet.tar.gpg", "--replace"]
    assert (
        refuse(NAME, *words, "--passphrase-file", folder / "wrong") == "the passphrase is wrong; nothing was changed."
    )
    assert "passphrase" in refuse(NAME, *words)
    assert "Zwölf" not in (folder / "quiet.tar.gpg").read_bytes().decode("latin-1")


@pytest.mark.parametrize("archive", ["quiet.tar", "quiet.tar.gpg"])
@pytest.mark.parametrize("harm", ["cut off", "one byte in the dump", "one byte at the end"])
def test_a_damaged_archive_is_refused(archive, harm, quiet, folder, tmp_path):
    damaged = tmp_path / archive
    shutil.copy(folder / archive, damaged)
    size = damaged.stat().st_size
    if harm == "cut off":
        os.truncate(damaged, size // 2)
    else:
        with damaged.open("r+b") as file:
            file.seek(200_000 if harm == "one byte in the dump" else last_content(folder / archive))
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))
    told = refuse(NAME, "restore", damaged, "--replace", "--passphrase-file", folder / "right")
    assert told == "the archive is damaged or incomplete; nothing was changed."
    assert databases_like(NAME) == ({NAME}, {NAME})


def last_content(archive):
    """Where the last byte lies that is not padding."""
    return len(archive.read_bytes().rstrip(b"\0")) - 1


def test_a_forged_manifest_is_refused(quiet, folder, tmp_path):
    """Somebody changes a version in the manifest of a plain archive: its own sum tells."""
    forged = tmp_path / "forged.tar"
    forged.write_bytes(
        (folder / "quiet.tar").read_bytes().replace(b"module drk_ktv 19.0.1", b"module drk_ktv 19.0.0", 1)
    )
    assert "damaged" in refuse(NAME, "restore", forged, "--replace")


def test_nothing_is_overwritten_unasked(quiet, folder):
    assert "--replace" in refuse(NAME, "restore", folder / "quiet.tar")
    assert "exists already" in refuse(NAME, "backup", folder / "quiet.tar")
    with cursor(NAME):
        assert "stop the server first" in refuse(NAME, "restore", folder / "quiet.tar", "--replace")


def test_a_full_disk_leaves_no_half_file(quiet, folder):
    before = sorted(folder.iterdir())
    told = refuse(NAME, "backup", folder / "full.tar", before="trap '' XFSZ; ulimit -f 4000")
    assert "the disk is full" in told
    assert sorted(folder.iterdir()) == before


def test_a_missing_file_is_named_and_old_backups_go(quiet, folder, tmp_path):
    with cursor(NAME) as opened:
        opened.execute("SELECT min(store_fname) FROM ir_attachment")
        name = opened.fetchone()[0]
    month = 30 * 24 * 3600
    old, strange = f"{NAME}-20260101-000000.tar.gpg", {f"{NAME}-other-20260101-000000.tar", "notes.tar"}
    for made in (old, *strange):
        (tmp_path / made).touch()
        os.utime(tmp_path / made, times=(time.time() - month, time.time() - month))
    file, aside = FILESTORE / NAME / name, folder / "aside"
    file.rename(aside)
    try:
        assert name in refuse(NAME, "backup", tmp_path, "--keep", "14")
        assert {path.name for path in tmp_path.iterdir()} == {old, *strange}
        assert "missing" in succeed(NAME, "backup", tmp_path, "--keep", "14", "--allow-missing")
    finally:
        aside.rename(file)
    kept = {path.name for path in tmp_path.iterdir()}
    assert strange < kept and len(kept) == 3 and old not in kept


@pytest.mark.parametrize("setting", [{"PGHOST": "/run/postgresql"}, {"PGPORT": "5433"}])
@pytest.mark.parametrize("words", [["backup"], ["restore", __file__], ["upgrade"]], ids=lambda words: words[0])
def test_another_postgresql_is_refused(words, setting):
    """Nobody takes the backup of the private database for one of their own."""
    [(name, value)] = setting.items()
    told = refuse(NAME, *words, **setting)
    assert told.startswith(f"{name} is set to '{value}'") and "pg_dump" in told and "data_dir" in told


def test_a_database_that_is_not_here_is_refused():
    assert "pg_dump" in refuse("test-sys-nowhere", "backup")
    assert "pg_dump" in refuse("test-sys-nowhere", "upgrade")


def test_another_odoo_is_served_too(quiet, tmp_path):
    succeed(NAME, "backup", tmp_path / "other.tar", ODOO_HOME=str(HOME / "odoo"))
    assert (tmp_path / "other.tar").stat().st_size > 1_000_000


def test_none_of_all_this_changed_anything(quiet):
    assert not differences(quiet, fingerprint(NAME))
    assert databases_like(NAME) == ({NAME}, {NAME})


# ---- what brings the data back -------------------------------------------------------------------------------------
def test_what_was_destroyed_comes_back_equal(quiet, folder):
    """Every table, sequence and file, from an encrypted archive; the comparison sees a change of one value."""
    with cursor(NAME) as opened:
        opened.execute("UPDATE res_partner SET comment = 'changed' WHERE id = (SELECT min(id) FROM res_partner)")
    assert list(differences(quiet, fingerprint(NAME))) == ["res_partner"]
    destroy(NAME)
    succeed(NAME, "restore", folder / "quiet.tar.gpg", "--passphrase-file", folder / "right")
    assert not differences(quiet, fingerprint(NAME))
    assert databases_like(NAME) == ({NAME}, {NAME})


def test_a_copy_for_tests_replaces_another_and_reaches_nobody(quiet, folder):
    copy = Database(f"{NAME}-copy", template="template0")
    (FILESTORE / copy.name / "00").mkdir(parents=True)
    (FILESTORE / copy.name / "00" / "of the old one").touch()
    try:
        succeed(NAME, "restore", folder / "quiet.tar", "--database", copy.name, "--replace", "--neutralize")
        mail_servers = copy.rows("SELECT name FROM ir_mail_server WHERE active")
        assert ["neutralization" in name for (name,) in mail_servers] == [True]
        assert copy.value("SELECT count(*) FROM ir_cron WHERE active") <= 1, "only Odoo's own tidying up runs"
        with cursor(NAME) as opened:
            opened.execute("SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'")
            identity = opened.fetchone()[0]
        assert copy.value("SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'") != identity
        assert not (FILESTORE / copy.name / "00" / "of the old one").exists()
        assert databases_like(NAME)[0] == {NAME, copy.name}
    finally:
        copy.close()


ERASED = """
env = env(context=dict(env.context, allowed_company_ids=env["res.company"].search([("drk_code", "=", "MUS")]).ids))
vals = {"firstname": "Vergissmein", "lastname": "Nichtblume", "email": "vergissmein@example.org"}
people = env["res.partner"]._drk_match_or_create_person(env.company, vals)
vals = {"firstname": "Teilweis", "lastname": "Bleibt", "email": "teilweis@example.org", "phone": "030 1234567"}
parts = env["res.partner"]._drk_match_or_create_person(env.company, vals)
"""
ERASE = (
    ERASED
    + """
parts._drk_delete_parts(env.company, ["email"], "0123456789abcdef")
env["drk.erasure.run"]._create_for(people, "manual")._run_here()
"""
)


def test_what_was_erased_after_the_backup_stays_erased(quiet, folder):
    """The journal of erasures lies outside the database: a restore of an older backup erases the same people and parts again."""
    shell(NAME, ERASED)
    succeed(NAME, "backup", folder / "before-erasure.tar")
    shell(NAME, ERASE)
    journal = FILESTORE.parent / "drk_erasure_journal" / f"{NAME}.jsonl"
    assert "Nichtblume" not in journal.read_text()
    said = succeed(NAME, "restore", folder / "before-erasure.tar", "--replace")
    assert "Erasing again what was erased after the backup" in said
    with cursor(NAME) as opened:
        opened.execute("SELECT count(*) FROM res_partner WHERE lastname = 'Nichtblume' OR email LIKE 'vergissmein@%'")
        assert opened.fetchone() == (0,)
        opened.execute("SELECT email, phone FROM res_partner WHERE lastname = 'Bleibt'")
        assert opened.fetchone() == (None, "030 1234567")
        opened.execute("SELECT kind, state FROM drk_erasure_run ORDER BY id DESC LIMIT 1")
        assert opened.fetchone()[0] == "restore"
        opened.execute("SELECT count(*) FROM ir_config_parameter WHERE key = 'drk.erasures'")
        assert opened.fetchone() == (0,)
    journal.unlink()
