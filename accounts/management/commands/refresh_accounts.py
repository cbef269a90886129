from datetime import date

from django.core.management.base import BaseCommand

from accounts.services import refresh_mrr
from tenants.management.commands._tenant import tenant_named
from tenants.models import Tenant
from tenants.scoping import tenant_scope


class Command(BaseCommand):
    help = "Makes the MRR of every account true: the contracts in force on a day."

    def add_arguments(self, parser):
        parser.add_argument("--tenant", help="one workspace; all unless said")
        parser.add_argument("--as-of", type=date.fromisoformat, help="YYYY-MM-DD")

    def handle(self, *args, tenant, as_of, **options):
        every = Tenant.objects.order_by("slug")
        for workspace in [tenant_named(tenant)] if tenant else every:
            with tenant_scope(workspace.pk):
                changed = refresh_mrr(on=as_of)
            self.stdout.write(f"{workspace.slug}: {changed} changed")
