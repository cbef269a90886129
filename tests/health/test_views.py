from datetime import date, timedelta

import pytest

from accounts.models import Account
from health import services
from health.models import Scorecard
from tenants.models import Role, Tenant
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, TicketFactory
from tests.factories.health import ResponseFactory, SnapshotFactory
from tests.health.cases import CASES
from tests.health.worked import NOW, TODAY, account_of


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def account(tenant):
    """100 points today, 65 a week ago."""
    with tenant_scope(tenant.pk):
        account = account_of(CASES[0])
        services.recompute([account.pk], on=TODAY)
    return account


def panel(account):
    return f"/t/acme/accounts/{account.pk}/health/"


def history(account, query=""):
    return f"/t/acme/accounts/{account.pk}/health/history/{query}"


def test_the_panel_shows_the_score_with_its_receipt(csm_client, account):
    response = csm_client.get(panel(account))

    receipt = response.context["receipt"]
    assert (receipt.score, receipt.band, receipt.is_clipped) == (100, "green", False)
    assert [
        (line.label, line.found, line.condition, line.points_signed, line.max_points)
        for line in receipt.measures
    ] == [
        ("Days with a login", "30 days", "more than 15 days", "+30", 30),
        (
            "Active users of the seats bought",
            "8 of 10 (80%)",
            "more than 50% of the seats",
            "+20",
            20,
        ),
        ("Open critical tickets", "none", "none open", "+15", 15),
        ("Latest NPS answer", "10", "9–10 (promoter)", "+20", 20),
        ("Payments on time", "0 of 1 bill late", "all on time", "+15", 15),
    ]


def test_the_panel_alone_for_htmx_and_a_page_for_a_visit(csm_client, account):
    page = csm_client.get(panel(account))
    part = csm_client.get(panel(account), headers={"HX-Request": "true"})

    assert ("<html" in page.text, "<html" in part.text) == (True, False)
    assert "HX-Request" in part["Vary"]


def test_what_moved_in_a_week_adds_up(csm_client, account, tenant):
    then = NOW - timedelta(days=7)
    with tenant_scope(tenant.pk):
        ResponseFactory(account=account, score=3, answered_at=NOW)
        services.recompute([account.pk], on=then.date())
        services.recompute([account.pk], on=TODAY)

    receipt = csm_client.get(panel(account)).context["receipt"]

    assert (receipt.score, receipt.change_7d) == (65, -35)
    assert receipt.moved == ["Latest NPS answer: −35 points (10 → 3)"]


def test_a_ticket_that_only_grew_older_says_so(csm_client, tenant):
    with tenant_scope(tenant.pk):
        account = AccountFactory()
        ResponseFactory(account=account, score=9)
        TicketFactory(
            account=account, severity="critical", opened_at=NOW - timedelta(days=9)
        )
        services.recompute([account.pk], on=TODAY - timedelta(days=7))
        services.recompute([account.pk], on=TODAY)

    receipt = csm_client.get(panel(account)).context["receipt"]

    assert receipt.moved == [
        "Open critical tickets: −20 points"
        " (1 open since 6 May 2026 → one open for more than 7 days)"
    ]


def test_an_unknown_account_says_that_nothing_is_known(csm_client, tenant):
    with tenant_scope(tenant.pk):
        account = AccountFactory()

    response = csm_client.get(panel(account))

    receipt = response.context["receipt"]
    assert (receipt.score, receipt.band) == (None, "unknown")
    assert [line.state for line in receipt.measures] == ["missing"] * 5
    assert "Unknown is not healthy" in response.text


def test_a_clipped_score_says_so(csm_client, tenant):
    case = next(one for one in CASES if one.name.startswith("all is bad"))
    with tenant_scope(tenant.pk):
        account = account_of(case)
        services.recompute([account.pk], on=TODAY)

    receipt = csm_client.get(panel(account)).context["receipt"]

    assert (receipt.score, receipt.total_signed, receipt.is_clipped) == (0, "−35", True)


@pytest.mark.parametrize(
    "url", ["health/", "health/history/"], ids=["panel", "history"]
)
def test_who_may_see_an_accounts_health(
    account, url, csm_client, viewer_client, stranger_client, visitor_client
):
    url = f"/t/acme/accounts/{account.pk}/{url}"

    assert csm_client.get(url).status_code == 200
    assert viewer_client.get(url).status_code == 200
    assert stranger_client.get(url).status_code == 404
    assert visitor_client.get(url).status_code == 302


def test_in_a_closed_portfolio_a_colleagues_account_is_not_there(
    csm, csm_client, account, tenant
):
    Tenant.objects.update(is_portfolio_closed=True)
    assert csm_client.get(panel(account)).status_code == 404

    with tenant_scope(tenant.pk):
        Account.objects.update(owner=csm)

    assert csm_client.get(panel(account)).status_code == 200


