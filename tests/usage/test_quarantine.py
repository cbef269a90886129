import json

import pytest
from django.db import DataError
from django.test import Client

from tenants.models import ApiKey, AuditEntry
from tenants.scoping import tenant_scope
from tenants.services import create_api_key
from usage.models import Event, IngestBatch, Quarantine
from usage.services import quarantine
from usage.services.ingest import store
from usage.services.quarantine import discard_quarantined, replay_quarantined

NAMELESS = {
    "type": "track",
    "name": "Signed in",
    "user": {"id": 7},
    "messageId": "q-1",
    "timestamp": "2026-01-02T03:04:05Z",
}
FIX = {"move": {"name": "event", "user.id": "userId"}}


@pytest.fixture
def quarantined(tenant, send):
    """Makes so many bad messages."""

    def make(count=1):
        send({"batch": [NAMELESS | {"messageId": f"q-{n}"} for n in range(count)]})
        return count

    return make


@pytest.fixture
def api(tenant):
    with tenant_scope(tenant.pk):
        _, secret = create_api_key(name="k", scopes=list(ApiKey.Scope.values))
    return Client(headers={"Authorization": f"Bearer {secret}"})


def test_a_mended_message_becomes_an_event_of_its_own_time(tenant, quarantined, admin):
    quarantined()
    with tenant_scope(tenant.pk):
        rows = list(Quarantine.objects.all())

        counts = [replay_quarantined(rows, by=admin, fix=FIX) for _ in range(2)]

        event, row = Event.objects.get(), Quarantine.objects.get()
        assert counts == [1, 0]
        assert (event.name, event.user_ref, event.message_id) == (
            "Signed in",
            "7",
            "q-0",
        )
        assert event.occurred_at.isoformat() == "2026-01-02T03:04:05+00:00"
        assert (row.state, row.settled_by) == ("replayed", admin)
        batch = IngestBatch.objects.get(accepted=1)
        assert (event.batch_id, batch.rolled_up_at) == (batch.pk, None)
        entry = AuditEntry.objects.get(action="quarantine.replayed")
        assert (entry.by, entry.after) == (admin, {"messages": 1, "fix": FIX})


def test_a_message_that_is_still_bad_stays_with_its_new_reason(tenant, quarantined):
    quarantined()
    with tenant_scope(tenant.pk):
        fix = {"move": {"name": "event"}}

        count = replay_quarantined(list(Quarantine.objects.all()), fix=fix)

        row = Quarantine.objects.get()
        assert (count, row.state, row.code) == (0, "open", "missing_id")
        assert json.loads(row.body)["name"] == "Signed in"


def test_a_message_that_was_sent_right_meanwhile_is_stored_once(
    tenant, quarantined, send
):
    quarantined()
    send(
        {"batch": [NAMELESS | {"event": "Signed in", "userId": 7, "messageId": "q-0"}]}
    )
    with tenant_scope(tenant.pk):
        count = replay_quarantined(list(Quarantine.objects.all()), fix=FIX)

        assert (count, Event.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("bad", "fix"),
    [
        ('{"type":"track","event":"X","userId":1,"properties":{"n":NaN}}', {"clean": True}),
        ('{"type":"track","event":"X","userId":1,"properties":{"n":"\\ud800"}}', {"clean": True}),
        ('{"type":"track","event":"X","userId":1,"properties":{"n":1e400}}', {"drop": ["properties.n"], "clean": True}),
    ],
)  # fmt: skip
def test_what_was_no_json_can_be_cleaned(tenant, send, bad, fix):
    send(f'{{"batch":[{bad}]}}'.encode())
    with tenant_scope(tenant.pk):
        rows = list(Quarantine.objects.all())

        counts = [replay_quarantined(rows), replay_quarantined(rows, fix=fix)]

        assert (counts, Event.objects.count()) == ([0, 1], 1)


def test_a_replay_knows_what_the_request_said_about_all_its_messages(tenant, send):
    context = {"groupId": "acme", "app": {"name": "web"}}
    own = NAMELESS | {"messageId": "own", "context": {"groupId": "globex"}}
    broken = '{"type":"track","event":"X","userId":1,"messageId":"n","a":NaN}'
    body = json.dumps({"context": context, "batch": [NAMELESS, own]})
    send(body.replace("]}", f",{broken}]}}").encode())
    with tenant_scope(tenant.pk):
        replay_quarantined(list(Quarantine.objects.all()), fix=FIX | {"clean": True})

        found = Event.objects.order_by("message_id")
        assert list(found.values_list("message_id", "group_ref")) == [
            ("n", "acme"),
            ("own", "globex"),
            ("q-1", "acme"),
        ]
        assert found[0].extra["context"]["app"] == {"name": "web"}


