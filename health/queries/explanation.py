"""What changed between two days of an account's score, in points and in words."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import Account
from cs_platform.lib import clock
from cs_platform.lib.wording import DASH
from cs_platform.lib.wording import day as say_day
from health.models import Snapshot
from health.queries import wording
from health.queries.reasons import Reason, reasons
from health.scoring import Side, decompose
from tenants.models import Tenant

# Parts told in the sentence; what is left of them is told as one.
TOLD = 4
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Explanation:
    """Why the shown score moved between two snapshots; the parts add up to the change.

    `before` and `after` are None where there was nothing to compare with.
    """

    before: Snapshot | None
    after: Snapshot | None
    parts: list[Reason]
    # For example "Fell by 12 since 1 May: days with a login −15, payments on time +3".
    sentence: str

    @property
    def change(self) -> int | None:
        """Points gained; None where one of the two has no score."""
        if self.before is None or self.after is None:
            return None
        if self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score

    @property
    def change_signed(self) -> str:
        return DASH if self.change is None else wording.signed(self.change)

    @property
    def lines(self) -> list[str]:
        """Each part with what was found then and now."""
        return [part.sentence for part in self.parts]


def change_between(account: Account, first: date, last: date) -> Explanation:
    """Why the score of the last day is another than that of the first.

    Compares the newest snapshots of each day or before it; where none is as old as the
    first, the oldest with a score.
    """
    known = (
        Snapshot.objects.filter(account=account)
        .select_related("scorecard", "override__by")
        .order_by("day")
    )
    after = known.filter(day__lte=last).last()
    if after is None:
        return Explanation(None, None, [], _("There is no score."))
    older = known.filter(day__lt=after.day)
    before = older.filter(day__lte=first).last() or older.exclude(score=None).first()
    zone = Tenant.objects.values_list("timezone", flat=True).get(pk=account.tenant_id)
    return explanation(account, before, after, zone=zone)


def explanation(
    account: Account, before: Snapshot | None, after: Snapshot, *, zone: str
) -> Explanation:
    """Why one snapshot of an account is another than an older one of it."""
    if before is None:
        return Explanation(
            None, after, [], _("There is no older score to compare with.")
        )
    sides = side(account, before, zone), side(account, after, zone)
    found = reasons(before, after, *sides, decompose(*sides))
    is_now = after.day == clock.day_of(clock.now(), zone)
    sentence = _sentence(before, after, found, is_now=is_now)
    return Explanation(before, after, found, sentence)


def side(account: Account, snapshot: Snapshot, zone: str) -> Side:
    """A snapshot as scoring compares it, as of the instant it was scored at."""
    since, judged = account.customer_since, snapshot.override_id is not None
    return Side(
        definition=snapshot.scorecard.definition,
        measures=snapshot.measures,
        limits=snapshot.limits,
        computed=snapshot.computed if judged else snapshot.score,
        at=_scored_at(snapshot, zone),
        override=snapshot.score if judged else None,
        age_days=None if since is None else (snapshot.day - since).days,
    )


def _scored_at(snapshot: Snapshot, zone: str) -> datetime:
    # A day scored later got what was known at its end.
    return min(snapshot.computed_at, clock.end_of(snapshot.day, zone) - INSTANT)


def _sentence(
    before: Snapshot, after: Snapshot, parts: list[Reason], *, is_now: bool
) -> str:
    days = {"day": _day(before.day, after), "last": _day(after.day, after)}
    if after.score is None:
        return _("There is no score on %(last)s: too little is known.") % days
    if before.score is None:
        return _("There was no score on %(day)s: too little was known.") % days
    moved = after.score - before.score
    head = _head_since(moved, days) if is_now else _head(moved, days)
    if not parts:
        return f"{head}."
    return f"{head}: {_told(parts)}."


def _head_since(moved: int, days: dict[str, str]) -> str:
    number = {"n": abs(moved)} | days
    if not moved:
        return _("The same as on %(day)s") % days
    if moved < 0:
        return _("Fell by %(n)s since %(day)s") % number
    return _("Rose by %(n)s since %(day)s") % number


def _head(moved: int, days: dict[str, str]) -> str:
    if not moved:
        return _("The same on %(last)s as on %(day)s") % days
    number = {"n": abs(moved)} | days
    if moved < 0:
        return _("Fell by %(n)s from %(day)s to %(last)s") % number
    return _("Rose by %(n)s from %(day)s to %(last)s") % number


def _told(parts: list[Reason]) -> str:
    shown, rest = parts[:TOLD], parts[TOLD:]
    if len(rest) == 1:
        shown, rest = parts, []
    texts = [f"{part.phrase} {part.points_signed}" for part in shown]
    if rest:
        points = sum(round(100 * part.points) for part in rest) / 100
        texts.append(_("others %(points)s") % {"points": wording.signed(points)})
    return ", ".join(texts)


def _day(day: date, after: Snapshot) -> str:
    """The day in words; with its year where it is not that of the later one."""
    return say_day(day, "d MMMM" if day.year == after.day.year else "d MMMM y")
