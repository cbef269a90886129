import json
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections

from cs_platform.lib import clock
from integrations.services.demo.cast import STAGES
from integrations.services.demo.seeding import ensure_workspace, tell, write_key
from tenants.scoping import tenant_scope
from tenants.services import create_api_key

PASSWORD = "demo-demo-demo"  # noqa: S105 (of the demo, on this machine only)


class Command(BaseCommand):
    help = "Tells the story of the demo workspaces, once; prints logins and keys."

    def add_arguments(self, parser):
        parser.add_argument("--only", help="the slug of one workspace")

    def handle(self, *args, only=None, **options):
        path = settings.VAR / "demo.json"
        kept = json.loads(path.read_text()) if path.exists() else {}
        for stage in STAGES:
            if only in (None, stage.slug):
                kept.setdefault(stage.slug, {})
                self._tell(stage, kept[stage.slug], lambda: _keep(path, kept))
        if not all(state.get("is_counted") for state in kept.values()):
            _count_rows()
            for state in kept.values():
                state["is_counted"] = True
            _keep(path, kept)
        self._welcome(kept)

    def _tell(self, stage, state, keep):
        tenant = ensure_workspace(stage, password=PASSWORD)
        today = clock.day_of(clock.now(), tenant.timezone)
        state.setdefault("today", today.isoformat())
        state["write_key"] = write_key(tenant)
        keep()
        if "api_key" not in state:
            with tenant_scope(tenant.pk):
                _, state["api_key"] = create_api_key(name="Demo")
            keep()
        if not state.get("is_told"):
            begun = date.fromisoformat(state["today"])
            tell(stage, tenant, today=begun, say=self.stderr.write)
            state["is_told"] = True
            keep()

    def _welcome(self, kept):
        self.stdout.write(f"Sign in with the password  {PASSWORD}  as\n")
        for stage in STAGES:
            if stage.slug in kept:
                self.stdout.write(f"\n  {stage.name}   /t/{stage.slug}/")
                seen = set()
                for _name, email, role in stage.people:
                    if role not in seen:
                        self.stdout.write(f"    {role:<7} {email}")
                    seen.add(role)
                self.stdout.write(f"    API key    {kept[stage.slug]['api_key']}")
                self.stdout.write(f"    write key  {kept[stage.slug]['write_key']}")


def _count_rows():
    """Let the planner know what has been written: the first page would wait for it to
    find out by itself. Only the owner may; of what is not its own it takes no notice.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def _keep(path, kept):
    path.write_text(json.dumps(kept, indent=2))
    path.chmod(0o600)