def test_another_tenants_account_is_not_there(csm_client, tenant, other_tenant):
    with tenant_scope(other_tenant.pk):
        theirs = AccountFactory()

    assert csm_client.get(panel(theirs)).status_code == 404
    assert csm_client.get(history(theirs)).status_code == 404


@pytest.mark.parametrize("days", [1, 3])
def test_the_history_costs_the_same_however_long(
    csm_client, tenant, days, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        account = AccountFactory()
        for ago in range(days):
            SnapshotFactory(account=account, day=TODAY - timedelta(days=ago), score=60)

    with django_assert_num_queries(12):
        response = csm_client.get(history(account), headers={"HX-Request": "true"})

    assert response.context["figure"]["data"][0]["y"] == [60] * days


@pytest.mark.parametrize("snapshots", [1, 3])
def test_the_panel_costs_the_same_however_long(
    csm_client, tenant, snapshots, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        account = AccountFactory()
        for ago in range(snapshots):
            SnapshotFactory(account=account, day=TODAY - timedelta(days=ago), score=60)

    with django_assert_num_queries(19):
        response = csm_client.get(panel(account), headers={"HX-Request": "true"})

    assert response.context["receipt"].score == 60


def test_the_history_shows_the_days_asked_for(csm_client, tenant):
    with tenant_scope(tenant.pk):
        account = AccountFactory()
        for ago, score in [(0, 80), (1, 70), (2, 60), (3, 50)]:
            SnapshotFactory(
                account=account, day=TODAY - timedelta(days=ago), score=score
            )

    response = csm_client.get(history(account, "?from=2026-05-13&to=2026-05-14"))

    assert response.context["figure"]["data"][0]["x"] == ["2026-05-13", "2026-05-14"]
    assert response.context["figure"]["data"][0]["y"] == [60, 70]


def test_a_period_that_only_says_its_end_is_the_half_year_before(csm_client, account):
    form = csm_client.get(history(account, "?to=2026-05-14")).context["form"]

    assert (form["from"].value(), form["to"].value()) == (
        date(2025, 11, 16),
        "2026-05-14",
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [("?from=yesterday", "from"), ("?from=2026-05-14&to=2026-05-13", "to")],
)
def test_a_bad_period_is_422_at_its_field(csm_client, account, query, field):
    response = csm_client.get(history(account, query))

    assert (response.status_code, list(response.context["form"].errors)) == (
        422,
        [field],
    )


def test_the_scorecard_is_explained_in_words(csm_client, account):
    response = csm_client.get("/t/acme/settings/scorecard/")

    assert [
        (step.condition, step.points_signed)
        for measure in response.context["measures"]
        for step in measure.steps
    ] == [
        ("more than 15 days", "+30"),
        ("5 to 15 days", "+15"),
        ("fewer than 5 days", "0"),
        ("more than 50% of the seats", "+20"),
        ("50% of the seats or fewer", "0"),
        ("none open", "+15"),
        ("one open for more than 7 days", "−20"),
        ("none open for more than 7 days", "0"),
        ("9–10 (promoter)", "+20"),
        ("7–8 (passive)", "0"),
        ("0–6 (detractor)", "−15"),
        ("all on time", "+15"),
        ("at least one late", "0"),
    ]
    assert response.context["coverage"] == 1


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.OPS, 302),
        (Role.ADMIN, 302),
        (Role.LEAD, 404),
        (Role.CSM, 404),
        (Role.VIEWER, 404),
    ],
)
def test_who_may_name_the_login_event(request, sign_in, tenant, role, status):
    client = sign_in(request.getfixturevalue(role))

    response = client.post(
        "/t/acme/settings/scorecard/login-event/", {"event": "Signed in"}
    )

    assert response.status_code == status
    with tenant_scope(tenant.pk):
        versions = Scorecard.objects.filter(name="Points").count()
    assert versions == (2 if status == 302 else 0)


def test_a_stranger_names_no_login_event(stranger_client, tenant):
    response = stranger_client.post(
        "/t/acme/settings/scorecard/login-event/", {"event": "x"}
    )

    assert response.status_code == 404
    with tenant_scope(tenant.pk):
        assert Scorecard.objects.count() == 0


def test_a_name_too_long_is_422(ops_client, tenant):
    response = ops_client.post(
        "/t/acme/settings/scorecard/login-event/", {"event": "x" * 201}
    )

    assert (response.status_code, list(response.context["form"].errors)) == (
        422,
        ["event"],
    )
