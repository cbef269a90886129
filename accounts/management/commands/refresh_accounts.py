from datetime import date

from django.core.management.base import BaseCommand

from accounts.services import refresh_mrr, roll_over
from tenants.management.commands._tenant import tenant_named
from tenants.models import Tenant
from tenants.scoping import tenant_scope


class Command(BaseCommand):
    help = (
        "Enters the rises and next terms of a day and makes the MRR of accounts true."
    )

    def add_arguments(self, parser):
        parser.add_argument("--tenant", help="one workspace; all unless said")
        parser.add_argument("--as-of", type=date.fromisoformat, help="YYYY-MM-DD")

    def handle(self, *args, tenant, as_of, **options):
        every = Tenant.objects.order_by("slug")
        for workspace in [tenant_named(tenant)] if tenant else every:
            with tenant_scope(workspace.pk):
                rolled = roll_over(on=as_of)
                changed = refresh_mrr(on=as_of)
            self.stdout.write(
                f"{workspace.slug}: {rolled} contracts rolled over, {changed} changed"
            )
