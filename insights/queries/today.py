"""Who needs somebody today, and why: for one person, or for a team."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, F, Q, Sum

from accounts.queries import decided_within, may_see, visible_accounts
from health.models import Snapshot
from health.queries.explanation import explanation
from health.queries.receipt import week_before
from insights.queries.portfolio import is_falling
from renewals.models import Renewal
from tenants.models import Membership, Role
from worklist.queries.lists import visible_alerts, visible_tasks

SHOWN = 8
HORIZONS = (30, 60, 90)


@dataclass(frozen=True)
class Desk:
    """Whose day it is: `people` None stands for everybody's."""

    membership: Membership
    on: date
    people: list[int] | None

    def of(self, field_name="owner"):
        if self.people is None:
            return Q()
        return Q(**{f"{field_name}__in": self.people})

    def accounts(self):
        return visible_accounts(self.membership).current().filter(self.of())


@dataclass
class Section:
    """The first rows of a list, and how many there are."""

    rows: list = field(default_factory=list)
    total: int = 0
    counts: dict = field(default_factory=dict)


def desk_of(membership, *, on, is_team) -> Desk:
    """One's own desk, or the team's: those who report to one, all when nobody does."""
    if not is_team:
        return Desk(membership, on, [membership.user_id])
    team = []
    if membership.role == Role.LEAD:
        team = list(
            membership.team.filter(is_active=True).values_list("user", flat=True)
        )
    return Desk(membership, on, [*team, membership.user_id] if team else None)


def tasks(desk: Desk) -> Section:
    """What is due by today, the longest overdue first."""
    due = visible_tasks(desk.membership).open().filter(desk.of(), due_on__lte=desk.on)
    counts = due.aggregate(
        all=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=desk.on))
    )
    rows = due.select_related("account", "owner").order_by("due_on", "priority", "id")
    shown = _shown(desk, rows) if counts["all"] else []
    return Section(shown, counts["all"], counts)


def alerts(desk: Desk) -> Section:
    """The open alerts, the most urgent first."""
    rows = visible_alerts(desk.membership).open().filter(desk.of())
    rows = rows.select_related("account", "owner").order_by("priority", "-opened_at")
    total = rows.count()
    return Section(_shown(desk, rows) if total else [], total)


def renewals(desk: Desk) -> Section:
    """What is to be decided within 90 days or is overdue, the nearest first."""
    near = Renewal.objects.open().filter(
        decided_within(HORIZONS[-1], desk.on), account__in=desk.accounts()
    )
    counts = near.aggregate(
        **{
            f"in_{days}": Count("pk", filter=decided_within(days, desk.on))
            for days in HORIZONS
        }
    )
    rows = near.select_related("account", "owner").order_by("decides_on", "id")
    return Section(list(rows[:SHOWN]), counts[f"in_{HORIZONS[-1]}"], counts)


def falls(desk: Desk) -> Section:
    """The accounts whose score is falling, in the order of attention, then by MRR."""
    fallen = desk.accounts().filter(is_falling())
    counts = fallen.aggregate(all=Count("pk"), mrr=Sum("mrr"))
    rows = fallen.select_related("owner").order_by("attention", "-mrr", "id")
    rows = list(rows[:SHOWN])
    why = _reasons(rows, desk)
    return Section(
        [{"account": row, "why": why.get(row.pk, "")} for row in rows],
        counts["all"],
        counts,
    )


def unowned(desk: Desk) -> Section:
    """Accounts that usage events named and nobody looks after."""
    found = (
        visible_accounts(desk.membership)
        .current()
        .filter(is_discovered=True, owner=None)
        .order_by(F("last_seen_on").desc(nulls_last=True), "id")
    )
    return _section(found, found)


def _section(rows, counted):
    total = counted.count()
    return Section(list(rows[:SHOWN]) if total else [], total)


def _shown(desk, rows):
    """The first rows, each with the account it may name: none that is hidden."""
    found = list(rows[:SHOWN])
    for row in found:
        account = row.account
        row.seen_account = (
            account
            if account
            and may_see(
                desk.membership,
                owner_id=account.owner_id,
                archived_at=account.archived_at,
            )
            else None
        )
    return found


def _reasons(accounts, desk: Desk) -> dict:
    """The parts that cost each account the most points this week."""
    if not accounts:
        return {}
    known = Snapshot.objects.filter(account__in=[row.pk for row in accounts])
    known = known.select_related("scorecard", "override__by")
    newest = known.between(desk.on - timedelta(days=6), desk.on)
    after = {s.account_id: s for s in _latest(newest)}
    before = {s.account_id: s for s in _latest(week_before(known, desk.on))}
    zone = desk.membership.tenant.timezone
    return {
        row.pk: _lost(explanation(row, before[row.pk], after[row.pk], zone=zone))
        for row in accounts
        if row.pk in before and row.pk in after
    }


def _latest(snapshots):
    return snapshots.order_by("account", "-day").distinct("account")


def _lost(change) -> str:
    """The two parts that took the most: "Latest NPS answer −35, no data…"."""
    lost = [part for part in change.parts if part.points < 0]
    told = [part for part in lost if part.kind not in ("clip", "rounding")]
    return ", ".join(f"{part.label} {part.points_signed}" for part in told[:2])
