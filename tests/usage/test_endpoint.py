"""The usage endpoint, as client libraries meet it."""

import base64
import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django.test import Client

from tenants.models import ApiKey
from tenants.scoping import tenant_scope
from tenants.services import create_api_key
from tests.usage.recordings import (
    BASIC,
    DISTINCT,
    KEY,
    RECORDINGS,
    messages_in,
)
from usage.api import throttle
from usage.models import Event, IngestBatch, MessageKey, Quarantine, Source
from usage.services import doors, ingest

GOOD = {"type": "track", "event": "Saved", "userId": "u-1", "messageId": "m-1"}
ORIGIN = "https://app.customer.example"
PATHS = [
    *("/v1/batch", "/v1/import", "/v1/b", "/v1/track", "/v1/identify", "/v1/group"),
    *("/v1/page", "/v1/screen", "/v1/alias", "/v1/t", "/v1/i", "/v1/g", "/v1/p"),
    *("/v1/s", "/v1/a", "/beacon/v1/batch", "/api/s/track", "/api/s/identify"),
    *("/api/s/group", "/api/s/page", "/api/s/s2s/track", "/api/s/s2s/page"),
]


def receipt(accepted=0, duplicate=0, quarantined=0, errors=()):
    return {
        "success": True,
        "accepted": accepted,
        "duplicate": duplicate,
        "quarantined": quarantined,
        "errors": list(errors),
    }


def stored(tenant):
    with tenant_scope(tenant.pk):
        return Event.objects.count()


def test_recorded_requests_are_stored_once(tenant, source):
    client = Client()
    answers = []
    for round_ in (1, 2):
        for path, headers, body in RECORDINGS.values():
            rest = {k: v for k, v in headers.items() if k != "Content-Type"}
            kind = headers["Content-Type"]
            answer = client.generic("POST", path, body, content_type=kind, headers=rest)
            answers.append((round_, answer.status_code, answer.json()))

    sent = sum(messages_in(recording) for recording in RECORDINGS.values())
    assert {status for _, status, _ in answers} == {200}
    assert all(said["success"] is True for _, _, said in answers)
    assert (
        sum(said["accepted"] for round_, _, said in answers if round_ == 1) == DISTINCT
    )
    assert sum(said["duplicate"] for round_, _, said in answers if round_ == 2) == sent
    assert stored(tenant) == DISTINCT == sent - 1


def test_an_event_is_stored_as_it_was_sent(tenant, send):
    at = datetime(2019, 3, 4, 5, 6, 7, 890000, tzinfo=UTC)

    answer = send(
        {"batch": [GOOD | {"timestamp": at.isoformat(), "properties": {"a": [1]}}]}
    )

    assert answer.json() == receipt(accepted=1)
    with tenant_scope(tenant.pk):
        event, batch = Event.objects.get(), IngestBatch.objects.get()
        assert (event.occurred_at, event.name, event.user_ref) == (at, "Saved", "u-1")
        assert (event.message_id, event.properties) == ("m-1", {"a": [1]})
        assert (event.batch_id, event.source_id) == (batch.pk, batch.source_id)
        assert (batch.accepted, batch.rolled_up_at) == (1, None)


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", PATHS)
def test_every_path_answers_directly_with_and_without_a_slash(
    tenant, send, path, slash
):
    answer = send({"batch": [GOOD]}, path + slash)

    assert (answer.status_code, answer.json()) == (200, receipt(accepted=1))
    assert answer.headers["Content-Type"] == "application/json"
    assert not answer.cookies
    assert "Vary" not in answer.headers


def test_a_host_with_a_last_slash_makes_two(tenant, source):
    answer = Client().post(
        "/",
        {"batch": [GOOD]},
        content_type="application/json",
        headers={"Authorization": BASIC},
        PATH_INFO="//v1/batch",
    )

    assert answer.json() == receipt(accepted=1)


