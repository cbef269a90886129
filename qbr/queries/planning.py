"""Which accounts want a review, and by when: set-based, for the sweep and for people."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, Subquery

from accounts.models import Account, Band, Stage
from qbr import agenda, planning
from qbr.models import (
    AHEAD,
    HELD,
    Cadence,
    PlanningRule,
    Review,
    ReviewTemplate,
    Status,
    Why,
)
from renewals.models import Renewal


@dataclass(frozen=True)
class Wanted:
    """A review that is to stand in the calendar and does not yet, or stands too late."""

    account_id: UUID
    due_on: date
    reason: Why
    months: int
    renewal_id: UUID | None = None


@dataclass(frozen=True)
class Cadences:
    """Days between the reviews of an account; None: not by themselves."""

    by_tier: dict[str, int | None]
    by_segment: dict[str, int | None]

    def of(self, tier: str, segment: str) -> int | None:
        """That of its segment, else of its tier."""
        if segment in self.by_segment:
            return self.by_segment[segment]
        return self.by_tier.get(tier)


def planning_rule() -> PlanningRule:
    """How the workspace in scope plans; as shipped without a row."""
    return PlanningRule.objects.first() or PlanningRule()


def cadences() -> Cadences:
    """Days between the reviews of an account, by tier and by segment: one query."""
    found = Cadences(dict(planning.CADENCES), {})
    for row in Cadence.objects.all():
        if row.segment:
            found.by_segment[row.segment] = row.every_days
        else:
            found.by_tier[row.tier] = row.every_days
    return found


def segments_known() -> list[str]:
    """The segments of accounts, and those that have a cadence, by name."""
    rows = Account.objects.filter(archived_at=None).exclude(segment="")
    names = set(rows.order_by().values_list("segment", flat=True).distinct())
    return sorted(names | set(cadences().by_segment))


def template_for(tier: str) -> ReviewTemplate:
    """What a review of that tier begins with: its own, the workspace's, or the shipped."""
    kept = {row.tier: row for row in ReviewTemplate.objects.filter(tier__in=(tier, ""))}
    return kept.get(tier) or kept.get("") or ReviewTemplate()


def agenda_for(tier: str) -> list[agenda.Part]:
    return agenda.parts_of(template_for(tier).agenda)


def wanted(on: date) -> list[Wanted]:
    """What is to be planned, or moved nearer, by that day; the most urgent first.

    An account has one planned review: the nearer of what its cadence and its renewal
    ask for. Five queries, however many accounts.
    """
    rule = planning_rule()
    if not rule.is_on:
        return []
    found = {one.account_id: one for one in _by_cadence(on)}
    for one in _before_renewals(on, rule.renewal_days):
        known = found.get(one.account_id)
        if known is None or one.due_on <= known.due_on:
            found[one.account_id] = one
    return sorted(found.values(), key=lambda one: (one.due_on, str(one.account_id)))


def _customers():
    return Account.objects.current().exclude(lifecycle_stage=Stage.TRIAL)


def _of_account(**narrowing):
    return Review.objects.filter(
        tenant=OuterRef("tenant"), account=OuterRef("pk"), **narrowing
    ).order_by()


def _last(**narrowing):
    days = _of_account(**narrowing).values("account").annotate(last=Max("day"))
    return Subquery(days.values("last"))


def _by_cadence(on):
    every = cadences()
    tiers, segments = (
        [name for name, days in kept.items() if days]
        for kept in (every.by_tier, every.by_segment)
    )
    rows = (
        _customers()
        .filter(Q(tier__in=tiers) | Q(segment__in=segments))
        .filter(~Exists(_of_account(status__in=AHEAD)))
        .annotate(
            # One that was called off is not planned again before the next is due.
            last=_last(status__in=(*HELD, Status.CANCELLED)),
        )
        .values_list("pk", "tier", "segment", "customer_since", "last")
    )
    for pk, tier, segment, since, last in rows:
        days = every.of(tier, segment)
        if not days:
            continue
        due = planning.next_due(
            last=last, since=since, every_days=days, today=on, seed=str(pk)
        )
        if planning.is_near(due, on):
            months = planning.months_of(days)
            yield Wanted(pk, due, Why.CADENCE, months)


def _before_renewals(on, days):
    until = on + timedelta(days=days + planning.HORIZON)
    renewals = (
        Renewal.objects.open()
        .filter(
            account__in=_customers().filter(band=Band.AMBER),
            decides_on__range=(on, until),
        )
        .annotate(
            is_called_off=Exists(
                Review.objects.filter(
                    tenant=OuterRef("tenant"),
                    renewal=OuterRef("pk"),
                    status=Status.CANCELLED,
                )
            )
        )
        .filter(is_called_off=False)
        .order_by("decides_on")
        .values_list(
            "pk", "account_id", "account__tier", "account__segment", "decides_on"
        )
    )
    every, first = cadences(), {}
    for pk, account_id, tier, segment, decides_on in renewals:
        first.setdefault(account_id, (pk, every.of(tier, segment), decides_on))
    settled = _settled(first, days, on)
    for account_id, (pk, own, decides_on) in first.items():
        limit = planning.limit_of(decides_on, days=days, today=on)
        if account_id not in settled:
            months = planning.months_of(own or planning.RENEWAL_DAYS)
            yield Wanted(account_id, limit, Why.YELLOW_RENEWAL, months, pk)


def _settled(first, days, on):
    """Accounts whose review before the renewal was held, or stands early enough, or
    stands where a person has put it."""
    rows = Review.objects.filter(account__in=first).filter(
        Q(status__in=HELD) | Q(status__in=AHEAD)
    )
    settled = set()
    for account_id, status, day, scheduled_at, reason in rows.values_list(
        "account_id", "status", "day", "scheduled_at", "reason"
    ):
        decides_on = first[account_id][2]
        limit = planning.limit_of(decides_on, days=days, today=on)
        if status in HELD:
            is_fresh = day >= limit - timedelta(days=planning.FRESH)
        else:
            is_chosen = scheduled_at is not None or reason == Why.HAND
            is_fresh = day <= limit or is_chosen
        if is_fresh:
            settled.add(account_id)
    return settled


def reviews_of_another_owner():
    """Reviews ahead that follow their account, which has another owner by now."""
    return (
        Review.objects.ahead()
        .filter(follows_account=True)
        .exclude(owner=F("account__owner"))
        .exclude(owner=None, account__owner=None)
    )
