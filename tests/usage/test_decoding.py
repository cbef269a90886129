"""Pure: what clients send, understood, without a database."""

import gzip
import json
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from usage.decoding import bodies, keys, mending, times
from usage.decoding.dissecting import Unreadable
from usage.decoding.inflating import inflate
from usage.decoding.messages import Sender, row_of
from usage.decoding.refusals import Bad, Refused

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
SENDER = Sender(source=b"s" * 16, received=NOW)
MIB = 2**20


def packed(body):
    # Without the time: it would stand in the name of the test.
    return gzip.compress(body, mtime=0)


def track(**fields):
    return {"type": "track", "event": "Saved", "userId": "u", "messageId": "m"} | fields


# Times


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-05-04T09:00:00Z", 0),
        ("2026-05-04T09:00:00", 0),
        ("2026-05-04 09:00:00+00:00", 0),
        ("2026-05-04T14:00:00+05:00", 0),
        ("2026-05-04T14:00:00+0500", 0),
        ("2026-05-04T09:00:00.5Z", 0.5),
        ("2026-05-04T09:00:00.123456789Z", 0.123456),
        ("2026-05-04t09:00:00z", 0),
        (" 2026-05-04T09:00:00Z ", 0),
        (1777885200, 0),
        (1777885200.25, 0.25),
        (1777885200250, 0.25),
        ("1777885200250", 0.25),
    ],
)
def test_a_time_is_read_in_every_way_it_is_written(text, seconds):
    expected = datetime(2026, 5, 4, 9, tzinfo=UTC) + timedelta(seconds=seconds)

    assert times.parse(text) == expected


def test_milliseconds_that_look_like_a_day_of_another_century_are_milliseconds():
    """17 01 01-01, 0, 12:34: a day of 1701 to who reads it as ISO 8601."""
    assert times.parse("1701010101234") == times.parse(1701010101234)
    assert times.parse("1701010101234").year == 2023
    assert times.parse("20260504") == datetime(2026, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            "soon",
            "2026-13-01",
            "0001-01-01T00:00:00+14:00",
            "1969-12-31",
            "2101-01-01",
        ),
        *(True, None, [], {}, 1e18, float("nan"), -1e12, "9" * 400),
    ],
)
def test_no_time_is_read_where_there_is_none(value):
    assert times.parse(value) is None


@pytest.mark.parametrize(
    ("message", "occurred", "flags"),
    [
        ({}, NOW, 0),
        ({"timestamp": "2026-05-01T00:00:00Z"}, datetime(2026, 5, 1, tzinfo=UTC), 0),
        (
            {"timestamp": None, "originalTimestamp": "2019-01-01T00:00:00Z"},
            datetime(2019, 1, 1, tzinfo=UTC),
            0,
        ),
        ({"timestamp": "yesterday"}, NOW, times.UNREADABLE),
        ({"timestamp": "3000-01-01T00:00:00Z"}, NOW, times.UNREADABLE),
        ({"timestamp": "2026-05-04T12:00:00Z"}, NOW, times.CLAMPED),
        ({"timestamp": "2026-05-04T11:00:00Z"}, NOW + timedelta(hours=1), 0),
    ],
)
def test_when_an_event_occurred(message, occurred, flags):
    row = row_of(track(**message), SENDER)

    assert (row["t"], row["f"]) == (occurred, flags)


@pytest.mark.parametrize(
    ("sent", "occurred", "flags"),
    [
        # The client's clock is wrong by as much as received - sentAt.
        (NOW - timedelta(seconds=60), "09:00:00", 0),
        (NOW - timedelta(seconds=61), "09:01:01", times.CORRECTED),
        (NOW + timedelta(hours=2), "07:00:00", times.CORRECTED),
        (NOW - timedelta(hours=24, seconds=1), "09:00:00", times.SKEWED),
    ],
)
def test_a_wrong_clock_is_corrected_up_to_a_day(sent, occurred, flags):
    envelope = {"sentAt": sent.isoformat()}
    sender = Sender.of(source=b"", received=NOW, kind=None, envelope=envelope)

    row = row_of(track(timestamp="2026-05-04T09:00:00Z"), sender)

    assert (row["t"].strftime("%H:%M:%S"), row["f"]) == (occurred, flags)


