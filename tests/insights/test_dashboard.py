import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import plotly.graph_objects as go
import pytest
import time_machine
from openpyxl import load_workbook

from accounts.models import Account
from insights import charts
from insights.definitions import DEFINITIONS
from insights.metrics import Kind, Window
from insights.queries import dashboard as queries
from insights.queries.history import history
from insights.queries.ledger import FIGURES
from insights.queries.revenue import Scope, rates_of
from renewals.models import Outcome, Renewal
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContractFactory
from tests.factories.health import SnapshotFactory
from tests.factories.tenants import MembershipFactory
from worklist.services import create_task

URL = "/t/acme/dashboard/"
LEDGER = f"{URL}ledger/"
NOW = datetime(2026, 5, 20, 9, tzinfo=UTC)
TODAY = NOW.date()
START = date(2025, 1, 1)
YEAR = Window(date(2025, 5, 20), TODAY)

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def contract(mrr=100, starts=date(2025, 1, 1), ends=None, **account):
    return ContractFactory(
        account=AccountFactory(**account), mrr=mrr, starts_on=starts, ends_on=ends
    )


def renewal(ends_on, amount=1200, result=None, renewed=None, account=None, **more):
    its = ContractFactory(
        account=account or AccountFactory(), starts_on=date(2024, 1, 1), ends_on=ends_on
    )
    row = Renewal.objects.create(
        account=its.account,
        contract=its,
        ends_on=ends_on,
        decides_on=ends_on,
        entered_on=date(2024, 1, 1),
        stage=result or more.get("stage", "upcoming"),
        stage_since=NOW,
        amount=amount,
        currency=more.get("currency", "USD"),
    )
    if result:
        Outcome.objects.create(
            renewal=row,
            result=result,
            kind=result,
            amount=renewed,
            reason="" if result == "renewed" else "price",
            detail="" if result == "renewed" else "Too dear",
            decided_on=ends_on,
            decided_at=NOW,
        )
    return row


