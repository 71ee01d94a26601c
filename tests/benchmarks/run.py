"""Benchmarks beside plain Odoo, in the same run: ``./drk bench [bookings|pages|certificates|open_items|invoices] …`` (all without a name).

Each figure is taken on a copy of a prepared database, ours and the peer's in turns, so that both meet the same machine. CPU is that
of the Python process; seconds are wall time. Results are printed as a table and written to DRK_HOME/bench.json.
"""

import fcntl
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "system")]

from conftest import HOME, Database, Server  # noqa: E402  # stands in tests/system
from finance import bench_invoices, bench_open_items  # noqa: E402  # reads conftest, too
from privacy import bench_erasure, bench_scan  # noqa: E402  # reads conftest, too

ROUNDS = 9
BOOKINGS = 80
DATES = 500
REQUESTS = 40
CERTIFICATES = 500

PEER_DATES = f"""
from datetime import datetime, timedelta
start = datetime.now().replace(microsecond=0) + timedelta(days=10)
env["event.event"].create([
    {{"name": f"Kurs {{n}}", "date_begin": start + timedelta(hours=n), "date_end": start + timedelta(hours=n + 8),
      "is_published": True, "seats_limited": True, "seats_max": 20}} for n in range({DATES})])
"""
OUR_DATES = f"""
from datetime import datetime, timedelta
template = env["event.event"].search([("drk_is_course", "=", True), ("company_id.drk_code", "=", "MUS"), ("is_published", "=", True)], limit=1)
start = datetime.now().replace(microsecond=0) + timedelta(days=100)
company = template.company_id
env["event.event"].with_company(company).create([
    {{"name": template.drk_kind_id.name, "drk_kind_id": template.drk_kind_id.id, "company_id": company.id, "is_published": True,
      "seats_limited": True, "seats_max": 20, "drk_session_ids": [(0, 0, {{
          "date_begin": start + timedelta(hours=n), "date_end": start + timedelta(hours=n + 8)}})]}} for n in range({DATES})])
"""


def worker(kind, name):
    """One process that books BOOKINGS places one by one, each in its own transaction.

    :return: dict with bookings per second, CPU ms and statements per booking
    """
    command = [sys.executable, "-W", "ignore", str(HERE / "book.py"), kind, name, str(BOOKINGS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return json.loads(done.stdout.strip().splitlines()[-1])


def bench_bookings():
    ours, peer = Database("bench-ours"), Database("bench-peer", template="test-core")
    try:
        rows = {"drk": [], "plain": []}
        for _ in range(ROUNDS):
            rows["plain"].append(worker("plain", peer.name))
            rows["drk"].append(worker("drk", ours.name))
    finally:
        ours.close()
        peer.close()
    return {
        f"booking, {who}": {key: statistics.median(row[key] for row in taken) for key in taken[0]}
        for who, taken in rows.items()
    }


def cpu_of(server):
    """CPU seconds that the server's process has used so far."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def page_cost(server, path, site):
    from web import Visitor

    visitor = Visitor(server, site=site)
    for _ in range(3):  # bundles and caches
        assert visitor.get(path).status == 200, path
    before, start = cpu_of(server), time.perf_counter()
    for _ in range(REQUESTS):
        visitor.get(path)
    wall = time.perf_counter() - start
    return {
        "CPU ms a page": (cpu_of(server) - before) * 1000 / REQUESTS,
        "ms a page": wall * 1000 / REQUESTS,
        "kB": len(visitor.get(path).body) / 1024,
    }


def bench_pages():
    ours, peer = Database("bench-ours"), Database("bench-peer", template="test-core")
    results = {}
    try:
        few = Server(ours, options=["--proxy-mode"])
        results["/kurse, demo dates"] = page_cost(few, "/kurse", "musterstadt")
        few.stop()
        ours.shell(OUR_DATES)
        peer.shell(PEER_DATES)
        servers = Server(ours, options=["--proxy-mode"]), Server(peer, options=["--proxy-mode"])
        for number in range(ROUNDS):
            results[f"/event of plain Odoo, {DATES} dates, round {number + 1}"] = page_cost(servers[1], "/event", "any")
            results[f"/kurse, {DATES} dates, round {number + 1}"] = page_cost(servers[0], "/kurse", "musterstadt")
        for server in servers:
            server.stop()
    finally:
        ours.close()
        peer.close()
    return results


def bench_certificates():
    """No peer: plain Odoo prints badges, but issues no certificates."""
    ours = Database("bench-ours")
    command = [sys.executable, "-W", "ignore", str(HERE / "certificates.py"), ours.name, str(CERTIFICATES)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
    finally:
        ours.close()
    return {f"{CERTIFICATES} certificates as one PDF": json.loads(done.stdout.strip().splitlines()[-1])}


@contextmanager
def alone():
    """Two at once would measure each other, and drop each other's databases."""
    with (HOME / "lock-bench").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("Another benchmark is running: wait for its end.") from None
        yield


def main(names):
    benches = {
        "bookings": bench_bookings,
        "pages": bench_pages,
        "certificates": bench_certificates,
        "open_items": bench_open_items,
        "invoices": bench_invoices,
        "erasure": bench_erasure,
        "scan": bench_scan,
    }
    if unknown := set(names) - benches.keys():
        raise SystemExit(f"There is no benchmark {', '.join(sorted(unknown))}: {', '.join(benches)}.")
    results = {}
    with alone():
        for name in names or benches:
            results.update(benches[name]())
    for name, figures in results.items():
        print(f"{name:55}", "  ".join(f"{key}={value:.1f}" for key, value in figures.items()))
    (HOME / "bench.json").write_text(json.dumps(results, indent=1))
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
