from django.core.management.base import BaseCommand, CommandError

from tenants import schema


class Command(BaseCommand):
    help = "Checks walls, composite keys and distributability in the database itself."

    def handle(self, *args, **options):
        problems = schema.problems()
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} rules broken.")
        self.stdout.write("The schema is sound.")