def test_what_the_database_cannot_hold_stays_and_stops_no_other(
    tenant, quarantined, monkeypatch
):
    quarantined(2)

    def picky(door, rows, *args, **how):
        if poison(rows):
            raise DataError("unsupported")
        return store(door, rows, *args, **how)

    def poison(rows):
        return [key for key, row in rows.items() if row["i"] == "q-0"]

    monkeypatch.setattr(quarantine, "store", picky)
    monkeypatch.setattr(quarantine, "unstorable", poison)
    with tenant_scope(tenant.pk):
        count = replay_quarantined(list(Quarantine.objects.all()), fix=FIX)

        assert (count, Event.objects.get().message_id) == (1, "q-1")
        left = Quarantine.objects.filter(state="open")
        assert list(left.values_list("message_id", "code")) == [("q-0", "unstorable")]


def test_a_discarded_message_stays_readable(tenant, quarantined, admin):
    quarantined()
    with tenant_scope(tenant.pk):
        rows = list(Quarantine.objects.all())

        counts = [discard_quarantined(rows, by=admin) for _ in range(2)]

        row = Quarantine.objects.get()
        assert counts == [1, 0]
        assert (row.state, row.settled_by) == ("discarded", admin)
        assert replay_quarantined([row], fix=FIX) == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_api_lists_what_is_quarantined(
    api, quarantined, count, django_assert_num_queries
):
    quarantined(count)
    api.get("/api/v1/events/quarantine/")  # the key's last use is noted

    with django_assert_num_queries(9):
        answer = api.get("/api/v1/events/quarantine/?state=open")

    said = answer.json()["results"]
    assert [row["code"] for row in said] == ["missing_event"] * count
    assert {row["message_id"] for row in said} == {f"q-{n}" for n in range(count)}
    assert said[0]["source"] == "Product"


@pytest.mark.parametrize(
    ("query", "status", "found"),
    [
        ("state=discarded", 200, 0),
        ("code=missing_event&state=open", 200, 1),
        ("ordering=-created_at", 200, 1),
        ("source=01a20183-7a96-758a-aea8-ac6afbd84953", 400, None),
        ("state=nonsense", 400, None),
        ("nonsense=1", 400, None),
    ],
)
def test_the_api_filters(api, quarantined, query, status, found):
    quarantined()

    answer = api.get(f"/api/v1/events/quarantine/?{query}")

    assert answer.status_code == status
    assert found is None or len(answer.json()["results"]) == found


def test_the_api_filters_by_source(api, source, quarantined):
    quarantined()

    answer = api.get(f"/api/v1/events/quarantine/?source={source.pk}")

    assert len(answer.json()["results"]) == 1


def test_the_api_replays_and_discards(api, tenant, quarantined):
    quarantined(3)
    with tenant_scope(tenant.pk):
        ids = [str(pk) for pk in Quarantine.objects.values_list("pk", flat=True)]

    def post(what, **body):
        return api.post(
            f"/api/v1/events/quarantine/{what}/", body, content_type="application/json"
        )

    bad = post("replay", ids=ids, fix={"burn": True})
    replayed = post("replay", ids=ids[:2], fix=FIX)
    discarded = post("discard", ids=ids)

    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["fix"])
    assert (replayed.json(), discarded.json()) == ({"count": 2}, {"count": 1})


def test_a_stranger_finds_nothing_to_replay(tenant, other_tenant, quarantined):
    quarantined()
    with tenant_scope(tenant.pk):
        row = Quarantine.objects.get()
    with tenant_scope(other_tenant.pk):
        _, secret = create_api_key(name="k", scopes=list(ApiKey.Scope.values))
    stranger = Client(headers={"Authorization": f"Bearer {secret}"})

    answers = [
        stranger.get(f"/api/v1/events/quarantine/{row.pk}/").status_code,
        stranger.post(
            "/api/v1/events/quarantine/discard/",
            {"ids": [str(row.pk)]},
            content_type="application/json",
        ).json(),
    ]

    assert answers == [404, {"count": 0}]
    with tenant_scope(tenant.pk):
        assert Quarantine.objects.get().state == "open"
