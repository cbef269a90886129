"""What people judged: in place of a score, and how a customer feels."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.queries.timeline import PAGE, Entry
from cs_platform.lib.keyset import Order, Page, page_of
from cs_platform.lib.wording import DASH
from cs_platform.lib.wording import day as say_day
from health.models import Override, Sentiment, Snapshot
from health.queries.wording import person_of, signed

PAGE_SIZE = 50
NEWEST = Order("created_at", descending=True)
LAST_ENDED = Order("ended_at", descending=True)


@dataclass(frozen=True)
class Judged:
    """An override in the list of a lead, with what is computed meanwhile."""

    override: Override
    computed: int | None
    person: str

    @property
    def difference(self) -> str:
        """Points above what is computed now."""
        if self.computed is None:
            return DASH
        return signed(self.override.score - self.computed)

    @property
    def has_expired(self) -> bool:
        return self.override.ended_at is not None and self.override.ended_by is None


def active_override(account: Account) -> Override | None:
    return (
        Override.objects.active().filter(account=account).select_related("by").first()
    )


def latest_sentiment(account: Account) -> Sentiment | None:
    told = Sentiment.objects.filter(account=account).select_related("by")
    return told.order_by("-at", "-pk").first()


def judged_scores(
    accounts, *, is_active: bool, after: str = "", before: str = ""
) -> Page:
    """A page of overrides of these accounts: those that hold, or the rest.

    The newest, or the last to end, first. Raises BadCursor.
    """
    page = page_of(
        Override.objects.filter(account__in=accounts, ended_at__isnull=is_active),
        NEWEST if is_active else LAST_ENDED,
        columns=["id"],
        size=PAGE_SIZE,
        after=after,
        before=before,
    )
    newest = Snapshot.objects.filter(account=OuterRef("account")).latest_first()
    found = (
        Override.objects.filter(pk__in=[row["id"] for row in page.rows])
        .annotate(computed_now=Subquery(newest.values("computed")[:1]))
        .select_related("account", "by", "ended_by")
        .in_bulk()
    )
    listed = [found[row["id"]] for row in page.rows]
    rows = [Judged(one, one.computed_now, person_of(one)) for one in listed]
    return Page(rows, page.after, page.before)


def computed_scores(account_ids: Iterable[UUID]) -> dict[UUID, int | None]:
    """What is computed for accounts whose score a person judged."""
    ids = list(account_ids)
    if not ids:
        return {}
    newest = Snapshot.objects.filter(account__in=ids).order_by("account", "-day")
    return dict(newest.distinct("account").values_list("account", "computed"))


def judged(account: Account, *, zone: str, before: datetime):
    """Overrides and sentiments as entries of the timeline, the latest first."""
    yield from _merged(_overridden(account, before), _felt(account, before))


def _merged(*sources):
    entries = [entry for source in sources for entry in source]
    return iter(sorted(entries, key=lambda entry: entry.at, reverse=True))


def _overridden(account, before):
    rows = Override.objects.filter(account=account, created_at__lt=before)
    for one in rows.select_related("by").order_by("-created_at")[: PAGE + 1]:
        yield Entry(
            at=one.created_at,
            icon="scale",
            title=_("Score judged as %(score)s, through %(day)s")
            % {"score": one.score, "day": say_day(one.expires_on)},
            text=one.reason,
            who=one.by,
        )
    ended = Override.objects.filter(account=account, ended_at__lt=before)
    for one in ended.select_related("ended_by").order_by("-ended_at")[: PAGE + 1]:
        yield Entry(
            at=one.ended_at,
            icon="scale",
            title=_("Judgement of %(score)s ended") % {"score": one.score},
            who=one.ended_by,
        )


def _felt(account, before):
    rows = Sentiment.objects.filter(account=account, at__lt=before)
    for one in rows.select_related("by").order_by("-at")[: PAGE + 1]:
        yield Entry(
            at=one.at,
            icon="smile",
            title=_("Sentiment: %(level)s (%(number)s of 5)")
            % {"level": one.get_level_display(), "number": one.level},
            text=one.note,
            who=one.by,
        )
