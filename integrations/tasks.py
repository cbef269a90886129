from celery import shared_task

from cs_platform.lib.wake import wake
from integrations.models import ImportRun
from tenants.scoping import all_tenants

WORKING = (ImportRun.Status.CHECKING, ImportRun.Status.IMPORTING)


@shared_task(name="integrations.work_off_import")
def work_off_import(*, tenant_id: int, run_id: str):
    from integrations.services import imports

    imports.work_off(tenant_id, run_id)


@shared_task(name="integrations.sweep_imports")
def sweep_imports():
    """Find files that a lost message or a killed worker left half done."""
    with all_tenants("imports that are not finished"):
        left = ImportRun.objects.filter(status__in=WORKING).order_by("pk")
        for tenant_id, run_id in left.values_list("tenant_id", "pk"):
            wake(
                "integrations.work_off_import",
                tenant_id=tenant_id,
                run_id=str(run_id),
            )
