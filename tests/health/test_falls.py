from datetime import timedelta

import pytest
from django.utils import translation

from accounts.models import Account
from health import services
from health.models import Change
from messaging.models import Message
from tenants.models import Tenant
from tests.factories.accounts import TicketFactory
from tests.factories.health import ResponseFactory, SnapshotFactory, use
from tests.health.cases import CASES
from tests.health.worked import NOW, TODAY, account_of
from worklist.models import Alert

WELL = CASES[0]  # 100 points


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def account(in_tenant, csm):
    """An account of 100 points, scored today, with an owner."""
    account = account_of(WELL)
    Account.objects.filter(pk=account.pk).update(owner=csm)
    score(account)
    return account


def score(account, *, on=TODAY):
    services.recompute([account.pk], on=on)


def changes():
    return list(
        Change.objects.order_by("created_at").values_list(
            "kind", "is_fall", "band_before", "band", "score_before", "score"
        )
    )


def notices():
    return Message.objects.filter(channel="in_app").count()


def test_a_first_score_is_no_change(account):
    assert (changes(), Alert.objects.count(), notices()) == ([], 0, 0)


def test_a_worse_colour_opens_one_alert_and_tells_the_owner_once(account, csm):
    ResponseFactory(account=account, score=3, answered_at=NOW)

    score(account)
    score(account)

    assert changes() == [("band", True, "green", "amber", 100, 65)]
    alert = Alert.objects.get()
    assert (alert.kind, alert.account, alert.owner) == ("health_fell", account, csm)
    assert alert.title == "Health of all is well fell from 100 to 65"
    assert alert.path == f"/accounts/{account.pk}/"
    messages = Message.objects.values_list("channel", "recipient", "subject")
    assert sorted(messages) == [
        ("email", csm.pk, alert.title),
        ("in_app", csm.pk, alert.title),
    ]


def test_ten_points_in_a_week_are_a_fall_within_a_colour(account):
    SnapshotFactory(
        account=account, day=TODAY - timedelta(days=7), score=95, band="green"
    )
    TicketFactory(account=account, severity="critical", opened_at=NOW)

    score(account)  # 85 is green as well
    score(account)

    assert changes() == [("points", True, "green", "green", 95, 85)]
    assert (Alert.objects.count(), notices()) == (1, 1)


def test_nine_points_in_a_week_are_no_fall(account):
    SnapshotFactory(
        account=account, day=TODAY - timedelta(days=7), score=94, band="green"
    )
    TicketFactory(account=account, severity="critical", opened_at=NOW)

    score(account)

    assert (changes(), Alert.objects.count(), notices()) == ([], 0, 0)


def test_a_fall_that_lasts_is_told_once(account, time_machine):
    for ago in range(7, 0, -1):
        SnapshotFactory(
            account=account, day=TODAY - timedelta(days=ago), score=100, band="green"
        )
    people = [f"u-{number}" for number in range(8)]
    use(account, [TODAY], users=people, feature="export")  # the seats stay in use
    TicketFactory(account=account, severity="critical", opened_at=NOW)

    for days in range(5):
        time_machine.move_to(NOW + timedelta(days=days), tick=False)
        score(account, on=TODAY + timedelta(days=days))

    assert (Change.objects.count(), Alert.objects.count(), notices()) == (1, 1, 1)


def test_falling_on_into_red_is_told_again_in_the_same_episode(account, time_machine):
    ResponseFactory(account=account, score=3, answered_at=NOW)
    score(account)
    time_machine.move_to(NOW + timedelta(days=1), tick=False)
    TicketFactory(
        account=account, severity="critical", opened_at=NOW - timedelta(days=8)
    )

    score(account, on=TODAY + timedelta(days=1))

    assert [change[2:4] for change in changes()] == [
        ("green", "amber"),
        ("amber", "red"),
    ]
    assert (Alert.objects.count(), notices()) == (1, 2)


def test_the_alert_heals_when_the_account_stands_where_it_fell_from(account):
    answer = ResponseFactory(account=account, score=3, answered_at=NOW)
    score(account)
    assert Alert.objects.open().count() == 1

    answer.delete()
    score(account)

    assert Alert.objects.open().count() == 0
    assert Alert.objects.get().resolved_by is None
    assert [(change[1], change[3]) for change in changes()] == [
        (True, "amber"),
        (False, "green"),
    ]


def test_the_alert_of_a_fall_from_green_stays_while_red_becomes_amber(account):
    ResponseFactory(account=account, score=3, answered_at=NOW)
    score(account)
    ticket = TicketFactory(
        account=account, severity="critical", opened_at=NOW - timedelta(days=8)
    )
    score(account)

    ticket.delete()
    score(account)

    assert Account.objects.get().band == "amber"
    assert Alert.objects.open().count() == 1


def test_data_that_vanishes_is_a_change_and_no_fall(in_tenant):
    account = account_of(next(case for case in CASES if case.name == "payments only"))
    score(account)
    account.invoices.all().delete()

    score(account)

    assert changes() == [("band", False, "red", "unknown", 30, None)]
    assert Alert.objects.count() == 0


def test_nobody_is_told_when_nobody_owns_it_but_the_alert_is_there(in_tenant):
    account = account_of(WELL)
    score(account)
    ResponseFactory(account=account, score=3, answered_at=NOW)

    score(account)

    assert (Alert.objects.get().owner, notices()) == (None, 0)


def test_the_alert_speaks_the_tenants_language_and_the_notice_the_readers(account, csm):
    Tenant.objects.update(language="ru")
    csm.language = "en"
    csm.save()
    ResponseFactory(account=account, score=3, answered_at=NOW)

    score(account)

    with translation.override("ru"):
        expected = translation.gettext(
            "Health of %(account)s fell from %(before)s to %(after)s"
        ) % {"account": account.name, "before": 100, "after": 65}
    assert Alert.objects.get().title == expected
    subjects = set(Message.objects.values_list("subject", flat=True))
    assert subjects == {"Health of all is well fell from 100 to 65"}


def test_a_past_day_alerts_nobody(account):
    then = TODAY - timedelta(days=1)
    ResponseFactory(account=account, score=3, answered_at=NOW - timedelta(days=2))
    SnapshotFactory(account=account, day=then - timedelta(days=7), score=100)

    score(account, on=then)

    assert (changes(), Alert.objects.count(), notices()) == ([], 0, 0)


def test_the_notice_says_why_in_a_sentence_and_what_was_found(account, csm):
    score(account, on=TODAY - timedelta(days=7))
    ResponseFactory(account=account, score=3, answered_at=NOW)

    score(account)

    because = Alert.objects.get().because
    sentence, answer, *_ = because.splitlines()
    assert sentence == "Fell by 35 since 8 May: latest NPS answer −35."
    assert answer == "Latest NPS answer: −35 points (10 → 3)"
    assert Message.objects.filter(channel="in_app").get().body == because
