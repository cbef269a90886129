"""The plans a tenant sells: what begins with each, and how much of it."""

from django.db import transaction

from renewals.models import Plan, PlanFeature, PlanLimit
from tenants.services import record_audit


@transaction.atomic
def save_plan(plan: Plan, *, features, limited=None, uses=None, by=None) -> Plan:
    """Keep a plan with the features that begin with it; in the audit trail.

    A feature begins with one plan: named here, it leaves the one it was in. With
    `limited` and `uses` the plan's limit of that feature is set. The next search for
    signs of growth goes by it. Saving the same again changes nothing.
    """
    is_new = plan._state.adding
    plan.save()
    wanted = {feature.pk for feature in features}
    PlanFeature.objects.filter(plan=plan).exclude(feature__in=wanted).delete()
    PlanFeature.objects.filter(feature__in=wanted).exclude(plan=plan).delete()
    PlanFeature.objects.bulk_create(
        [PlanFeature(plan=plan, feature=feature) for feature in features],
        ignore_conflicts=True,
    )
    if limited:
        PlanLimit.objects.update_or_create(
            plan=plan, feature=limited, defaults={"uses": uses}
        )
    after = {"rank": plan.rank, "features": sorted(f.name for f in features)}
    if limited:
        after["limit"] = f"{limited.name}: {uses}"
    action = "plan.added" if is_new else "plan.changed"
    record_audit(action, plan, by=by, after=after)
    return plan


@transaction.atomic
def remove_plan(plan: Plan, *, by=None) -> None:
    """Forget a plan with its features and limits; contracts keep its name."""
    record_audit("plan.removed", plan, by=by, before={"rank": plan.rank})
    plan.delete()


@transaction.atomic
def remove_limit(limit: PlanLimit, *, by=None) -> None:
    """Let a plan hold as much of a feature as anybody wants."""
    before = {"limit": f"{limit.feature.name}: {limit.uses}"}
    record_audit("plan.changed", limit.plan, by=by, before=before)
    limit.delete()
