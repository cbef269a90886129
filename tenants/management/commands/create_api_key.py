from django.core.management.base import BaseCommand, CommandError

from tenants.management.commands._tenant import tenant_named
from tenants.models import ApiKey
from tenants.scoping import tenant_scope
from tenants.services import create_api_key


class Command(BaseCommand):
    help = "Makes an API key and prints its secret, alone."

    def add_arguments(self, parser):
        parser.add_argument("--tenant", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--scopes", default="read,write")

    def handle(self, *args, tenant, name, scopes, **options):
        wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
        unknown = set(wanted) - set(ApiKey.Scope.values)
        if unknown or not wanted:
            known = ", ".join(ApiKey.Scope.values)
            raise CommandError(f"--scopes takes a list of: {known}.")
        with tenant_scope(tenant_named(tenant).pk):
            _, secret = create_api_key(name=name, scopes=wanted)
        self.stdout.write(secret)