def test_the_messages_own_sent_at_goes_before_the_batchs():
    envelope = {"sentAt": "2026-05-04T09:00:00Z"}
    sender = Sender.of(source=b"", received=NOW, kind=None, envelope=envelope)

    row = row_of(
        track(timestamp="2026-05-04T09:00:00Z", sentAt="2026-05-04T09:50:00Z"), sender
    )

    assert row["t"] == datetime(2026, 5, 4, 9, 10, tzinfo=UTC)


# Messages


def test_a_track_call_becomes_a_row():
    message = track(
        anonymousId="a",
        properties={"rows": 5},
        context={"groupId": "g", "traits": {"plan": "pro"}},
        integrations={},
        channel="server",
    )

    row = row_of(message, SENDER)

    assert row == {
        "k": keys.message_key(b"s" * 16, "m"),
        "t": NOW,
        "f": 0,
        "y": "track",
        "i": "m",
        "n": "Saved",
        "u": "u",
        "a": "a",
        "g": "g",
        "v": "",
        "p": {"rows": 5},
        "x": {
            "channel": "server",
            "context": {"groupId": "g", "traits": {"plan": "pro"}},
        },
    }


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            {"type": "identify", "traits": {"a": 1}, "context": {"traits": {"a": 2, "b": 3}}},
            {"y": "identify", "p": {"a": 1, "b": 3}},
        ),
        (
            {"type": "group", "groupId": "g", "traits": {"name": "Kaspi"}, "context": {"traits": {"x": 1}}},
            {"y": "group", "g": "g", "p": {"name": "Kaspi"}},
        ),
        ({"type": "page", "name": "Home", "category": "Docs"}, {"n": "Home", "p": {"category": "Docs"}}),
        ({"type": "screen", "properties": {"name": "Home"}}, {"n": "Home"}),
        ({"type": "page", "category": "Docs"}, {"n": "Docs"}),
        ({"type": "page"}, {"n": ""}),
        ({"type": "alias", "previousId": "old"}, {"u": "u", "v": "old"}),
        ({"type": "alias", "anonymousId": "anon"}, {"u": "u", "v": "anon"}),
        ({"type": "TRACK", "event": "X"}, {"y": "track"}),
        ({"type": "track", "event": "X", "userId": 42}, {"u": "42"}),
        ({"type": "track", "event": "X", "userId": 42.0}, {"u": "42"}),
        ({"type": "track", "event": "X", "userId": " u "}, {"u": "u"}),
        ({"type": "track", "event": 7}, {"n": "7"}),
        ({"type": "track", "event": "X", "userId": "", "anonymousId": 9}, {"u": "", "a": "9"}),
        ({"type": "track", "event": "X", "properties": []}, {"p": {}}),
        ({"type": "track", "event": "X", "properties": None, "context": None}, {"p": {}, "x": None}),
        ({"type": "track", "event": "X", "groupId": "m", "context": {"groupId": "c"}}, {"g": "m"}),
        ({"type": "track", "event": "X", "context": {"groupId": "c"}, "properties": {"groupId": "p"}}, {"g": "c"}),
        ({"type": "track", "event": "X", "properties": {"groupId": 5}}, {"g": "5"}),
        ({"type": "track", "event": "X", "properties": {"groupId": ["p"]}}, {"g": ""}),
    ],
)  # fmt: skip
def test_what_a_message_says(message, expected):
    row = row_of({"userId": "u", "messageId": "m"} | message, SENDER)

    assert {name: row[name] for name in expected} == expected


