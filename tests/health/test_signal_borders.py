"""Borders of signals, worked by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Contact
from health.models import Sentiment
from health.queries.reading import moment, read
from health.scoring import Reading
from health.signals import SIGNALS
from tenants.models import Tenant
from tests.factories.accounts import (
    AccountFactory,
    ContactFactory,
    ContractFactory,
    InvoiceFactory,
    TicketFactory,
)
from tests.factories.health import ResponseFactory, use
from tests.factories.usage import IngestBatchFactory, SourceFactory
from usage.models import Feature, FeatureDay

NOW = datetime(2026, 5, 15, 9, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def account(in_tenant):
    return AccountFactory(name="One")


def reading(key, window=0, **settings):
    signal = SIGNALS[key]
    settings = {**signal.settings, **settings}
    window = signal.window if window == 0 else window
    return Reading(key, window, tuple(sorted(settings.items())))


def look(account, key, window=0, *, on=TODAY, **settings):
    asked = reading(key, window, **settings)
    when = moment(Tenant.objects.get(pk=account.tenant_id), on)
    return read([account.pk], [asked], when)[account.pk][asked]


def value(*arguments, **settings):
    found = look(*arguments, **settings)
    return None if found is None else round(found.value, 4)


def days_ago(*numbers):
    return [TODAY - n * DAY for n in numbers]


def events(account, by_day, feature="report"):
    used, _ = Feature.objects.get_or_create(name=feature)
    for ago, number in by_day.items():
        FeatureDay.objects.create(
            tenant_id=account.tenant_id,
            account=account,
            day=TODAY - ago * DAY,
            feature=used,
            events=number,
            users=1,
        )


# Use


def test_the_window_ends_today_and_begins_its_days_before(account):
    use(account, days_ago(0), users=["a"])
    use(account, days_ago(29), users=["b"])
    use(account, days_ago(30), users=["c"])

    assert value(account, "active_users", 30) == 2
    assert value(account, "active_users", 31) == 3
    assert value(account, "login_days", 30) == 2


def test_two_windows_of_one_signal_are_told_apart(account):
    use(account, days_ago(0, 6, 7, 40))
    asked = [reading("login_days", days) for days in (7, 8, 60)]

    found = read([account.pk], asked, moment(Tenant.objects.get(), TODAY))

    assert [found[account.pk][one].value for one in asked] == [2, 3, 4]


def test_depth_is_of_key_features_when_there_are_any(account):
    for feature in ("report", "export", "login"):
        use(account, days_ago(1), feature=feature)
    Feature.objects.create(name="never used", is_key=True)
    Feature.objects.create(name="hidden key", is_key=True, is_hidden=True)
    Feature.objects.filter(name="report").update(is_key=True)

    found = look(account, "depth")

    assert (found.value, found.detail) == (0.5, {"used": 1, "of": 2})


def test_depth_without_key_features_is_of_what_anybody_used(account):
    use(account, days_ago(1), feature="report")
    use(AccountFactory(), days_ago(20), feature="export")
    use(AccountFactory(), days_ago(40), feature="errored")
    Feature.objects.filter(name="errored").update(is_error=True)

    assert value(account, "depth") == 0.5
    # On that day nobody had used the export yet.
    use(account, days_ago(25), feature="login")
    assert value(account, "depth", on=TODAY - 22 * DAY) == 1


def test_an_account_that_used_nothing_lately_has_no_depth(account):
    use(account, days_ago(50))

    assert value(account, "depth") == 0


def test_a_key_feature_is_counted_under_its_name_only(account):
    use(account, days_ago(0, 1, 2), feature="report")
    use(account, days_ago(1), feature="export")

    assert value(account, "key_feature", event="report") == 3
    assert value(account, "key_feature", event="unknown") == 0
    assert value(account, "key_feature", event="") is None


@pytest.mark.parametrize(
    ("before", "now", "trend", "days"),
    [
        # Events on days so long ago, before the window of 14 days and in it.
        ({14: 7, 103: 83}, {13: 14}, 0.0, 90),
        ({14: 7, 104: 99}, {13: 7}, -0.9286, 1),
        ({20: 7}, {0: 7}, -0.5, 7),
        ({20: 7}, {}, -1.0, 7),
        ({}, {3: 5}, None, None),
    ],
)
def test_the_trend_is_against_the_accounts_own_ninety_days(
    account, before, now, trend, days
):
    events(account, before | now)

    found = look(account, "usage_trend", 14)

    if trend is None:
        assert found is None
    else:
        assert (round(found.value, 4), found.n) == (trend, days)


def test_errors_are_counted_in_a_hundred_events(account):
    events(account, {1: 30, 2: 10})
    assert value(account, "errors") is None  # no feature is marked

    events(account, {3: 10, 40: 500}, feature="crash")
    Feature.objects.filter(name="crash").update(is_error=True)

    found = look(account, "errors")
    assert (found.value, found.n) == (20, 50)
    assert value(account, "features_used") == 1


# Support


def test_tickets_of_the_window_begin_at_the_tenants_midnight(account):
    Tenant.objects.update(timezone="Asia/Almaty")  # five hours ahead
    midnight = datetime(2026, 5, 14, 19, tzinfo=UTC)
    TicketFactory(account=account, opened_at=midnight)
    TicketFactory(account=account, opened_at=midnight - SECOND)

    assert value(account, "tickets_opened", 1) == 1
    assert value(account, "tickets_opened", 2) == 2


def test_no_ticket_of_somebody_we_never_heard_of_says_nothing(account):
    assert value(account, "tickets_opened") is None

    ResponseFactory(account=account, answered_at=NOW - 400 * DAY)
    assert value(account, "tickets_opened") == 0


def test_the_median_of_solved_tickets_and_not_of_open_ones(account):
    for hours in (1, 5, 100):
        TicketFactory(
            account=account,
            status="solved",
            opened_at=NOW - 10 * DAY,
            solved_at=NOW - 10 * DAY + timedelta(hours=hours),
        )
    TicketFactory(account=account, opened_at=NOW - 50 * DAY)

    found = look(account, "resolution_hours")

    assert (found.value, found.n) == (5, 3)


def test_ticket_ratings_count_once_the_ticket_is_solved(account):
    for csat, solved in [(5, 1), (4, 2), (3, 3), (1, None), (None, 4)]:
        TicketFactory(
            account=account,
            csat=csat,
            opened_at=NOW - 9 * DAY,
            status="solved" if solved else "open",
            solved_at=NOW - solved * DAY if solved else None,
        )

    found = look(account, "ticket_csat")

    assert (round(found.value, 4), found.n) == (0.6667, 3)
    assert look(account, "ticket_csat", on=TODAY - 2 * DAY).n == 2


def test_the_tone_is_the_mean_of_those_judged(account):
    for tone in (-2, -1, None, 2):
        TicketFactory(account=account, tone=tone, opened_at=NOW - DAY)

    found = look(account, "ticket_tone")

    assert (round(found.value, 4), found.n) == (-0.3333, 3)


# Feedback


def test_an_answer_out_of_the_window_is_no_answer(account):
    ResponseFactory(account=account, score=3, answered_at=NOW - 30 * DAY)

    assert value(account, "nps") == 3
    assert value(account, "nps", 31) == 3
    assert value(account, "nps", 30) is None


def test_survey_csat_is_the_share_of_fours_and_fives(account):
    for score in (5, 4, 3, 1):
        ResponseFactory(account=account, kind="csat", score=score, answered_at=NOW)
    ResponseFactory(account=account, score=10, answered_at=NOW)

    assert value(account, "csat") == 0.5


def test_silence_is_counted_in_the_tenants_days(account):
    ResponseFactory(account=account, answered_at=NOW - 2 * DAY + timedelta(hours=14))

    assert value(account, "feedback_silence") == 2
    assert value(account, "feedback_silence", on=TODAY - 2 * DAY) == 0
    assert value(account, "feedback_silence", on=TODAY - 3 * DAY) is None


# Money


@pytest.mark.parametrize(
    ("due", "paid", "days"),
    [
        (-30, None, 30),
        (-1, None, 1),
        (0, None, None),
        (-30, -2, 0),
        (-30, 1, 30),  # paid tomorrow: not paid yet
    ],
)
def test_days_overdue_are_of_what_is_unpaid_today(account, due, paid, days):
    InvoiceFactory(
        account=account,
        due_on=TODAY + due * DAY,
        paid_on=None if paid is None else TODAY + paid * DAY,
    )

    assert value(account, "days_overdue") == days


def test_the_change_of_the_bill_is_against_the_day_before_the_window(account):
    ContractFactory(account=account, mrr=100, ends_on=TODAY)
    ContractFactory(account=account, mrr=150, starts_on=TODAY, ends_on=None)

    assert value(account, "bill_change", 1) == 0.5
    assert value(account, "bill_change", 90) == 0.5
    # Before the first contract there is nothing to compare with.
    assert value(account, "bill_change", 365) is None


def test_a_bill_that_ended_is_all_gone(account):
    ContractFactory(account=account, mrr=100, ends_on=TODAY)

    assert value(account, "bill_change", 30) == -1


def test_money_of_unknown_worth_makes_no_change(account):
    ContractFactory(account=account, mrr=100, currency="GBP")

    assert value(account, "bill_change", 30) is None


@pytest.mark.parametrize(
    ("ends", "notice", "next_starts", "days"),
    [
        (60, 0, None, 60),
        (60, 30, None, 30),
        (10, 30, None, -20),
        (None, 0, None, None),
        (60, 0, 60, None),  # followed
        (60, 0, 60 + 31, None),
        (60, 0, 60 + 32, 60),
    ],
)
def test_days_to_the_decision(account, ends, notice, next_starts, days):
    ContractFactory(
        account=account,
        ends_on=None if ends is None else TODAY + ends * DAY,
        notice_days=notice,
    )
    if next_starts is not None:
        start = TODAY + next_starts * DAY
        ContractFactory(account=account, starts_on=start, ends_on=None)

    assert value(account, "days_to_decision") == days


# Relations


@pytest.mark.parametrize(
    ("role", "seen", "alive"),
    [("decision_maker", 10, 2), ("decision_maker", 90, 1), ("user", 10, 0)],
)
def test_the_decision_maker_is_known_and_alive(account, role, seen, alive):
    contact = ContactFactory(account=account, roles=[role], external_id="boss")
    Contact.objects.filter(pk=contact.pk).update(created_at=NOW - 400 * DAY)
    use(account, days_ago(seen), users=["boss"])

    assert value(account, "decision_maker", 90) == alive


def test_where_no_contact_is_known_nobody_is_lacking(account):
    assert value(account, "decision_maker") is None


def test_a_contact_counts_from_when_it_was_known(account):
    contact = ContactFactory(account=account, roles=["decision_maker", "champion"])
    Contact.objects.filter(pk=contact.pk).update(created_at=NOW - 5 * DAY)

    assert value(account, "decision_maker", on=TODAY - 5 * DAY) == 1
    assert value(account, "decision_maker", on=TODAY - 6 * DAY) is None
    assert value(account, "champion_quiet") == 5


def test_the_champion_is_as_quiet_as_the_last_that_was_seen(account):
    for name, seen in (("a", 40), ("b", 3)):
        contact = ContactFactory(account=account, roles=["champion"], external_id=name)
        Contact.objects.filter(pk=contact.pk).update(created_at=NOW - 400 * DAY)
        use(account, days_ago(seen), users=[name])

    assert value(account, "champion_quiet") == 3


def test_an_account_hangs_on_the_fewer_of_the_active_and_the_known(account):
    assert value(account, "single_thread") is None

    ContactFactory.create_batch(3, account=account)
    assert value(account, "single_thread") == 3
    use(account, days_ago(1), users=["a", "b"])
    assert value(account, "single_thread") == 2


def test_the_newest_judgement_of_a_csm_counts(account):
    for level, ago in ((1, 30), (4, 2), (2, 9)):
        Sentiment.objects.create(account=account, level=level, at=NOW - ago * DAY)

    assert value(account, "sentiment") == 4
    assert value(account, "sentiment", on=TODAY - 5 * DAY) == 2


# A source that fell silent


def test_usage_is_read_as_of_when_a_silent_source_was_last_heard(account):
    use(account, days_ago(*range(10, 40)), users=["a", "b"])
    assert value(account, "login_days") == 20

    SourceFactory(last_event_at=NOW - 10 * DAY)
    found = look(account, "login_days")

    assert (found.value, found.is_stale, found.as_of) == (30, True, NOW - 10 * DAY)
    assert look(account, "active_users").value == 2
    assert not look(account, "feedback_silence")


def test_three_days_are_no_silence_yet(account):
    use(account, days_ago(*range(3, 40)))
    SourceFactory(last_event_at=NOW - 3 * DAY)

    found = look(account, "login_days")

    assert (found.value, found.is_stale) == (27, False)


def test_a_source_that_spoke_later_was_not_silent_for_ever(account):
    use(account, days_ago(*range(10, 40)))
    source = SourceFactory(last_event_at=NOW)
    type(source).objects.update(created_at=NOW - 100 * DAY)
    then = date(2026, 5, 10)
    assert not look(account, "login_days", on=then).is_stale  # nobody knows

    IngestBatchFactory(source=source, received_at=NOW - 10 * DAY)
    found = look(account, "login_days", on=then)

    assert (found.value, found.is_stale, found.as_of) == (30, True, NOW - 10 * DAY)