@pytest.mark.parametrize("accounts", [1, 3])
def test_dashboard_query_count(
    tenant, lead_client, accounts, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        for _ in range(accounts):
            owner = MembershipFactory(tenant=tenant).user
            its = contract(owner=owner, band="red", score=1)
            renewal(TODAY - timedelta(days=9), account=its.account)
            create_task(kind="x", title="x", owner=owner, due_on=date(2026, 5, 1))
    lead_client.get(URL)

    with django_assert_num_queries(QUERIES):
        response = lead_client.get(URL)

    assert len(response.context["people"]) == accounts


# Three for who asks, six for the transaction and its scope, two for the frame; then
# rates, the fingerprint of what the figures stand on, the state of today, and NPS.
QUERIES = 21


def stats(client):
    shown = client.get(URL).context["stats"]
    return {str(stat["label"]): (stat["value"], str(stat["sub"])) for stat in shown}


def test_the_numbers_by_hand(tenant, lead_client):
    with tenant_scope(tenant.pk):
        healthy = AccountFactory(band="green", score=90, scored_at=NOW, mrr=1000)
        ill = AccountFactory(band="red", score=20, mrr=200)
        ContractFactory(account=healthy, starts_on=START, ends_on=None, mrr=1000)
        ContractFactory(account=ill, starts_on=date(2026, 3, 1), ends_on=None, mrr=200)
        contract(500, ends=date(2025, 9, 1), lifecycle_stage="churned")
        renewal(date(2026, 2, 1), 6000, "renewed", 9000)
        renewal(date(2026, 3, 1), 4000, "lost")

    found = stats(lead_client)

    assert found["MRR"][0] == "$1.2K"
    # The renewals' own contracts (1,000 each) ended: 3,500 became 1,000.
    assert found["Net revenue retention"][0] == "28.6%"
    assert found["Logo churn"] == ("75.0%", "3 of 4 in twelve months")
    assert found["Renewal rate"] == ("60.0%", "1 of 2 renewals")
    assert found["MRR at risk"] == ("$200", "1 account")
    assert found["Health coverage"] == ("25.0%", "3 without a current score")


def test_an_empty_workspace_has_no_rates(tenant, lead_client):
    found = stats(lead_client)

    assert {name: value for name, (value, _sub) in found.items()} == {
        "MRR": "$0",
        "Net revenue retention": "–",
        "Gross revenue retention": "–",
        "Logo churn": "–",
        "Renewal rate": "–",
        "MRR at risk": "$0",
        "Health coverage": "–",
        "Quick ratio": "–",
        "NPS": "–",
    }


def test_a_csm_reads_own_numbers(tenant, csm, csm_client, viewer_client):
    with tenant_scope(tenant.pk):
        contract(100, owner=csm)
        contract(900)

    assert stats(csm_client)["MRR"][0] == "$100"
    assert stats(viewer_client)["MRR"][0] == "$1K"


def test_a_stranger_reads_none(stranger_client):
    pages = (URL, f"{LEDGER}?figure=mrr", f"{URL}renewals/")

    assert [stranger_client.get(page).status_code for page in pages] == [404] * 3


def test_what_is_remembered_is_forgotten_when_a_fact_changes(in_tenant):
    row = contract(100)
    ours = Scope(in_tenant)

    closings = [history(ours, TODAY).months[-1].movements.closing for _ in range(2)]
    type(row).objects.filter(pk=row.pk).update(mrr=250)
    closings.append(history(ours, TODAY).months[-1].movements.closing)
    Account.objects.update(archived_at=NOW)
    closings.append(history(ours, TODAY).months[-1].movements.closing)

    assert closings == [100, 100, 250, 0]


def test_what_is_remembered_reads_as_it_was(in_tenant, settings):
    contract(100)
    contract("33.33", ends=date(2026, 2, 1))

    first, again = (history(Scope(in_tenant), TODAY) for _ in range(2))

    assert again == first


def test_without_the_cache_the_figures_are_reckoned(in_tenant, settings):
    contract(100)
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    }

    assert history(Scope(in_tenant), TODAY).months[-1].movements.closing == 100


def test_every_figure_is_one_plotly_draws(tenant, lead_client):
    with tenant_scope(tenant.pk):
        contract(100, band="green", score=90)
        contract(100, ends=date(2026, 2, 1))
        renewal(TODAY + timedelta(days=40), stage="initiation")

    figures = lead_client.get(URL).context["figures"]

    assert sorted(figures) == [
        "churn", "health", "movements", "renewals", "retention", "revenue",
    ]  # fmt: skip
    for figure in figures.values():
        assert len(go.Figure(figure).data) == len(figure["data"]) > 0


def test_every_bar_opens_a_page(tenant, lead_client):
    with tenant_scope(tenant.pk):
        contract(100)
        contract(100, ends=date(2026, 5, 2))
        renewal(TODAY + timedelta(days=40))
    figures = lead_client.get(URL).context["figures"].values()

    hrefs = {h for f in figures for trace in f["data"] for h in trace["customdata"]}
    shown = lead_client.get(URL).context["stats"]
    hrefs |= {stat["href"] for stat in shown}

    assert {lead_client.get(href).status_code for href in hrefs} == {200}


def test_movement_bars_are_told_apart_without_colour():
    points = [charts.Bar("May", 1, "/")]
    series = {str(kind): (str(kind), points) for kind in Kind}

    traces = charts.movements(series, "USD")["data"]

    hatches = [t.get("marker", {}).get("pattern", {}).get("shape", "") for t in traces]
    assert hatches == ["", "", "\\", "/", "", "."]


def ledger(client, figure, **more):
    query = {"figure": figure, "from": "2025-05-20", "to": "2026-05-20"} | more
    context = client.get(LEDGER, query).context
    rows = [
        (r["account"].name, r["entry"].kind, r["entry"].amount) for r in context["rows"]
    ]
    return rows, context["sums"]["amount"]


