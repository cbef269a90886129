"""The demo's processes: started together, restarted when they die, stopped in order."""

import os
import selectors
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import IO, cast

from cs_platform.embedded.process import die_with_parent

from .watchdog import Watchdog

# Who makes work goes first, who does it goes last.
STOP_ORDER = ("usage", "scheduler", "web", "learner", "bulk", "worker")
STOP_SECONDS = 15
STEADY_SECONDS = 30
BACK_OFF_SECONDS = (1, 2, 5, 10, 30)
CHECK_SECONDS = 1


class Child:
    """One process with a name, in a group of its own so that Ctrl-C is ours to pass on."""

    process: subprocess.Popen  # these two once it is started
    output: IO[bytes]

    def __init__(self, name: str, command: str):
        self.name = name
        self.command = command
        self.is_started = False
        self.failures = 0
        self.start_at = 0.0
        self.rest = b""

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            ["sh", "-c", f"exec {self.command}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self.output = cast(IO[bytes], self.process.stdout)
        os.set_blocking(self.output.fileno(), False)
        self.is_started = True

    def forward(self, width: int) -> None:
        """Pass on the whole lines it wrote, each behind its name."""
        text = self.rest + (self.output.read() or b"")
        *lines, self.rest = text.split(b"\n")
        for line in lines:
            shown = line.decode(errors="replace")
            sys.stdout.write(f"{self.name:<{width}} | {shown}\n")
        sys.stdout.flush()

    def schedule_restart(self) -> float:
        """Sooner after a steady run, later after one failure upon another."""
        if time.monotonic() - self.started_at > STEADY_SECONDS:
            self.failures = 0
        step = min(self.failures, len(BACK_OFF_SECONDS) - 1)
        self.failures += 1
        self.start_at = time.monotonic() + BACK_OFF_SECONDS[step]
        return BACK_OFF_SECONDS[step]


class Children:
    def __init__(
        self, children: list[Child], watchdog: Watchdog, check: Callable[[], None]
    ):
        self.children = children
        self.watchdog = watchdog
        self.check = check
        self.width = max(len(child.name) for child in children)
        self.outputs = selectors.DefaultSelector()

    def run(self, host: str, port: int, welcome: str) -> None:
        """Run until interrupted, then stop everything in order."""
        try:
            self._run(f"http://{host}:{port}/", welcome)
        finally:
            # A second Ctrl-C must not leave half of them behind.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self._kill_all)
            self._stop_all()

    def _run(self, address: str, welcome: str) -> None:
        is_welcomed = False
        next_check = 0.0
        while True:
            for child in self.children:
                self._revive(child)
            self._forward(timeout=0.2)
            if not is_welcomed and _answers(f"{address}healthz"):
                sys.stdout.write(
                    f"\n{welcome}\nReady: {address}  (Ctrl-C stops it)\n\n"
                )
                sys.stdout.flush()
                is_welcomed = True
            if time.monotonic() > next_check:
                self.check()
                next_check = time.monotonic() + CHECK_SECONDS

    def _revive(self, child: Child) -> None:
        if child.is_started and child.process.poll() is not None:
            code = self._bury(child)
            delay = child.schedule_restart()
            self._say(child, f"ended with {code}; again in {delay} s")
        if not child.is_started and time.monotonic() >= child.start_at:
            child.start()
            self.watchdog.started(child.process.pid)
            self.outputs.register(child.output, selectors.EVENT_READ, child)

    def _bury(self, child: Child) -> int:
        """What remains of an ended child: its last words, its own children."""
        process = child.process
        child.forward(self.width)
        self.outputs.unregister(child.output)
        child.output.close()
        _kill_group(process)
        self.watchdog.ended(process.pid)
        child.is_started = False
        return process.returncode

    def _forward(self, timeout: float) -> None:
        for key, _ in self.outputs.select(timeout):
            key.data.forward(self.width)

    def _stop_all(self) -> None:
        order = {name: place for place, name in enumerate(STOP_ORDER)}
        for child in sorted(self.children, key=lambda child: order.get(child.name, 0)):
            if child.is_started:
                self._stop(child)

    def _stop(self, child: Child) -> None:
        self._say(child, "stopping")
        with suppress(ProcessLookupError):
            child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while child.process.poll() is None:
            if time.monotonic() > deadline:
                _kill_group(child.process)
            # Nobody reading, a child full of words would never end.
            self._forward(timeout=0.1)
        self._bury(child)

    def _kill_all(self, *_: object) -> None:
        for child in self.children:
            if child.is_started:
                _kill_group(child.process)

    def _say(self, child: Child, text: str) -> None:
        sys.stdout.write(f"{child.name:<{self.width}} | {text}\n")
        sys.stdout.flush()


def _kill_group(process: subprocess.Popen) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
