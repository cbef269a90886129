import pytest

from renewals.models import Plan, PlanFeature, PlanLimit
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from usage.models import Feature

PAGE = "/t/acme/settings/plans/"


@pytest.fixture
def features(tenant):
    with tenant_scope(tenant.pk):
        return [Feature.objects.create(name=name) for name in ("audit", "export")]


def test_a_plan_is_kept_with_its_features_and_a_limit(ops_client, tenant, features):
    audit, export = features
    said = {"name": "Pro", "rank": 2, "features": [audit.pk]}

    response = ops_client.post(PAGE, said | {"limited": export.pk, "uses": 1000})

    assert response.status_code == 302
    with tenant_scope(tenant.pk):
        plan = Plan.objects.get()
        assert (plan.name, plan.rank) == ("Pro", 2)
        assert PlanFeature.objects.get().feature == audit
        limit = PlanLimit.objects.get()
        assert (limit.plan, limit.feature, limit.uses) == (plan, export, 1000)
        assert AuditEntry.objects.filter(action="plan.added").count() == 1
    page = ops_client.get(PAGE).content.decode()
    assert "export: 1,000" in page


def test_a_feature_begins_with_one_plan(ops_client, tenant, features):
    audit, _export = features
    for name, rank in (("Basic", 1), ("Pro", 2)):
        said = {"name": name, "rank": rank, "features": [audit.pk]}
        assert ops_client.post(PAGE, said).status_code == 302

    with tenant_scope(tenant.pk):
        rows = PlanFeature.objects.values_list("plan__name", "feature__name")
        assert list(rows) == [("Pro", "audit")]


def test_a_plan_is_changed_and_removed(ops_client, tenant, features):
    audit, export = features
    ops_client.post(
        PAGE,
        {
            "name": "Pro",
            "rank": 2,
            "features": [audit.pk],
            "limited": export.pk,
            "uses": 5,
        },
    )
    with tenant_scope(tenant.pk):
        plan, limit = Plan.objects.get(), PlanLimit.objects.get()

    ops_client.post(f"{PAGE}{plan.pk}/", {"name": "Pro", "rank": 3, "features": []})
    ops_client.post(f"/t/acme/settings/limits/{limit.pk}/removal/")

    with tenant_scope(tenant.pk):
        assert Plan.objects.get().rank == 3
        assert (PlanFeature.objects.count(), PlanLimit.objects.count()) == (0, 0)
    ops_client.post(f"{PAGE}{plan.pk}/removal/")
    with tenant_scope(tenant.pk):
        assert Plan.objects.count() == 0


def test_a_bad_plan_is_422_at_the_field(ops_client, tenant, features):
    ops_client.post(PAGE, {"name": "Pro", "rank": 2})

    twice = ops_client.post(PAGE, {"name": "pro", "rank": 3})
    half = ops_client.post(PAGE, {"name": "X", "rank": 1, "uses": 5})

    assert (twice.status_code, half.status_code) == (422, 422)
    assert list(twice.context["form"].errors) == ["name"]
    assert list(half.context["form"].errors) == ["uses"]
    with tenant_scope(tenant.pk):
        assert Plan.objects.count() == 1


@pytest.mark.parametrize("who", ["csm", "lead", "viewer", "stranger"])
def test_only_ops_and_admins_set_plans(request, tenant, who):
    client = request.getfixturevalue(f"{who}_client")

    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"name": "Pro", "rank": 2}).status_code == 404
    with tenant_scope(tenant.pk):
        assert Plan.objects.count() == 0
