"""Several scorecards: who gets which, drafts, publishing, and the cards shipped."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Touch
from accounts.services import ACCOUNTS, save_item
from health import services
from health.models import CardRule, Night, Scorecard, Snapshot
from health.queries.cards import card_names, cards_in_force
from health.scoring import POINTS, SHIPPED, WEIGHTED, Card
from health.signals import SIGNALS
from tenants.models import AuditEntry
from tests.factories.accounts import (
    AccountFactory,
    ContactFactory,
    ContractFactory,
    InvoiceFactory,
    TicketFactory,
)
from tests.factories.health import ResponseFactory, use

NOW = datetime(2026, 5, 15, 9, tzinfo=UTC)
TODAY = NOW.date()
EASY = POINTS | {"bands": {"green": 2, "amber": 1}}


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def publish(name, definition, by):
    return services.publish_scorecard(
        services.save_draft(name, definition, by=by), by=by
    )


def score_night():
    services.open_nights()
    while services.score_night_slice():
        pass


def scored_by():
    rows = Snapshot.objects.filter(day=TODAY).select_related("scorecard", "account")
    return {row.account.name: str(row.scorecard) for row in rows}


def rule(card, **fields):
    return {"card": card, "stages": [], "tiers": [], "segments": []} | fields


# Who gets which


def test_without_rules_everybody_is_scored_by_points(in_tenant):
    account = AccountFactory()

    assert card_names([account], SHIPPED) == {account.pk: "Points"}


@pytest.mark.parametrize(
    ("fields", "card"),
    [
        ({"lifecycle_stage": "onboarding", "tier": "high", "segment": "SMB"}, "First"),
        ({"lifecycle_stage": "onboarding", "tier": "high"}, "Second"),
        ({"lifecycle_stage": "onboarding", "tier": "mid", "segment": "SMB"}, "Third"),
        ({"lifecycle_stage": "growth", "tier": "high", "segment": "SMB"}, "Points"),
    ],
)
def test_the_first_rule_that_matches_counts(in_tenant, fields, card):
    account = AccountFactory(**fields)
    rules = [
        rule("Never published"),
        rule("First", stages=["onboarding"], tiers=["high"], segments=["SMB"]),
        rule("Second", tiers=["high"], stages=["onboarding", "adoption"]),
        rule("Third", stages=["onboarding"]),
        rule("Third", segments=["Enterprise"]),
    ]
    for position, fields in enumerate(rules, 1):
        CardRule.objects.create(position=position, **fields)

    names = card_names([account], {"First", "Second", "Third", "Points"})

    assert names == {account.pk: card}


def test_each_account_is_scored_by_the_card_of_its_rule(in_tenant, ops):
    young = AccountFactory(name="young", lifecycle_stage="onboarding")
    old = AccountFactory(name="old", lifecycle_stage="growth")
    rich = AccountFactory(name="rich", lifecycle_stage="growth", tier="high")
    services.save_card_order(
        [rule("Onboarding", stages=["onboarding"]), rule("Weighted", tiers=["high"])],
        by=ops,
    )

    services.recompute([young.pk, old.pk, rich.pk], on=TODAY)

    assert scored_by() == {
        "young": "Onboarding 1",
        "old": "Points 1",
        "rich": "Weighted 1",
    }
    lengths = {
        row.account.name: len(row.measures)
        for row in Snapshot.objects.select_related("account")
    }
    assert lengths == {"young": 7, "old": 5, "rich": 15}


def test_a_new_order_is_audited_and_scores_everybody_again(in_tenant, ops):
    AccountFactory(name="one")
    score_night()

    services.save_card_order([rule("Weighted")], by=ops)

    night = Night.objects.get()
    assert (night.finished_at, night.accounts, night.total) == (None, 0, 1)
    score_night()
    assert scored_by() == {"one": "Weighted 1"}
    entry = AuditEntry.objects.get(action="scorecard.ordered")
    assert (entry.by, entry.before) == (ops, {"rules": []})
    assert [one["card"] for one in entry.after["rules"]] == ["Weighted"]
    services.save_card_order([rule("Weighted")], by=ops)  # the same: nothing to do
    assert Night.objects.get().finished_at is not None


def test_an_order_replaces_the_one_before(in_tenant, ops):
    services.save_card_order([rule("Weighted"), rule("Points")], by=ops)

    services.save_card_order([rule("Points")], by=ops)

    assert list(CardRule.objects.values_list("position", "card")) == [(1, "Points")]


# Drafts


def test_all_shipped_cards_are_in_force_from_the_beginning(in_tenant):
    assert {name: card.version for name, card in cards_in_force().items()} == {
        "Points": 1,
        "Weighted": 1,
        "Onboarding": 1,
    }


def test_a_draft_scores_nobody_and_is_replaced_by_the_next(in_tenant, ops):
    account = AccountFactory(name="one")
    services.save_draft("Points", EASY, by=ops)
    draft = services.save_draft("Points", EASY | {"coverage_floor": 0.5}, by=ops)

    services.recompute([account.pk], on=TODAY)

    assert scored_by() == {"one": "Points 1"}
    drafts = Scorecard.objects.filter(published_at=None)
    assert list(drafts.values_list("pk", "version")) == [(draft.pk, 2)]


def test_a_card_of_another_name_begins_at_version_1(in_tenant, ops):
    card = publish("Enterprise", EASY, ops)

    assert str(card) == "Enterprise 1"
    assert sorted(cards_in_force()) == [
        "Enterprise",
        "Onboarding",
        "Points",
        "Weighted",
    ]


def test_what_is_published_is_not_published_again(in_tenant, ops):
    card = publish("Points", EASY, ops)

    with pytest.raises(services.AlreadyPublished):
        services.publish_scorecard(card, by=ops)


def test_naming_the_login_event_leaves_the_draft_a_draft(in_tenant, ops):
    begun = services.save_draft("Points", EASY, by=ops)

    published = services.name_login_event("Signed in", by=ops)

    draft = Scorecard.objects.get(published_at=None)
    assert draft.pk == begun.pk  # the editor that is open, and its backtests, go on
    assert (published.version, draft.version) == (2, 3)
    assert published.definition["bands"] == POINTS["bands"]
    assert draft.definition["bands"] == EASY["bands"]
    assert [
        card.definition["measures"][0]["settings"]["event"]
        for card in (published, draft)
    ] == ["Signed in", "Signed in"]


def test_naming_the_login_event_leaves_another_one_that_the_draft_names(in_tenant, ops):
    own = deepcopy(EASY)
    own["measures"][0]["settings"]["event"] = "Opened"
    begun = services.save_draft("Points", own, by=ops)

    services.name_login_event("Signed in", by=ops)

    draft = Scorecard.objects.get(published_at=None)
    assert (draft.definition, draft.updated_at) == (own, begun.updated_at)
    assert draft.version == 3


# Publishing


def test_publishing_scores_every_account_with_progress(in_tenant, ops):
    for name in "abc":
        AccountFactory(name=name)
    score_night()
    publish("Points", EASY, ops)

    progress = []
    while services.score_night_slice(limit=2):
        night = Night.objects.get()
        progress.append((night.accounts, night.total))

    assert progress == [(2, 3), (3, 3)]
    assert scored_by() == dict.fromkeys("abc", "Points 2")


# The cards that are shipped


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_card_reads_known_signals_and_names_its_groups(name):
    definition = SHIPPED[name]
    groups = {group["key"] for group in definition["groups"]}

    assert {one["signal"] for one in definition["measures"]} <= set(SIGNALS)
    assert {one["group"] for one in definition["measures"]} == groups
    keys = [one["key"] for one in definition["measures"]]
    assert len(set(keys)) == len(keys)


def test_the_weighted_card_is_forty_and_three_times_twenty():
    card = Card(WEIGHTED)
    worth = dict.fromkeys(("use", "support", "feedback", "money"), 0)
    for measure, points in zip(card.measures, card.worths, strict=True):
        worth[measure["group"]] += points

    assert {key: round(points, 6) for key, points in worth.items()} == {
        "use": 40,
        "support": 20,
        "feedback": 20,
        "money": 20,
    }


def test_the_weighted_card_worked_by_hand(in_tenant, ops):
    services.save_card_order([rule("Weighted")], by=ops)
    account = AccountFactory()
    ContractFactory(account=account, seats=10, ends_on=TODAY + timedelta(days=200))
    ResponseFactory(account=account, score=9, answered_at=NOW)
    ago = [TODAY - timedelta(days=number) for number in range(180)]
    use(account, ago[:7], users=["a", "b", "c"])
    use(account, ago[74:104], users=["a"])
    use(account, ago[74:104], users=["a"], feature="export")
    use(AccountFactory(), ago[:1], feature="share")
    use(AccountFactory(), ago[:1], feature="import")

    services.recompute([account.pk], on=TODAY)

    snapshot = Snapshot.objects.get()
    points = {one["key"]: one["points"] for one in snapshot.measures if one["points"]}
    assert points == {
        "habit": 9.87,  # 37 of 60 days of 16 points
        "login_days": 2.63,  # 7 of 16 days of 6 points
        "seat_use": 5,  # 3 of 10 seats, half of six in ten, of 10 points
        "depth": 3.33,  # 2 of 4 features, of six in ten, of 4 points
        "usage_trend": 2,  # a quarter less than usual is half of half, of 4 points
        "critical_tickets": 13.33,  # two thirds of the 20 of support
        "tickets_opened": 6.67,
        "nps": 14.29,  # five sevenths of the 20 of feedback
        "feedback_silence": 5.71,
        "bill_change": 8.57,  # as it was, where 5 % more is best, of 10 points
        "days_to_decision": 10,
    }
    assert (snapshot.score, snapshot.band) == (81, "green")


def test_the_onboarding_card_asks_more_of_an_older_account(in_tenant, ops):
    services.save_card_order([rule("Onboarding")], by=ops)
    ages = {"new": 3, "a month": 31, "two months": 61}
    for name, days in ages.items():
        since = TODAY - timedelta(days=days)
        account = AccountFactory(name=name, customer_since=since)
        use(account, [TODAY], users=["u"])
        ContactFactory(account=account)

    score_night()

    rows = Snapshot.objects.select_related("account")
    points = {
        row.account.name: {one["key"]: one["points"] for one in row.measures}
        for row in rows
    }
    people = {name: found["active_users"] for name, found in points.items()}
    assert people == {"new": 14, "a month": 5.6, "two months": 0}
    habit = {name: found["silence"] for name, found in points.items()}
    assert habit == {"new": 14, "a month": 7, "two months": 4.2}


def test_an_unpaid_bill_caps_the_weighted_card(in_tenant, ops):
    services.save_card_order([rule("Weighted")], by=ops)
    account = AccountFactory()
    ResponseFactory(account=account, score=10, answered_at=NOW)
    TicketFactory(account=account, status="solved", opened_at=NOW, solved_at=NOW)
    due_on = TODAY - timedelta(days=31)
    InvoiceFactory(account=account, issued_on=due_on, due_on=due_on)

    services.recompute([account.pk], on=TODAY)

    snapshot = Snapshot.objects.get()
    assert snapshot.score == 40
    assert [one["key"] for one in snapshot.limits if one["kind"] == "cap"] == ["unpaid"]


def test_an_account_is_scored_again_when_its_stage_changes(in_tenant):
    AccountFactory(external_id="a1")
    Touch.objects.all().delete()

    save_item(ACCOUNTS, {"external_id": "a1", "lifecycle_stage": "growth"})

    assert Touch.objects.count() == 1
