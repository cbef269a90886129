"""A real SMTP server on this machine that answers as a test tells it to."""

import asyncio
import email
import socket
from contextlib import contextmanager

from aiosmtpd.controller import Controller


class Sink:
    """Keeps the mails it accepted. `answers` is what it says to the next ones."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.accepted = []
        self.seen = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 (aiosmtpd's name)
        answer = self.answers[0] if self.answers else "250 OK"
        if answer.startswith("rcpt "):
            self.answers.pop(0)
            return answer.removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (aiosmtpd's name)
        mail = email.message_from_bytes(envelope.content)
        self.seen.append(mail["Message-ID"])
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer == "hang":
            await asyncio.sleep(3)
            return "250 OK"
        if answer == "drop":
            server.transport.close()
            return "250 OK"
        if answer.startswith("250"):
            self.accepted.append(mail)
        return answer


@contextmanager
def running(sink):
    port = _free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop(no_assert=True)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
