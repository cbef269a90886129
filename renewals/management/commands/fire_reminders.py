from datetime import date

from django.core.management.base import BaseCommand

from renewals.services import remind_tenant
from renewals.services.attempts import retry_set_aside
from tenants.management.commands._tenant import tenant_named
from tenants.models import Tenant
from tenants.scoping import tenant_scope


class Command(BaseCommand):
    help = (
        "Fires the renewal reminders that are due, each exactly once. What was set aside"
        " is tried once more, after the rest."
    )

    def add_arguments(self, parser):
        parser.add_argument("--tenant", metavar="SLUG", help="only this workspace")
        parser.add_argument(
            "--as-of",
            metavar="DATE",
            type=date.fromisoformat,
            help="as on this day (today in each workspace's time zone)",
        )

    def handle(self, *args, tenant, as_of, **options):
        tenants = [tenant_named(tenant)] if tenant else Tenant.objects.order_by("slug")
        for each in tenants:
            handled = remind_tenant(each.pk, on=as_of)
            with tenant_scope(each.pk):
                retried = retry_set_aside()
            if retried:
                handled += remind_tenant(each.pk, on=as_of)
            self.stdout.write(f"{each.slug}: {handled} renewals reminded of")
