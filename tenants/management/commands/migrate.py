from django.conf import settings
from django.core.management.commands import migrate

from tenants import roles


class Command(migrate.Command):
    """Migrate as the owner, and keep the app and ops roles and their rights true."""

    help = "Migrates as the owner role; creates the app and ops roles and grants."

    stealth_options = ("skip_bootstrap",)

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args, **options):
        if not options.pop("skip_bootstrap", False):
            _bootstrap()
        super().handle(*args, **options)
        roles.grant()


def _bootstrap():
    if settings.EMBEDDED_SUPERUSER:
        roles.create_embedded_database()
    roles.prepare_roles()
