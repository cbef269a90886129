"""The receipt in words: groups, weights, what is missing, what grew old, what is cut."""

from datetime import timedelta

import pytest

from health import services
from health.models import CardRule, Scorecard
from health.queries import receipt
from health.scoring import WEIGHTED
from tests.factories.accounts import AccountFactory
from tests.factories.health import ResponseFactory, ScorecardFactory
from tests.health.worked import NOW, TODAY


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def measure(key, group, **more):
    return {
        "key": key,
        "group": group,
        "signal": key,
        "label": "",
        "weight": 10,
        "window": None,
        "settings": {},
        "half_life": None,
        "minimum": None,
        "missing": "leave_out",
        "shape": {"kind": "scale", "worst": 0, "best": 10},
        **more,
    }


def card_of(*measures, caps=()):
    return WEIGHTED | {
        "groups": [
            {"key": "use", "label": "", "weight": 60},
            {"key": "feedback", "label": "What they say", "weight": 40},
        ],
        "measures": list(measures),
        "caps": list(caps),
    }


@pytest.fixture
def account(in_tenant):
    """Answered 10 thirty days ago."""
    account = AccountFactory()
    ResponseFactory(account=account, score=10, answered_at=NOW - timedelta(days=30))
    return account


def scored(account, definition):
    ScorecardFactory(name="Ours", version=1, definition=definition)
    CardRule.objects.create(position=1, card="Ours")
    services.recompute([account.pk], on=TODAY)
    return receipt(account)


def test_a_weighted_card_says_what_its_groups_weigh(account):
    found = scored(
        account,
        card_of(
            measure("login_days", "use", missing="zero"), measure("nps", "feedback")
        ),
    )

    assert found.score == 40
    assert [
        (group.label, group.weight, group.points_signed, group.worth)
        for group in found.groups
    ] == [("Product use", 60, "0", "60"), ("What they say", 40, "+40", "40")]


@pytest.mark.parametrize(
    ("missing", "said", "points", "score"),
    [
        ("zero", "gives nothing while it is missing", 0, 40),
        ("neutral", "counts as half while it is missing", 30, 70),
        ("leave_out", "left out: the others weigh more", 0, 100),
    ],
)
def test_what_is_missing_says_what_that_means(account, missing, said, points, score):
    definition = card_of(
        measure("login_days", "use", missing=missing), measure("nps", "feedback")
    )

    found = scored(account, definition)

    line = found.measures[0]
    assert (line.state, line.missing, line.points, found.score) == (
        "missing",
        said,
        points,
        score,
    )


def test_a_fact_that_grew_old_says_how_much_of_it_counts(account):
    found = scored(account, card_of(measure("nps", "feedback", half_life=30)))

    (line,) = found.measures
    assert line.decay == "counts 50% by its age, halves every 30 days"
    assert (line.points_signed, line.worth) == ("+75", "100")


def test_a_cap_stands_on_the_receipt_by_its_name(account, csm_client):
    cap = {
        "key": "promoter",
        "label": "Not above a promoter",
        "signal": "nps",
        "window": None,
        "settings": {},
        "from": 9,
        "at_most": 60,
    }
    found = scored(account, card_of(measure("nps", "feedback"), caps=[cap]))

    (limit,) = found.limits
    assert (found.score, limit.label, limit.at_most, limit.points_signed) == (
        60,
        "Not above a promoter",
        60,
        "−40",
    )
    page = csm_client.get(f"/t/acme/accounts/{account.pk}/health/").text
    assert "Cap “Not above a promoter”" in page
    assert "at most 60" in page


def test_a_cap_without_a_name_says_what_it_asks(account):
    cap = {"key": "c", "label": "", "signal": "nps", "from": 9, "at_most": 60}

    found = scored(account, card_of(measure("nps", "feedback"), caps=[cap]))

    assert [limit.label for limit in found.limits] == ["Latest NPS answer: 9 or more"]


def test_a_card_of_points_has_no_weights(account):
    services.recompute([account.pk], on=TODAY)

    found = receipt(account)

    assert {group.weight for group in found.groups} == {None}
    assert Scorecard.objects.filter(name="Points").count() == 1


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (0, "never answered"),
        (2, "100% (too little to judge by: at least 3 observations are needed)"),
        (3, "100%"),
    ],
)
def test_what_is_too_little_to_judge_by_says_so(in_tenant, answers, said):
    account = AccountFactory()
    for _ in range(answers):
        ResponseFactory(account=account, kind="csat", score=5, answered_at=NOW)

    csat = measure("csat", "feedback", window=30, minimum=3)
    found = scored(account, card_of(measure("login_days", "use", window=30), csat))

    assert found.measures[1].found == said
