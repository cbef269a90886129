"""Weekly forecasts: written once, of what was known, and the same when reckoned again."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine
from django.db import ProgrammingError, connection, connections, transaction
from django.db.models import ProtectedError

from accounts.models import Account, Contract, ExchangeRate, Tier
from accounts.services import archive_account
from renewals import services, tasks
from renewals.forecasting.moves import moves
from renewals.forecasting.quarter import Quarter
from renewals.models import (
    Category,
    ForecastSnapshot,
    ForecastWeek,
    Level,
    Renewal,
    RenewalVersion,
)
from renewals.queries.reckoning import (
    deals_now,
    deals_then,
    monday_ground,
    present_ground,
)
from renewals.queries.weeks import deals_of, week_of
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory
from tests.factories.health import SnapshotFactory
from tests.factories.renewals import renewal_of
from tests.factories.tenants import TenantFactory

MONDAY = date(2026, 11, 23)
NEXT = MONDAY + timedelta(days=7)
END = date(2026, 12, 20)
EARLY = datetime(2026, 11, 20, 9, tzinfo=UTC)
# In the zone of the workspace, UTC, the first minutes of the Monday.
NIGHT = datetime(2026, 11, 23, 0, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(EARLY, tick=False) as travel:
        yield travel


def made(**fields):
    return renewal_of(**({"ends_on": END, "on": date(2026, 9, 1), "mrr": 100} | fields))


def rows(week=MONDAY):
    return list(
        ForecastSnapshot.objects.filter(week__week=week)
        .order_by("renewal_id")
        .values("renewal_id", "stage", "band", "placed_on", "amount", "result")
    )


def test_a_week_says_what_was_known_when_its_monday_began(in_tenant, csm, lead, clock):
    ExchangeRate.objects.create(currency="EUR", rate="1.5", valid_from="2026-01-01")
    renewal = made(owner=csm, currency="EUR", notice_days=10)
    services.move_renewal(renewal, stage="negotiation", by=csm)
    SnapshotFactory(account=renewal.account, day=date(2026, 11, 22), band="amber")
    services.call_renewal(
        renewal, level=Level.CSM, category=Category.COMMIT, amount=D(1300), by=csm
    )
    services.call_renewal(renewal, level=Level.LEAD, category=Category.LIKELY, by=lead)
    clock.move_to(NIGHT)
    services.take_forecast(MONDAY)

    found = ForecastSnapshot.objects.select_related("week").get()
    assert (found.week.week, found.week.is_late, found.week.currency) == (
        MONDAY,
        False,
        "USD",
    )
    assert found.week.rates == {"EUR": "1.50000000", "USD": "1"}
    assert (found.renewal_id, found.account_id, found.owner_id) == (
        renewal.pk,
        renewal.account_id,
        csm.pk,
    )
    assert (found.stage, found.band, found.probability) == (
        "negotiation",
        "amber",
        D("0.85"),
    )
    assert (found.decides_on, found.placed_on) == (date(2026, 12, 10),) * 2
    assert (found.amount, found.currency, found.rate) == (D(1200), "EUR", D("1.5"))
    assert (found.csm_category, found.csm_amount) == ("commit", D(1300))
    assert (found.lead_category, found.lead_amount) == ("likely", None)
    assert (found.result, found.result_amount, found.decided_on) == ("", None, None)


def edit_everything(renewal, csm):
    """All that a forecast goes by is another afterwards."""
    Contract.objects.filter(pk=renewal.contract_id).update(
        ends_on=END + timedelta(days=40), mrr=700, notice_days=3
    )
    services.sync_renewals(on=MONDAY)
    services.move_renewal(renewal, stage="approval", by=csm)
    SnapshotFactory(account=renewal.account, day=MONDAY, band="red", score=10)
    services.call_renewal(renewal, level=Level.CSM, category=Category.OUT, by=csm)
    type(renewal.account).objects.update(tier=Tier.HIGH, segment="Banks")
    Renewal.objects.update(owner=None)
    services.close_renewal(
        renewal, result="lost", reason="price", detail="dear", by=csm, on=MONDAY
    )


def test_the_same_day_reckoned_again_gives_the_same_figures(in_tenant, csm, clock):
    renewal = made(owner=csm)
    lost = made(owner=csm)
    services.move_renewal(lost, stage="preparation", by=csm)
    services.close_renewal(
        lost, result="lost", reason="price", detail="x", by=csm, on=EARLY.date()
    )
    services.call_renewal(renewal, level=Level.CSM, category=Category.COMMIT, by=csm)
    clock.move_to(NIGHT)
    services.take_forecast(MONDAY)
    written = deals_of(week_of(MONDAY))
    clock.move_to(NIGHT + timedelta(hours=9))

    edit_everything(renewal, csm)

    again = deals_then(monday_ground(in_tenant, MONDAY))
    assert again == written
    assert sorted(deal.result for deal in written) == ["", "lost"]
    now = present_ground(in_tenant, NIGHT + timedelta(hours=10))
    assert [deal.result for deal in deals_now(now)] == ["lost", "lost"]


def test_a_later_edit_is_slippage_in_the_next_week_and_rewrites_nothing(
    in_tenant, csm, clock
):
    made(owner=csm)
    clock.move_to(NIGHT)
    services.take_forecast(MONDAY)
    before = rows()
    clock.move_to(NIGHT + timedelta(hours=9))
    # By a day into the next quarter.
    Contract.objects.update(ends_on=date(2027, 1, 10))
    services.sync_renewals(on=MONDAY)
    clock.move_to(NIGHT + timedelta(days=7))
    services.take_forecast(NEXT)

    weeks = [week_of(day) for day in (MONDAY, NEXT)]
    moved = moves(
        deals_of(weeks[0]),
        deals_of(weeks[1]),
        quarter=Quarter(2026, 4),
        who="auto",
        history=weeks[0].history,
    )
    # A year of 100 a month, 80 % likely: not worked on, colour unknown.
    assert moved.sums == {"slipped": D(-960)}
    assert (moved.opening, moved.closing) == (D(960), D(0))
    assert rows() == before


def test_a_contract_that_is_deleted_leaves_what_was_said(in_tenant, csm, clock):
    renewal = made(owner=csm)
    clock.move_to(NIGHT)
    services.take_forecast(MONDAY)
    pk = renewal.pk

    Contract.objects.all().delete()

    assert Renewal.objects.count() == 0
    assert [row["renewal_id"] for row in rows()] == [pk]


def test_an_account_that_a_forecast_names_is_archived_and_not_deleted(
    in_tenant, csm, clock
):
    renewal = made(owner=csm)
    unnamed = AccountFactory(name="Unnamed")
    clock.move_to(NIGHT)
    services.take_forecast(MONDAY)

    with pytest.raises(ProtectedError):
        renewal.account.delete()
    unnamed.delete()
    archive_account(renewal.account, by=csm)

    kept = Account.objects.get()
    assert (kept.pk, kept.archived_at is not None) == (renewal.account_id, True)
    assert [row["renewal_id"] for row in rows()] == [renewal.pk]


def test_the_live_deals_are_those_of_the_versions(in_tenant, csm, clock):
    SnapshotFactory(
        account=made(owner=csm).account, day=EARLY.date(), band="unknown", score=None
    )
    ground = present_ground(in_tenant, NIGHT)

    assert deals_now(ground) == deals_then(ground) != []


def test_missed_weeks_are_caught_up_and_marked(tenant, clock):
    with tenant_scope(tenant.pk):
        made()
    clock.move_to(NIGHT)
    assert services.take_forecasts(tenant.pk) == [MONDAY]
    with tenant_scope(tenant.pk):
        # Known on the Wednesday of the missed week's week before.
        clock.move_to(NIGHT + timedelta(days=2))
        Contract.objects.update(mrr=200)
        services.sync_renewals(on=MONDAY + timedelta(days=2))
        # After the missed Monday began.
        clock.move_to(NIGHT + timedelta(days=8))
        Contract.objects.update(mrr=300)
        services.sync_renewals(on=MONDAY + timedelta(days=8))
    clock.move_to(NIGHT + timedelta(days=15))

    found = services.take_forecasts(tenant.pk)

    assert found == [NEXT, NEXT + timedelta(days=7)]
    with tenant_scope(tenant.pk):
        weeks = ForecastWeek.objects.order_by("week")
        assert list(weeks.values_list("week", "is_late")) == [
            (MONDAY, False),
            (NEXT, True),
            (NEXT + timedelta(days=7), True),
        ]
        said = ForecastSnapshot.objects.order_by("week__week")
        assert list(said.values_list("amount", flat=True)) == [1200, 2400, 3600]


def test_a_monday_begins_in_the_zone_of_the_workspace(tenant, clock):
    tenant.timezone = "Asia/Almaty"  # five hours ahead
    tenant.save()
    with tenant_scope(tenant.pk):
        made()
    clock.move_to(datetime(2026, 11, 22, 18, 59, tzinfo=UTC))
    assert services.take_forecasts(tenant.pk) == [date(2026, 11, 16)]
    clock.move_to(datetime(2026, 11, 22, 19, 1, tzinfo=UTC))
    assert services.take_forecasts(tenant.pk) == [MONDAY]


def test_taking_a_week_twice_writes_it_once(in_tenant, csm, clock):
    made(owner=csm)
    clock.move_to(NIGHT)

    first = services.take_forecast(MONDAY)
    second = services.take_forecast(MONDAY)

    assert (first is None, second) == (False, None)
    assert len(rows()) == 1


def test_a_forecast_that_was_written_cannot_be_changed(in_tenant, csm, clock):
    made(owner=csm)
    clock.move_to(NIGHT)
    services.take_forecast(MONDAY)

    for model in (ForecastSnapshot, ForecastWeek):
        for statement in ("DELETE FROM {}", "UPDATE {} SET created_at = now()"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(statement.format(model._meta.db_table))


@pytest.mark.slow
def test_any_number_of_schedulers_write_a_week_once(committed):
    tenant = TenantFactory()
    with tenant_scope(tenant.pk):
        for _ in range(3):
            made()
    start, found = threading.Barrier(4), []

    def take():
        start.wait()
        try:
            found.extend(services.take_forecasts(tenant.pk, at=NIGHT))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with tenant_scope(tenant.pk):
        assert found == [MONDAY]
        assert (ForecastWeek.objects.count(), len(rows())) == (1, 3)


def test_a_version_is_kept_when_something_changed_and_only_then(in_tenant, csm, clock):
    renewal = made(owner=csm)
    services.sync_renewals(on=EARLY.date())

    assert services.keep_versions() == 0
    Renewal.objects.update(owner=None)
    clock.move_to(NIGHT)
    assert services.keep_versions() == 1
    assert list(
        RenewalVersion.objects.filter(renewal=renewal)
        .order_by("at")
        .values_list("owner_id", "at")
    ) == [(csm.pk, EARLY), (None, NIGHT)]


def test_history_counts_a_deal_once_in_every_stage_in_the_colour_of_that_day(
    in_tenant, csm, clock
):
    """Two deals came to negotiation green, one was lost; one came there red, renewed."""
    for number, (band, result) in enumerate(
        [("green", "renewed"), ("green", "lost"), ("red", "renewed")]
    ):
        clock.move_to(datetime(2026, 10, 1, tzinfo=UTC))
        deal = made(owner=csm, on=date(2026, 9, 1), name=f"{number}")
        SnapshotFactory(account=deal.account, day=date(2026, 10, 4), band=band)
        SnapshotFactory(account=deal.account, day=date(2026, 10, 6), band="amber")
        clock.move_to(datetime(2026, 10, 5, 12, tzinfo=UTC))
        for stage in ("negotiation", "initiation", "negotiation"):
            # Nothing is prepared: a lead lets it go on all the same.
            services.move_renewal(deal, stage=stage, by=csm, reason="x", is_lead=True)
        clock.move_to(datetime(2026, 10, 20, tzinfo=UTC))
        said = {"reason": "price", "detail": "x"} if result == "lost" else {"amount": 1}
        services.close_renewal(
            deal, result=result, by=csm, on=date(2026, 10, 20), **said
        )

    found = monday_ground(in_tenant, MONDAY).history

    assert found == {
        "upcoming": {"unknown": [2, 3]},
        "initiation": {"green": [1, 2], "red": [1, 1]},
        "negotiation": {"green": [1, 2], "red": [1, 1]},
    }
    # Nobody had decided anything by then.
    assert monday_ground(in_tenant, date(2026, 10, 19)).history == {}


def test_the_worker_keeps_versions_and_takes_the_week(tenant, clock):
    with tenant_scope(tenant.pk):
        made()
        RenewalVersion.objects.all().delete()
    clock.move_to(NIGHT)

    tasks.forecast(tenant_id=tenant.pk)
    tasks.forecast(tenant_id=tenant.pk)

    with tenant_scope(tenant.pk):
        assert list(ForecastWeek.objects.values_list("week", flat=True)) == [MONDAY]
        assert (RenewalVersion.objects.count(), len(rows())) == (1, 1)
