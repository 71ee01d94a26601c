"""Forty people want ten seats at the same moment, over HTTP, against real servers."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import LONG, ROOT, Database, Server
from courses import new_courses
from web import Visitor

CLIENTS, SEATS = 40, 10
ROUNDS = 20 if LONG else 3
READING_SECONDS = 5  # a form that comes back at once is taken for a machine's


def person(count):
    return {
        "firstname": f"Vorname{chr(97 + count % 26)}{chr(97 + count // 26)}",
        "lastname": "Andrang",
        "email": f"andrang{count}@example.org",
        "attends": "yes",
        "birthdate": "17.05.1990",
        "payer": "self",
        "action": "book",
    }


class Rush:
    """All clients open the form, wait for each other and send it at once."""

    def __init__(self, server, number):
        self.server, self.path = server, f"/kurse/{number.lower()}/anmelden"
        self.barrier = threading.Barrier(CLIENTS)
        self.answers, self.seconds = {}, {}

    def _client(self, count):
        visitor = Visitor(self.server, address=f"10.2.{count}.1")
        fields = visitor.get(self.path).form("/anmelden") | person(count)
        time.sleep(READING_SECONDS)
        self.barrier.wait(120)
        start = time.perf_counter()
        self.answers[count] = visitor.post(self.path, fields, follow=False)
        self.seconds[count] = time.perf_counter() - start

    def run(self):
        threads = [threading.Thread(target=self._client, args=(count,)) for count in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(self.answers) == CLIENTS, "a client got no answer"
        return self

    def kinds(self):
        """What the visitors were told: booked, the waiting list offered, or anything else."""
        return Counter(self._kind(answer) for answer in self.answers.values())

    def _kind(self, answer):
        if answer.status == 303 and "/kurse/buchung/" in answer.headers["Location"]:
            return "booked"
        if answer.status == 200 and 'value="waiting"' in answer.text:
            return "waiting list"
        return f"{answer.status}: {answer.text[:200]}"

    def p95(self):
        return sorted(self.seconds.values())[int(CLIENTS * 0.95) - 1]


def warm_up(server):
    """Every worker loads the code once; that is not what the rush measures."""
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda count: Visitor(server, address=f"10.1.{count}.1").get("/kurse"), range(48)))


def booked(database, number):
    return database.value(
        "SELECT count(*) FROM event_registration r JOIN event_event e ON e.id = r.event_id "
        "WHERE lower(e.drk_number) = lower(%s) AND r.state IN ('open', 'done', 'offered')",
        number,
    )


@pytest.mark.parametrize("workers", [4, 0], ids=["4 workers", "threads"])
def test_exactly_the_seats_are_booked(workers, database, capsys):
    numbers = new_courses(database, ROUNDS, SEATS)
    server = Server(database, workers=workers, options=["--proxy-mode"])
    try:
        warm_up(server)
        for number in numbers:
            rush = Rush(server, number).run()
            with capsys.disabled():
                print(f"\n{workers} workers: {dict(rush.kinds())}, p95 {rush.p95():.2f} s", end="")
            assert booked(database, number) == SEATS
            assert rush.kinds() == {"booked": SEATS, "waiting list": CLIENTS - SEATS}
        assert not server.complaints()
    finally:
        server.stop()


def test_without_lock_and_guard_it_oversells():
    """The negative control: the same rush against the same pages, with lock and counter switched off."""
    database = Database("test-sys-unguarded")
    try:
        numbers = new_courses(database, 3, SEATS)
        folder = ROOT / "tests" / "system" / "addons"
        server = Server(database, workers=4, addons_path=[folder], options=["--proxy-mode", "-i", "drk_test_unguarded"])
        try:
            sold = []
            for number in numbers:
                Rush(server, number).run()
                sold.append(booked(database, number))
            assert max(sold) > SEATS, sold
        finally:
            server.stop()
    finally:
        database.close()
