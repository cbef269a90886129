"""What people of a demo workspace decided and felt about their customers' health."""

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Account
from health.models import Override, Sentiment
from health.services import override_score, record_sentiment, save_card_order
from integrations.services.demo.cast import Stage
from integrations.services.demo.story import Company
from integrations.services.demo.words import NOTES, OVERRIDES
from tenants.models import User

# How many days ago a CSM said how an account feels.
FELT = (140, 95, 50, 6)
# Whose score a person overrides: the arcs that the numbers judge worst.
ARCS = ("quiet", "thriving", "fading")


def give_cards(stage: Stage) -> None:
    """Say who is scored by which card beside "Points"; safe to repeat."""
    rules = [{"card": card, "stages": stages} for card, stages in stage.cards]
    if rules:
        save_card_order(rules, by=_ops(stage))


def tell_feelings(stage: Stage, companies: list[Company], today: date) -> None:
    """How the CSMs felt about their customers in the last months; told once."""
    if Sentiment.objects.exists():
        return
    accounts = {one.external_id: one for one in Account.objects.all()}
    zone = ZoneInfo(stage.timezone)
    for age in FELT:
        day = today - timedelta(days=age)
        for company in companies:
            draw = random.Random(company.seed ^ day.toordinal() ^ 29)
            if not company.is_there(day) or draw.random() > 0.7:
                continue
            mood = company.mood(day, today)
            how = "well" if mood > 0.45 else "badly"
            record_sentiment(
                accounts[company.external_id],
                level=max(1, min(5, round(1 + 4 * mood + draw.gauss(0, 0.5)))),
                note=draw.choice(NOTES[stage.language][how]),
                by=User.objects.get(email=company.owner),
                at=datetime.combine(day, time(15), zone),
            )


def override_some(stage: Stage, companies: list[Company], today: date) -> None:
    """A few judgements that stand in place of the computed score; made once."""
    if Override.objects.exists():
        return
    for arc, (score, reason) in zip(ARCS, OVERRIDES[stage.language], strict=True):
        theirs = [one for one in companies if one.arc == arc and one.left_on is None]
        if theirs:
            override_score(
                Account.objects.get(external_id=theirs[0].external_id),
                score=score,
                reason=reason,
                expires_on=today + timedelta(days=21),
                by=User.objects.get(email=theirs[0].owner),
            )


def _ops(stage: Stage) -> User:
    email = next(email for _, email, role in stage.people if role == "ops")
    return User.objects.get(email=email)
