"""What changed in the middle of a demo customer's contract. Pure, as `facts`."""

import random
from datetime import date, timedelta
from decimal import Decimal

from integrations.services.demo import facts
from integrations.services.demo.cast import Stage
from integrations.services.demo.story import Company

# Of a thriving customer's contract: when more seats were bought, and how many.
AFTER, MORE = timedelta(days=120), Decimal("1.2")
RISE = "4"


def turns(company: Company, stage: Stage, today: date) -> list[dict]:
    """A third of those who thrive buy more seats mid-term; theirs rise in price yearly."""
    draw = random.Random(company.seed + 11)
    if company.arc != "thriving" or draw.random() > 1 / 3:
        return []
    *_, latest = facts.contracts(company, stage, today)
    day = date.fromisoformat(latest["starts_on"]) + AFTER
    if not day < min(today, date.fromisoformat(latest["ends_on"])):
        return []
    seats = int(latest["seats"] * MORE) + 1
    return [
        {
            "external_id": latest["external_id"],
            "seats": seats,
            "mrr": str(Decimal(seats * company.price)),
            "uplift_percent": RISE,
            "effective_on": day.isoformat(),
        }
    ]
