"""JSON as strangers send it: what the database cannot hold is refused at the door."""

import msgspec
from django.conf import settings
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser

from cs_platform.lib.api.errors import TooLarge

MAX_DEPTH = 64
INTEGERS = range(-(2**63), 2**63)


class JsonParser(BaseParser):
    """Strict UTF-8 JSON: no lone surrogates, NUL, NaN, infinities or huge integers."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        request = (parser_context or {}).get("request")
        _refuse_encodings(request)
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge
        return decode(body)


class AlwaysJson(DefaultContentNegotiation):
    """There is one form of answer, whatever a client says it accepts."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


def decode(body: bytes):
    """The value a JSON body says. Raises ParseError for anything we could not keep."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ParseError(f"The body is not valid JSON: {error}") from None
    except RecursionError:
        raise ParseError(f"The body is nested deeper than {MAX_DEPTH}.") from None
    _check(value)
    return value


def _refuse_encodings(request):
    if request is None:
        return
    _, _, charset = request.META.get("CONTENT_TYPE", "").lower().partition("charset=")
    if charset.split(";")[0].strip(' "') not in ("", "utf-8", "utf8", "us-ascii"):
        raise ParseError("The body has to be UTF-8.")
    if request.META.get("HTTP_CONTENT_ENCODING", "identity") != "identity":
        raise UnsupportedMediaType("", "Send the body uncompressed.")


def _check(value):
    level = [value]
    for _depth in range(MAX_DEPTH + 1):
        deeper = []
        for item in level:
            if isinstance(item, dict):
                deeper += item.keys()
                deeper += item.values()
            elif isinstance(item, list):
                deeper += item
            else:
                _check_scalar(item)
        if not deeper:
            return
        level = deeper
    raise ParseError(f"The body is nested deeper than {MAX_DEPTH}.")


def _check_scalar(item):
    if isinstance(item, str):
        if "\x00" in item:
            raise ParseError("Text cannot contain the character U+0000.")
    elif isinstance(item, int) and item not in INTEGERS:
        raise ParseError("An integer has to fit into 64 bits.")
