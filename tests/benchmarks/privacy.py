"""Benchmark of erasure, beside OCA's add-on for the same (from PyPI, if it can be had) and a bare UPDATE."""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from conftest import ODOO, Database
from finance import ROUNDS, worker

PEER = "odoo-addon-privacy-partner-to-be-forgotten==19.0.1.0.0.5"
PEER_MODULE = "privacy_partner_to_be_forgotten"
PEOPLE, PEER_PEOPLE = 1000, 30
MESSAGES = (0, 400_000)


def bench_erasure():
    """1,000 people in a database without other messages and in one with 400,000."""
    rounds = []
    ours, peer = Database("bench-ours", template="test-suite"), Database("bench-peer", template="test-core")
    with tempfile.TemporaryDirectory() as folder:
        path = _install_peer(peer, folder)
        try:
            rounds = [_round(ours, peer, path) for _ in range(ROUNDS)]
        finally:
            ours.close()
            peer.close()
    return {
        who: {key: statistics.median(taken[who][key] for taken in rounds) for key in rounds[0][who]}
        for who in rounds[0]
    }


def _round(ours, peer, path):
    taken = {}
    for messages in MESSAGES:
        figures = worker("erasure.py", "drk", ours.name, PEOPLE, messages)
        if path:
            figures |= worker("erasure.py", "oca", peer.name, PEER_PEOPLE, messages, f"--addons-path={path}")
        taken |= {f"erasure of a person, {messages} other messages, {who}": row for who, row in figures.items()}
    return taken


def _install_peer(database, folder):
    """:return: addons path of the peer, None when it cannot be had"""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, PEER]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        return None
    path = f"{os.environ['DRK_ROOT']}/addons,{Path(folder, 'odoo', 'addons')}"
    command = [*ODOO, "server", "-c", os.environ["DRK_TEST_CONF"], f"--addons-path={path}", "-d", database.name]
    done = subprocess.run(
        [*command, "-i", PEER_MODULE, "--stop-after-init", "--no-http"], capture_output=True, check=False
    )
    return None if done.returncode else path