@pytest.mark.parametrize(
    ("path", "message", "kind"),
    [
        ("/v1/t", {"event": "X"}, "track"),
        ("/v1/i", {"traits": {}}, "identify"),
        ("/v1/g", {"groupId": "g"}, "group"),
        ("/v1/p", {}, "page"),
        ("/v1/s", {}, "screen"),
        ("/v1/a", {"previousId": "p"}, "alias"),
        ("/v1/track", {"type": "page"}, "page"),
        ("/v1/batch", {"type": "page"}, "page"),
    ],
)
def test_the_path_says_the_type_unless_the_message_does(
    tenant, send, path, message, kind
):
    send({"userId": "u"} | message, path)

    with tenant_scope(tenant.pk):
        assert [event.kind for event in Event.objects.all()] == [kind]


# Who sends


def basic(text):
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("headers", "query", "body"),
    [
        ({"Authorization": basic(KEY + ":")}, "", {}),
        ({"Authorization": basic(KEY)}, "", {}),
        ({"Authorization": basic(KEY + ":secret")}, "", {}),
        ({"Authorization": basic(":"), "X-Write-Key": KEY}, "", {}),
        ({"X-Write-Key": KEY}, "?writeKey=other", {"writeKey": "other"}),
        ({}, f"?writeKey={KEY}", {"writeKey": "other"}),
        ({}, "", {"writeKey": KEY}),
        ({}, "", {"batch": [GOOD | {"writeKey": KEY}]}),
    ],
)
def test_a_write_key_is_found_wherever_it_stands(tenant, source, headers, query, body):
    answer = Client().post(
        f"/v1/batch{query}",
        {"batch": [GOOD]} | body,
        content_type="application/json",
        headers=headers,
    )

    assert (answer.status_code, answer.json()) == (200, receipt(accepted=1))


@pytest.mark.parametrize(
    ("headers", "query", "body"),
    [
        ({}, "", {}),
        ({"Authorization": f"Bearer {KEY}"}, "", {}),
        ({"Authorization": f"Bearer {KEY}", "X-Write-Key": KEY}, "", {}),
        ({"Authorization": "Basic ###"}, "", {}),
        # The first that is there counts, though a later one would be right.
        ({"Authorization": basic("c" + "x" * 24 + ":"), "X-Write-Key": KEY}, "", {}),
        ({"X-Write-Key": "c" + "x" * 24}, f"?writeKey={KEY}", {}),
        ({}, "?writeKey=nope", {"writeKey": KEY}),
        ({}, "", {"writeKey": "nope", "batch": [GOOD | {"writeKey": KEY}]}),
        ({}, "", {"writeKey": 5}),
    ],
)
def test_without_its_write_key_nothing_is_taken(tenant, source, headers, query, body):
    answer = Client().post(
        f"/v1/batch{query}",
        {"batch": [GOOD]} | body,
        content_type="application/json",
        headers={"Origin": ORIGIN} | headers,
    )

    assert answer.status_code == 401
    assert answer.json() == {
        "success": False,
        "code": "unknown_write_key",
        "message": "This write key is unknown, or it was revoked.",
        "error": "This write key is unknown, or it was revoked.",
    }
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert stored(tenant) == 0


