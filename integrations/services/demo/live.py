"""The demo goes on: today's usage, sent as a customer's product would send it."""

import base64
import json
import random
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from integrations.services.demo import story
from integrations.services.demo.cast import Stage
from integrations.services.demo.seeding import message

TIMEOUT = 8  # seconds
# Every so many rounds somebody comes back from days offline: late events in one batch.
COMEBACK = 12
OFFLINE_DAYS = 7


@dataclass
class Sender:
    """One workspace's product: what it sends next, and to where."""

    stage: Stage
    write_key: str
    today: date
    base: str
    round: int = 0

    def __post_init__(self):
        everybody = story.companies(self.stage, self.today)
        self.companies = [one for one in everybody if one.left_on is None]
        self.draw = random.Random()

    def batch(self, now: datetime) -> list[dict]:
        """A few customers at work; now and then one with a queue of past days."""
        self.round += 1
        busy = self.draw.sample(self.companies, min(4, len(self.companies)))
        found = [self._event(one, now) for one in busy for _ in range(3)]
        if self.round % COMEBACK == 0:
            found += self._comeback(now)
        return found

    def _comeback(self, now):
        quiet = [one for one in self.companies if one.arc in ("quiet", "fading")]
        company = self.draw.choice(quiet or self.companies)
        return [
            self._event(company, now - timedelta(days=age, minutes=number))
            for age in range(OFFLINE_DAYS)
            for number in range(6)
        ]

    def _event(self, company, at):
        person = self.draw.choice(company.people)
        feature = self.draw.choice(company.features)
        number = f"live-{at:%Y%m%d%H%M%S}-{self.draw.randrange(10**9)}"
        return message(company, person, feature, at, number)

    def send(self, now: datetime) -> int:
        """Post one batch; how many events were accepted (0 while nobody answers)."""
        login = base64.b64encode(f"{self.write_key}:".encode()).decode()
        request = urllib.request.Request(  # noqa: S310 (our own server)
            f"{self.base}/v1/batch",
            data=json.dumps({"batch": self.batch(now)}).encode(),
            headers={
                "Authorization": f"Basic {login}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                return json.load(answer)["accepted"]
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return 0
