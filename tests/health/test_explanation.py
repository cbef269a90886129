"""The change between any two days, in words, from real snapshots."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.utils import translation

from accounts.models import Account
from health import services
from health.models import Override, Scorecard, Snapshot
from health.queries import change_between
from health.scoring import POINTS
from tests.factories.accounts import AccountFactory, InvoiceFactory, TicketFactory
from tests.factories.health import ResponseFactory
from tests.health.cases import CASES
from tests.health.worked import NOW, TODAY, account_of

WEEK = timedelta(days=7)
FIRST = TODAY - WEEK


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def account(in_tenant):
    """100 points, all is well."""
    return account_of(CASES[0])


def scored(account, *days):
    for day in days:
        services.recompute([account.pk], on=day)


def told(found):
    return [(part.kind, part.key, part.points) for part in found.parts]


def test_an_answer_and_a_ticket(account):
    scored(account, FIRST)
    ResponseFactory(account=account, score=3, answered_at=NOW)
    TicketFactory(account=account, severity="critical", opened_at=NOW)
    scored(account, TODAY)

    found = change_between(account, FIRST, TODAY)

    assert told(found) == [
        ("behaviour", "nps", -35),
        ("behaviour", "critical_tickets", -15),
    ]
    assert found.sentence == (
        "Fell by 50 since 8 May: latest NPS answer −35, open critical tickets −15."
    )
    assert found.lines == [
        "Latest NPS answer: −35 points (10 → 3)",
        "Open critical tickets: −15 points (none → 1 open since 15 May 2026)",
    ]
    assert found.change == -50


def test_nothing_moved(account):
    scored(account, FIRST, TODAY)

    found = change_between(account, FIRST, TODAY)

    assert (found.parts, found.sentence) == ([], "The same as on 8 May.")


def test_between_two_days_that_are_over(in_tenant):
    account = AccountFactory()
    ResponseFactory(account=account, score=9, answered_at=NOW - timedelta(days=410))
    scored(account, TODAY - timedelta(days=400))
    ResponseFactory(account=account, score=3, answered_at=NOW - timedelta(days=300))
    scored(account, TODAY - timedelta(days=200), TODAY)

    found = change_between(
        account, TODAY - timedelta(days=390), TODAY - timedelta(days=100)
    )

    assert (found.before.day, found.after.day) == (
        TODAY - timedelta(days=400),
        TODAY - timedelta(days=200),
    )
    assert found.sentence == (
        "Fell by 35 from 10 April to 27 October: latest NPS answer −35."
    )


def test_without_an_older_score_it_says_so(account):
    scored(account, TODAY)

    found = change_between(account, FIRST, TODAY)

    assert (found.change, found.parts) == (None, [])
    assert found.sentence == "There is no older score to compare with."


def test_without_any_score_it_says_so(account):
    found = change_between(account, FIRST, TODAY)

    assert (found.after, found.sentence) == (None, "There is no score.")


def test_a_younger_account_is_compared_with_its_first_score(account):
    scored(account, TODAY - timedelta(days=2))
    ResponseFactory(account=account, score=3, answered_at=NOW)
    scored(account, TODAY)

    found = change_between(account, FIRST, TODAY)

    assert found.sentence == "Fell by 35 since 13 May: latest NPS answer −35."


def test_a_day_on_which_nothing_was_known(in_tenant):
    account = AccountFactory()
    scored(account, FIRST)
    ResponseFactory(account=account, score=10, answered_at=NOW)
    scored(account, TODAY)

    found = change_between(account, FIRST, TODAY)

    assert (found.change, found.change_signed) == (None, "–")
    assert found.sentence == "There was no score on 8 May: too little was known."


def test_another_version_of_the_card(account):
    scored(account, FIRST)
    definition = deepcopy(POINTS)
    definition["measures"][0]["shape"]["steps"][0]["points"] = 20
    card = Scorecard.objects.get(name="Points", version=1)
    Scorecard.objects.create(
        name="Points", version=2, definition=definition, published_at=card.published_at
    )
    scored(account, TODAY)

    found = change_between(account, FIRST, TODAY)

    assert told(found) == [("configuration", "card", -10)]
    assert found.sentence == (
        "Fell by 10 since 8 May: new version of the scorecard, Points 2 −10."
    )
    assert found.lines == [
        "New version of the scorecard, Points 2: −10 points (Points 1 → Points 2)"
    ]


def test_a_cap_by_its_name(account):
    scored(account, FIRST)
    capped = deepcopy(POINTS) | {
        "caps": [
            {
                "key": "unpaid",
                "label": "Unpaid over 30 days",
                "signal": "days_overdue",
                "window": None,
                "settings": {},
                "over": 30,
                "at_most": 40,
            }
        ]
    }
    Scorecard.objects.filter(name="Points").update(definition=capped)
    due = TODAY - timedelta(days=31)
    InvoiceFactory(
        account=account, issued_on=due - timedelta(days=10), due_on=due, paid_on=None
    )
    scored(account, TODAY)

    found = change_between(account, FIRST, TODAY)

    assert found.parts[0].label == "Cap “Unpaid over 30 days”"
    assert (found.parts[0].kind, found.parts[0].points) == ("cap", -45)
    assert sum(part.points for part in found.parts) == found.change == -60


def test_a_judgement_begins_stays_and_ends(account, lead):
    scored(account, FIRST)
    services.override_score(
        account, score=30, reason="They told me", expires_on=TODAY + WEEK, by=lead
    )
    scored(account, TODAY)

    begun = change_between(account, FIRST, TODAY)

    assert begun.sentence == f"Fell by 70 since 8 May: judgement of {lead} −70."
    services.end_override(Override.objects.get(), by=lead)
    scored(account, TODAY)
    assert change_between(account, FIRST, TODAY).parts == []


def test_the_sum_is_the_change_whatever_the_snapshots_kept(account, lead):
    scored(account, FIRST)
    services.override_score(
        account, score=30, reason="They told me", expires_on=TODAY + WEEK, by=lead
    )
    ResponseFactory(account=account, score=3, answered_at=NOW)
    scored(account, TODAY)

    found = change_between(account, FIRST, TODAY)

    assert sum(part.points for part in found.parts) == -70
    newest = Snapshot.objects.get(day=TODAY)
    assert (newest.score, newest.computed) == (30, 65)
    assert told(found) == [("behaviour", "nps", -35), ("override", "", -35)]


@pytest.mark.parametrize("snapshots", [1, 3])
def test_an_explanation_costs_the_same_however_long_the_history(
    account, snapshots, django_assert_num_queries
):
    days = [TODAY - timedelta(days=one) for one in range(snapshots)]
    scored(account, *days, FIRST)
    account = Account.objects.get(pk=account.pk)

    with django_assert_num_queries(3):
        found = change_between(account, FIRST, TODAY)

    assert found.change == 0


def test_in_russian(account):
    scored(account, FIRST)
    ResponseFactory(account=account, score=3, answered_at=NOW)
    scored(account, TODAY)

    with translation.override("ru"):
        found = change_between(account, FIRST, TODAY)

    assert found.sentence.startswith("Упала на 35 с 8 мая: последний ответ")
