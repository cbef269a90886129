"""The customer's notice: told once, taken back with it, and in the forecast in its time."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine

from accounts.models import Contract
from accounts.services import give_notice, withdraw_notice
from messaging.models import Message
from renewals import services
from renewals.forecasting.moves import moves
from renewals.forecasting.quarter import Quarter
from renewals.models import Renewal, RenewalVersion
from renewals.queries.reckoning import (
    deals_now,
    deals_then,
    history_at,
    monday_ground,
    present_ground,
)
from renewals.queries.stale import renewals_of_another_notice
from renewals.queries.weeks import deals_of, week_of
from tests.factories.renewals import renewal_of
from worklist.models import Alert, Priority
from worklist.services import resolve_alert

TODAY = date(2026, 11, 23)
END = date(2026, 12, 31)
NEXT = TODAY + timedelta(days=7)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False) as one:
        yield one


@pytest.fixture
def renewal(in_tenant, csm, lead):
    return renewal_of(ends_on=END, owner=csm, name="Nova", mrr=100)


def give(renewal, on=TODAY):
    give_notice(Contract.objects.get(pk=renewal.contract_id), on=on)
    services.sync_renewals(on=TODAY)


def withdraw(renewal):
    withdraw_notice(Contract.objects.get(pk=renewal.contract_id))
    services.sync_renewals(on=TODAY)


def alerts():
    rows = Alert.objects.order_by("opened_at", "pk")
    return [(a.kind, a.owner_id, a.priority, a.resolved_at is None) for a in rows]


def told():
    rows = Message.objects.filter(kind="renewal.notice", channel="in_app", state="sent")
    return sorted(rows.values_list("recipient", flat=True))


def test_a_notice_warns_the_owner_and_the_lead_once(renewal, csm, lead):
    give(renewal, on=date(2026, 11, 20))
    services.sync_renewals(on=TODAY)

    assert alerts() == [("renewal.notice", csm.pk, Priority.URGENT, True)]
    assert told() == sorted([csm.pk, lead.pk])
    alert = Alert.objects.get()
    assert (alert.title, alert.path) == (
        "Nova has given notice",
        f"/renewals/{renewal.pk}/",
    )
    assert alert.because.startswith("Notice was given on 20 Nov")


def test_a_notice_of_before_the_renewal_was_known_warns_too(in_tenant, csm, lead):
    renewal_of(ends_on=END, owner=csm, notice_given_on=date(2026, 6, 1))

    assert alerts() == [("renewal.notice", csm.pk, Priority.URGENT, True)]


def test_a_notice_is_found_by_the_sync_and_only_then(renewal):
    services.fire_reminders(on=TODAY)
    before = renewals_of_another_notice().count()

    give_notice(Contract.objects.get(), on=TODAY)

    assert (before, list(renewals_of_another_notice())) == (0, [renewal])


def test_a_notice_withdrawn_heals_and_one_given_again_warns_again(renewal, csm, lead):
    give(renewal)
    withdraw(renewal)

    assert alerts() == [("renewal.notice", csm.pk, Priority.URGENT, False)]
    assert told() == []
    give(renewal)
    assert sorted(is_open for *_, is_open in alerts()) == [False, True]
    assert told() == sorted([csm.pk, lead.pk])


def test_a_person_who_resolved_it_is_not_told_again(renewal, csm):
    give(renewal)
    resolve_alert(Alert.objects.get(), by=csm)

    services.sync_renewals(on=TODAY)

    assert [is_open for *_, is_open in alerts()] == [False]


def test_the_decision_heals_it(renewal, csm):
    give(renewal)

    services.close_renewal(
        renewal, result="lost", reason="price", detail="dear", by=csm, on=TODAY
    )
    services.sync_renewals(on=TODAY)

    assert [is_open for *_, is_open in alerts()] == [False]
    assert told() == []


def test_the_forecast_counts_a_notice_from_when_it_was_known(
    csm, lead, clock, in_tenant
):
    clock.move_to(datetime(2026, 11, 20, 9, tzinfo=UTC))
    renewal = renewal_of(ends_on=END, owner=csm, mrr=100)
    clock.move_to(datetime(2026, 11, 23, 9, tzinfo=UTC))
    services.take_forecast(TODAY)
    before = deals_of(week_of(TODAY))
    # Dated back: nobody here knew on Monday.
    give(renewal, on=date(2026, 10, 1))
    live = deals_now(present_ground(in_tenant, datetime.now(UTC)))
    clock.move_to(datetime(2026, 11, 30, 9, tzinfo=UTC))
    services.take_forecast(NEXT)
    after = deals_of(week_of(NEXT))

    # A year of 100 a month; colour unknown, not worked on: 80 % without a notice.
    assert [(d.is_noticed, d.probability) for d in before] == [(False, D("0.8"))]
    assert [(d.is_noticed, d.probability) for d in after] == [(True, D("0.1"))]
    assert [(d.is_noticed, d.probability) for d in live] == [(True, D("0.1"))]
    assert deals_then(monday_ground(in_tenant, TODAY)) == before
    moved = moves(before, after, quarter=Quarter(2026, 4), who="auto", history={})
    assert moved.sums == {"notice": D(-840)}
    kept = RenewalVersion.objects.order_by("at", "created_at")
    assert list(kept.values_list("is_noticed", flat=True)) == [False, True]


def test_history_keeps_those_whose_notice_was_known_beside(
    renewal, csm, clock, in_tenant
):
    other = renewal_of(ends_on=END, owner=csm)
    give(renewal)
    withdraw(renewal)
    give(other)
    clock.move_to(datetime(2026, 11, 23, 10, tzinfo=UTC))
    for one, result in ((renewal, "renewed"), (other, "lost")):
        said = {"amount": D(1200)}
        if result == "lost":
            said = {"reason": "price", "detail": "dear"}
        services.close_renewal(one, result=result, by=csm, on=TODAY, **said)
    services.sync_renewals(on=TODAY)

    later = datetime(2026, 11, 24, tzinfo=UTC)
    assert history_at(in_tenant, later) == {
        "upcoming": {"unknown": [1, 2]},
        "notice": {"given": [1, 2]},
    }


def test_a_loss_that_gives_the_notice_itself_is_none_of_those(csm, lead, in_tenant):
    renewal = renewal_of(ends_on=END, owner=csm, auto_renew=True)
    services.close_renewal(
        renewal, result="lost", reason="price", detail="dear", by=csm, on=TODAY
    )
    services.sync_renewals(on=TODAY)

    assert Contract.objects.get().notice_given_on == TODAY
    assert (alerts(), Renewal.objects.get().noticed_on) == ([], None)
    later = datetime(2026, 11, 24, tzinfo=UTC)
    assert history_at(in_tenant, later) == {"upcoming": {"unknown": [0, 1]}}


def test_the_page_says_what_the_forecast_goes_by(csm_client, renewal):
    give(renewal)

    page = csm_client.get(f"/t/acme/renewals/{renewal.pk}/calls/").content.decode()
    detail = csm_client.get(f"/t/acme/renewals/{renewal.pk}/").content.decode()

    assert '<b class="tabular">10%</b>' in page
    assert "notice is given: the usual share" in page
    assert "The customer gave notice" in detail
