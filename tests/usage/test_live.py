"""The endpoint as a running server: real clients, floods, kills. Ends with the audit."""

import gzip
import http.client
import random
import signal
import socket
import threading
import time
from contextlib import contextmanager

import psutil
import pytest
from segment.analytics.client import Client as Segment

from bench.stack import KEY as BENCH_KEY
from bench.stack import stack
from tenants.scoping import tenant_scope
from tests.factories.tenants import TenantFactory
from tests.usage.live import HEADERS, at_once, post, send_until_taken, web
from tests.usage.recordings import KEY
from usage.models import Event, IngestBatch, MessageKey, Quarantine
from usage.services import doors

pytestmark = pytest.mark.slow
MIB = 2**20


@pytest.fixture
def workspace(committed):
    tenant = TenantFactory(slug="acme")
    with tenant_scope(tenant.pk):
        doors.create_source(name="Product", key=KEY)
    return tenant


@pytest.fixture
def server(workspace, tmp_path):
    with web(tmp_path) as running:
        yield running


def message(number, **fields):
    return {
        "type": "track",
        "event": "Saved",
        "userId": f"u-{number % 7}",
        "messageId": f"m-{number}",
        "timestamp": "2026-05-04T10:00:00Z",
        "properties": {"n": number},
    } | fields


def audit(tenant):
    """What the ledger says, and what is there."""
    with tenant_scope(tenant.pk):
        receipts = list(
            IngestBatch.objects.values_list("accepted", "duplicate", "quarantined")
        )
        ids = list(Event.objects.values_list("message_id", flat=True))
        keys = MessageKey.objects.count()
        bad = Quarantine.objects.count()
    accepted, duplicate, _quarantined = map(sum, zip(*receipts, strict=True))
    return {
        "accepted": accepted,
        "duplicate": duplicate,
        "events": len(ids),
        "distinct": len(set(ids)),
        "keys": keys,
        "quarantined": bad,
    }


def test_a_real_client_library_delivers(workspace, server):
    for is_packed in (False, True):
        client = Segment(
            KEY,
            host=f"http://127.0.0.1:{server.port}",
            gzip=is_packed,
            send=True,
            max_retries=2,
            sync_mode=False,
        )
        client.identify(f"u-{is_packed}", {"name": "Айда", "email": "a@example.kz"})
        client.group(f"u-{is_packed}", "acct-1", {"name": "Kaspi"})
        for number in range(120):
            client.track(f"u-{is_packed}", "Report exported", {"n": number})
        client.page(f"u-{is_packed}", "Docs", "Billing")
        client.alias("anon-1", f"u-{is_packed}")
        client.shutdown()

    assert audit(workspace) == {
        "accepted": 248,
        "duplicate": 0,
        "events": 248,
        "distinct": 248,
        "keys": 248,
        "quarantined": 0,
    }


def test_the_same_batch_a_hundred_times_at_once_is_stored_once(workspace, server):
    """T-ING-1, half of them in another order."""
    batch = [message(n) for n in range(1000)]
    shuffled = random.Random(7).sample(batch, 1000)

    answers = at_once(
        [
            lambda n=n: post(server.port, {"batch": shuffled if n % 2 else batch})
            for n in range(100)
        ],
        threads=16,
    )

    assert {status for status, _ in answers} == {200}
    assert sum(said["accepted"] for _, said in answers) == 1000
    assert sum(said["duplicate"] for _, said in answers) == 99_000
    assert audit(workspace) == {
        "accepted": 1000,
        "duplicate": 99_000,
        "events": 1000,
        "distinct": 1000,
        "keys": 1000,
        "quarantined": 0,
    }


def test_overlapping_batches_in_any_order_lose_and_double_nothing(workspace, server):
    """T-ING-2: 12 writers, each with a random half of 400 messages, in random order."""
    dice = random.Random(11)
    batches = [
        [message(n) for n in dice.sample(range(400), 200)] for _writer in range(60)
    ]

    answers = at_once(
        [lambda b=batch: post(server.port, {"batch": b}) for batch in batches],
        threads=12,
    )

    sent = {m["messageId"] for batch in batches for m in batch}
    assert {status for status, _ in answers} == {200}
    found = audit(workspace)
    assert found["events"] == found["distinct"] == found["keys"] == len(sent)
    assert found["accepted"] + found["duplicate"] == 60 * 200


def test_large_bodies_bombs_and_chunks(workspace, server):
    """T-ING-4: refused without being held, while another source is served."""
    at_once([lambda: post(server.port, {"batch": []})] * 20, threads=4)
    before = sum(worker.memory_info().rss for worker in server.workers)
    bomb = gzip.compress(b" " * (50 * MIB), 9)

    statuses = [
        post(server.port, b" " * (100 * MIB))[0],
        post(server.port, bomb, headers={"Content-Encoding": "gzip"})[0],
        _chunked(server.port, 10, b'{"batch":[' + b" " * MIB, b"]}"),
        _chunked(server.port, 30, b" " * MIB, b""),
        post(server.port, {"batch": [message(1)]})[0],
    ]

    after = sum(worker.memory_info().rss for worker in server.workers)
    assert statuses == [413, 413, 200, 413, 200]
    assert after - before < 50 * MIB
    assert audit(workspace)["events"] == 1


def _chunked(port, count, first, last):
    """The status of a body sent in so many chunks, its length not said."""
    with socket.create_connection(("127.0.0.1", port), 30) as client:
        head = "POST /v1/batch HTTP/1.1\r\nHost: localhost\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in HEADERS.items()
        )
        client.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        pieces = [first, *([b" " * MIB] * (count - 1)), last]
        for piece in filter(None, pieces):
            client.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
        client.sendall(b"0\r\n\r\n")
        return int(client.recv(65536)[9:12])


