from datetime import date

from django.core.management.base import BaseCommand

from tenants.management.commands._tenant import tenant_named
from tenants.models import Tenant
from tenants.scoping import tenant_scope
from usage.queries.audit import differences
from usage.services.recounting import recount_tenant


class Command(BaseCommand):
    help = "Counts usage again from the raw events (--check: only says what differs)."

    def add_arguments(self, parser):
        parser.add_argument("--tenant")
        parser.add_argument("--since", type=date.fromisoformat, help="a day")
        parser.add_argument("--check", action="store_true")

    def handle(self, *args, tenant, since, check, **options):
        tenants = [tenant_named(tenant)] if tenant else Tenant.objects.order_by("slug")
        for one in tenants:
            with tenant_scope(one.pk):
                told = differences(one.timezone, since=since) if check else None
                told = told or f"{recount_tenant(since=since)} events counted again"
            self.stdout.write(f"{one.slug}: {told}")
