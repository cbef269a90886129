import json
import logging

from cs_platform.lib.logs import json_line


def line(message):
    record = logging.makeLogRecord({"name": "django.request", "levelname": "WARNING"})
    return json_line(None, "warning", {"event": message, "_record": record})


def test_a_line_break_cannot_forge_a_line():
    text = line('Not Found: /x\n{"event": "forged"}')

    assert text.count("\n") == 0
    assert json.loads(text)["event"] == 'Not Found: /x\n{"event": "forged"}'


def test_a_token_in_an_address_is_hidden():
    text = line("GET /invitations/abc:def:ghi/ and /beacon/v1/batch?writeKey=c123&x=1")

    assert json.loads(text)["event"] == (
        "GET /invitations/[hidden]/ and /beacon/v1/batch?writeKey=[hidden]&x=1"
    )