def a_year():
    contract(1000, name="Stays")
    contract(500, name="Goes", ends=date(2025, 9, 1))
    contract(200, name="Comes", starts=date(2026, 3, 1))
    shrinks = contract(300, name="Shrinks", ends=date(2025, 8, 1)).account
    ContractFactory(account=shrinks, mrr=120, starts_on=date(2025, 8, 1), ends_on=None)


def test_a_ledger_sums_to_its_number(tenant, lead_client):
    with tenant_scope(tenant.pk):
        a_year()

    found = {f: ledger(lead_client, f) for f in ("mrr", "movements", "churn", "retention", "logo_churn", "expansion")}  # fmt: skip

    assert found == {
        "mrr": ([("Stays", "mrr", 1000), ("Comes", "mrr", 200), ("Shrinks", "mrr", 120)], 1320),
        "movements": ([("Goes", "churn", -500), ("Comes", "new", 200), ("Shrinks", "contraction", -180)], -480),
        "churn": ([("Goes", "churn", -500)], -500),
        "retention": ([("Goes", "churn", -500), ("Shrinks", "contraction", -180), ("Stays", "kept", 0)], -680),
        "logo_churn": ([("Goes", "churn", -500)], -500),
        "expansion": ([], 0),
    }  # fmt: skip


def test_every_figure_of_the_ledger_is_defined_beside_it(tenant, lead_client):
    with tenant_scope(tenant.pk):
        a_year()

    for figure in FIGURES:
        response = lead_client.get(LEDGER, {"figure": figure})
        meaning = DEFINITIONS["mrr" if figure == "movements" else figure]
        assert response.context["meaning"] == meaning


def test_a_ledger_is_exported_with_its_meaning(tenant, lead_client):
    with tenant_scope(tenant.pk):
        a_year()

    response = lead_client.get(
        LEDGER,
        {"figure": "churn", "from": "2025-05-20", "to": "2026-05-20", "export": "xlsx"},
    )

    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [(row[0], row[4:8]) for row in rows] == [("Goes", [500, 0, -500, "USD"])]
    assert rows[0][8].startswith("Churn: ")


@pytest.mark.parametrize("accounts", [1, 3])
def test_a_ledger_shows_how_each_account_is(
    tenant, lead_client, django_assert_num_queries, accounts
):
    with tenant_scope(tenant.pk):
        for _ in range(accounts):
            account = contract(1000).account
            Account.objects.filter(pk=account.pk).update(
                score=70, band="amber", is_overridden=True
            )
            SnapshotFactory(account=account, score=70, computed=40)
    lead_client.get(LEDGER)

    with django_assert_num_queries(15):
        response = lead_client.get(LEDGER, {"figure": "mrr"})

    assert response.text.count("computed 40<") == accounts
    assert response.text.count('<span class="health-score">70</span>') == accounts


@pytest.mark.parametrize("renewals", [1, 3])
def test_renewals_that_come_due_show_how_each_account_is(
    tenant, lead_client, django_assert_num_queries, renewals
):
    with tenant_scope(tenant.pk):
        for _ in range(renewals):
            account = renewal(date(2026, 5, 30), 100).account
            Account.objects.filter(pk=account.pk).update(score=70, band="amber")
    lead_client.get(LEDGER)

    with django_assert_num_queries(16):
        response = lead_client.get(f"{URL}renewals/", {"month": "2026-05"})

    assert response.text.count('<span class="health-score">70</span>') == renewals


@pytest.mark.parametrize(
    "query",
    ["figure=x", "figure=mrr&from=yesterday", "figure=mrr&to=2026-02-30", "figure=mrr&to=9999-01-01"],
)  # fmt: skip
def test_a_ledger_nobody_knows_is_not_there(lead_client, query):
    assert lead_client.get(f"{LEDGER}?{query}").status_code == 404


def test_a_csm_opens_only_own_ledgers(tenant, csm, csm_client, lead, lead_client):
    with tenant_scope(tenant.pk):
        contract(100, owner=csm, name="Mine")
        contract(900, owner=lead, name="Theirs")

    names = [
        [name for name, _kind, _amount in ledger(client, "mrr", owner=lead.pk)[0]]
        for client in (csm_client, lead_client)
    ]
    assert names == [["Mine"], ["Theirs"]]


