"""The ladder as a setting: by tier, step by step; a change repeats and loses nothing."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Account
from renewals import services
from renewals.forms.ladder import LadderForm
from renewals.ladder import STEPS
from renewals.models import LadderSetting, Reminder, Renewal, StageChange
from renewals.queries.stale import tenants_with_work
from tenants.models import AuditEntry
from tenants.scoping import all_tenants, tenant_scope
from tests.factories.accounts import AccountFactory
from tests.factories.renewals import renewal_of
from tests.factories.tenants import TenantFactory

END = date(2027, 6, 1)
PAGE = "/t/acme/settings/reminders/"


def before(days):
    return END - timedelta(days=days)


def run(*days_left):
    for days in days_left:
        services.fire_reminders(on=before(days))


def handled():
    rows = Reminder.objects.order_by("-step").values_list("step", "state", "handled_on")
    return [(step, state, (END - on).days) for step, state, on in rows]


def set_all(*days, tier=""):
    services.set_ladders({tier: list(days)}, by=None)


def set_segment(*days, segment):
    services.set_ladders({}, {segment: list(days) or None}, by=None)


def test_a_tier_has_a_ladder_of_its_own(in_tenant):
    set_all(100, 80, 50, 20, 5)
    set_all(200, 150, 60, 30, 10, tier="high")
    renewals = [renewal_of(ends_on=END, on=before(300)) for _ in range(3)]
    for renewal, tier in zip(renewals, ("high", "mid", "tech"), strict=True):
        Account.objects.filter(pk=renewal.account_id).update(tier=tier)

    services.sync_renewals(on=before(299))

    assert [Renewal.objects.get(pk=r.pk).next_fire_on for r in renewals] == [
        before(200),
        before(100),
        before(100),
    ]


def test_the_ladder_of_a_segment_goes_before_that_of_the_tier(in_tenant):
    set_all(200, 150, 60, 30, 10, tier="high")
    set_segment(100, 80, 50, 20, 5, segment="Banks")
    banks, others = renewals = [renewal_of(ends_on=END, on=before(300)) for _ in "12"]
    Account.objects.update(tier="high")
    Account.objects.filter(pk=banks.account_id).update(segment="Banks")

    def first():
        services.sync_renewals(on=before(299))
        found = [Renewal.objects.get(pk=one.pk).next_fire_on for one in renewals]
        return [(END - day).days for day in found]

    assert first() == [100, 200]
    # Another segment, or none with a ladder: by the tier again.
    Account.objects.filter(pk=others.account_id).update(segment="Banks")
    Account.objects.filter(pk=banks.account_id).update(segment="Retail")
    assert first() == [200, 100]
    set_segment(segment="Banks")
    assert first() == [200, 200]


def test_a_ladder_is_of_a_tier_or_of_a_segment(in_tenant):
    name = "a_ladder_is_of_a_tier_or_of_a_segment"
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        LadderSetting.objects.create(tier="high", segment="Banks", days=list(STEPS))


def test_a_step_that_is_off_never_comes(in_tenant):
    set_all(120, 90, None, 30, None)
    renewal_of(ends_on=END)

    run(*range(125, -3, -1))

    assert handled() == [(120, "fired", 120), (90, "fired", 90), (30, "fired", 30)]


def test_a_step_that_comes_earlier_now_fires_at_once_and_only_once(in_tenant):
    renewal_of(ends_on=END)
    run(120, 90, 75)

    set_all(120, 90, 80, 30, 7)
    run(74, 73, 60, 59)

    assert handled() == [
        (120, "fired", 120),
        (90, "fired", 90),
        (60, "fired", 74),
    ]


def test_a_step_that_comes_later_now_waits_unless_it_came(in_tenant):
    renewal_of(ends_on=END)
    run(120, 90, 60)

    set_all(120, 90, 50, 20, 7)
    run(59, 50, 30, 21, 20)

    assert handled() == [
        (120, "fired", 120),
        (90, "fired", 90),
        (60, "fired", 60),
        (30, "fired", 20),
    ]


def test_what_was_due_before_the_change_fires_though_nothing_ran(in_tenant):
    renewal_of(ends_on=END)
    run(121)

    set_all(115, 85, 40, 30, 7)
    run(55, 55, 54, 40)

    assert handled() == [
        (120, "fired", 55),
        (90, "fired", 55),
        (60, "fired", 55),
    ]


def test_a_deal_that_was_made_stays_when_its_day_is_put_off(in_tenant):
    renewal_of(ends_on=END)
    run(90)

    set_all(120, 60, 50, 30, 7)
    run(89, 60)

    assert list(StageChange.objects.values_list("stage", flat=True)) == ["preparation"]


def test_without_the_step_of_the_deal_nobody_makes_one(in_tenant):
    set_all(120, None, 60, 30, 7)
    renewal_of(ends_on=END)

    run(120, 90, 60, 30, 7)

    assert Renewal.objects.get().stage == "upcoming"


@pytest.mark.slow
def test_a_workspace_whose_setting_changed_has_work(committed):
    tenant = TenantFactory()
    with tenant_scope(tenant.pk):
        renewal_of(ends_on=END, on=before(200))
        services.fire_reminders(on=before(200))
    noon = datetime.combine(before(200), time(12), UTC)

    def at_work():
        with all_tenants("test"):
            return tenants_with_work(noon)

    idle = at_work()
    with tenant_scope(tenant.pk):
        set_all(130, 90, 60, 30, 7)
    busy = at_work()
    with tenant_scope(tenant.pk):
        services.sync_renewals(on=before(200))

    assert (idle, busy, at_work()) == ({}, {tenant.pk: before(200)}, {})


def form_data(**changes):
    data = {}
    for prefix in ("all", "high", "mid", "tech"):
        for step in STEPS:
            data |= {f"{prefix}-on-{step}": "on", f"{prefix}-days-{step}": step}
    return data | changes


def test_the_page_keeps_the_ladder_of_all_and_of_one_tier(ops_client, in_tenant):
    changes = {"all-days-120": 130, "high-is_own": "on", "high-days-7": 14}

    response = ops_client.post(PAGE, form_data(**changes))

    assert response.status_code == 302
    assert dict(LadderSetting.objects.values_list("tier", "days")) == {
        "": [130, 90, 60, 30, 7],
        "high": [120, 90, 60, 30, 14],
    }
    assert AuditEntry.objects.filter(action="ladder.set").count() == 2


def test_a_tier_that_follows_all_again_loses_its_own(ops_client, in_tenant):
    set_all(200, 150, 60, 30, 10, tier="high")
    set_all(*STEPS)

    ops_client.post(PAGE, form_data())

    assert list(LadderSetting.objects.values_list("tier", flat=True)) == [""]


def new_segment(segment, **changes):
    return {
        name.replace("all-", "new-"): value
        for name, value in form_data().items()
        if name.startswith("all-")
    } | {"new-segment": segment, **changes}


def test_the_page_gives_a_segment_a_ladder_and_takes_it_back(ops_client, in_tenant):
    for segment in ("Banks", "Retail", ""):
        AccountFactory(segment=segment)
    set_segment(*STEPS, segment="Retail")
    page = ops_client.get(PAGE)
    assert [str(form.name) for form in page.context["forms"]][4:] == [
        "Retail",
        "Another segment",
    ]
    assert 'value="Banks"' in page.content.decode()

    # Retail's box is not sent: it follows the tiers again.
    said = form_data() | new_segment("Banks", **{"new-days-7": 14})
    response = ops_client.post(PAGE, said)

    assert response.status_code == 302
    found = LadderSetting.objects.exclude(segment="").values_list("segment", "days")
    assert list(found) == [("Banks", [120, 90, 60, 30, 14])]
    audit = AuditEntry.objects.exclude(after=None).filter(action="ladder.set")
    assert {"Banks": [120, 90, 60, 30, 14]} in [entry.after for entry in audit]


@pytest.mark.parametrize(
    ("segment", "days", "said"),
    [
        ("Nobody's", 120, "Select a valid choice"),
        ("Banks", 80, "Each step has to come after the one before it."),
    ],
)
def test_a_segments_ladder_that_makes_no_sense_is_refused(
    ops_client, in_tenant, segment, days, said
):
    AccountFactory(segment="Banks")

    sent = form_data() | new_segment(segment, **{"new-days-120": days})
    response = ops_client.post(PAGE, sent)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert LadderSetting.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"all-days-90": 130}, "Each step has to come after the one before it."),
        ({"all-days-90": ""}, "Say how many days before: Make the deal."),
        ({"all-days-90": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_ladder_that_does_not_fall_is_refused(ops_client, in_tenant, changes, said):
    response = ops_client.post(PAGE, form_data(**changes))

    assert response.status_code == 422
    assert said in response.content.decode()
    assert LadderSetting.objects.count() == 0


def test_what_is_wrong_in_a_tier_that_follows_all_does_not_matter():
    form = LadderForm({"high-days-120": "x"}, tier="high", days=None)

    assert (form.is_valid(), form.days()) == (True, None)


@pytest.mark.parametrize(
    ("who", "status"),
    [("ops", 200), ("admin", 200), ("csm", 404), ("lead", 404), ("stranger", 404)],
)
def test_who_may_set_the_ladder(request, sign_in, tenant, who, status):
    client = sign_in(request.getfixturevalue(who))

    assert client.get(PAGE).status_code == status
