"""Requests in the manner of three client libraries, byte for byte what they send.

Each is (name, path, headers, body); BASIC in a header stands for the write key. A
library resends what it is not sure of with the same ids in a new body.
"""

import base64
import gzip
import json

KEY = "c0testkey0testkey0testkey"
BASIC = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
NODE = {"library": {"name": "@client/analytics-node", "version": "3.1.0"}}
PAGE = {
    "page": {"path": "/billing", "title": "Billing", "referrer": "", "search": "?a=1"},
    "userAgent": "Mozilla/5.0 (X11; Linux x86_64)",
    "locale": "kk-KZ",
    "traits": {"email": "not@for.track"},
}
SENT = "2026-05-04T10:00:00.000Z"


def _json(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _browser(kind, message_id, **fields):
    """One message as a browser library sends it: as text/plain, to avoid a preflight."""
    message = {
        "timestamp": "2026-05-04T09:59:59.945Z",
        "integrations": {},
        "type": kind,
        "context": PAGE,
        "messageId": message_id,
        "anonymousId": "883a9c5e-466c-4494-864e-abce889d3bcd",
        "writeKey": KEY,
        "sentAt": SENT,
        "_metadata": {"bundled": ["Segment.io"], "unbundled": []},
    } | fields
    headers = {
        "Authorization": BASIC,
        "Content-Type": "text/plain",
        "Origin": "https://app.customer.example",
    }
    return f"/v1/{kind[0]}", headers, _json(message)


def _python(messages, *, is_packed=False):
    """A batch as the Python library sends it: nulls, offsets, the key in the body too."""
    body = _json({"batch": messages, "sentAt": "2026-05-04T10:00:00.271558+00:00"})
    headers = {"Authorization": BASIC, "Content-Type": "application/json"}
    if is_packed:
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body)
    return "/v1/batch", headers, body


def _python_message(message_id, **fields):
    return {
        "integrations": {},
        "anonymousId": None,
        "timestamp": "2026-05-04T15:59:59.271+06:00",
        "context": {"library": {"name": "analytics-python", "version": "2.3.3"}},
        "userId": "u-101",
        "type": "track",
        "event": "Report Exported",
        "properties": {"format": "xlsx", "rows": 5000},
        "messageId": message_id,
    } | fields


def _node(messages):
    headers = {"Authorization": BASIC, "Content-Type": "application/json"}
    return "/v1/batch", headers, _json({"batch": messages})


def _node_message(number, **fields):
    return {
        "timestamp": "2026-05-04T09:59:58.164Z",
        "integrations": {},
        "event": "Clicked",
        "type": "track",
        "properties": {"i": number},
        "context": NODE | {"groupId": f"acct-{number % 3}"},
        "userId": f"u-{number}",
        "messageId": f"node-next-1777888798164-{number:04}",
        "_metadata": {"nodeVersion": "v20.20.2", "jsRuntime": "node"},
    } | fields


FORM = "application/x-www-form-urlencoded"
RECORDINGS = {
    "browser identify": _browser(
        "identify",
        "ajs-1",
        userId="u-101",
        traits={"email": "aida@example.kz", "name": "Айда Нурланова"},
    ),
    "browser group": _browser(
        "group", "ajs-2", userId="u-101", groupId="acct-7", traits={"name": "Kaspi"}
    ),
    "browser track": _browser(
        "track", "ajs-3", event="Report Opened", properties={"id": 12.5}
    ),
    "browser page": _browser(
        "page", "ajs-4", name=None, category="Docs", properties={"name": "Billing"}
    ),
    "browser alias": _browser("alias", "ajs-5", userId="u-101", previousId="u-101"),
    "python batch": _python(
        [_python_message("py-1"), _python_message("py-2", userId=4711)]
    ),
    "python batch, packed": _python(
        [_python_message("py-3", event="Фильтр применён")], is_packed=True
    ),
    "python retry": _python([_python_message("py-1"), _python_message("py-4")]),
    "node batch": _node([_node_message(n) for n in range(5)]),
    "node screen": _node(
        [_node_message(5, type="screen", event=None, name="Home", properties=None)]
    ),
    "form, key in the query": (
        f"/v1/track?writeKey={KEY}",
        {"Content-Type": FORM},
        _json({"event": "Saved", "anonymousId": 99, "messageId": "f-1"}),
    ),
    "beacon on leaving the page": (
        f"/beacon/v1/batch?writeKey={KEY}",
        {"Content-Type": "text/plain;charset=UTF-8"},
        _json({"batch": [_node_message(6)], "sentAt": SENT}),
    ),
    "key in the body": (
        "/v1/import/",
        {"Content-Type": "application/json"},
        _json({"writeKey": KEY, "batch": [_node_message(7)]}),
    ),
    "key in the first message": (
        "/v1/b",
        {"Content-Type": "application/json"},
        _json({"batch": [_node_message(8, writeKey=KEY), _node_message(9)]}),
    ),
    "key in a header": (
        "/api/s/s2s/track",
        {"X-Write-Key": KEY, "Content-Type": "application/json"},
        _json(_node_message(10, type=None)),
    ),
}
# All but the one message that is sent twice.
DISTINCT = 21


def messages_in(recording):
    _, headers, body = recording
    body = gzip.decompress(body) if headers.get("Content-Encoding") else body
    value = json.loads(body)
    return len(value.get("batch", [value]))
