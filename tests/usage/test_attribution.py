"""Whose an event is: worked by hand, message by message."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Account, Touch
from tests.factories.accounts import AccountFactory
from tests.factories.usage import IngestBatchFactory, SourceFactory, event
from tests.usage.oracle import Message
from tests.usage.rollups import feature_days, roll_up_all, store, unassigned, user_days
from usage.models import Cell, Feed, Person, Source, UserDay
from usage.services.recounting import recount_tenant
from worklist.models import Alert

DAY = date(2026, 5, 4)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def at(minute):
    return NOON + timedelta(minutes=minute)


def said(kind, minute, user="", anonymous="", group="", previous="", name=""):
    instant = at(minute)
    content = (kind, minute, user, anonymous, group, previous, name)
    key = f"{abs(hash(content)):032x}"[:32]
    return Message(key, kind, instant, instant, user, anonymous, group, previous, name)


def track(minute, user="", anonymous="", group=""):
    return said("track", minute, user, anonymous, group, name="open")


# What is told, in any order, and whose the one day's events are: account → events.
STORIES = {
    "the message names its account": ([track(1, "u", group="acme")], {"acme": 1}),
    "the message wins over the membership": (
        [said("group", 0, "u", group="acme"), track(1, "u", group="globex")],
        {"globex": 1},
    ),
    "the membership valid at that time": (
        [
            said("group", 0, "u", group="acme"),
            track(1, "u"),
            said("group", 2, "u", group="globex"),
            track(2, "u"),
            track(3, "u"),
        ],
        {"acme": 1, "globex": 2},
    ),
    "a membership told late takes what it explains from the one before": (
        [
            said("group", 0, "u", group="acme"),
            track(1, "u"),
            track(3, "u"),
            said("group", 2, "u", group="globex"),
        ],
        {"acme": 1, "globex": 1},
    ),
    "before the first membership nobody": (
        [track(1, "u"), said("group", 2, "u", group="acme")],
        {},
    ),
    "the membership of the anonymous id": (
        [said("group", 0, "", "a", group="acme"), track(1, "", "a")],
        {"acme": 1},
    ),
    "a user without one takes that of the anonymous id": (
        [said("group", 0, "", "a", group="acme"), track(1, "u", "a")],
        {"acme": 1},
    ),
    "an anonymous id that was identified is the user": (
        [
            said("group", 0, "u", group="acme"),
            track(1, "", "a"),
            said("identify", 5, "u", "a"),
        ],
        {"acme": 1},
    ),
    "the last identify wins": (
        [
            said("group", 0, "u", group="acme"),
            said("group", 0, "v", group="globex"),
            said("identify", 1, "u", "a"),
            said("identify", 2, "v", "a"),
            track(3, "", "a"),
        ],
        {"globex": 1},
    ),
    "an alias joins what the old id did": (
        [
            said("group", 0, "u", group="acme"),
            said("alias", 9, "u", previous="old"),
            track(1, "old"),
        ],
        {"acme": 1},
    ),
    "an alias to itself is nothing": (
        [said("alias", 0, "u", previous="u"), track(1, "u", group="acme")],
        {"acme": 1},
    ),
    "a ring of aliases is one person": (
        [
            said("alias", 0, "u", previous="v"),
            said("alias", 1, "v", previous="u"),
            said("group", 2, "u", group="acme"),
            track(3, "v"),
        ],
        {"acme": 1},
    ),
    "nobody explains it": ([track(1, "u")], {}),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("story", STORIES)
def test_an_event_belongs_to(in_tenant, story, at_once, backwards):
    messages, expected = STORIES[story]
    told = messages[::-1] if backwards else messages
    source = SourceFactory()

    for part in [told] if at_once else [[one] for one in told]:
        store(part, source=source)
        roll_up_all()

    assert {
        account: row[0] for (account, *_), row in feature_days().items()
    } == expected
    tracked = sum(1 for one in messages if one.kind == "track")
    assert unassigned() == tracked - sum(expected.values())


def test_people_who_prove_to_be_one_are_counted_once(in_tenant):
    source = SourceFactory()
    store([track(1, "u", group="acme"), track(7, "", "a", "acme")], source=source)
    roll_up_all()
    before = feature_days()

    store([said("identify", 8, "u", "a")], source=source)
    roll_up_all()

    assert before == {("acme", DAY, "open"): (2, 2)}
    assert feature_days() == {("acme", DAY, "open"): (2, 1)}
    assert user_days() == {("acme", DAY, "u"): (2, 10)}


def test_what_was_counted_stays_when_raw_events_are_gone(in_tenant, settings):
    source = SourceFactory()
    store([track(1, "u", group="acme"), track(7, "v", group="acme")], source=source)
    roll_up_all()
    settings.USAGE_RETENTION_DAYS = 1  # of the events above none is kept any more

    recount_tenant()
    store([said("alias", 8, "u", previous="v")], source=source)
    roll_up_all()

    assert feature_days() == {("acme", DAY, "open"): (2, 1)}
    assert user_days() == {("acme", DAY, "u"): (2, 10)}


def test_who_moves_within_a_day_takes_only_their_minutes_along(in_tenant):
    source = SourceFactory()
    early = [said("group", 0, "u", group="acme")]
    early += [track(minute, "u") for minute in (1, 2, 7, 31, 33, 41)]
    store(early, source=source)
    roll_up_all()

    store([said("group", 8, "u", group="globex"), track(42, "u")], source=source)
    roll_up_all()

    assert user_days() == {
        ("acme", DAY, "u"): (3, 10),
        ("globex", DAY, "u"): (4, 10),
    }


@pytest.mark.parametrize(("kept", "minutes"), [(400, (10, 5)), (1, (None, None))])
def test_who_becomes_two_is_told_apart_by_events_or_not_at_all(
    in_tenant, settings, kept, minutes
):
    source = SourceFactory()
    parted = [track(1, "u", group="acme"), track(7, "v", group="acme")]
    parted += [track(13, "w", group="acme"), said("alias", 8, "u", previous="v")]
    store(parted, source=source)
    roll_up_all()
    settings.USAGE_RETENTION_DAYS = kept

    store([said("alias", 9, "w", previous="v")], source=source)
    roll_up_all()

    assert user_days() == {
        ("acme", DAY, "w"): (2, minutes[0]),
        ("acme", DAY, "u"): (1, minutes[1]),
    }


def test_minutes_of_before_they_were_kept_are_unknown_until_counted_again(in_tenant):
    source = SourceFactory()
    store([track(1, "u", group="acme")], source=source)
    roll_up_all()
    UserDay.objects.update(slots=None)

    store([track(7, "u", group="acme")], source=source)
    roll_up_all()
    before = user_days()
    recount_tenant()

    assert before == {("acme", DAY, "u"): (2, None)}
    assert user_days() == {("acme", DAY, "u"): (2, 10)}


def test_the_sources_that_feed_an_account_are_known(in_tenant):
    web, phone = SourceFactory(name="Web"), SourceFactory(name="Phone")
    store([track(1, "u", group="acme"), track(2, "v", group="globex")], source=web)
    store([track(3, "u", group="acme")], source=phone)
    store([said("group", 4, "w", group="initech"), track(5, "nobody")], source=phone)
    roll_up_all()
    store([track(6, "u", group="acme")], source=phone)
    roll_up_all()

    fed = Feed.objects.values_list("account__name", "source__name", "first_on")
    # Of when they were received: `IngestBatchFactory` says the first of January.
    assert sorted(fed) == [
        ("acme", "Phone", date(2026, 1, 1)),
        ("acme", "Web", date(2026, 1, 1)),
        ("globex", "Web", date(2026, 1, 1)),
    ]


def test_an_unknown_group_makes_a_discovered_account(in_tenant):
    AccountFactory(external_id="known", name="Known")
    source = SourceFactory(last_event_at=None)

    batch = store(
        [track(1, "u", group="known"), track(1, "u", group="new")], source=source
    )
    roll_up_all()

    assert list(
        Account.objects.order_by("external_id").values_list(
            "external_id", "name", "is_discovered", "last_seen_on"
        )
    ) == [("known", "Known", False, DAY), ("new", "new", True, DAY)]
    assert set(Touch.objects.values_list("reason", flat=True)) == {"usage"}
    assert Source.objects.get().last_event_at == batch.received_at


def test_an_id_that_differs_only_in_case_is_reported_not_merged(in_tenant):
    AccountFactory(external_id="Acme")

    store([track(1, "u", group="acme")], source=SourceFactory())
    roll_up_all()

    assert Account.objects.count() == 2
    assert list(Alert.objects.values_list("kind", "subject")) == [
        ("account_id_case", "group:acme")
    ]


def test_cells_of_all_events_add_up(in_tenant):
    messages = [track(n, f"u{n % 3}", group="acme" if n % 2 else "") for n in range(9)]

    store(messages, source=SourceFactory())
    roll_up_all()

    assert sum(Cell.objects.values_list("events", flat=True)) == 9


def test_traits_name_a_discovered_account_and_its_people(in_tenant, tell):
    tell("group", 1, user_ref="u", group_ref="acme", properties={"name": "Acme Inc."})
    tell("identify", 2, user_ref="u", properties={"name": "Ann", "email": "a@acme.com"})

    account = Account.objects.get()
    assert (account.external_id, account.name) == ("acme", "Acme Inc.")
    assert list(Person.objects.values_list("ref", "name", "email")) == [
        ("u", "Ann", "a@acme.com")
    ]


def test_the_last_traits_win_and_a_name_given_by_a_person_stays(in_tenant, tell):
    tell("group", 5, user_ref="u", group_ref="acme", properties={"name": "New"})
    tell("group", 1, user_ref="u", group_ref="acme", properties={"name": "Old"})
    assert Account.objects.get().name == "New"

    Account.objects.update(name="Ours")
    tell("group", 9, user_ref="u", group_ref="acme", properties={"name": "Newest"})
    assert Account.objects.get().name == "Ours"


@pytest.fixture
def tell(in_tenant):
    source = SourceFactory()

    def telling(kind, minute, **fields):
        batch = IngestBatchFactory(source=source)
        event(batch, kind=kind, name="", occurred_at=at(minute), **fields)
        roll_up_all()

    return telling
