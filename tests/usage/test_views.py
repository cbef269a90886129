"""The pages of usage, for each role and for a stranger."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import Account
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContractFactory
from tests.factories.usage import SourceFactory
from tests.usage.oracle import Message
from tests.usage.rollups import roll_up_all, store
from usage.models import Feature, IngestBatch, Quarantine, Source

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def told(number, user="u1", group="acme", name="open", days=0, kind="track"):
    at = NOON - timedelta(days=days)
    key = f"{number:032x}"
    return Message(key, kind, at, at, user=user, group=group, name=name)


def quarantine(source):
    Quarantine.objects.create(
        source=source,
        batch_id=source.pk,
        received_at=NOON,
        index=0,
        code="no_id",
        message="It names nobody.",
        body="{}",
        key=source.pk,
    )


@pytest.fixture
def source(tenant):
    with tenant_scope(tenant.pk):
        return SourceFactory(name="Web app")


@pytest.fixture
def used(tenant, source):
    """Three events of two people on two days, and one that nobody explains."""
    with tenant_scope(tenant.pk):
        store(
            [
                told(1),
                told(2, user="u2", name="save"),
                told(3, days=3),
                told(4, user="u9", group=""),
            ],
            source=source,
        )
        roll_up_all()
        return Account.objects.get()


def test_the_panel_counts_people_days_and_seats(csm_client, tenant, used):
    with tenant_scope(tenant.pk):
        ContractFactory(account=used, seats=8, starts_on="2026-01-01", ends_on=None)
        Feature.objects.create(name="export", is_key=True)

    response = csm_client.get(f"/t/acme/accounts/{used.pk}/usage/", headers=HTMX)

    activity = response.context["activity"]
    assert (activity.active_days, activity.weekly_users) == (2, 2)
    assert activity.seats_share == 0.25
    assert (activity.minutes, [one.minutes for one in activity.people]) == (15, [10, 5])
    assert activity.minutes_each == 7.5
    assert [(one.name, one.events) for one in activity.features] == [
        ("open", 2),
        ("save", 1),
    ]
    assert activity.unused_keys == ["export"]
    assert [(one.ref, one.days) for one in activity.people] == [("u1", 2), ("u2", 1)]
    assert b"<html" not in response.content


def test_the_panel_of_an_account_without_usage_teaches(csm_client, tenant):
    with tenant_scope(tenant.pk):
        account = AccountFactory()

    response = csm_client.get(f"/t/acme/accounts/{account.pk}/usage/")

    assert b"No usage yet" in response.content


@pytest.mark.parametrize("people", [1, 3])
def test_the_panel_costs_the_same_for_any_number_of_people(
    csm_client, tenant, source, people, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        store(
            [told(n, user=f"u{n}", name=f"f{n}") for n in range(people)], source=source
        )
        roll_up_all()
        account = Account.objects.get()

    with django_assert_num_queries(18):
        response = csm_client.get(f"/t/acme/accounts/{account.pk}/usage/", headers=HTMX)

    assert len(response.context["activity"].people) == people


@pytest.mark.parametrize("count", [1, 3])
def test_features_are_listed_with_their_use(
    csm_client, tenant, source, count, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        store([told(n, name=f"f{n}") for n in range(count)], source=source)
        roll_up_all()

    with django_assert_num_queries(14):
        response = csm_client.get("/t/acme/settings/features/")

    assert [(one.feature.name, one.total) for one in response.context["features"]] == [
        (f"f{n}", 1) for n in range(count)
    ]


def test_ops_marks_a_key_feature_and_merges_another_into_it(ops_client, tenant, used):
    with tenant_scope(tenant.pk):
        opened, saved = Feature.objects.order_by("name")

    response = ops_client.post(
        f"/t/acme/settings/features/{saved.pk}/",
        {"label": "Saving", "is_key": "on", "into": str(opened.pk)},
    )

    assert response.status_code == 302
    with tenant_scope(tenant.pk):
        saved.refresh_from_db()
        assert (saved.label, saved.is_key, saved.merged_into) == (
            "Saving",
            True,
            opened,
        )
        assert set(
            AuditEntry.objects.filter(action__startswith="feature").values_list(
                "action", flat=True
            )
        ) == {"feature.changed", "feature.merged"}


@pytest.mark.parametrize("who", ["csm_client", "viewer_client", "stranger_client"])
def test_only_ops_and_admins_change_features(request, who, tenant, used):
    with tenant_scope(tenant.pk):
        feature = Feature.objects.get(name="open")

    response = request.getfixturevalue(who).post(
        f"/t/acme/settings/features/{feature.pk}/", {"label": "X"}
    )

    assert response.status_code == 404
    with tenant_scope(tenant.pk):
        assert Feature.objects.get(name="open").label == ""


def test_a_source_is_made_with_a_key_and_shown_at_once(admin_client, tenant):
    response = admin_client.post("/t/acme/settings/sources/new/", {"name": "Back end"})

    with tenant_scope(tenant.pk):
        source = Source.objects.get()
    assert response.url == f"/t/acme/settings/sources/{source.pk}/"
    page = admin_client.get(response.url)
    assert source.write_key in page.content.decode()


def test_a_taken_name_is_refused_at_the_field(ops_client, source):
    response = ops_client.post("/t/acme/settings/sources/new/", {"name": "Web app"})

    assert response.status_code == 422
    assert response.context["form"].errors != {}


def test_the_tail_says_whose_an_event_is(csm_client, used, source):
    response = csm_client.get(f"/t/acme/settings/sources/{source.pk}/", headers=HTMX)

    lines = response.context["lines"]
    assert sorted((one.person, one.account and one.account.name) for one in lines) == [
        ("u1", "acme"),
        ("u1", "acme"),
        ("u2", "acme"),
        ("u9", None),
    ]
    assert b"<html" not in response.content


@pytest.mark.parametrize("who", ["csm_client", "lead_client", "viewer_client"])
def test_only_ops_and_admins_see_the_ids_of_events_without_an_account(
    request, used, who
):
    client = request.getfixturevalue(who)

    assert client.get("/t/acme/settings/sources/unexplained/").status_code == 404
    assert b"unexplained" not in client.get("/t/acme/settings/sources/").content


def test_events_without_an_account_are_shown_by_id(ops_client, used):
    response = ops_client.get("/t/acme/settings/sources/unexplained/")

    link = b"/settings/sources/unexplained/"
    assert link in ops_client.get("/t/acme/settings/sources/").content
    assert response.context["total"] == 1
    assert [row["ref"] for row in response.context["rows"]] == ["u9"]


@pytest.mark.parametrize("who", ["csm_client", "viewer_client", "stranger_client"])
@pytest.mark.parametrize("verb", ["revocation", "replays", "discards"])
def test_only_ops_and_admins_act_on_a_source(request, who, verb, tenant, source):
    response = request.getfixturevalue(who).post(
        f"/t/acme/settings/sources/{source.pk}/{verb}/"
    )

    assert response.status_code == 404
    with tenant_scope(tenant.pk):
        assert Source.objects.get().revoked_at is None


@pytest.mark.parametrize("path", ["sources/", "features/", "sources/unexplained/"])
def test_a_stranger_finds_no_settings_of_usage(stranger_client, used, path):
    assert stranger_client.get(f"/t/acme/settings/{path}").status_code == 404


def test_a_closed_portfolio_hides_whose_events_a_source_sends(
    csm_client, lead_client, csm, tenant, source
):
    with tenant_scope(tenant.pk):
        store([told(1, group="mine"), told(2, group="theirs")], source=source)
        roll_up_all()
        Account.objects.filter(external_id="mine").update(owner=csm)
        quarantine(source)
    tenant.is_portfolio_closed = True
    tenant.save()
    address = f"/t/acme/settings/sources/{source.pk}/"

    shown, whole = (one.get(address) for one in (csm_client, lead_client))

    named = [
        sorted(str(line.account) for line in page.context["lines"])
        for page in (shown, whole)
    ]
    assert named == [["mine"], ["mine", "theirs"]]
    assert [page.context["quarantine_total"] for page in (shown, whole)] == [0, 1]


def test_ops_discards_what_is_quarantined(ops_client, tenant, source):
    with tenant_scope(tenant.pk):
        quarantine(source)

    page = ops_client.get(f"/t/acme/settings/sources/{source.pk}/")
    ops_client.post(f"/t/acme/settings/sources/{source.pk}/discards/")

    assert "It names nobody." in page.content.decode()
    with tenant_scope(tenant.pk):
        assert Quarantine.objects.get().state == Quarantine.State.DISCARDED


def test_ops_lets_batches_set_aside_be_tried_again(ops_client, tenant, source):
    with tenant_scope(tenant.pk):
        store([told(1)], source=source)
        IngestBatch.objects.update(set_aside_at=NOON, attempts=5)

    response = ops_client.get("/t/acme/settings/sources/")
    ops_client.post("/t/acme/settings/sources/retries/")

    assert response.context["set_aside"] == 1
    with tenant_scope(tenant.pk):
        batch = IngestBatch.objects.get()
        assert (batch.set_aside_at, batch.attempts) == (None, 0)
