"""Whatever is sent, the answer is JSON and no 5xx, and what is good is stored."""

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants.scoping import tenant_scope
from usage.models import Event

GOOD = '{"type":"track","event":"X","userId":"u","messageId":"%s"}'
DEEP = "[" * 20_000 + "]" * 20_000
# Values of a property, as JSON, and what becomes of a message that holds one.
VALUES = [
    ('"\\ud800"', "invalid_text"),
    ('"\\udfff\\ud800"', "invalid_text"),
    ('"\\u0000"', "stored"),
    ('"a\\u0000b"', "stored"),
    ('"\\\\u0000"', "stored"),
    ("1e400", "number_out_of_range"),
    ("-1e400", "number_out_of_range"),
    ("1e-400", "stored"),
    ("NaN", "not_a_number"),
    ("Infinity", "not_a_number"),
    ("-Infinity", "not_a_number"),
    ("9" * 4000, "number_out_of_range"),
    ("18446744073709551616", "number_out_of_range"),
    ("18446744073709551615", "stored"),
    ("-9223372036854775808", "stored"),
    (DEEP, "too_deep"),
    ("[" * 200 + "]" * 200, "too_deep"),
    ('{"a":1,"a":2}', "stored"),
    ('"\u202eevil"', "stored"),
    ('"bell \u0007, raw"', "invalid_text"),
    ('"a\ttab, raw"', "invalid_text"),
    ('"<script>alert(1)</script>"', "stored"),
    ('"\'; DROP TABLE usage_event; --"', "stored"),
    ('"%s %(x)s {}"', "stored"),
    ('"' + "x" * 500_000 + '"', "stored"),
    ('"' + "x" * 600_000 + '"', "too_large"),
]
FIELDS = [
    *("type", "event", "userId", "anonymousId", "groupId", "previousId", "messageId"),
    *("timestamp", "originalTimestamp", "sentAt", "traits", "properties", "context"),
    *("name", "category", "integrations", "writeKey", "batch", "\u0000", ""),
]
TIMES = [
    *("1900-01-01", "3000-01-01T00:00:00Z", "2026-05-04T10:00:00", "0", "-1", "1e9"),
    *("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "\u0663\u0664"),
    *("1700000000", "1700000000000", "²", "2026-02-30", "T", "+", "1" * 5000),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value[0][:12])
def test_a_hostile_value_spoils_its_own_message_alone(tenant, send, value):
    text, fate = value
    bad = f'{{"type":"track","event":"X","userId":"u","properties":{{"v":{text}}}}}'

    answer = send(f'{{"batch":[{GOOD % 1},{bad},{GOOD % 2}]}}'.encode())

    said = answer.json()
    assert answer.status_code == 200
    assert [error["code"] for error in said["errors"]] == (
        [] if fate == "stored" else [fate]
    )
    with tenant_scope(tenant.pk):
        assert Event.objects.count() == said["accepted"] == 2 + (fate == "stored")


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(TIMES)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(FIELDS) | st.text(max_size=5), inner, max_size=4
        )
    ),
    max_leaves=12,
)
kinds = st.sampled_from(["track", "identify", "group", "page", "screen", "alias"])
messages = st.dictionaries(st.sampled_from(FIELDS), values, max_size=8).flatmap(
    lambda fields: kinds.map(lambda kind: {"userId": "u", "type": kind} | fields)
)


@pytest.mark.slow
@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(batch=st.lists(messages | values, max_size=10), seed=st.randoms())
def test_any_values_add_up(tenant, send, batch, seed):
    """Ten messages in an example: 2,000 mutations; some bodies are broken besides."""
    body = json.dumps({"batch": batch}).encode()

    answer = send(body)
    said = answer.json()
    broken = send(_broken(body, seed))

    assert answer.status_code == 200
    found = said["accepted"] + said["duplicate"] + said["quarantined"]
    assert found == len(batch)
    assert len(said["errors"]) == said["quarantined"]
    assert broken.status_code in (200, 400)
    assert {"success", "code"} & set(broken.json()) != set()


def _broken(body, seed):
    """The body with some bytes replaced, taken out, or doubled."""
    dice = random.Random(seed.random())
    wire = bytearray(body)
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(wire))
        change = dice.choice(["put", "cut", "double"])
        if change == "put":
            wire[place] = dice.randrange(256)
        elif change == "cut":
            del wire[place : place + dice.randint(1, 9)]
        else:
            wire[place:place] = wire[place : place + 20]
        wire = wire or bytearray(b"x")
    return bytes(wire)


@pytest.mark.parametrize("name", [*FIELDS, "tenant_id", "__proto__"])
@pytest.mark.parametrize(
    "value", [None, 0, 1.5, True, "", "x" * 2000, [], [1], {}, {"a": 1}, *TIMES[:3]]
)
def test_any_value_in_any_field_of_a_single_message(send, name, value):
    message = {"type": "track", "event": "X", "userId": "u"} | {name: value}

    answer = send(message, "/v1/track")

    is_no_batch = name == "batch" and not isinstance(value, list | None)
    assert answer.status_code == (400 if is_no_batch else 200)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Encoding": "gzip"},
        {"Content-Encoding": "x" * 500},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "\x7f"},
        {"Authorization": "Basic " + "A" * 5000},
        {"Authorization": "Basic /w=="},
        {"X-Write-Key": "\x00"},
        {"Origin": "null"},
        {"Content-Length": "x"},
        {"Host": "evil.example"},
    ],
    ids=str,
)
def test_hostile_headers_are_no_harm(send, headers):
    answer = send({"batch": []}, **headers)

    assert answer.status_code in (200, 400, 401, 415)
    assert "success" in answer.json()
