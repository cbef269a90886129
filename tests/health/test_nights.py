from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from health import services, tasks
from health.models import Night, Snapshot
from health.queries.nights import tenants_to_score
from health.scoring import POINTS
from tenants.models import Tenant
from tenants.scoping import all_tenants, tenant_scope
from tests.factories.accounts import AccountFactory
from tests.factories.health import ResponseFactory
from tests.factories.tenants import TenantFactory
from tests.health.cases import CASES
from tests.health.worked import NOW, TODAY, account_of


@pytest.fixture(autouse=True)
def frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def nights():
    rows = Night.objects.order_by("day").values_list("day", "accounts", "finished_at")
    return [(day, scored, at is not None) for day, scored, at in rows]


def score_through(limit=2000):
    services.open_nights()
    slices = 0
    while services.score_night_slice(limit=limit):
        slices += 1
    return slices


def test_a_night_scores_every_account(in_tenant):
    for case in CASES[:3]:
        account_of(case)

    score_through()

    assert nights() == [(TODAY, 3, True)]
    assert Snapshot.objects.filter(day=TODAY).count() == 3


def test_a_night_goes_in_slices_and_leaves_none_out(in_tenant):
    accounts = [AccountFactory() for _ in range(5)]

    slices = score_through(limit=2)

    assert slices == 3
    assert nights() == [(TODAY, 5, True)]
    scored = set(Snapshot.objects.values_list("account", flat=True))
    assert scored == {account.pk for account in accounts}


def test_a_night_without_accounts_is_done_at_once(in_tenant):
    score_through()

    assert nights() == [(TODAY, 0, True)]


def test_a_night_is_done_once(in_tenant):
    AccountFactory()
    score_through()

    assert score_through() == 0
    assert nights() == [(TODAY, 1, True)]


def test_after_a_week_of_sleep_the_missed_days_are_filled_with_what_was_known(
    in_tenant, time_machine
):
    account = AccountFactory()
    ResponseFactory(account=account, score=9, answered_at=NOW - timedelta(days=30))
    score_through()
    ResponseFactory(account=account, score=0, answered_at=NOW + timedelta(days=4))
    later = NOW + timedelta(days=7)
    time_machine.move_to(later, tick=False)

    score_through()

    rows = Snapshot.objects.order_by("day").values_list("day", "score", "computed_at")
    assert list(rows) == [(TODAY, 35, NOW)] + [
        (TODAY + timedelta(days=n), 35 if n < 4 else 0, later) for n in range(1, 8)
    ]
    account.refresh_from_db()
    assert (account.score, account.score_change_7d) == (0, -35)


def test_after_a_year_only_the_last_month_is_filled(in_tenant, time_machine):
    AccountFactory()
    score_through()
    time_machine.move_to(NOW + timedelta(days=365), tick=False)

    score_through()

    today = TODAY + timedelta(days=365)
    assert [day for day, _, _ in nights()] == [TODAY] + [
        today - timedelta(days=n) for n in range(31, -1, -1)
    ]


def test_a_new_scorecard_scores_everybody_again_today(in_tenant, ops):
    account = AccountFactory()
    ResponseFactory(account=account, score=9)
    score_through()
    card = POINTS | {"bands": {"green": 30, "amber": 20}}

    draft = services.save_draft("Points", card, by=ops)
    services.publish_scorecard(draft, by=ops)
    assert nights() == [(TODAY, 0, False)]
    score_through()

    snapshot = Snapshot.objects.select_related("scorecard").get()
    assert (snapshot.band, snapshot.scorecard.version) == ("green", 2)


@pytest.mark.parametrize(
    ("now", "zone", "day"),
    [
        ("2026-05-15T18:59", "Asia/Almaty", date(2026, 5, 15)),
        ("2026-05-15T19:00", "Asia/Almaty", date(2026, 5, 16)),
        ("2026-05-15T09:59", "Pacific/Kiritimati", date(2026, 5, 15)),
        ("2026-05-15T10:00", "Pacific/Kiritimati", date(2026, 5, 16)),
        ("2026-05-15T06:59", "America/Los_Angeles", date(2026, 5, 14)),
        ("2026-05-15T07:00", "America/Los_Angeles", date(2026, 5, 15)),
        # Both nights of a clock change.
        ("2026-03-28T23:00", "Europe/Berlin", date(2026, 3, 29)),
        ("2026-03-29T21:59", "Europe/Berlin", date(2026, 3, 29)),
        ("2026-03-29T22:00", "Europe/Berlin", date(2026, 3, 30)),
        ("2026-10-25T22:59", "Europe/Berlin", date(2026, 10, 25)),
        ("2026-10-25T23:00", "Europe/Berlin", date(2026, 10, 26)),
        ("2028-02-28T23:00", "Europe/Berlin", date(2028, 2, 29)),
    ],
)
def test_the_day_turns_at_the_tenants_midnight(in_tenant, time_machine, now, zone, day):
    Tenant.objects.filter(pk=in_tenant.pk).update(timezone=zone)
    time_machine.move_to(datetime.fromisoformat(now).replace(tzinfo=UTC), tick=False)

    score_through()

    assert nights() == [(day, 0, True)]


def test_the_sweep_finds_those_whose_day_has_turned(committed, time_machine):
    almaty = TenantFactory(timezone="Asia/Almaty")
    berlin = TenantFactory(timezone="Europe/Berlin")
    for tenant in (almaty, berlin):
        tasks.score_nights(tenant_id=tenant.pk)

    def found(at):
        time_machine.move_to(datetime.fromisoformat(at), tick=False)
        with all_tenants("a test of the sweep"):
            return tenants_to_score()

    assert found("2026-05-15T18:59Z") == []
    assert found("2026-05-15T19:00Z") == [almaty.pk]
    assert found("2026-05-15T22:00Z") == [almaty.pk, berlin.pk]


def test_the_command_scores_one_workspace_as_of_a_day(committed, capsys):
    acme, globex = TenantFactory(slug="acme"), TenantFactory(slug="globex")
    for tenant in (acme, globex):
        with tenant_scope(tenant.pk):
            account_of(CASES[0])

    call_command("recompute_health", "--tenant=acme", "--as-of=2026-05-14")

    assert capsys.readouterr().out == "acme 2026-05-14: 1 accounts scored\n"
    with tenant_scope(acme.pk):
        assert Snapshot.objects.get().day == date(2026, 5, 14)
    with tenant_scope(globex.pk):
        assert Snapshot.objects.count() == 0


@pytest.mark.parametrize(
    ("as_of", "complaint"),
    [("2026-05-16", "not here yet"), ("15.05.2026", "write YYYY-MM-DD")],
)
def test_the_command_refuses_a_day_it_cannot_score(committed, as_of, complaint):
    TenantFactory(slug="acme")

    with pytest.raises(CommandError, match=complaint):
        call_command("recompute_health", f"--as-of={as_of}")
