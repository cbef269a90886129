"""Who needs somebody today, and why: for one person, or for a team."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, F, Q, Sum

from accounts.queries import decided_within, may_see, visible_accounts
from health.models import Snapshot
from health.queries.receipt import week_before
from health.queries.wording import label_of
from health.scoring.moves import moves
from renewals.models import Renewal
from tenants.models import Membership, Role
from worklist.queries.lists import visible_alerts, visible_tasks

SHOWN = 8
HORIZONS = (30, 60, 90)
MINUS = "\N{MINUS SIGN}"


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
    """The accounts whose score fell within a week, the steepest first, then by MRR."""
    fallen = desk.accounts().filter(score_change_7d__lt=0)
    counts = fallen.aggregate(all=Count("pk"), mrr=Sum("mrr"))
    rows = fallen.select_related("owner").order_by("score_change_7d", "-mrr", "id")
    rows = list(rows[:SHOWN])
    why = _reasons([row.pk for row in rows], desk.on)
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


def _reasons(account_ids, on) -> dict:
    """The two measures that cost each account the most points this week."""
    known = Snapshot.objects.filter(account__in=account_ids)
    newest = known.between(on - timedelta(days=6), on)
    after = {s.account_id: s for s in _latest(newest)}
    before = {s.account_id: s for s in _latest(week_before(known, on))}
    return {pk: _sentence(before[pk], after[pk]) for pk in before.keys() & after.keys()}


def _latest(snapshots):
    return snapshots.order_by("account", "-day").distinct("account")


def _sentence(before, after) -> str:
    if before.score is None or after.score is None:
        return ""
    found = moves(before.score, before.measures, after.score, after.measures)
    lost = [move for move in found if move.points < 0 and move.key != "limits"]
    return ", ".join(f"{label_of(m.key)} {MINUS}{-m.points}" for m in lost[:2])
