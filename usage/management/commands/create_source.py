from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from tenants.management.commands._tenant import tenant_named
from tenants.scoping import tenant_scope
from usage.services.doors import create_source


class Command(BaseCommand):
    help = "Makes a source of usage events and prints its write key, alone."

    def add_arguments(self, parser):
        parser.add_argument("--tenant", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--key", help="25 characters: c and 24 of a-z and 0-9")

    def handle(self, *args, tenant, name, key, **options):
        try:
            with tenant_scope(tenant_named(tenant).pk):
                source = create_source(name=name, key=key)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(source.write_key)