def test_a_revoked_key_is_refused_within_a_second(tenant, source, send, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(doors.time, "monotonic", lambda: now[0])
    doors.forget_doors()
    assert send({"batch": [GOOD]}).status_code == 200
    with tenant_scope(tenant.pk):
        # As another process would: this one is not told.
        monkeypatch.setattr(doors, "forget_doors", lambda: None)
        doors.revoke_source(source, by=None)

    now[0] += 1

    assert send({"batch": [GOOD]}).status_code == 401


def test_a_source_revoked_behind_the_directory_is_refused(tenant, source, send):
    with tenant_scope(tenant.pk):
        Source.objects.update(revoked_at=datetime.now(UTC))

    assert send({"batch": [GOOD]}).status_code == 401


def test_a_key_of_a_deleted_workspace_is_refused(send, tenant, source):
    from tenants.models import Credential  # noqa: PLC0415

    Credential.objects.filter(tenant=tenant).delete()

    assert send({"batch": [GOOD]}).status_code == 401


def test_a_write_key_reads_nothing_and_an_api_key_sends_nothing(tenant, source):
    with tenant_scope(tenant.pk):
        _, secret = create_api_key(name="k", scopes=[ApiKey.Scope.WRITE])
    client = Client()

    reads = client.get("/api/v1/accounts/", headers={"Authorization": f"Bearer {KEY}"})
    sends = client.post(
        f"/v1/batch?writeKey={KEY}",
        {"batch": [GOOD]},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )

    assert (reads.status_code, sends.status_code) == (401, 401)


def test_nothing_in_a_body_chooses_another_tenant(tenant, other_tenant, send):
    theirs = {"tenant": other_tenant.pk, "tenant_id": other_tenant.pk, "source": "x"}

    send({"batch": [GOOD | theirs]} | theirs)

    assert (stored(tenant), stored(other_tenant)) == (1, 0)


# Bodies


def test_a_packed_body_of_any_content_type_is_read(tenant, source):
    body = gzip.compress(json.dumps({"batch": [GOOD]}).encode())

    answer = Client().generic(
        "POST",
        "/v1/batch",
        body,
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": BASIC, "Content-Encoding": "gzip"},
    )

    assert answer.json() == receipt(accepted=1)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "invalid_json"),
        (b"nope", 400, "invalid_json"),
        (b"[]", 400, "invalid_body"),
        (b'{"batch":{}}', 400, "invalid_body"),
        (b'{"batch":[' + b"1," * 10_000 + b"1]}", 413, "too_many_messages"),
    ],
)
def test_a_refused_body_says_code_and_message(tenant, send, body, status, code):
    answer = send(body, Origin=ORIGIN)

    said = answer.json()
    assert (answer.status_code, said["code"], said["success"]) == (status, code, False)
    assert said["message"] == said["error"] != ""
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_a_bomb_is_refused_and_a_large_body_is_not(tenant, send):
    bomb = gzip.compress(b" " * (20 * 2**20 + 1))
    padded = json.dumps({"batch": [GOOD]}).encode() + b" " * (11 * 2**20)

    assert send(bomb, **{"Content-Encoding": "gzip"}).status_code == 413
    assert send(padded).json() == receipt(accepted=1)
    assert send(b" " * (20 * 2**20 + 1)).status_code == 413


@pytest.mark.slow
def test_2500_messages_are_taken_at_once(tenant, send):
    batch = [
        GOOD | {"messageId": f"m-{n}", "context": {"x": "y" * 900}} for n in range(2500)
    ]

    assert send({"batch": batch}).json() == receipt(accepted=2500)


def test_a_bad_message_never_fails_its_batch(tenant, send):
    batch = [
        GOOD,
        {"type": "track", "userId": "u", "messageId": "bad-1"},
        GOOD | {"messageId": "m-2", "properties": {"text": "x" * 600_000}},
        GOOD | {"messageId": "m-3", "event": "nul \u0000 in text"},
        "no message",
        GOOD,
    ]

    answer = send({"batch": batch})

    assert answer.json() == receipt(
        accepted=2,
        duplicate=1,
        quarantined=3,
        errors=[
            {
                "index": 1,
                "messageId": "bad-1",
                "code": "missing_event",
                "message": "A track call needs `event`.",
            },
            {
                "index": 2,
                "messageId": "m-2",
                "code": "too_large",
                "message": "It is larger than 524288 bytes.",
            },
            {
                "index": 4,
                "messageId": None,
                "code": "not_an_object",
                "message": "A message has to be a JSON object.",
            },
        ],
    )
    with tenant_scope(tenant.pk):
        names = set(Event.objects.values_list("name", flat=True))
        assert names == {"Saved", "nul  in text"}
        kept = Quarantine.objects.get(code="missing_event")
        assert json.loads(kept.body) == batch[1]


def test_a_retry_does_not_fill_the_quarantine(tenant, send):
    for _attempt in range(3):
        send({"batch": [{"type": "track", "userId": "u"}], "sentAt": str(_attempt)})

    with tenant_scope(tenant.pk):
        assert Quarantine.objects.count() == 1


# Once


