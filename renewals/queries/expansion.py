"""Signs of growth and opportunities, for those who may see their accounts."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Window,
)
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from accounts.models import Account, Band
from accounts.queries import rates_on, visible_accounts
from health.services.falls import ALERT as FELL
from renewals.models import (
    OPEN_OPPORTUNITY,
    ExpansionSignal,
    Opportunity,
    OpportunityStage,
    SignalKind,
)
from renewals.queries.stale import LOW_HEALTH, NOTICE
from tenants.models import Role
from worklist.models import Alert

# While one of these is open, nothing is offered: value first.
RISKS = (FELL, LOW_HEALTH, NOTICE, "renewal.stuck")
# Cards drawn in one column, and how long a decided one stands on the board.
CARDS, RECENT = 50, timedelta(days=90)


def visible_signals(membership):
    return ExpansionSignal.objects.filter(account__in=visible_accounts(membership))


def visible_opportunities(membership):
    return Opportunity.objects.filter(account__in=visible_accounts(membership))


def changeable_opportunities(membership):
    """A lead's, ops' or admin's: all they see. A CSM's own, and of own accounts."""
    found = visible_opportunities(membership)
    if membership.role in (Role.LEAD, Role.OPS, Role.ADMIN):
        return found
    if membership.role == Role.CSM:
        user = membership.user
        return found.filter(Q(owner=user) | Q(account__owner=user))
    return found.none()


def may_change(opportunity, membership) -> bool:
    """As `changeable_opportunities` for one in hand, without a query."""
    if membership.role in (Role.LEAD, Role.OPS, Role.ADMIN):
        return True
    owners = (opportunity.owner_id, opportunity.account.owner_id)
    return membership.role == Role.CSM and membership.user_id in owners


def with_risk(rows):
    """With `risk`: the title of an open alert about the row's account, or null."""
    alerts = Alert.objects.open().filter(
        tenant=OuterRef("tenant"), account=OuterRef("account"), kind__in=RISKS
    )
    return rows.annotate(
        risk=Subquery(alerts.order_by("opened_at").values("title")[:1])
    )


def muted_because(row) -> str:
    """Why nothing is to be offered to the account of a row `with_risk`; or nothing."""
    if row.risk:
        return row.risk
    if row.account.band != Band.GREEN:
        return _("Health: %(band)s") % {"band": row.account.get_band_display()}
    return ""


def waiting_signals(membership):
    """Signals nobody has answered: not dismissed, and no opportunity came of them.

    With `is_muted`, as `muted_because` says in words.
    """
    taken = Opportunity.objects.filter(tenant=OuterRef("tenant"), signal=OuterRef("pk"))
    rows = visible_signals(membership).filter(
        ~Exists(taken), ended_on=None, dismissed_at=None
    )
    rows = with_risk(rows.select_related("account__owner", "by"))
    in_trouble = Q(risk__isnull=False) | ~Q(account__band=Band.GREEN)
    return rows.annotate(
        is_muted=ExpressionWrapper(in_trouble, output_field=BooleanField())
    )


def tally(signals) -> dict[str, int]:
    """How many of the waiting signals are ready and how many muted. One query."""
    return signals.order_by().aggregate(
        ready=Count("pk", filter=Q(is_muted=False)),
        muted=Count("pk", filter=Q(is_muted=True)),
    )


def narrowed(rows, filters, membership):
    """The signals or opportunities that pass the filters by account's owner and words."""
    whose = filters.get("whose") or ""
    if whose == "mine":
        rows = rows.filter(account__owner=membership.user)
    elif whose == "none":
        rows = rows.filter(account__owner=None)
    elif whose.isdigit():
        rows = rows.filter(account__owner=int(whose))
    if filters.get("q"):
        rows = rows.filter(account__name__icontains=filters["q"])
    if filters.get("signal") in SignalKind.values:
        key = "kind" if rows.model is ExpansionSignal else "signal__kind"
        rows = rows.filter(**{key: filters["signal"]})
    return rows


@dataclass
class Column:
    """One stage of the pipeline: its first cards and what stands in all of it."""

    stage: OpportunityStage
    cards: list
    count: int
    sums: dict[str, Decimal]


