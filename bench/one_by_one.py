"""Scoring as one would write it first: a query for each question, a save for each answer."""

from datetime import timedelta

from django.db.models import Q, Sum

from accounts.models import Account, Contract, Invoice, Ticket
from cs_platform.lib import clock
from health.models import Snapshot
from health.queries import scorecard_in_force
from health.scoring import POINTS, Facts, score
from nps.models import Response
from usage.models import FeatureDay, UserDay


def score_all(ids, today):
    card, now = scorecard_in_force(), clock.now()
    for pk in ids:
        account = Account.objects.get(pk=pk)
        result = score(POINTS, _facts(account, today, now))
        Snapshot.objects.filter(account=account, day=today).update(
            score=result.score,
            band=result.band,
            coverage=result.coverage,
            measures=result.measures,
            scorecard=card,
            computed_at=now,
        )
        account.score, account.band, account.scored_at = result.score, result.band, now
        account.save()


def _facts(account, today, now):
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
    return Facts(
        at=now,
        usage_days=days.count(),
        active_users=people.distinct().count(),
        seats=seats["n"],
        has_tickets=True,
        critical_open=1 if oldest else 0,
        critical_since=oldest and oldest.opened_at,
        nps=latest and latest.score,
        bills=1,
        bills_late=bills.filter(late).count(),
    )
