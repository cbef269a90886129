"""The lead's figures: each against rows laid out by hand."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from html import unescape

import pytest
import time_machine

from qbr import services
from qbr.models import Cadence, Side
from qbr.queries import coverage as queries
from renewals.models import Renewal
from renewals.services import close_renewal
from tenants.models import Membership
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.qbr import review_of
from tests.factories.renewals import renewal_of

TODAY = date(2026, 11, 15)
QUARTER = {"start": date(2026, 10, 1), "end": date(2027, 1, 1)}


@pytest.fixture(autouse=True)
def on_that_day():
    with time_machine.travel(datetime(2026, 11, 15, 9, tzinfo=UTC), tick=False):
        yield


def lines(person, by="tier", on=TODAY):
    membership = Membership.objects.get(user=person)
    found = queries.coverage(membership, **QUARTER, on=on, by=by, zone="UTC")
    return {line.key: line for line in found[:-1]} | {"all": found[-1]}


def held(account, day, *, decider=True):
    review = review_of(account, due_on=day)
    if decider:
        ContactFactory(account=account, roles=["decision_maker"])
        services.ask(review, contact=account.contacts.last())
    came = [one.pk for one in review.attendees.all()]
    at = min(datetime.combine(day, time(9), UTC), datetime(2026, 11, 15, 9, tzinfo=UTC))
    return services.hold_review(review, came=came, at=at)


def test_coverage_counts_by_the_cadence_of_the_tier(in_tenant, lead):
    for tier, day in (
        ("high", date(2026, 8, 18)),  # 89 days: covered
        ("high", date(2026, 8, 17)),  # 90 days: not any more
        ("mid", date(2026, 5, 20)),
        ("tech", date(2025, 11, 16)),
        ("tech", date(2025, 11, 15)),
    ):
        held(AccountFactory(tier=tier), day)
    AccountFactory(tier="mid")
    AccountFactory(tier="mid", lifecycle_stage="churned")

    found = lines(lead)

    assert {key: (one.accounts, one.covered) for key, one in found.items()} == {
        "high": (2, 1),
        "mid": (2, 1),
        "tech": (2, 1),
        "all": (6, 3),
    }
    assert found["all"].coverage == 0.5


def test_held_against_planned_and_who_decided(in_tenant, lead):
    account = AccountFactory(tier="mid")
    held(account, date(2026, 10, 12))
    held(AccountFactory(tier="mid"), date(2026, 10, 13), decider=False)
    review_of(AccountFactory(tier="mid"), due_on=date(2026, 12, 31))
    services.cancel_review(
        review_of(AccountFactory(tier="mid"), due_on=date(2026, 10, 1)), why="No"
    )
    held(AccountFactory(tier="mid"), date(2026, 9, 30))  # of the quarter before
    held(AccountFactory(tier="mid"), date(2027, 1, 1))  # of the one after

    line = lines(lead)["mid"]

    assert (line.planned, line.held, line.cancelled, line.decider) == (3, 2, 1, 1)
    assert (line.held_share, line.decider_share) == (2 / 3, 0.5)


def test_promises_kept_by_us_and_by_them(in_tenant, lead, csm):
    review = held(AccountFactory(tier="mid", owner=csm), date(2026, 10, 12))
    for side, due_on, state, at in (
        ("ours", date(2026, 11, 1), "done", datetime(2026, 11, 1, 23, tzinfo=UTC)),
        ("ours", date(2026, 11, 1), "done", datetime(2026, 11, 2, 1, tzinfo=UTC)),
        ("ours", date(2026, 11, 1), "open", None),
        ("ours", date(2026, 11, 1), "dropped", None),
        ("ours", date(2026, 11, 16), "open", None),  # still to come
        ("theirs", date(2026, 10, 1), "open", None),
    ):
        made = services.promise(review, words="x", side=side, due_on=due_on)
        services.close_commitment(made, state=state, by=csm, at=at)
    ahead = review_of(AccountFactory(tier="mid"), due_on=date(2026, 12, 1))
    services.promise(ahead, words="x", side="ours", due_on=date(2026, 12, 2))

    ours, theirs = lines(lead)["mid"].sides

    assert (ours.side, ours.due, ours.done, ours.in_time) == (Side.OURS, 3, 2, 1)
    assert (theirs.due, theirs.done, theirs.share) == (1, 0, 0)


def test_a_rate_over_nothing_is_empty(in_tenant, lead):
    found = lines(lead)["all"]

    assert (found.coverage, found.held_share, found.decider_share) == (None,) * 3
    assert [kept.share for kept in found.sides] == [None, None]


@pytest.mark.parametrize(
    ("by", "keys"),
    [("segment", {"", "Retail"}), ("owner", {"", "owner"})],
)
def test_the_groups(by, keys, in_tenant, lead, csm):
    AccountFactory(segment="Retail", owner=csm)
    AccountFactory()

    found = lines(lead, by=by)

    expected = {str(csm.pk) if key == "owner" else key for key in keys}
    assert found.keys() - {"all"} == expected
    assert sum(line.accounts for key, line in found.items() if key != "all") == 2


def decided(csm, result, *, day=None, amount=None):
    renewal = renewal_of(ends_on=date(2026, 11, 10), owner=csm)
    if day:
        held(renewal.account, day)
    close_renewal(
        renewal,
        on=date(2026, 11, 1),
        result=result,
        by=csm,
        amount=amount,
        reason="price" if result == "lost" else "",
        detail="Too dear" if result == "lost" else "",
        at=datetime(2026, 11, 1, 9, tzinfo=UTC),
    )


def test_the_effect_on_renewals_is_compared(in_tenant, lead, csm):
    decided(csm, "renewed", day=date(2026, 5, 5), amount=Decimal(12000))
    decided(csm, "lost", day=date(2026, 10, 31))
    decided(csm, "lost", day=date(2026, 5, 4))  # 181 days before
    decided(csm, "lost", day=date(2026, 11, 2))  # after the decision
    membership = Membership.objects.get(user=lead)

    with_review, without = queries.effects(
        membership, start=date(2026, 1, 1), end=date(2027, 1, 1)
    )

    assert (with_review.decided, with_review.renewed, with_review.logo_rate) == (
        2,
        1,
        0.5,
    )
    assert (with_review.value_due, with_review.value_renewed) == (24000, 12000)
    assert (without.decided, without.renewed, without.value_rate) == (2, 0, 0)


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_many(
    number, lead_client, in_tenant, csm, django_assert_num_queries
):
    for _ in range(number):
        held(AccountFactory(owner=csm, tier="mid"), date(2026, 10, 12))

    with django_assert_num_queries(19):
        response = lead_client.get("/t/acme/reviews/coverage/?quarter=2026-Q4")

    assert response.context["total"].held == number


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Due", "New", "Seen"]),
        ("covered=yes", ["Seen"]),
        ("covered=no&by=tier&key=mid", ["Due"]),
        ("by=owner&key=", ["Due", "New", "Seen"]),
        ("by=owner&key=1", []),
    ],
)
def test_covered_opens_its_accounts(query, expected, lead_client, in_tenant):
    held(AccountFactory(tier="mid", name="Seen"), date(2026, 10, 12))
    AccountFactory(tier="mid", name="Due")
    AccountFactory(tier="high", name="New")

    response = lead_client.get(f"/t/acme/reviews/coverage/accounts/?{query}")

    assert [account.name for account in response.context["page"]] == expected


@pytest.mark.parametrize(
    ("query", "number", "due", "renewed"),
    [
        ("reviewed=yes", 2, 24000, 12000),
        ("reviewed=yes&result=renewed", 1, 12000, 12000),
        ("reviewed=no", 1, 12000, 0),
        ("reviewed=no&result=renewed", 0, 0, 0),
    ],
)
def test_the_effect_opens_its_renewals_and_their_money(
    query, number, due, renewed, lead_client, in_tenant, csm
):
    decided(csm, "renewed", day=date(2026, 5, 5), amount=Decimal(12000))
    decided(csm, "lost", day=date(2026, 10, 31))
    decided(csm, "lost", day=date(2026, 5, 4))

    context = lead_client.get(f"/t/acme/reviews/coverage/renewals/?{query}").context

    shown, total = list(context["shown"]), context["total"]
    assert (len(shown), total.value_due, total.value_renewed) == (number, due, renewed)
    assert sum(one["due"] for one in shown) == due
    assert sum(one["renewed"] for one in shown) == renewed


def test_a_renewal_without_a_rate_counts_in_the_number_alone(
    lead_client, in_tenant, csm
):
    decided(csm, "renewed", day=date(2026, 5, 5), amount=Decimal(12000))
    Renewal.objects.update(currency="XAF")

    url = "/t/acme/reviews/coverage/renewals/?reviewed=yes"
    context = lead_client.get(url).context

    (shown,), total = context["shown"], context["total"]
    assert (shown["due"], shown["renewed"]) == (None, None)
    assert (total.decided, total.value_due) == (1, 0)


# The table worked by hand. Quarter 4 of 2026, on 15 November, high touch every 90 days.
#
# account   segment  reviews due in the quarter      last one held     promises due
# Alfa      Retail   12 Oct held, decider came       12 Oct covered    ours 2: 1 in time,
#                                                                      1 late
# Beta      Retail   20 Oct held, decider away       20 Oct covered    theirs 1: open
# Gamma     Retail   1 Dec ahead                     1 Aug: 106 days   -
# Delta     Banks    5 Oct called off; 1 Nov ahead   never             -
# Epsilon   (none)   -                               never             -
# Zeta      Banks    8 Oct held, decider came, then lost: no customer any more
#           accounts covered planned held off decider  we kept     they kept
# Retail    3        2       3       2    0   1        2 of 2 (1)  0 of 1
# Banks     1        0       2       1    1   1        0 of 0      0 of 0
# (none)    1        0       0       0    0   0        0 of 0      0 of 0
TABLE = {
    "Retail": (3, 2, 3, 2, 0, 1, (2, 2, 1), (1, 0, 0)),
    "Banks": (1, 0, 2, 1, 1, 1, (0, 0, 0), (0, 0, 0)),
    "": (1, 0, 0, 0, 0, 0, (0, 0, 0), (0, 0, 0)),
    "all": (5, 2, 5, 3, 1, 2, (2, 2, 1), (1, 0, 0)),
}


@pytest.fixture
def table(in_tenant, csm):
    def account(name, segment, **fields):
        return AccountFactory(name=name, segment=segment, tier="high", owner=csm,
                              **fields)  # fmt: skip

    alfa = held(account("Alfa", "Retail"), date(2026, 10, 12))
    for due_on, at in (
        (date(2026, 11, 1), datetime(2026, 11, 1, 20, tzinfo=UTC)),
        (date(2026, 11, 2), datetime(2026, 11, 5, 9, tzinfo=UTC)),
    ):
        made = services.promise(alfa, words="Ours", side="ours", due_on=due_on)
        services.close_commitment(made, state="done", by=csm, at=at)
    off = services.promise(alfa, words="Off", side="ours", due_on=date(2026, 11, 3))
    services.close_commitment(off, state="dropped", by=csm)
    beta = held(account("Beta", "Retail"), date(2026, 10, 20), decider=False)
    services.promise(beta, words="Theirs", side="theirs", due_on=date(2026, 11, 4))
    services.promise(beta, words="To come", side="ours", due_on=date(2026, 12, 4))
    gamma = account("Gamma", "Retail")
    held(gamma, date(2026, 8, 1))
    review_of(gamma, due_on=date(2026, 12, 1))
    delta = account("Delta", "Banks")
    services.cancel_review(review_of(delta, due_on=date(2026, 10, 5)), why="No time")
    review_of(delta, due_on=date(2026, 11, 1))
    account("Epsilon", "")
    zeta = account("Zeta", "Banks")
    held(zeta, date(2026, 10, 8))
    review_of(zeta, due_on=date(2026, 12, 8))  # void: they are lost
    zeta.lifecycle_stage = "churned"
    zeta.save()


def test_coverage_by_segment_is_the_table_worked_by_hand(table, lead):
    found = {
        key: (
            line.accounts, line.covered, line.planned, line.held, line.cancelled,
            line.decider, *((one.due, one.done, one.in_time) for one in line.sides),
        )
        for key, line in lines(lead, by="segment").items()
    }  # fmt: skip

    assert found == TABLE


HREF = re.compile(r'href="(/t/acme/reviews/coverage/[a-z]+/\?[^"]+)"[^>]*>([^<]+)<')


@pytest.mark.parametrize("by", ["segment", "tier", "owner"])
def test_every_number_opens_as_many_rows_as_it_says(by, table, lead_client):
    url = f"/t/acme/reviews/coverage/?quarter=2026-Q4&by={by}"
    page = lead_client.get(url).content.decode()
    links = [(unescape(href), text) for href, text in HREF.findall(page)]
    counted = [(href, text) for href, text in links if text.isdecimal()]

    wrong = [
        (href, text, opened)
        for href, text in counted
        if (opened := lead_client.get(href).context["page"].paginator.count)
        != int(text)
    ]

    groups = {"segment": 4, "tier": 2, "owner": 2}[by]
    # Twelve figures of each line, and two numbers of each line of the effect.
    assert (len(counted), wrong) == (12 * groups + 4, [])


def test_coverage_counts_by_the_cadence_of_the_segment_first(in_tenant, lead):
    Cadence.objects.create(segment="Enterprise", every_days=60)
    held(AccountFactory(tier="high", segment="Enterprise"), date(2026, 9, 16))
    held(AccountFactory(tier="high", segment="Enterprise"), date(2026, 9, 17))
    held(AccountFactory(tier="high", segment="Small"), date(2026, 9, 16))

    found = lines(lead, by="segment")

    assert {key: (one.accounts, one.covered) for key, one in found.items()} == {
        "Enterprise": (2, 1),
        "Small": (1, 1),
        "all": (3, 2),
    }


def test_a_past_quarter_knows_nothing_of_what_was_held_later(in_tenant, lead):
    review = review_of(AccountFactory(tier="high"), due_on=date(2026, 9, 20))
    services.hold_review(review)  # on 15 November
    membership = Membership.objects.get(user=lead)

    found = [
        queries.coverage(
            membership,
            start=date(2026, 7, 1),
            end=date(2026, 10, 1),
            on=on,
            by="tier",
            zone="UTC",
        )[-1].covered
        for on in (TODAY, date(2026, 9, 30))
    ]
    now = lines(lead)["all"].covered

    assert (found, now) == ([0, 0], 1)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries_made"),
    [("reviews/?of=held", 13), ("promises/?of=due&side=ours", 13)],
)
def test_what_a_number_opens_costs_the_same_for_many(
    number, path, queries_made, lead_client, in_tenant, csm,
    django_assert_num_queries,
):  # fmt: skip
    for _ in range(number):
        review = held(AccountFactory(owner=csm, tier="mid"), date(2026, 10, 12))
        services.promise(review, words="x", side="ours", due_on=date(2026, 11, 1))

    with django_assert_num_queries(queries_made):
        response = lead_client.get(f"/t/acme/reviews/coverage/{path}")

    assert response.context["page"].paginator.count == number


def test_what_a_number_opens_shows_nothing_of_another_workspace(
    table, sign_in, stranger
):
    client = sign_in(stranger)

    codes = [
        client.get(f"/t/acme/reviews/coverage/{rest}/").status_code
        for rest in ("accounts", "reviews", "promises", "renewals")
    ]

    assert codes == [404] * 4
