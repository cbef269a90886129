"""Scoring as one would write it first: a query for each question, a save for each answer."""

from datetime import timedelta

from django.db.models import Q, Sum

from accounts.models import Account, Contract, Invoice, Ticket
from cs_platform.lib import clock
from health.models import Snapshot
from health.queries import scorecard_in_force
from health.scoring import POINTS, Card, Value, score
from nps.models import Response
from usage.models import FeatureDay, UserDay


def score_all(ids, today):
    card, now = scorecard_in_force(), clock.now()
    for pk in ids:
        account = Account.objects.get(pk=pk)
        result = score(POINTS, _values(account, today, now), at=now)
        Snapshot.objects.filter(account=account, day=today).update(
            score=result.score,
            band=result.band,
            coverage=result.coverage,
            computed=result.score,
            measures=result.measures,
            limits=result.limits,
            scorecard=card,
            computed_at=now,
        )
        account.score, account.band, account.scored_at = result.score, result.band, now
        account.save()


def _values(account, today, now):
    month = (today - timedelta(days=29), today)
    of = {"account": account}
    tickets = Ticket.objects.open().filter(severity="critical", **of)
    answers = Response.objects.filter(kind="nps", **of).order_by("-answered_at")
    bills = Invoice.objects.filter(due_on__gt=today - timedelta(days=182), **of)
    days = FeatureDay.objects.filter(day__range=month, **of).values("day").distinct()
    people = UserDay.objects.filter(day__range=month, **of).values("user_ref")
    seats = Contract.objects.in_force(today).filter(**of).aggregate(n=Sum("seats"))
    late = Q(paid_on=None, due_on__lt=today)
    oldest = tickets.order_by("opened_at").first()
    latest = answers.first()
    users, bought = people.distinct().count(), seats["n"]
    age = now - oldest.opened_at if oldest else timedelta(0)
    values = [
        Value(days.count(), now),
        Value(users / bought, now) if bought else None,
        Value(1 if oldest else 0, now, age=age),
        Value(latest.score, latest.answered_at) if latest else None,
        Value(bills.filter(late).count(), now),
    ]
    return dict(zip(Card(POINTS).readings, values, strict=True))