def test_renewal_rate_by_hand(in_tenant, csm):
    mine = AccountFactory(owner=csm)
    renewal(date(2025, 5, 20), 9000, "lost")  # the opening day is not in it
    renewal(date(2025, 5, 21), 1000, "renewed", 1500, account=mine)
    renewal(date(2026, 1, 1), 3000, "renewed", 2000)
    renewal(date(2026, 5, 20), 1000)  # due, and nobody said anything
    renewal(date(2026, 5, 21), 7000)

    dues = queries.renewed_by_owner(Renewal.objects.all(), rates_of(in_tenant), YEAR)
    due = queries.total(dues.values())

    assert (due.count, due.renewed_count, due.value, due.renewed_value) == (
        3,
        2,
        5000,
        3000,
    )
    assert (due.rate, dues[csm.pk].rate) == (Decimal("0.6"), 1)


def test_each_account_is_at_risk_once(in_tenant):
    soon, later = TODAY + timedelta(days=90), TODAY + timedelta(days=91)
    AccountFactory(band="red", score=1, mrr=1, decides_on=soon)
    AccountFactory(band="amber", score=60, mrr=2, decides_on=soon)
    AccountFactory(band="unknown", mrr=4, decides_on=TODAY)
    AccountFactory(band="green", score=90, mrr=8, decides_on=soon)
    AccountFactory(band="amber", score=60, mrr=16, decides_on=later)
    AccountFactory(band="amber", score=60, mrr=64, decides_on=date(2026, 1, 1))
    AccountFactory(band="red", score=1, mrr=32, lifecycle_stage="churned")

    found = queries.standing(Account.objects.all(), on=TODAY, at=NOW)

    assert (found.risk_accounts, found.risk_mrr) == (4, 71)


def test_coverage_counts_current_scores(in_tenant):
    old = NOW - timedelta(hours=37)
    AccountFactory(score=50, band="amber", scored_at=NOW)
    AccountFactory(score=50, band="amber", scored_at=old)
    AccountFactory(scored_at=NOW)
    AccountFactory(score=50, band="amber", scored_at=NOW, lifecycle_stage="churned")

    found = queries.standing(Account.objects.all(), on=TODAY, at=NOW)

    assert (found.current, found.accounts) == (1, 3)


def test_coming_renewals_by_month_and_stage(in_tenant):
    renewal(date(2026, 5, 31), 100, stage="approval")
    renewal(date(2026, 6, 1), 200)
    renewal(date(2026, 6, 30), 300)
    renewal(date(2027, 4, 30), 400)
    renewal(date(2027, 5, 1), 500)  # the thirteenth month
    renewal(date(2026, 6, 15), 600, "renewed", 600)

    rows = queries.coming(
        Renewal.objects.all(), rates_of(in_tenant), on=TODAY, months=12
    )

    assert rows == {
        (date(2026, 5, 1), "approval"): (1, 100),
        (date(2026, 6, 1), "upcoming"): (2, 500),
        (date(2027, 4, 1), "upcoming"): (1, 400),
    }


def test_a_currency_without_a_rate_is_told_on_the_page(tenant, lead_client):
    with tenant_scope(tenant.pk):
        ContractFactory(currency="GBP", starts_on=date(2025, 1, 1))

    response = lead_client.get(URL)

    assert response.context["unpriced"] == {"GBP": 1}
    assert "GBP, which has no exchange rate" in response.content.decode()


def test_without_a_contract_the_page_says_what_is_missing(tenant, lead_client):
    words = b"No contract in force yet"
    before = lead_client.get("/t/acme/dashboard/").content
    with tenant_scope(tenant.pk):
        ContractFactory(starts_on=date(2020, 1, 1), mrr=100)

    after = lead_client.get("/t/acme/dashboard/").content

    assert (words in before, words in after) == (True, False)
