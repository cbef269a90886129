"""A small load generator: unique batches, kept connections, every receipt counted."""

import base64
import json
import socket
import statistics
import threading
import time
import uuid
from dataclasses import dataclass, field

TOKEN = b"@@@@@@@@@@@@@@@@"
PROPERTIES = {
    "plan": "enterprise",
    "page": "/reports/quarterly/42",
    "seats": 25,
    "duration_ms": 128.5,
    "is_admin": False,
    "referrer": "https://app.customer.example/dashboards",
}


@dataclass
class Result:
    """What was acknowledged, how long each request took, and what went wrong."""

    accepted: int = 0
    requests: int = 0
    seconds: float = 0.0
    latencies: list = field(default_factory=list)
    failures: list = field(default_factory=list)

    @property
    def events_per_second(self):
        return self.accepted / self.seconds

    def percentile(self, part):
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000

    @property
    def median(self):
        return statistics.median(self.latencies) * 1000


def load(port, key, *, batch, seconds, connections=4):
    """Send batches of that size over so many connections for so long."""
    result, lock = Result(), threading.Lock()
    started = time.perf_counter()
    threads = [
        threading.Thread(
            target=_send, args=(port, key, batch, started + seconds, result, lock)
        )
        for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - started
    return result


def template(batch):
    """The body of a batch; its message ids differ by what is put for TOKEN."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    messages = [
        {
            "type": "track",
            "event": f"Feature {n % 30} used",
            "userId": f"user-{n % 200}",
            "timestamp": now,
            "context": {"groupId": f"account-{n % 1000}"},
            "properties": PROPERTIES,
            "messageId": f"{TOKEN.decode()}-{n:06}",
        }
        for n in range(batch)
    ]
    return json.dumps({"batch": messages}, separators=(",", ":")).encode()


def head(port, key, length):
    basic = base64.b64encode(f"{key}:".encode()).decode()
    return (
        f"POST /v1/batch HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: Basic {basic}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def _send(port, key, batch, until, result, lock):
    body = template(batch)
    start = head(port, key, len(body))
    client = _Client(port)
    accepted, latencies, failures = 0, [], []
    while (begun := time.perf_counter()) < until:
        token = uuid.uuid4().hex[:16].encode()
        status, answer = client.ask(start + body.replace(TOKEN, token))
        latencies.append(time.perf_counter() - begun)
        if status == 200:
            accepted += json.loads(answer)["accepted"]
        else:
            failures.append((status, answer[:200]))
    client.close()
    with lock:
        result.accepted += accepted
        result.requests += len(latencies)
        result.latencies += latencies
        result.failures += failures


class _Client:
    """Keeps a connection; opens another when the server ended it."""

    def __init__(self, port):
        self.port, self.socket = port, None

    def ask(self, request):
        for attempt in (1, 2):
            try:
                return self._ask(request)
            except OSError as error:
                self.close()
                if attempt == 2:
                    return 0, str(error).encode()
        raise AssertionError("unreachable")

    def _ask(self, request):
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), 30)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._receive()
        top, _, rest = answer.partition(b"\r\n\r\n")
        length = int(top.lower().partition(b"content-length:")[2].split()[0])
        while len(rest) < length:
            rest += self._receive()
        if b"connection: close" in top.lower():
            self.close()
        return int(top[9:12]), rest

    def _receive(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("closed")
        return piece

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None
