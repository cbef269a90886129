from django.core.management.base import BaseCommand

from tenants.management.commands._tenant import tenant_named
from tenants.models import Tenant
from tenants.scoping import tenant_scope
from usage.services.attempts import retry_set_aside
from usage.services.running import roll_up_tenant


class Command(BaseCommand):
    help = (
        "Rolls up all usage events that wait, now, and says how many. Batches that were"
        " set aside are tried once more, after the rest."
    )

    def add_arguments(self, parser):
        parser.add_argument("--tenant")

    def handle(self, *args, tenant, **options):
        tenants = [tenant_named(tenant)] if tenant else Tenant.objects.order_by("slug")
        for one in tenants:
            total = roll_up_tenant(one.pk, wait=True)
            with tenant_scope(one.pk):
                retried = retry_set_aside(by=None)
            if retried:
                again = roll_up_tenant(one.pk, wait=True)
                total.batches += again.batches
                total.events += again.events
                total.set_aside = again.set_aside
            self.stdout.write(
                f"{one.slug}: {total.batches} batches, {total.events} events,"
                f" {total.set_aside} batches set aside"
            )
