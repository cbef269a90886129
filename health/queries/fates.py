"""What became of accounts after a day: the only reading that looks ahead of it."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Min, Q

from accounts.models import Account, Stage
from accounts.models import Span as Paid
from health.learning import outcomes
from health.learning.outcomes import Fate, Span
from health.learning.traits import Habits
from health.queries.moments import Moment
from usage.models import FeatureDay

LOST, SILENT = "lost", "silent"


def fates_of(
    habits: Mapping[UUID, Habits], moment: Moment, outcome: str, horizon: int
) -> dict[UUID, Fate]:
    """What became of those accounts to which the outcome could happen.

    Left out: who did not pay (or was not active) on that day, and who is marked as
    churned without a contract that ends, of whom nobody knows when.
    """
    if outcome == SILENT:
        return _silent(habits, moment.day, horizon)
    return _lost(habits, moment.day, horizon)


def _silent(habits: Mapping[UUID, Habits], day: date, horizon: int):
    then = FeatureDay.objects.filter(
        account__in=list(habits), day__gt=day, day__lte=day + timedelta(days=horizon)
    )
    used_on = dict(then.values_list("account").annotate(first=Min("day")))
    found = {}
    for pk, one in habits.items():
        next_in = (used_on[pk] - day).days if pk in used_on else None
        fate = outcomes.silent(one.days_since_last, next_in, day, horizon)
        if fate is not None:
            found[pk] = fate
    return found


def _lost(account_ids: Iterable[UUID], day: date, horizon: int):
    found = {}
    for pk, spans in _paid(list(account_ids)).items():
        fate = outcomes.lost(spans, day, horizon)
        if fate is not None:
            found[pk] = fate
    return found


def _paid(account_ids: list[UUID]) -> dict[UUID, list[Span]]:
    """When each account paid, or paused. One churned and archived stopped then."""
    paid: dict[UUID, list[Span]] = {}
    spans = Paid.objects.filter(
        Q(mrr__gt=0) | Q(is_paused=True), account__in=account_ids
    )
    for pk, first, end in spans.values_list("account_id", "starts_on", "ends_on"):
        paid.setdefault(pk, []).append(Span(first, end))
    churned = Account.objects.filter(pk__in=list(paid), lifecycle_stage=Stage.CHURNED)
    for pk, archived_at in churned.values_list("pk", "archived_at"):
        if archived_at is not None:
            stopped = archived_at.date()
            paid[pk] = [span for span in map(_cut(stopped), paid[pk]) if span]
        elif any(span.end is None for span in paid[pk]):
            del paid[pk]
    return paid


def _cut(stopped: date):
    def cut(span: Span) -> Span | None:
        if span.first >= stopped:
            return None
        return Span(span.first, min(span.end or stopped, stopped))

    return cut
