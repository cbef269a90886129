from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from tenants.services import create_tenant


class Command(BaseCommand):
    help = "Creates a workspace."

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("--name", required=True)
        parser.add_argument("--timezone", default="UTC")
        parser.add_argument("--currency", default="USD")
        parser.add_argument("--language", default="en")

    def handle(self, *args, slug, name, timezone, currency, language, **options):
        try:
            create_tenant(
                slug,
                name=name,
                timezone=timezone,
                currency=currency,
                language=language,
            )
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"/t/{slug}/")
