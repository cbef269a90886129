"""What a lead looks for in the pipeline: deals that need somebody, and whose they are."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Band, ContactRole, Note
from cs_platform.lib import clock
from renewals.models import OPEN_STAGES, PIPELINE, RiskPlan
from renewals.models.renewal import RenewalQuerySet
from renewals.queries.checklist import limits
from renewals.queries.evidence import TWO_WAY

SILENT_AFTER = timedelta(days=90)
NEEDS = {
    "overdue": _("Decision overdue"),
    "stuck": _("Stuck in a stage"),
    "no_step": _("No next step"),
    "late_step": _("Next step overdue"),
    "silent": _("No contact with the decision maker in 90 days"),
    "unplanned": _("Red without a plan"),
}


@dataclass
class Row:
    """What needs attention of one owner's open renewals."""

    owner_id: int | None
    owner: str
    deals: int
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def whose(self) -> str:
        """As the list's filter says it."""
        return str(self.owner_id) if self.owner_id else "none"

    @property
    def worst(self) -> int:
        return sum(self.counts.values())


def needing(need: str, *, on: date, zone: str) -> Q:
    """The condition of that need; of an unknown one: no condition."""
    condition = _CONDITIONS.get(need)
    return condition(on, zone) if condition else Q()


def attention(renewals: RenewalQuerySet, *, on: date, zone: str) -> list[Row]:
    """Of these renewals, by owner: how many need what. Two queries.

    Those with most to do come first.
    """
    wanted = {
        need: Count("pk", filter=needing(need, on=on, zone=zone)) for need in NEEDS
    }
    by_owner = (
        renewals.open()
        .order_by()
        .values("owner_id", name=F("owner__name"), email=F("owner__email"))
        .annotate(deals=Count("pk", filter=Q(stage__in=PIPELINE)), **wanted)
    )
    rows = [
        Row(
            row["owner_id"],
            row["name"] or row["email"] or "",
            row["deals"],
            {need: row[need] for need in NEEDS},
        )
        for row in by_owner
    ]
    rows = [row for row in rows if row.deals or row.worst]
    return sorted(rows, key=lambda row: (-row.worst, row.owner))


def total(rows: list[Row]) -> Row:
    """The sum of all rows."""
    counts = {need: sum(row.counts[need] for row in rows) for need in NEEDS}
    return Row(None, "", sum(row.deals for row in rows), counts)


def _overdue(on, zone):
    return Q(decides_on__lt=on, stage__in=OPEN_STAGES, stopped_at=None)


def _stuck(on, zone):
    stuck = Q()
    for stage, days in limits().items():
        since = clock.start_of(on - timedelta(days=days), zone)
        stuck |= Q(stage=stage, stage_since__lt=since, stopped_at=None)
    return stuck


def _no_step(on, zone):
    return _DEAL & Q(next_step="")


def _late_step(on, zone):
    return _DEAL & Q(next_step_on__lt=on)


def _silent(on, zone):
    since = clock.start_of(on - SILENT_AFTER, zone)
    spoken = Note.objects.filter(
        kind__in=TWO_WAY,
        happened_at__gte=since,
        contact__roles__contains=[ContactRole.DECISION_MAKER],
    )
    # As a list of ids: a set is read once, a correlated question for every deal.
    return _DEAL & ~Q(account__in=spoken.values("account_id"))


def _unplanned(on, zone):
    planned = RiskPlan.objects.standing().values("renewal_id")
    return _DEAL & Q(account__band=Band.RED) & ~Q(pk__in=planned)


_DEAL = Q(stage__in=PIPELINE, stopped_at=None)
_CONDITIONS = {
    "overdue": _overdue,
    "stuck": _stuck,
    "no_step": _no_step,
    "late_step": _late_step,
    "silent": _silent,
    "unplanned": _unplanned,
}
