"""The script ``./drk`` as its users call it, and what a database and its files hold, to be compared."""

import hashlib
import os
import shutil
import subprocess
from contextlib import contextmanager

import psycopg2
from conftest import FILESTORE, HOME, ODOO, ROOT

# Rolled forward by PostgreSQL and Odoo themselves, without anybody's doing.
RESTLESS = {"bus_presence"}


def drk(database, *words, conf=None, before="", **settings):
    """Run ``./drk`` on a database of the tests.

    :param str database: name
    :param str before: bash that runs first, in the same shell
    :return: ``subprocess.CompletedProcess``; ``stderr`` is what the person at the terminal reads
    """
    return subprocess.run(
        ["bash", "-c", f'{before}\nexec "$0" "$@"', str(ROOT / "drk"), *map(str, words)],
        env=environment(database, conf) | settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )


def environment(database, conf=None):
    return os.environ | {"DRK_DB": database, "DRK_CONF": str(conf or os.environ["DRK_TEST_CONF"])}


def succeed(*args, **kwargs):
    done = drk(*args, **kwargs)
    assert done.returncode == 0, done.stderr
    return done.stderr


def refuse(*args, **kwargs):
    """:return: the one sentence that the script ends with"""
    done = drk(*args, **kwargs)
    assert done.returncode == 1, done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("drk: "), done.stderr
    return last.removeprefix("drk: ")


def shell(database, code):
    """Run Python in an Odoo shell on a database; what it writes is committed.

    :return: what the code printed
    """
    command = [*ODOO, "shell", "-c", os.environ["DRK_TEST_CONF"], "-d", database, "--no-http"]
    code += "\nenv.cr.commit()\n"
    done = subprocess.run(command, input=code, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr[-3000:]
    return done.stdout


@contextmanager
def cursor(database):
    connection = psycopg2.connect(dbname=database)
    try:
        with connection, connection.cursor() as opened:
            yield opened
    finally:
        connection.close()


def exists(database):
    with cursor("postgres") as opened:
        opened.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        return bool(opened.fetchall())


def databases_like(database):
    """Databases and filestores whose names start with this one's, work in progress included."""
    with cursor("postgres") as opened:
        opened.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [database])
        found = {name for (name,) in opened.fetchall()}
    return found, {path.name for path in FILESTORE.glob(f"{database}*")}


def destroy(database):
    subprocess.run(["dropdb", "--if-exists", "--force", database], check=True, stderr=subprocess.DEVNULL)
    shutil.rmtree(FILESTORE / database, ignore_errors=True)


def fingerprint(database):
    """Everything that a database holds: rows and sum of each table, state of each sequence, sum of each file."""
    content = {}
    with cursor(database) as opened:
        opened.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in opened.fetchall():
            if table not in RESTLESS:
                # The order of columns is part of the rows; that of rows is not.
                opened.execute(f'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM "{table}" t')
                content[table] = opened.fetchone()
        opened.execute("SELECT sequencename, last_value FROM pg_sequences")
        content |= {f"sequence {name}": value for name, value in opened.fetchall()}
    return content | files(database)


def files(database):
    folder = FILESTORE / database
    paths = [path for path in folder.glob("??/*") if path.is_file()]
    return {f"file {path.relative_to(folder)}": hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def differences(before, after):
    return {
        key: (before.get(key), after.get(key))
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key)
    }


def forget_archives(database):
    for path in (HOME / "backups").glob(f"{database}-*"):
        path.unlink()
