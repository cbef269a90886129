"""Judgements of people: overrides that end by themselves, and sentiments."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Account, Touch
from health import services
from health.models import Change, Override, Snapshot
from messaging.models import Message
from tenants.models import AuditEntry, Tenant
from tests.factories.accounts import AccountFactory
from tests.factories.health import ResponseFactory
from tests.health.cases import CASES
from tests.health.worked import NOW, TODAY, account_of
from worklist.models import Alert

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def account(in_tenant):
    """Scored 100, green."""
    account = account_of(CASES[0])
    services.recompute([account.pk], on=TODAY)
    return account


def override(account, ops, *, score=20, days=7):
    return services.override_score(
        account,
        score=score,
        reason="They told me.",
        expires_on=TODAY + days * DAY,
        by=ops,
    )


def shown(account, *, on=TODAY):
    row = Snapshot.objects.get(account=account, day=on)
    return row.score, row.computed, row.band, row.override_id


def score_all(on=TODAY):
    services.recompute([row.pk for row in Account.objects.all()], on=on)


def test_an_override_is_shown_and_the_computed_score_kept_beside(account, ops):
    made = override(account, ops)

    score_all()

    assert shown(account) == (20, 100, "red", made.pk)
    assert made.score_before == 100
    account.refresh_from_db()
    assert (account.score, account.band, account.is_overridden) == (20, "red", True)


def test_an_override_is_audited_and_scored_right_after(account, ops):
    Touch.objects.all().delete()

    override(account, ops)

    entry = AuditEntry.objects.get(action="health.overridden")
    assert (entry.by, entry.after["score"]) == (ops, 20)
    assert [touch.account_id for touch in Touch.objects.all()] == [account.pk]


def test_a_judgement_is_a_change_but_no_alarm(account, ops):
    override(account, ops)

    score_all()

    change = Change.objects.get()
    assert (change.band_before, change.band, change.is_fall) == ("green", "red", False)
    assert Alert.objects.count() == 0


def test_a_fall_is_told_when_the_judgement_that_hid_it_ends(account, ops):
    made = override(account, ops, score=100)
    ResponseFactory(account=account, score=0, answered_at=NOW)
    score_all()
    assert Alert.objects.count() == 0

    services.end_override(made, by=ops)
    score_all()

    assert shown(account) == (65, 65, "amber", None)
    assert Alert.objects.count() == 1


def test_there_is_one_active_override(account, ops):
    override(account, ops)

    with pytest.raises(services.AlreadyOverridden):
        override(account, ops, score=30)


def test_an_override_that_is_over_already_is_refused(account, ops):
    with pytest.raises(services.AlreadyOver):
        override(account, ops, days=-1)


def test_an_unknown_score_may_be_overridden(in_tenant, ops):
    account = AccountFactory()
    override(account, ops, score=85)

    score_all()

    row = Snapshot.objects.get()
    assert (row.score, row.computed, row.band) == (85, None, "green")


def test_an_override_holds_through_its_last_day_and_ends_by_itself(
    account, ops, time_machine
):
    made = override(account, ops, days=1)
    for days in (1, 2):
        time_machine.move_to(NOW + days * DAY, tick=False)
        score_all(TODAY + days * DAY)

    assert shown(account, on=TODAY + DAY)[0] == 20
    score, computed, _, made_by = shown(account, on=TODAY + 2 * DAY)
    assert (score, made_by) == (computed, None)
    # Scored again, a past day is what it was.
    score_all(TODAY + DAY)
    assert shown(account, on=TODAY + DAY)[0] == 20
    made.refresh_from_db()
    assert made.ended_at is None


def test_the_night_ends_what_is_over_and_tells_its_author_once(
    account, ops, time_machine
):
    Tenant.objects.update(timezone="Asia/Almaty")
    made = override(account, ops, days=1)
    last_midnight = datetime(2026, 5, 16, 19, tzinfo=UTC)
    time_machine.move_to(last_midnight - timedelta(seconds=1), tick=False)
    services.open_nights()
    assert Override.objects.active().count() == 1

    time_machine.move_to(last_midnight, tick=False)
    Touch.objects.all().delete()
    for _ in range(2):
        services.open_nights()

    made.refresh_from_db()
    assert (made.ended_at, made.ended_by) == (last_midnight, None)
    assert Touch.objects.count() == 1
    message = Message.objects.get(channel="in_app")
    assert (message.recipient, message.subject) == (
        ops,
        f"Your judgement of {account.name} has ended",
    )


def test_after_its_end_an_account_may_be_overridden_again(account, ops, time_machine):
    override(account, ops, days=0)
    time_machine.move_to(NOW + DAY, tick=False)

    made = override(account, ops, score=50, days=3)

    assert list(Override.objects.active()) == [made]


def test_a_person_ends_an_override_once(account, ops):
    made = override(account, ops)

    ended = services.end_override(made, by=ops)
    again = services.end_override(made, by=None)

    assert (ended.ended_by, again.ended_by) == (ops, ops)
    assert AuditEntry.objects.filter(action="health.override_ended").count() == 1


def test_a_sentiment_is_kept_and_scores_again(account, ops):
    Touch.objects.all().delete()

    made = services.record_sentiment(account, level=4, note="Good call", by=ops)

    assert (made.level, made.note, made.by, made.at) == (4, "Good call", ops, NOW)
    assert Touch.objects.get().reason == "sentiment"


@pytest.mark.parametrize("accounts", [1, 3])
def test_ending_many_takes_as_many_queries(
    in_tenant, ops, accounts, time_machine, django_assert_num_queries
):
    for _ in range(accounts):
        override(AccountFactory(), None, days=0)
    time_machine.move_to(NOW + DAY, tick=False)

    with django_assert_num_queries(6):
        assert services.expire_overrides() == accounts
