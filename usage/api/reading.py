"""The bytes of a request, whatever it calls them, and no more of them than allowed."""

import time

from django.http.request import RawPostDataException, UnreadablePostError

from usage.api.deadline import deadline
from usage.decoding import bodies
from usage.decoding.inflating import inflate, too_large
from usage.decoding.refusals import Refused

MOST_BYTES = 20 * 2**20
PIECE = 64 * 1024
# A client that is still sending hears nothing: what is too much is read and dropped.
DRAINED_BYTES = 128 * 2**20
DRAINED_SECONDS = 10


def read_body(request, *, kind):
    """The body of a request, taken apart. Raises `Refused`.

    Says nothing of the content type: clients write JSON as text/plain, and as a form.
    """
    body = _wire(request)
    encoding = request.META.get("HTTP_CONTENT_ENCODING", "")
    return bodies.read(inflate(body, encoding, limit=MOST_BYTES), kind=kind)


def drop_body(request):
    """Read a body nobody wants, so that its sender hears the answer."""
    _drain(_stream(request)[0])


def _wire(request):
    stream, length = _stream(request)
    try:
        # Said to be too long: not even begun. Not said: no further than allowed.
        with deadline(request, length):
            body = b"" if length > MOST_BYTES + 1 else stream.read(length)
    except (UnreadablePostError, RawPostDataException, OSError) as error:
        raise Refused(400, "incomplete_body", "The body did not arrive.") from error
    if length > MOST_BYTES + 1 or len(body) > MOST_BYTES:
        _drain(stream)
        raise too_large(MOST_BYTES)
    if len(body) < length and stream is request:
        raise Refused(408, "incomplete_body", "The body did not arrive in time.")
    return body


def _stream(request):
    """Where to read, and how much there is said to be (in chunks: not said)."""
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        return request.META["wsgi.input"], MOST_BYTES + 1
    try:
        return request, max(0, int(request.META.get("CONTENT_LENGTH") or 0))
    except ValueError:
        return request, 0


def _drain(stream):
    until = time.monotonic() + DRAINED_SECONDS
    left = DRAINED_BYTES
    while left > 0 and time.monotonic() < until:
        try:
            piece = stream.read(PIECE)
        except (UnreadablePostError, OSError):
            return
        if not piece:
            return
        left -= len(piece)
