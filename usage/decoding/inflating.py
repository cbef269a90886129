"""Compressed bodies, unpacked no further than allowed."""

import zlib

from usage.decoding.refusals import Refused

GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
RAW_DEFLATE = -zlib.MAX_WBITS
PIECE = 64 * 1024


def inflate(body: bytes, encoding: str, *, limit: int) -> bytes:
    """The body as the client wrote it, before `Content-Encoding`.

    Raises `Refused`: 413 as soon as more than `limit` bytes come out, 400 for what is
    not what it says, 415 for an encoding we do not know.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding in ("gzip", "x-gzip"):
        return _inflate(body, GZIP_OR_ZLIB, limit)
    if encoding == "deflate":
        is_zlib = body[:1] == b"\x78"
        return _inflate(body, GZIP_OR_ZLIB if is_zlib else RAW_DEFLATE, limit)
    raise Refused(415, "unknown_encoding", "Send the body plain or with gzip.")


def _inflate(body, window, limit):
    pieces, size = [], 0
    unpacker = zlib.decompressobj(window)
    try:
        while body:
            # A little in, a little out: a bomb is met before it has gone off.
            piece = unpacker.decompress(body, PIECE)
            size += len(piece)
            if size > limit:
                raise too_large(limit)
            pieces.append(piece)
            body = unpacker.unconsumed_tail
            if unpacker.eof and unpacker.unused_data:
                # Gzip allows members one after another.
                body, unpacker = unpacker.unused_data, zlib.decompressobj(window)
        pieces.append(unpacker.flush())
    except zlib.error as error:
        raise Refused(400, "invalid_gzip", "The body is not valid gzip.") from error
    if not unpacker.eof:
        raise Refused(400, "invalid_gzip", "The compressed body is cut short.")
    return b"".join(pieces)


def too_large(limit):
    return Refused(413, "too_large", f"The body is larger than {limit} bytes.")
