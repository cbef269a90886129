"""What a number of the results is made of: its rows add up to it, whoever looks."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine

from nps.queries import ledgers
from tests.factories.accounts import AccountFactory, TicketFactory
from tests.factories.nps import InvitationFactory, ResponseFactory, SurveyFactory
from tests.nps.pages import RESULTS, whole

NOW = datetime(2026, 5, 6, 9, tzinfo=UTC)
LEDGERS = ("rate", "voices", "tickets")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(in_tenant, csm):
    """Two accounts of the CSM, one of nobody, and one that pays nothing."""
    big = AccountFactory(name="Birch", owner=csm, mrr=Decimal(300))
    small = AccountFactory(name="Cedar", owner=csm, mrr=Decimal(100))
    other = AccountFactory(name="Elm", mrr=Decimal(50))
    free = AccountFactory(name="Fir", owner=csm)
    roles = ["decision_maker"], ["champion", "user"], []
    for account, score, of in (
        (big, 10, roles[0]),
        (big, 3, roles[1]),
        (big, 8, roles[2]),
        (small, 9, roles[1]),
        (other, 0, roles[0]),
        (free, 10, roles[2]),
    ):
        ResponseFactory(contact__account=account, contact__roles=of, score=score)
        InvitationFactory(
            contact__account=account,
            state="answered" if score > 5 else "expired",
            answered_at=NOW if score > 5 else None,
        )
        TicketFactory(
            account=account,
            category="Billing" if score > 5 else "",
            csat=1 + score // 2 if score < 9 else 5,
            status="solved",
            solved_at=NOW,
        )
    InvitationFactory(contact__account=big, state="bounced")
    TicketFactory(account=big, csat=None, status="solved", solved_at=NOW)
    return big


def opened(client, address):
    """The page of a ledger, and its file."""
    found = client.get(address).context
    file = client.get(f"{address}&export=csv").content.decode("utf-8-sig")
    return found, list(csv.DictReader(io.StringIO(file)))


def test_those_asked_are_the_response_rate(lead_client, world):
    number = whole(lead_client)

    found, lines = opened(lead_client, number["rate_url"])

    given = [row.state == "answered" for row in found["rows"]]
    assert (sum(given), len(given)) == (4, 6)
    assert (number["rate"].part, number["rate"].whole) == (4, 6)
    assert [int(line["Answered"]) for line in lines] == given


@pytest.mark.parametrize(
    ("by", "name", "weights"),
    [
        # 300 among three, 100, 50; who pays nothing has no say.
        ("mrr", "by_mrr", [100, 100, 100, 100, 50]),
        ("role", "by_role", [3, 3, 2, 2, 1, 1]),
    ],
)
def test_the_points_of_each_are_the_weighted_number(
    lead_client, world, by, name, weights
):
    context = whole(lead_client)
    number = getattr(context["found"], name)

    found, lines = opened(lead_client, context[f"{by}_url"])

    assert sorted((one.weight for one in found["voices"]), reverse=True) == weights
    assert found["total"] == sum(weights)
    assert sum(one.points for one in found["voices"]) == pytest.approx(number.value)
    assert sum(float(line["Points of NPS"]) for line in lines) == pytest.approx(
        number.value, abs=1e-4
    )
    assert len(lines) == number.n == len(weights)


def test_the_weighted_numbers_worked_by_hand(lead_client, world):
    found = lead_client.get(RESULTS).context["found"]

    # Promoters 100 + 100, detractors 100 + 50, of 450.
    assert found.by_mrr.value == pytest.approx(100 * 50 / 450)
    # Promoters 3 + 2 + 1, detractors 2 + 3, of 12.
    assert found.by_role.value == pytest.approx(100 * 1 / 12)
    # 3 of 6 and 2 of 6: variance (1/2 + 1/3 - 1/36) / 6, its root 0.366414.
    assert found.nps.value == pytest.approx(100 / 6)
    assert found.nps.high == pytest.approx(100 / 6 + 195.9964 * 0.366414, abs=0.01)


@pytest.mark.parametrize(
    ("category", "part", "every"), [("Billing", 4, 4), ("", 0, 2), (None, 4, 6)]
)
def test_rated_tickets_are_the_satisfaction(lead_client, world, category, part, every):
    numbers = whole(lead_client)["categories"]
    address = f"{RESULTS}tickets/?since=2026-05-01"
    for name, one, href in numbers:
        if name == category:
            address = href
            assert (one.satisfied, one.n) == (part, every)

    found, lines = opened(lead_client, address)

    assert (found["csat"].satisfied, found["csat"].n) == (part, every)
    assert sum(row.csat >= 4 for row in found["rows"]) == part
    assert [int(line["Satisfied"]) for line in lines].count(1) == part
    assert len(found["rows"]) == len(lines) == every


def test_a_closed_portfolio_counts_the_own_rows_alone(sign_in, csm, tenant, world):
    type(tenant).objects.filter(pk=tenant.pk).update(is_portfolio_closed=True)
    client = sign_in(csm)
    number = whole(client)

    rate, _lines = opened(client, number["rate_url"])
    voices, _lines = opened(client, number["role_url"])
    tickets, _lines = opened(client, f"{RESULTS}tickets/?since=2026-05-01")

    rows = [
        [row.account.name for row in rate["rows"]],
        [one.answer.account.name for one in voices["voices"]],
        [row.account.name for row in tickets["rows"]],
    ]
    assert [(len(names), "Elm" in names) for names in rows] == [(5, False)] * 3
    assert sum(one.points for one in voices["voices"]) == pytest.approx(
        number["found"].by_role.value
    )
    assert (number["rate"].part, number["rate"].whole) == (4, 5)


@pytest.mark.parametrize("name", LEDGERS)
@pytest.mark.parametrize(
    ("who", "status"), [("csm", 200), ("viewer", 200), ("stranger", 404)]
)
def test_who_may_open_a_number(request, sign_in, tenant, name, who, status):
    client = sign_in(request.getfixturevalue(who))

    for query in ("", "?export=csv"):
        assert client.get(f"{RESULTS}{name}/{query}").status_code == status


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("rate", 14), ("voices", 15), ("tickets", 14)])  # fmt: skip
def test_a_ledger_costs_the_same_for_one_row_and_for_three(
    lead_client, in_tenant, rows, name, queries, django_assert_num_queries
):
    for _ in range(rows):
        account = AccountFactory(mrr=Decimal(10))
        ResponseFactory(contact__account=account)
        InvitationFactory(contact__account=account)
        TicketFactory(account=account, csat=4, status="solved", solved_at=NOW)

    with django_assert_num_queries(queries):
        found = lead_client.get(f"{RESULTS}{name}/").context

    assert len(found.get("voices") or found["rows"]) == rows


def test_a_ledger_goes_on_where_its_page_ends(lead_client, in_tenant, monkeypatch):
    monkeypatch.setattr(ledgers, "PAGE_SIZE", 2)
    account = AccountFactory(mrr=Decimal(10))
    survey = SurveyFactory()
    for _ in range(3):
        InvitationFactory(contact__account=account, survey=survey)
        ResponseFactory(contact__account=account)

    first = lead_client.get(f"{RESULTS}rate/").context
    second = lead_client.get(f"{RESULTS}rate/{first['next_url']}").context
    last = lead_client.get(f"{RESULTS}voices/?page=2").context

    rows = [*first["rows"], *second["rows"]]
    assert (len(rows), len({row.pk for row in rows}), second["next_url"]) == (3, 3, "")
    assert (len(last["voices"]), last["number"].n) == (1, 3)


@pytest.mark.parametrize(
    "address",
    [
        "rate/?after=nonsense",
        "tickets/?before=x",
        "voices/?by=size",
        "rate/?export=pdf",
    ],
)
def test_what_no_ledger_knows_is_not_there(lead_client, tenant, address):
    assert lead_client.get(f"{RESULTS}{address}").status_code == 404


def test_what_weighs_nothing_is_empty(lead_client, in_tenant):
    ResponseFactory(score=9)

    found = lead_client.get(f"{RESULTS}voices/?by=mrr").context

    assert (found["voices"], found["number"].value, found["total"]) == ([], None, 0)