def test_the_context_of_the_batch_stands_under_each_messages_own():
    envelope = {"context": {"groupId": "batch", "locale": "kk"}}
    sender = Sender.of(source=b"", received=NOW, kind=None, envelope=envelope)

    row = row_of(track(context={"locale": "ru"}), sender)

    assert (row["g"], row["x"]["context"]["locale"]) == ("batch", "ru")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (5, "not_an_object"),
        (None, "not_an_object"),
        ({}, "missing_type"),
        ({"type": "poke"}, "unknown_type"),
        ({"type": {"a": 1}}, "unknown_type"),
        ({"type": "track", "userId": "u"}, "missing_event"),
        ({"type": "track", "userId": "u", "event": ""}, "missing_event"),
        ({"type": "track", "event": "X"}, "missing_id"),
        ({"type": "track", "event": "X", "userId": " "}, "missing_id"),
        ({"type": "track", "event": "X", "userId": {}}, "invalid_id"),
        ({"type": "track", "event": "X", "userId": True}, "invalid_id"),
        ({"type": "track", "event": "X", "userId": "x" * 301}, "invalid_id"),
        ({"type": "group", "userId": "u"}, "missing_group"),
        ({"type": "alias", "userId": "u"}, "missing_id"),
        ({"type": "alias", "previousId": "p"}, "missing_id"),
        (track(properties="text"), "invalid_properties"),
        (track(context=[1]), "invalid_context"),
        (track(properties={"n": 2**64}), "number_out_of_range"),
        (track(properties=json.loads("[" * 17 + "]" * 17)), "too_deep"),
    ],
)
def test_a_bad_message_says_why(message, code):
    with pytest.raises(Bad) as caught:
        row_of(message, SENDER)

    assert caught.value.code == code


def test_the_path_says_the_type_of_a_message_that_does_not():
    sender = Sender(source=b"", received=NOW, kind="identify")

    row = row_of({"userId": "u", "traits": {"a": 1}}, sender)

    assert (row["y"], row["p"]) == ("identify", {"a": 1})


def test_a_message_without_an_id_is_known_by_its_content():
    first = track(messageId=None, sentAt="2026-05-04T10:00:00Z")
    again = dict(reversed(first.items())) | {"sentAt": "2026-05-04T10:00:09Z"}
    other = first | {"event": "Deleted"}

    found = [row_of(message, SENDER)["k"] for message in (first, again, other)]

    assert (found[0] == found[1], found[0] == found[2]) == (True, False)


def test_a_blank_message_id_is_none():
    """Two messages must not be one for a blank they share."""
    one, other = (
        row_of(track(messageId=" ", event=event), SENDER) for event in ("A", "B")
    )

    assert one["k"] != other["k"]
    assert one["i"] == ""


def test_the_same_id_of_another_source_is_another_message():
    found = {keys.message_key(source, "m") for source in (b"a" * 16, b"b" * 16)}

    assert len(found) == 2


# Bodies

GOOD = '{"type":"track","event":"X","userId":"u"}'


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ('{"n":NaN}', "not_a_number"),
        ('{"n":-Infinity}', "not_a_number"),
        ('{"n":1e400}', "number_out_of_range"),
        ('{"t":"\\ud800"}', "invalid_text"),
        ('{"n":' + "[" * 20_000 + "]" * 20_000 + "}", "too_deep"),
    ],
    ids=lambda value: value[:20],
)
def test_a_message_that_is_no_json_harms_no_other(bad, code):
    body = f'{{"batch":[{GOOD},{bad},{GOOD}],"sentAt":"x","a":["batch",[1]]}}'.encode()

    found = bodies.read(body, kind=None)

    assert [m if isinstance(m, dict) else m.bad.code for m in found.messages] == [
        json.loads(GOOD),
        code,
        json.loads(GOOD),
    ]
    assert found.envelope["sentAt"] == "x"


def test_bytes_that_are_no_text_spoil_one_message():
    body = b'{"batch":[{"a":"\xff"},' + GOOD.encode() + b"]}"

    found = bodies.read(body, kind=None).messages

    assert found[0].bad.code == "invalid_text"
    assert found[1] == json.loads(GOOD)