@pytest.mark.parametrize(
    "timestamp", ["2020-01-01T00:00:00Z", "2026-01-01T00:00:00Z", None]
)
def test_the_same_id_is_the_same_event_whatever_its_time(tenant, send, timestamp):
    first = send({"batch": [GOOD | {"timestamp": "2020-01-01T00:00:00Z"}]})
    again = send({"batch": [GOOD | {"timestamp": timestamp}], "sentAt": "2020-01-01"})

    assert (first.json(), again.json()) == (receipt(accepted=1), receipt(duplicate=1))
    assert stored(tenant) == 1


def test_the_same_id_twice_in_one_batch_is_one_event(tenant, send):
    batch = [GOOD | {"timestamp": f"2026-01-0{day}"} for day in (1, 2, 3)]

    assert send({"batch": batch}).json() == receipt(accepted=1, duplicate=2)

    with tenant_scope(tenant.pk):
        (occurred,) = Event.objects.values_list("occurred_at", flat=True)
        assert occurred == datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("age", "accepted"), [(29, 0), (30, 0), (41, 1)])
def test_a_message_is_remembered_for_thirty_days(tenant, send, age, accepted):
    """Keys of an earlier generation, as if sent `age` days ago."""
    send({"batch": [GOOD | {"timestamp": "2026-01-01T00:00:00Z"}]})
    with tenant_scope(tenant.pk):
        key = MessageKey.objects.get()
        today = key.generation
        then = int((datetime.now(UTC) - timedelta(days=age)).timestamp() // 864000)
        with ingest.connection.cursor() as cursor:
            for generation in range(today - 3, today):
                cursor.execute("SELECT usage_make_key_generation(%s)", [generation])
        MessageKey.objects.all().delete()
        if then >= today - 3:
            MessageKey.objects.create(
                tenant_id=tenant.pk, message_key=key.message_key, generation=then
            )

    answer = send({"batch": [GOOD | {"timestamp": "2026-01-02T00:00:00Z"}]})

    assert answer.json()["accepted"] == accepted


# When something is wrong on our side


def test_a_store_that_is_down_is_503_and_loses_nothing_silently(send, monkeypatch):
    def down(*_args):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(ingest, "_store", down)

    answer = send({"batch": [GOOD]}, Origin=ORIGIN)

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_a_mistake_of_ours_has_a_reference_and_the_same_form(send, monkeypatch):
    monkeypatch.setattr(ingest, "take_in", lambda *a, **k: 1 / 0)

    answer = send({"batch": [GOOD]}, Origin=ORIGIN)

    said = answer.json()
    assert (answer.status_code, said["code"]) == (500, "internal_error")
    assert said["message"].startswith("Something went wrong on our side. Reference: ")
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/batch?" + "&".join(f"a{n}=1" for n in range(1001)), 400),
        ("/v1/%0A", 404),
        ("/v1/", 404),
        ("/sourceConfig/x", 404),
    ],
)
def test_a_strange_address_is_refused_in_the_same_form(source, path, status):
    answer = Client().post(path, {"batch": []}, content_type="application/json")

    assert (answer.status_code, answer.json()["success"]) == (status, False)


def test_a_source_that_sends_too_much_waits_and_no_other_does(
    tenant, other_tenant, send, settings
):
    settings.USAGE_RATE_PER_SOURCE = "5/minute"
    with tenant_scope(other_tenant.pk):
        other = doors.create_source(name="Other")
    answers = [
        send({"batch": [GOOD | {"messageId": f"m-{n}"}]}, Origin=ORIGIN)
        for n in range(7)
    ]

    theirs = Client().post(
        "/v1/batch",
        {"batch": [GOOD]},
        content_type="application/json",
        headers={"X-Write-Key": other.write_key},
    )

    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].json()["code"] == "too_many_messages"
    assert answers[-1].headers["Access-Control-Allow-Origin"] == ORIGIN
    assert theirs.status_code == 200
    assert (stored(tenant), stored(other_tenant)) == (5, 1)


def test_without_redis_nobody_is_refused(send, settings, monkeypatch):
    settings.USAGE_RATE_PER_SOURCE = "1/minute"
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(throttle, "_paused_until", 0.0)

    answers = [send({"batch": [GOOD]}).status_code for _ in range(3)]

    assert answers == [200] * 3


