from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from renewals.models import Renewal
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContactFactory, ContractFactory
from tests.factories.health import SnapshotFactory
from tests.factories.tenants import MembershipFactory
from worklist.services import close_task, create_task, open_alert

URL = "/t/acme/"
NOW = datetime(2026, 5, 20, 9, tzinfo=UTC)
TODAY = NOW.date()

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def task(owner, due_on=TODAY, account=None, title="Call"):
    return create_task(
        kind="x", title=title, owner=owner, due_on=due_on, account=account
    )


def renewal(account, decides_on):
    its = ContractFactory(
        account=account, starts_on=date(2025, 1, 1), ends_on=decides_on
    )
    return Renewal.objects.create(
        account=account,
        contract=its,
        ends_on=decides_on,
        decides_on=decides_on,
        entered_on=date(2025, 1, 1),
        stage_since=NOW,
        amount=100,
        currency="USD",
        owner=account.owner,
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_today_query_count(tenant, csm, csm_client, rows, django_assert_num_queries):
    with tenant_scope(tenant.pk):
        for n in range(rows):
            account = AccountFactory(
                owner=csm, score_change_7d=-5, score=50, band="amber"
            )
            task(csm, account=account)
            open_alert(kind="x", subject=str(n), title="x", owner=csm, account=account)
            renewal(account, TODAY + timedelta(days=5))

    with django_assert_num_queries(QUERIES):
        context = csm_client.get(URL).context

    shown = [
        len(context[name].rows) for name in ("tasks", "alerts", "falls", "renewals")
    ]
    assert shown == [rows] * 4


# Three for who asks, six for the transaction and its scope, two for the frame; two for
# each of four sections, and two for the reasons of what fell.
QUERIES = 21


def test_tasks_are_mine_due_by_today_the_oldest_first(tenant, csm, lead, csm_client):
    with tenant_scope(tenant.pk):
        task(csm, TODAY, title="Today")
        task(csm, TODAY - timedelta(days=3), title="Late")
        task(csm, TODAY + timedelta(days=1), title="Tomorrow")
        task(lead, TODAY, title="Theirs")
        close_task(task(csm, TODAY, title="Done"), by=csm)

    tasks = csm_client.get(URL).context["tasks"]

    assert [row.title for row in tasks.rows] == ["Late", "Today"]
    assert (tasks.total, tasks.counts["overdue"]) == (2, 1)


def test_falls_stand_in_the_order_of_attention_then_the_larger_mrr(
    tenant, csm, csm_client
):
    with tenant_scope(tenant.pk):
        for name, attention, mrr in (
            ("Small", 60, 1),
            ("Big", 60, 9),
            ("Steep", 20, 1),
        ):
            AccountFactory(
                name=name, score_change_7d=-5, attention=attention, mrr=mrr, owner=csm
            )
        AccountFactory(name="Rising", score_change_7d=5, attention=1, owner=csm)
        AccountFactory(name="Theirs", score_change_7d=-50)

    falls = csm_client.get(URL).context["falls"]

    assert [row["account"].name for row in falls.rows] == ["Steep", "Big", "Small"]
    assert (falls.total, falls.counts["mrr"]) == (3, 11)


def test_a_slow_fall_over_four_weeks_stands_there_too(tenant, csm, csm_client):
    with tenant_scope(tenant.pk):
        AccountFactory(
            name="Slow", score_change_7d=0, direction="falling", mrr=1, owner=csm
        )
        AccountFactory(name="Drifting", score_change_7d=0, direction="drifting_down")

    falls = csm_client.get(URL).context["falls"]

    assert [row["account"].name for row in falls.rows] == ["Slow"]


def test_a_fall_says_what_cost_the_points(tenant, csm, csm_client):
    def measures(days, seats):
        return [
            {"key": "login_days", "state": "ok", "points": days, "value": 1, "step": 0},
            {
                "key": "seat_use", "state": "ok", "points": seats, "value": 1, "step": 0,
                "detail": {"users": 1, "seats": 1},
            },
        ]  # fmt: skip

    with tenant_scope(tenant.pk):
        account = AccountFactory(owner=csm, score_change_7d=-35, score=15, band="red")
        before = SnapshotFactory(
            account=account, day=TODAY - timedelta(days=7), score=50, band="amber",
            measures=measures(30, 20),
        )  # fmt: skip
        SnapshotFactory(
            account=account, day=TODAY, score=15, band="red", measures=measures(0, 15),
            scorecard=before.scorecard,
        )  # fmt: skip

    (row,) = csm_client.get(URL).context["falls"].rows

    assert row["why"] == "Days with a login −30, Active users of the seats bought −5"


def test_decisions_are_counted_in_30_60_and_90_days_overdue_ones_too(
    tenant, csm, csm_client
):
    with tenant_scope(tenant.pk):
        for days in (-1, 0, 30, 31, 60, 61, 90, 91):
            renewal(AccountFactory(owner=csm), TODAY + timedelta(days=days))
        renewal(AccountFactory(), TODAY)

    renewals = csm_client.get(URL).context["renewals"]

    assert renewals.counts == {"in_30": 3, "in_60": 5, "in_90": 7}


def test_a_lead_sees_the_team_and_can_see_own(tenant, csm, lead, lead_client):
    with tenant_scope(tenant.pk):
        task(csm, title="Theirs")
        task(lead, title="Own")
    mine = lead_client.get(f"{URL}?whose=mine").context["tasks"]

    team = lead_client.get(URL).context["tasks"]

    assert sorted(row.title for row in team.rows) == ["Own", "Theirs"]
    assert [row.title for row in mine.rows] == ["Own"]


def test_a_team_is_who_reports_to_the_lead(tenant, csm, lead, lead_client):
    boss = tenant.memberships.get(user=lead)
    report = MembershipFactory(tenant=tenant, reports_to=boss).user
    with tenant_scope(tenant.pk):
        task(csm, title="Another team's")
        task(report, title="Ours")

    rows = lead_client.get(URL).context["tasks"].rows

    assert [row.title for row in rows] == ["Ours"]


def test_a_closed_portfolio_hides_what_is_about_others(tenant, csm, lead, csm_client):
    tenant.is_portfolio_closed = True
    tenant.save()
    with tenant_scope(tenant.pk):
        mine, theirs = AccountFactory(owner=csm), AccountFactory(score_change_7d=-9)
        for name, account in (("Mine", mine), ("Theirs", theirs), ("Nobody's", None)):
            task(csm, account=account, title=name)
        task(lead, title="The lead's own")
        # About two accounts by name, of none by key.
        open_alert(kind="account_id_case", subject="x", title="“A”, “a”", owner=None)

    context = csm_client.get(f"{URL}?whose=team").context

    # What is on one's own list is there, but does not say whose account it is about.
    shown = {row.title: row.seen_account for row in context["tasks"].rows}
    assert shown == {"Mine": mine, "Nobody's": None, "Theirs": None}
    assert (context["alerts"].total, context["falls"].total) == (0, 0)


def test_another_tenants_work_never_shows(
    tenant, other_tenant, csm, csm_client, stranger_client
):
    with tenant_scope(other_tenant.pk):
        account = AccountFactory(
            name="CANARY-51", score_change_7d=-9, is_discovered=True
        )
        task(csm, account=account, title="CANARY-51")
        open_alert(kind="x", subject="x", title="CANARY-51", owner=csm, account=account)
        renewal(account, TODAY)

    bodies = [
        csm_client.get(f"{URL}?whose={whose}").content for whose in ("mine", "team")
    ]

    assert [b"CANARY" in body for body in bodies] == [False, False]
    assert stranger_client.get(URL).status_code == 404


def test_discovered_accounts_wait_for_an_owner_before_those_who_steer(
    tenant, csm, csm_client, ops_client
):
    with tenant_scope(tenant.pk):
        AccountFactory(name="Found", is_discovered=True)
        AccountFactory(name="Taken", is_discovered=True, owner=csm)

    steering = ops_client.get(URL).context["unowned"]
    working = csm_client.get(URL).context["unowned"]

    assert [row.name for row in steering.rows] == ["Found"]
    assert working.rows == []


def done(client):
    steps = client.get(URL).context["steps"]
    return {str(entry["step"].title) for entry in steps if entry["step"].is_done}


def test_first_steps_are_done_by_the_data(tenant, admin, admin_client, csm_client):
    before = done(admin_client)
    with tenant_scope(tenant.pk):
        ContactFactory(account=AccountFactory(owner=admin))

    assert before == {"Invite the team"}
    assert done(admin_client) == {
        "Import your accounts",
        "Name the people",
        "Give the accounts owners",
        "Invite the team",
    }
    assert csm_client.get(URL).context["steps"] == []


@pytest.mark.parametrize(
    ("who", "is_offered"),
    [("lead_client", False), ("ops_client", True), ("admin_client", True)],
)
def test_imports_are_offered_to_those_who_may_import(request, tenant, who, is_offered):
    client = request.getfixturevalue(who)
    pages = [
        client.get(f"{URL}{page}").content for page in ("", "accounts/", "dashboard/")
    ]

    found = [b'href="/t/acme/settings/imports/"' in page for page in pages]
    answer = client.get(f"{URL}settings/imports/").status_code

    assert (set(found), answer) == ({is_offered}, 200 if is_offered else 404)
