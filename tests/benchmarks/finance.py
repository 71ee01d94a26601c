"""Benchmarks of drk_finance, beside what Odoo's own accounting needs for the same in the same run."""

import json
import statistics
import subprocess
import sys
from pathlib import Path

from conftest import Database

HERE = Path(__file__).resolve().parent
ROUNDS, MOVES, CHARGES = 3, 50_000, 500


def worker(script, *arguments):
    """Run one process of a benchmark.

    :return: what it printed last, from JSON
    """
    command = [sys.executable, "-W", "ignore", str(HERE / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


def bench_open_items():
    """The list of what payers owe among 50,000 invoices, and core's list of journal items with the same filter."""
    database = Database("bench-ours")
    try:
        taken = [worker("open_items.py", database.name, MOVES) for _ in range(ROUNDS)]
    finally:
        database.close()
    return {
        f"open items of {MOVES} moves, {who}": {
            key: statistics.median(round_[who][key] for round_ in taken) for key in taken[0][who]
        }
        for who in taken[0]
    }


def bench_invoices():
    """One collective invoice of 500 charges, and core's own invoice with as many lines."""
    databases = {
        "drk": Database("bench-ours", template="test-suite"),
        "plain": Database("bench-peer", template="test-core"),
    }
    try:
        rounds = [
            {who: figures for kind, database in databases.items() for who, figures in _invoices(kind, database).items()}
            for _ in range(ROUNDS)
        ]
    finally:
        for database in databases.values():
            database.close()
    return {
        f"collective invoice, {who}": {
            key: statistics.median(taken[who][key] for taken in rounds) for key in rounds[0][who]
        }
        for who in rounds[0]
    }


def _invoices(kind, database):
    return worker("invoices.py", kind, database.name, CHARGES)