def test_metrics_count_what_became_of_messages(send):
    def counted():
        text = Client().get("/metrics").content.decode()
        rows = [line.rpartition(" ") for line in text.splitlines()]
        return {
            name: float(value)
            for name, _, value in rows
            if "cs_usage_" in name and "#" not in name
        }

    send({"batch": []})
    send(b"nope")
    before = counted()

    send({"batch": [GOOD, GOOD, {}, 5]})
    send(b"nope")

    after = counted()
    assert {
        name: after[name] - before[name]
        for name in after
        if after[name] != before[name] and "created" not in name
    } == {
        'cs_usage_messages_total{outcome="accepted"}': 1,
        'cs_usage_messages_total{outcome="duplicate"}': 1,
        'cs_usage_messages_total{outcome="quarantined"}': 2,
        'cs_usage_refusals_total{code="invalid_json"}': 1,
    }


# Browsers


@pytest.mark.parametrize(
    "path", [*PATHS, "/v1/m", "/v1/projects/x/settings", "/sourceConfig", "/v1/nowhere"]
)
def test_a_preflight_is_allowed_whatever_it_asks(db, path):
    answer = Client().options(
        path,
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,x-retry-count",
        },
    )

    headers = answer.headers
    assert answer.status_code == 200
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert headers["Access-Control-Allow-Headers"] == "authorization,x-retry-count"
    assert headers["Access-Control-Allow-Methods"] == "POST, GET, OPTIONS"
    assert headers["Access-Control-Max-Age"] == "86400"
    assert "Access-Control-Allow-Credentials" not in headers
    assert not answer.cookies


def test_a_browser_is_told_where_to_send(source):
    answer = Client().get(f"/v1/projects/{KEY}/settings", headers={"Host": "localhost"})

    assert answer.json() == {
        "integrations": {
            "Segment.io": {
                "apiKey": KEY,
                "apiHost": "localhost/v1",
                "protocol": "http",
                "type": "browser",
            }
        },
        "plan": {"track": {"__default": {"enabled": True}}},
        "metrics": {"sampleRate": 0},
        "remotePlugins": [],
    }


def test_a_browser_is_told_about_its_source(tenant, source):
    answer = Client().get(f"/sourceConfig/?writeKey={KEY}", headers={"Origin": ORIGIN})

    said = answer.json()
    off = {"enabled": False}
    assert said["source"] == {
        "id": str(source.pk),
        "name": "Product",
        "writeKey": KEY,
        "enabled": True,
        "config": {"statsCollection": {"errors": off, "metrics": off}},
        "workspaceId": str(tenant.pk),
        "connections": [],
        "destinations": [],
        "dataplanes": {},
    }
    assert datetime.fromisoformat(said["updatedAt"]).tzinfo is not None
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/v1/projects/c" + "x" * 24 + "/settings", "localhost", 404),
        (f"/v1/projects/{KEY}/settings", "evil.example", 400),
        ("/sourceConfig/", "localhost", 401),
        ("/v1/nowhere", "localhost", 404),
        ("/v1/batch", "localhost", 405),
    ],
)
def test_a_wrong_question_is_answered_in_the_same_form(source, path, host, status):
    answer = Client().get(path, headers={"Host": host, "Origin": ORIGIN})

    assert (answer.status_code, answer.json()["success"]) == (status, False)
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_what_a_library_measures_of_itself_is_dropped(tenant, send):
    answer = send({"series": []}, "/v1/m")

    assert (answer.status_code, answer.json()) == (200, {"success": True})


def test_a_redirect_to_https_is_not_made(send, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert send({"batch": [GOOD]}).status_code == 200


# Cost


@pytest.mark.parametrize("events", [1, 3])
def test_a_request_costs_one_statement(send, django_assert_num_queries, events):
    send({"batch": [GOOD]})
    batch = [GOOD | {"messageId": f"x-{n}"} for n in range(events)]

    # The savepoint of the test around it, the tenant said and said again, one call.
    with django_assert_num_queries(5):
        assert send({"batch": batch}).json() == receipt(accepted=events)