def test_ten_thousand_headers_are_refused_while_another_is_served(workspace, server):
    """T-ING-4: the others' answers take no longer for it."""
    lines = "".join(f"X-{n}: {n}\r\n" for n in range(10_000))

    def flood():
        request = f"POST /v1/batch HTTP/1.1\r\nHost: h\r\n{lines}\r\n".encode()
        with socket.create_connection(("127.0.0.1", server.port), 30) as client:
            try:
                client.sendall(request)
                return int(client.recv(65536)[9:12])
            except ConnectionError:
                return 431  # refused before it had said everything

    def served(first):
        begun = time.monotonic()
        status, _ = post(server.port, {"batch": [message(first)]})
        return status, time.monotonic() - begun

    alone = at_once([lambda n=n: served(n) for n in range(60)], threads=2)
    asked = [flood if n % 2 else (lambda n=n: served(60 + n)) for n in range(120)]
    found = at_once(asked, threads=4)

    assert {status for status in found[1::2]} <= {400, 431}
    assert {status for status, _ in [*alone, *found[::2]]} == {200}
    p95 = [sorted(took for _, took in some)[57] for some in (alone, found[::2])]
    assert p95[1] < 5 * p95[0] + 0.25


def test_a_body_that_trickles_is_given_up(workspace, tmp_path, monkeypatch):
    """T-ING-4: as many slow senders as there are threads; then others are served."""
    monkeypatch.setenv("USAGE_BODY_SECONDS", "1")
    with web(tmp_path, workers=1, threads=2) as server:
        slow = [_trickle(server.port) for _sender in range(2)]

        status, _ = post(server.port, {"batch": [message(1)]})
        answers = [int(client.recv(65536)[9:12]) for client in slow]

    for client in slow:
        client.close()
    assert (status, answers) == (200, [408, 408])


def _trickle(port):
    client = socket.create_connection(("127.0.0.1", port), 30)
    client.sendall(
        b"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999\r\n\r\n{"
    )
    return client


@pytest.mark.fault
def test_web_processes_may_be_killed_at_any_moment(workspace, server):
    """T-ING-6: clients send again; nothing acknowledged is lost, nothing doubled."""
    batches = [[message(n * 50 + m) for m in range(50)] for n in range(80)]
    done = threading.Event()

    def hurt():
        for way in (server.kill_a_worker, server.end_a_worker, server.kill_a_worker):
            if not done.wait(1.5):
                way()

    hurting = threading.Thread(target=hurt)
    hurting.start()
    answers = at_once([lambda b=b: _slowly(server.port, b) for b in batches], threads=4)
    done.set()
    hurting.join()

    assert {said["success"] for _, said in answers} == {True}
    found = audit(workspace)
    assert found["events"] == found["distinct"] == found["accepted"] == 80 * 50


def _slowly(port, batch):
    time.sleep(0.1)  # so that the load outlives several kills
    return send_until_taken(port, {"batch": batch})


@pytest.mark.fault
def test_no_acknowledged_event_is_lost_when_postgres_is_killed(tmp_path):
    """T-ING-5: a cluster of its own, killed outright in the middle of the load."""
    with stack() as platform, _senders(platform.port, 4) as journal:
        _wait_until(lambda: len(journal.acknowledged) >= 400)
        _kill_postgres(platform.var)
        before = len(journal.acknowledged)
        recovered = _wait_until(lambda: len(journal.acknowledged) >= before + 400)
        journal.done.set()
        journal.join()
        connection = platform.connect()
        with connection.cursor() as cursor:
            cursor.execute("SELECT message_id FROM usage_event")
            stored = [row[0] for row in cursor.fetchall()]
        connection.close()

    assert journal.acknowledged - set(stored) == set()
    assert len(stored) == len(set(stored))
    assert recovered is True
    assert journal.statuses - {0} == {200, 503}


class _Journal:
    """What senders were told: kept on their side, to be compared afterwards."""

    def __init__(self, port):
        self.port = port
        self.acknowledged, self.statuses = set(), set()
        self.done = threading.Event()
        self.threads = []

    def send(self, name):
        count = 0
        while not self.done.is_set():
            ids = [f"{name}-{count}-{n}" for n in range(20)]
            count += 1
            batch = [message(0, messageId=message_id) for message_id in ids]
            try:
                status, _ = post(
                    self.port,
                    {"batch": batch, "writeKey": BENCH_KEY},
                    headers={"Authorization": ""},
                )
            except (OSError, http.client.HTTPException):
                status = 0
            self.statuses.add(status)
            if status == 200:
                self.acknowledged.update(ids)
            else:
                time.sleep(0.05)

    def join(self):
        for thread in self.threads:
            thread.join()


@contextmanager
def _senders(port, count):
    journal = _Journal(port)
    journal.threads = [
        threading.Thread(target=journal.send, args=(n,)) for n in range(count)
    ]
    for thread in journal.threads:
        thread.start()
    try:
        yield journal
    finally:
        journal.done.set()
        journal.join()


def _kill_postgres(var):
    pid = int((var / "postgres/postmaster.pid").read_text().split()[0])
    victim = psutil.Process(pid)
    for process in [victim, *victim.children()]:
        process.send_signal(signal.SIGKILL)


def _wait_until(is_so, seconds=60):
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_so()
