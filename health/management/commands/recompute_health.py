from datetime import date

from django.core.management.base import BaseCommand, CommandError

from cs_platform.lib import clock
from health.services import recompute_tenant
from tenants.management.commands._tenant import tenant_named
from tenants.models import Tenant


class Command(BaseCommand):
    help = (
        "Scores every account for today, or for a past day with what was known at its"
        " end; that day's snapshots are replaced."
    )

    def add_arguments(self, parser):
        parser.add_argument("--tenant", help="only the workspace of this slug")
        parser.add_argument("--as-of", type=_day, metavar="DATE", help="YYYY-MM-DD")

    def handle(self, *args, tenant, as_of, **options):
        tenants = [tenant_named(tenant)] if tenant else Tenant.objects.order_by("slug")
        for workspace in tenants:
            on = as_of or clock.day_of(clock.now(), workspace.timezone)
            try:
                scored = recompute_tenant(workspace.pk, on=on)
            except ValueError as error:
                raise CommandError(f"{workspace.slug}: {error}") from error
            self.stdout.write(f"{workspace.slug} {on}: {scored} accounts scored")


def _day(text):
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"'{text}' is no day: write YYYY-MM-DD.") from None
