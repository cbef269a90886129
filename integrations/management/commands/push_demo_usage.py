import json
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cs_platform.lib import clock
from integrations.services.demo.cast import STAGES
from integrations.services.demo.live import Sender


class Command(BaseCommand):
    help = "Sends usage of the demo's customers over HTTP until it is stopped."

    def add_arguments(self, parser):
        parser.add_argument("--base", default=settings.SITE_URL)
        parser.add_argument("--every", type=float, default=5, help="seconds")
        parser.add_argument("--rounds", type=int, default=0, help="0: without end")

    def handle(self, *args, base, every, rounds, **options):
        path = settings.VAR / "demo.json"
        if not path.exists():
            raise CommandError("There is no demo yet: run manage.py seed_demo first.")
        kept = json.loads(path.read_text())
        senders = [
            Sender(stage, kept[stage.slug]["write_key"], self._day(kept, stage), base)
            for stage in STAGES
            if stage.slug in kept
        ]
        done = 0
        while not rounds or done < rounds:
            sent = {one.stage.slug: one.send(clock.now()) for one in senders}
            done += 1
            if done % 12 == 1:
                self.stdout.write(f"accepted {sent}")
            time.sleep(every)

    def _day(self, kept, stage):
        return clock.day_of(clock.now(), stage.timezone).fromisoformat(
            kept[stage.slug]["today"]
        )
