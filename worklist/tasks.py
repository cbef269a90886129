from celery import shared_task
from django.db.models import Exists, OuterRef

from accounts.models import Handover
from tenants.models import Tenant
from tenants.scoping import all_tenants, tenant_scope


@shared_task(name="worklist.sweep_handovers")
def sweep_handovers():
    """Wake one task for each tenant with accounts that changed hands."""
    with all_tenants("worklist: tenants with accounts that changed hands"):
        waiting = Tenant.objects.filter(
            Exists(Handover.objects.filter(tenant=OuterRef("pk")))
        )
        tenant_ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    for tenant_id in tenant_ids:
        hand_over.apply_async(kwargs={"tenant_id": tenant_id}, expires=60)


@shared_task(name="worklist.hand_over")
def hand_over(*, tenant_id: int):
    """What is open follows the accounts; woken by the commit, or by the sweep."""
    from worklist import services

    with tenant_scope(tenant_id):
        while services.hand_over_accounts():
            pass


@shared_task(name="worklist.sweep_escalations")
def sweep_escalations():
    """Wake one task for each tenant with urgent alerts that nobody answers."""
    from worklist.models import Alert

    with all_tenants("worklist: tenants with urgent alerts that nobody answers"):
        waiting = Alert.objects.unanswered().order_by()
        tenant_ids = set(waiting.values_list("tenant_id", flat=True).distinct())
    for tenant_id in sorted(tenant_ids):
        escalate.apply_async(kwargs={"tenant_id": tenant_id}, expires=60)


@shared_task(name="worklist.escalate")
def escalate(*, tenant_id: int):
    from worklist import services

    with tenant_scope(tenant_id):
        services.escalate_alerts()
