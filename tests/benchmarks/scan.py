"""One process of the benchmark of the search for remains: scan.py DATABASE MEGABYTES; prints one line of JSON.

The matcher alone reads a text as PDF files give it, with ever more values; then the whole database is searched, with MEGABYTES of
messages in it and again with five times as many: the memory has to stay the same. Nothing is committed.
"""

import json
import os
import random
import resource
import sys
import threading
import time
from pathlib import Path

import odoo.service.server
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

VALUES = (1_000, 10_000, 40_000)
TEXT = 64_000_000
SYLLABLES = [
    "ber",
    "mann",
    "hof",
    "stein",
    "wald",
    "burg",
    "meyer",
    "krü",
    "ger",
    "lü",
    "den",
    "acker",
    "fisch",
    "holz",
]
MESSAGES = """
    INSERT INTO mail_message (model, res_id, body, message_type, author_id, email_from, date, create_date)
    SELECT 'event.event', n, repeat('<p>Guten Tag, die Teilnehmerin wohnt in der Hauptstraße ' || n || ', Tel. 0341 ' || n * 7919::bigint
           || ', und bittet um Antwort.</p>', 10), 'comment', 2, 'buero@example.org', NOW(), NOW() FROM generate_series(1, %s) n
"""
LETTER = (
    "Sehr geehrte Damen und Herren, am 17.03.2027 beginnt Ihr Lehrgang um 09:00 Uhr im Lehrsaal Mitte, Rathausplatz 1, 44999 "
    "Musterstadt. Bitte überweisen Sie 45,00 EUR auf das Konto DE89 3704 0044 0532 0130 00. Rückfragen: 0341 12345-{}. "
)


def values(count):
    chance = random.Random(1)
    for number in range(count // 4):
        first, last = ("".join(chance.sample(SYLLABLES, 2)) for _ in range(2))
        yield "name", f"{first.title()} {last.title()}{SYLLABLES[number % 7]}"
        yield "email", f"{first}.{last}{number}@example.org"
        yield "phone", f"+49 8631 {10_000_000 + number * 37}"
        yield "street", f"{last.title()}weg {number}"


def memory(measure):
    """:return: what the work returned, and by how many MB the process grew beyond what it held before"""
    peak, done = [0], threading.Event()

    def watch():
        while not done.wait(0.02):
            peak[0] = max(peak[0], resident())

    before = resident()
    watcher = threading.Thread(target=watch)
    watcher.start()
    result = measure()
    done.set()
    watcher.join()
    return result, max(0, peak[0] - before)


def resident():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def bench_matcher(scan):
    text = "".join(LETTER.format(number) for number in range(10_000)).encode()
    pieces = [text[start : start + scan.CHUNK] for start in range(0, len(text), scan.CHUNK)]
    for count in VALUES:
        start = time.process_time()
        matcher, grown = memory(lambda count=count: scan.Matcher(values(count)))
        built = time.process_time() - start
        start, size = time.process_time(), 0
        while size < TEXT:
            for piece in pieces:
                matcher.find(piece)
                size += len(piece)
        yield (
            f"matcher, {count} values",
            {"MB/s": size / 1e6 / (time.process_time() - start), "s to build": built, "MB": grown},
        )
        views = [scan.view(piece) for piece in pieces]
        start = time.process_time()
        for seen in views:
            matcher.automaton.find_matches_as_indexes(seen, overlapping=True)
        speed = len(text) / 1e6 / (time.process_time() - start)
        yield f"automaton alone, {count} values", {"MB/s": speed}


def bench_database(env, megabytes):
    search = env["drk.erasure.scan"]
    markers = [(number, *value) for number, value in enumerate(values(10_000))]
    written = 0
    for times in (1, 5):
        rows = megabytes * times * 1000 - written
        env.cr.execute(MESSAGES, [rows])
        written += rows
        start, cpu = time.perf_counter(), time.process_time()
        _hits, grown = memory(lambda: sum(1 for _hit in search._scan(markers)))
        env.cr.execute("SELECT pg_database_size(current_database()) / 1e9")
        size = float(env.cr.fetchone()[0])
        yield (
            f"search of {size:.1f} GB for 10000 values",
            {
                "s": time.perf_counter() - start,
                "CPU s": time.process_time() - cpu,
                "s/GB": (time.perf_counter() - start) / size,
                "MB": grown,
            },
        )


def main(name, megabytes):
    config.parse_config(["-c", os.environ["DRK_TEST_CONF"], "-d", name])
    odoo.service.server.load_server_wide_modules()
    from odoo.addons.drk_gdpr.tools import scan

    with Registry(name).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        figures = dict([*bench_matcher(scan), *bench_database(env, megabytes)])
        cr.rollback()
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