def test_a_single_message_that_is_no_json_keeps_its_key():
    found = bodies.read(b'{"writeKey":"c1","properties":{"n":NaN}}', kind="track")

    assert isinstance(found.messages[0], Unreadable)
    assert found.write_key == "c1"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"),
        (b"nope", "invalid_json"),
        (b"NaN", "invalid_json"),
        (b'{"batch":[', "invalid_json"),
        (b'{"batch":[tru]}', "invalid_json"),
        (b'{"a":' + b"[" * 20_000, "invalid_json"),
        (b'{"batch":[{"a":NaN},]}', "invalid_json"),
        (b'{"batch":[{"a":NaN}],"b":nope}', "invalid_json"),
        (b'{"batch":[{"a":NaN}]}}', "invalid_json"),
        (GOOD.encode("utf-16"), "invalid_json"),
        (GOOD.encode("utf-16-le"), "invalid_json"),
        (b"[]", "invalid_body"),
        (b'"text"', "invalid_body"),
        (b"5", "invalid_body"),
        (b'{"batch":5}', "invalid_body"),
        (b'{"event":"X"}', "invalid_body"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_body_is_refused_whole_only_when_there_is_no_message(body, code):
    with pytest.raises(Refused) as caught:
        bodies.read(body, kind=None)

    assert (caught.value.status, caught.value.code) == (400, code)


def test_a_byte_order_mark_is_no_harm():
    found = bodies.read(b"\xef\xbb\xbf" + GOOD.encode(), kind="track")

    assert found.messages == [json.loads(GOOD)]


def test_too_many_messages_are_refused():
    with pytest.raises(Refused) as caught:
        bodies.read(b'{"batch":[' + b"0," * 10_000 + b"0]}", kind=None)

    assert caught.value.status == 413


# Compression


@pytest.mark.parametrize(
    ("encoding", "wire"),
    [
        ("gzip", packed(b"a" * 9)),
        ("GZIP", packed(b"aaaa") + packed(b"aaaaa")),
        ("x-gzip", packed(b"a" * 9)),
        ("deflate", zlib.compress(b"a" * 9)),
        ("deflate", zlib.compress(b"a" * 9)[2:-4]),
        ("identity", b"a" * 9),
        ("", b"a" * 9),
    ],
)
def test_a_body_is_unpacked(encoding, wire):
    assert inflate(wire, encoding, limit=9) == b"a" * 9


@pytest.mark.parametrize(
    ("encoding", "wire", "status"),
    [
        ("gzip", packed(b"a" * 10), 413),
        ("gzip", packed(b"a" * 50 * MIB), 413),
        ("gzip", b"plain", 400),
        ("gzip", packed(b"a" * 9)[:-6], 400),
        ("br", b"", 415),
    ],
)
def test_a_body_is_not_unpacked(encoding, wire, status):
    with pytest.raises(Refused) as caught:
        inflate(wire, encoding, limit=9)

    assert caught.value.status == status


# Mending


@pytest.mark.parametrize(
    ("fix", "mended"),
    [
        ({}, {"e": "X", "user": {"id": 5}}),
        ({"move": {"user.id": "userId", "e": "event"}}, {"user": {}, "userId": 5, "event": "X"}),
        ({"set": {"type": "track", "a.b": 1}}, {"e": "X", "user": {"id": 5}, "type": "track", "a": {"b": 1}}),
        ({"drop": ["user", "no.such"]}, {"e": "X"}),
    ],
)  # fmt: skip
def test_a_fix_mends_a_message(fix, mended):
    assert mending.mend('{"e":"X","user":{"id":5}}', fix) == mended


def test_a_clean_message_has_null_for_what_is_no_number():
    body = '{"a":NaN,"b":1e999,"c":"\\ud800x","d":' + "9" * 400 + "}"

    assert mending.mend(body, {"clean": True}) == {
        "a": None,
        "b": None,
        "c": "?x",
        "d": None,
    }
    with pytest.raises(Bad):
        mending.mend(body, {})


@pytest.mark.parametrize(
    "fix", [[], {"burn": 1}, {"move": ["a"]}, {"drop": [1]}, {"clean": 1}, {"move": {"a": 1}}]
)  # fmt: skip
def test_what_is_no_fix_is_said(fix):
    assert mending.problem_of(fix) != ""