def board(rows, *, currency: str, on: date) -> list[Column]:
    """Opportunities by stage, and what was decided lately.

    Sums in the workspace's currency at the day's rates; what has no rate stands beside
    them. Two queries, and two for the rates.
    """
    rates = rates_on(on)
    lately = Q(results__decided_on__gt=on - RECENT)
    rows = rows.filter(Q(stage__in=OPEN_OPPORTUNITY) | lately)
    columns = {s: Column(s, [], 0, {}) for s in OpportunityStage}
    totals = rows.order_by().values("stage", "currency")
    for total in totals.annotate(count=Count("pk"), sum=Sum("amount")):
        column, rate = columns[total["stage"]], rates.get(total["currency"])
        unit = total["currency"] if rate is None else currency
        worth = total["sum"] * (1 if rate is None else rate)
        column.count += total["count"]
        column.sums[unit] = column.sums.get(unit, Decimal(0)) + worth
    place = Window(
        RowNumber(), partition_by=F("stage"), order_by=[F("opened_on"), F("pk")]
    )
    cards = rows.annotate(place=place).filter(place__lte=CARDS)
    for row in cards.select_related("account", "owner").order_by("place"):
        columns[row.stage].cards.append(row)
    return list(columns.values())


@dataclass(frozen=True)
class Precision:
    """What became of the signals of one kind."""

    kind: SignalKind | None
    found: int = 0
    waiting: int = 0
    dismissed: int = 0
    open: int = 0
    won: int = 0
    lost: int = 0

    @property
    def answered(self) -> int:
        return self.dismissed + self.won + self.lost

    @property
    def precision(self):
        """Of those answered, the share that was won; None over nothing."""
        return Decimal(self.won) / self.answered if self.answered else None


def precisions(membership) -> list[Precision]:
    """The precision of each kind of signal, and of ideas without one. Two queries."""
    rows = (
        _followed(_history(ExpansionSignal.objects, membership))
        .order_by()
        .values("kind", "stage", "is_dismissed")
        .annotate(n=Count("pk"))
    )
    found: dict = {kind: {} for kind in SignalKind}
    for row in rows:
        _count(found[row["kind"]], row["stage"], row["is_dismissed"], row["n"])
    ideas: dict = {}
    own = _history(Opportunity.objects, membership).filter(signal=None).order_by()
    for row in own.values("stage").annotate(n=Count("pk")):
        _count(ideas, row["stage"], False, row["n"])
    kinds = [Precision(kind, **counts) for kind, counts in found.items()]
    return [*kinds, Precision(None, **ideas)]


def _followed(signals):
    """With the `stage` of what came of each, and its key; and whether it is dismissed."""
    came = Opportunity.objects.filter(tenant=OuterRef("tenant"), signal=OuterRef("pk"))
    latest = came.order_by("-opened_on", "-id")
    return signals.annotate(
        is_dismissed=ExpressionWrapper(
            Q(dismissed_at__isnull=False), output_field=BooleanField()
        ),
        stage=Subquery(latest.values("stage")[:1]),
        came_of_it=Subquery(latest.values("pk")[:1]),
    )


# What a count of `Precision` is made of, by its name.
STATES = {
    "found": Q(),
    "waiting": Q(stage=None, is_dismissed=False),
    "dismissed": Q(stage=None, is_dismissed=True),
    "open": Q(stage__in=OPEN_OPPORTUNITY),
    "won": Q(stage=OpportunityStage.WON),
    "lost": Q(stage=OpportunityStage.LOST),
}


def behind_precision(membership, kind: str, state: str):
    """The signals of a kind ("": of all) behind one of its counts, the newest first."""
    rows = _followed(_history(ExpansionSignal.objects, membership))
    rows = rows.filter(STATES[state], **({"kind": kind} if kind else {}))
    return rows.select_related("account", "by", "dismissed_by").order_by(
        "-seen_on", "-id"
    )


def ideas_behind_precision(membership, state: str):
    """The opportunities without a signal behind one of their counts, the newest first."""
    rows = _history(Opportunity.objects, membership).filter(signal=None)
    if state in ("waiting", "dismissed"):
        return rows.none()
    rows = rows if state == "found" else rows.filter(STATES[state])
    return rows.select_related("account", "owner").order_by("-opened_on", "-id")


def _history(rows, membership):
    """Archived accounts too: their past counts."""
    if membership.role == Role.CSM and membership.tenant.is_portfolio_closed:
        own = Account.objects.owned_by(membership.user)
        return rows.filter(account__in=own)
    return rows.all()


def _count(counts, stage, is_dismissed, n):
    counts["found"] = counts.get("found", 0) + n
    state = {
        None: "dismissed" if is_dismissed else "waiting",
        "won": "won",
        "lost": "lost",
    }
    name = state.get(stage, "open")
    counts[name] = counts.get(name, 0) + n
