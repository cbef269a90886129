from datetime import UTC, date, datetime

import pytest

from accounts.models import Account, Touch
from tenants.models import AuditEntry
from tests.factories.usage import SourceFactory
from tests.usage.oracle import Message, Oracle
from tests.usage.rollups import feature_days, roll_up_all, store, user_days
from usage.models import Feature
from usage.queries.audit import Differences, differences
from usage.services import discovery
from usage.services.features import (
    MergeRing,
    change_feature,
    merge_feature,
    part_feature,
)
from worklist.models import Alert

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = date(2026, 5, 4)


def told(number, name, user="u1", group="acme"):
    key = f"{number:032x}"
    return Message(key, "track", NOON, NOON, user=user, group=group, name=name)


@pytest.fixture
def messages():
    return [
        told(1, "open"),
        told(2, "opened"),
        told(3, "opened", user="u2"),
        told(4, "view"),
    ]


@pytest.fixture
def rolled_up(in_tenant, messages):
    store(messages, source=SourceFactory())
    roll_up_all()
    return {feature.name: feature for feature in Feature.objects.all()}


def test_a_merged_feature_counts_for_the_other(rolled_up, ops):
    merge_feature(rolled_up["opened"], into=rolled_up["open"], by=ops)

    assert feature_days() == {
        ("acme", DAY, "open"): (3, 2),
        ("acme", DAY, "view"): (1, 1),
    }
    assert differences("UTC") == Differences(0, 0, 0, 0)
    entry = AuditEntry.objects.get(action="feature.merged")
    assert (entry.by, entry.after) == (ops, {"merged_into": "open"})


def test_events_after_a_merge_count_for_the_other(rolled_up, messages, ops):
    merge_feature(rolled_up["opened"], into=rolled_up["open"], by=ops)
    merge_feature(rolled_up["open"], into=rolled_up["view"], by=ops)
    later = [told(5, "opened", user="u3"), told(6, "opened", user="u1")]

    store(later, source=SourceFactory())
    roll_up_all()

    merges = {"opened": "open", "open": "view"}
    oracle = Oracle(messages + later, merges=merges)
    assert feature_days() == oracle.feature_days() == {("acme", DAY, "view"): (6, 3)}
    assert user_days() == oracle.user_days()


def test_a_person_of_a_merged_feature_is_counted_once_under_any_name(rolled_up, ops):
    merge_feature(rolled_up["opened"], into=rolled_up["open"], by=ops)

    store([told(7, "open", user="u2")], source=SourceFactory())
    roll_up_all()

    assert feature_days()["acme", DAY, "open"] == (4, 2)
    assert differences("UTC") == Differences(0, 0, 0, 0)


def test_parting_a_merged_feature_gives_both_their_own_back(rolled_up, messages, ops):
    merge_feature(rolled_up["opened"], into=rolled_up["open"], by=ops)

    part_feature(rolled_up["opened"], by=ops)

    assert feature_days() == Oracle(messages).feature_days()
    assert list(Feature.objects.exclude(counted_as=None)) == []


def test_a_merge_cannot_close_a_ring(rolled_up, ops):
    merge_feature(rolled_up["opened"], into=rolled_up["open"], by=ops)

    with pytest.raises(MergeRing):
        merge_feature(rolled_up["open"], into=rolled_up["opened"], by=ops)
    with pytest.raises(MergeRing):
        merge_feature(rolled_up["open"], into=rolled_up["open"], by=ops)


def test_a_change_of_a_feature_is_in_the_audit_trail_once(rolled_up, ops):
    change_feature(rolled_up["open"], by=ops, label="Open", is_key=True)
    change_feature(rolled_up["open"], by=ops, label="Open", is_key=True)

    entry = AuditEntry.objects.get(action="feature.changed")
    assert entry.before == {"label": "", "is_key": False}
    assert entry.after == {"label": "Open", "is_key": True}


@pytest.mark.parametrize("flag", ["is_key", "is_error", "is_hidden"])
def test_a_flag_that_counts_for_health_scores_everybody_again(rolled_up, ops, flag):
    Touch.objects.all().delete()

    change_feature(rolled_up["open"], by=ops, label="Open")
    assert Touch.objects.count() == 0
    change_feature(rolled_up["open"], by=ops, **{flag: True})

    accounts = Account.objects.exclude(last_seen_on=None)
    assert set(Touch.objects.values_list("account", flat=True)) == set(
        accounts.values_list("pk", flat=True)
    )
    assert accounts.count() > 0


def test_names_beyond_the_last_feature_are_counted_together(in_tenant, monkeypatch):
    monkeypatch.setattr(discovery, "MOST_FEATURES", 2)
    source = SourceFactory()
    first = [told(n, name) for n, name in enumerate("abcd", start=1)]
    second = [
        told(5, "e", user="u2"),
        told(6, "a", user="u2"),
        told(7, "d", user="u1"),
        # Nobody's yet: taken from there when the link says whose it is.
        Message(f"{8:032x}", "track", NOON, NOON, anonymous="a1", name="f"),
    ]
    link = Message(
        f"{9:032x}", "group", NOON, NOON, anonymous="a1", group="acme", name=""
    )

    for messages in (first, second, [link]):
        store(messages, source=source)
        roll_up_all()

    assert feature_days() == {
        ("acme", DAY, "a"): (2, 2),
        ("acme", DAY, "b"): (1, 1),
        ("acme", DAY, "(other)"): (5, 3),
    }
    assert differences("UTC") == Differences(0, 0, 0, 0)
    assert list(Feature.objects.order_by("name").values_list("name", flat=True)) == [
        "(other)",
        "a",
        "b",
    ]
    assert list(Alert.objects.values_list("kind", flat=True)) == ["usage.many_features"]
