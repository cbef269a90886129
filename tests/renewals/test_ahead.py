"""The decisions ahead and what needs attention: what they count, for whom, at what cost."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from accounts.models import Band, ExchangeRate, WorkCalendar
from renewals import services
from renewals.models import Renewal, StageRule
from renewals.queries import pipeline
from renewals.queries.attention import NEEDS
from tenants.scoping import tenant_scope
from tests.factories.accounts import ContactFactory, NoteFactory
from tests.factories.renewals import renewal_of

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROOT = "/t/acme/renewals/"
PAGES = {"calendar/": 16, "timeline/": 17, "attention/": 14}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def make(tenant, *, left=40, **fields):
    """A deal to be decided in so many days, ten days in preparation."""
    with tenant_scope(tenant.pk):
        made = renewal_of(ends_on=TODAY + timedelta(days=left), **fields)
        services.fire_reminders(on=TODAY, at=NOW - timedelta(days=10))
        return Renewal.objects.select_related("account").get(pk=made.pk)


def names(client, query):
    rows = client.get(f"{ROOT}list/?{query}").context["rows"]
    return [row["account__name"] for row in rows]


def counts(client, query=""):
    """By owner, the needs that are not zero."""
    rows = client.get(f"{ROOT}attention/?{query}").context["rows"]
    return {row.owner: {need: n for need, n in row.counts.items() if n} for row in rows}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("number", [1, 3])
def test_a_page_costs_the_same_for_one_deal_and_for_three(
    lead_client, lead, tenant, page, number, django_assert_num_queries
):
    for _ in range(number):
        make(tenant, owner=lead)

    with django_assert_num_queries(PAGES[page]):
        response = lead_client.get(ROOT + page)

    assert response.status_code == 200


def test_a_month_shows_decisions_and_ends_on_their_days(lead_client, tenant):
    make(tenant, left=30, notice_days=10, name="Nova")

    context = lead_client.get(f"{ROOT}calendar/?month=2026-12").context

    shown = {
        day.day: [(row["account__name"], row["kind"]) for row in day.entries]
        for week in context["weeks"]
        for day in week
        if day.entries
    }
    assert shown == {
        date(2026, 12, 12): [("Nova", "decides")],
        date(2026, 12, 22): [("Nova", "ends")],
    }


def test_a_full_day_shows_the_largest_and_leads_to_the_list(lead_client, tenant):
    for mrr in range(1, 7):
        make(tenant, mrr=mrr, name=f"{mrr}")

    response = lead_client.get(f"{ROOT}calendar/?month=2027-01&whose=all")

    (day,) = [d for week in response.context["weeks"] for d in week if d.count]
    assert ([row["account__name"] for row in day.entries], day.count) == (
        ["6", "5", "4", "3"],
        6,
    )
    assert len(names(lead_client, "when=2027-01-01")) == 6


def test_a_dead_month_says_so_and_shades_days_off(lead_client, tenant):
    with tenant_scope(tenant.pk):
        WorkCalendar.objects.create(dead_months=[7, 8], extra_holidays=["2026-07-06"])

    july = lead_client.get(f"{ROOT}calendar/?month=2026-07").context
    june = lead_client.get(f"{ROOT}calendar/?month=2026-06").context

    assert (july["is_dead"], june["is_dead"]) == (True, False)
    free = [d.day.day for d in july["weeks"][1] if d.is_free]
    assert free == [6, 11, 12]


@pytest.mark.parametrize("month", ["", "2026-13", "0000-01", "x"])
def test_a_month_nobody_knows_is_this_one(lead_client, month):
    context = lead_client.get(f"{ROOT}calendar/?month={month}").context

    assert context["month"] == date(2026, 11, 1)


def test_quarters_sum_what_is_decided_in_them(lead_client, lead, tenant):
    with tenant_scope(tenant.pk):
        ExchangeRate.objects.create(currency="EUR", rate=2, valid_from="2020-01-01")
    make(tenant, left=-3, mrr=1, name="Late")
    make(tenant, left=10, mrr=10, name="This")
    make(tenant, left=60, mrr=100, currency="EUR", name="Next")
    make(tenant, left=60, mrr=100, currency="GBP", name="Unknown")
    make(tenant, left=3000, name="Far")

    quarters = lead_client.get(f"{ROOT}timeline/").context["quarters"]

    assert [(q.name, q.count, q.sums) for q in quarters if q.count] == [
        ("overdue", 1, {"USD": 12}),
        ("2026-Q4", 1, {"USD": 120}),
        ("2027-Q1", 2, {"USD": 2400, "GBP": 1200}),
    ]
    assert names(lead_client, "when=2027-Q1&sort=account") == ["Next", "Unknown"]


def test_each_need_counts_what_its_list_shows(lead_client, csm, tenant):
    late = make(tenant, left=-1, owner=csm, name="Late")
    red = make(tenant, owner=csm, name="Red", score=10)
    calm = make(tenant, owner=csm, name="Calm")
    with tenant_scope(tenant.pk):
        red.account.band = Band.RED
        red.account.save()
        boss = ContactFactory(account=calm.account, roles=["decision_maker"])
        NoteFactory(account=calm.account, kind="call", contact=boss, happened_at=NOW)
        for renewal in (red, calm):
            services.change_plan(
                renewal, by=csm, next_step="Call", next_step_on=None, owner=csm
            )
        services.change_plan(
            red, by=csm, next_step="Call", next_step_on=date(2026, 11, 21), owner=csm
        )
        Renewal.objects.filter(pk=red.pk).update(stage_since=NOW - timedelta(days=31))

    found = counts(lead_client)

    assert found == {
        str(late.owner): {
            "overdue": 1,
            "stuck": 1,
            "no_step": 1,
            "late_step": 1,
            "silent": 2,
            "unplanned": 1,
        }
    }
    assert {need: names(lead_client, f"need={need}") for need in NEEDS} == {
        "overdue": ["Late"],
        "stuck": ["Red"],
        "no_step": ["Late"],
        "late_step": ["Red"],
        "silent": ["Late", "Red"],
        "unplanned": ["Red"],
    }


@pytest.mark.parametrize(("days", "expected"), [(10, []), (9, ["Nova"])])
def test_a_deal_is_stuck_after_the_limit_of_the_workspace(
    lead_client, tenant, days, expected
):
    make(tenant, name="Nova")
    with tenant_scope(tenant.pk):
        StageRule.objects.create(stage="preparation", limit_days=days)

    assert names(lead_client, "need=stuck") == expected


@pytest.mark.parametrize(
    ("age", "kind", "role", "is_silent"),
    [
        (89, "call", "decision_maker", False),
        (91, "call", "decision_maker", True),
        (1, "email", "decision_maker", True),
        (1, "call", "champion", True),
    ],
)
def test_silence_is_no_word_from_who_decides_in_90_days(
    lead_client, tenant, age, kind, role, is_silent
):
    renewal = make(tenant, name="Nova")
    with tenant_scope(tenant.pk):
        contact = ContactFactory(account=renewal.account, roles=[role])
        NoteFactory(
            account=renewal.account,
            kind=kind,
            contact=contact,
            happened_at=NOW - timedelta(days=age),
        )

    assert names(lead_client, "need=silent") == (["Nova"] if is_silent else [])


def test_a_csm_begins_with_the_own(csm_client, csm, lead, tenant):
    make(tenant, owner=csm)
    make(tenant, owner=lead)

    assert list(counts(csm_client)) == [str(csm)]
    assert sorted(counts(csm_client, "whose=all")) == sorted([str(csm), str(lead)])


@pytest.mark.parametrize("page", [*PAGES, "list/csv/", "list/xlsx/"])
def test_who_may_see_the_pages(
    page, csm_client, lead, viewer_client, stranger_client, tenant
):
    make(tenant, owner=lead, name="Nova")
    tenant.is_portfolio_closed = True
    tenant.save()

    clients = (viewer_client, csm_client, stranger_client)
    answers = [
        client.get(f"{ROOT}{page}?whose=all&month=2027-01") for client in clients
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 404]
    if "xlsx" not in page and "attention" not in page:
        shown = [b"Nova" in answer.content for answer in answers]
        assert shown == [True, False, False]


def test_the_export_is_the_list_with_its_filters(lead_client, lead, tenant):
    make(tenant, owner=lead, name="=Nova", mrr=100)
    make(tenant, owner=lead, name="Vega", left=300)

    response = lead_client.get(f"{ROOT}list/csv/?stage=preparation")

    head, *rows = response.content.decode("utf-8-sig").strip().splitlines()
    assert head.startswith("Account,Account id,Contract,Stage,Days in the stage")
    assert [row.split(",")[0] for row in rows] == ["'=Nova"]
    assert rows[0].split(",")[3:6] == ["Preparation", "10", ""]


def test_the_board_draws_so_many_cards_and_counts_all(lead_client, tenant, monkeypatch):
    monkeypatch.setattr(pipeline, "CARDS", 2)
    for _ in range(3):
        make(tenant)

    response = lead_client.get(ROOT)

    column = response.context["columns"][0]
    assert (len(column.cards), column.count) == (2, 3)
    assert "All 3 on the list" in response.content.decode()
