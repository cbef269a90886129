"""Which answers are meant: what a page, an export and a number narrow them to."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, UUIDField, Window
from django.db.models.functions import Coalesce, RowNumber

from accounts.models import Contract
from accounts.queries import sees_all, visible_accounts
from cs_platform.lib import clock
from nps import numbers
from nps.models import FollowUp, Kind, Response
from nps.sentiment import NEUTRAL
from nps.themes import speaks_of

DAYS = 90
BANDS = {
    numbers.PROMOTER: Q(score__gte=numbers.PROMOTER_FROM),
    numbers.PASSIVE: Q(
        score__gte=numbers.PASSIVE_FROM, score__lt=numbers.PROMOTER_FROM
    ),
    numbers.DETRACTOR: Q(score__lt=numbers.PASSIVE_FROM),
}
TONES = {
    "positive": Q(sentiment__gte=NEUTRAL),
    "neutral": Q(sentiment__gt=-NEUTRAL, sentiment__lt=NEUTRAL),
    "negative": Q(sentiment__lte=-NEUTRAL),
    "unknown": Q(sentiment=None),
}
NOBODY = "none"
# Words are read of so many answers at most, the latest.
MOST_WORDS = 2000


@dataclass(frozen=True)
class Choice:
    """The answers of some days, narrowed; empty narrows nothing."""

    since: date
    until: date
    kind: str = Kind.NPS
    survey: UUID | None = None
    tier: str = ""
    role: str = ""
    plan: str = ""
    segment: str = ""
    owner: str = ""
    account: UUID | None = None
    band: str = ""
    score: int | None = None
    tone: str = ""
    language: str = ""
    tag: str = ""
    follow: str = ""
    # By the kind they had to be followed up as: an answer may be another by now.
    loop: str = ""
    q: str = ""
    # Only the latest answer of each person in these days: what numbers are made of.
    latest: bool = False
    # Only those with words; or with words of a theme, by its key.
    words: bool = False
    topic: str = ""


def answers(membership, choice: Choice, *, on: date):
    """The answers that this member may see, of those that are meant.

    Those of accounts of the own portfolio where it is closed; nobody's then neither.
    """
    zone = membership.tenant.timezone
    end = clock.end_of(choice.until, zone)
    rows = Response.objects.shown().filter(
        answered_at__gte=clock.start_of(choice.since, zone), answered_at__lt=end
    )
    if choice.kind:
        rows = rows.filter(kind=choice.kind)
    if choice.survey:
        rows = rows.filter(survey=choice.survey)
    if choice.latest:
        rows = _latest(rows, choice, end)
    rows = rows.filter(_visible(membership)).filter(_of_whom(choice, on))
    rows = rows.filter(_of_what(choice))
    return _speaking_of(rows, choice.topic) if choice.topic else rows


def tags_in_use(membership, limit: int = 50) -> list[str]:
    """The tags of the latest answers with any that this member may see, by name."""
    rows = Response.objects.shown().filter(_visible(membership))
    tagged = rows.exclude(tags=[]).order_by("-answered_at")
    found = {
        tag for tags in tagged.values_list("tags", flat=True)[:500] for tag in tags
    }
    return sorted(found, key=str.lower)[:limit]


def default_days(on: date) -> tuple[date, date]:
    return on - timedelta(days=DAYS - 1), on


def _speaking_of(rows, topic):
    said = rows.exclude(comment="").order_by("-answered_at", "-pk")
    texts = said.values_list("pk", "comment")[:MOST_WORDS]
    return rows.filter(pk__in=[pk for pk, text in texts if speaks_of(text, topic)])


def _latest(rows, choice: Choice, end):
    """The latest answer of each person; somebody unknown is a person of their own.

    Of one kind each knows its next (`again_at`). Of one survey, or of all kinds, they are
    ranked, and then joined: an OR of the two asks the one for every row of the other.
    """
    if choice.kind and not choice.survey:
        is_last = Q(contact=None) | Q(again_at=None) | Q(again_at__gte=end)
        return rows.filter(is_last)
    who = Coalesce(F("contact"), F("pk"), output_field=UUIDField())
    order = [F("answered_at").desc(), F("pk").desc()]
    place = Window(RowNumber(), partition_by=[who], order_by=order)
    ranked = rows.order_by().annotate(place=place).filter(place=1)
    return rows.filter(pk__in=ranked.values("pk"))


def _visible(membership) -> Q:
    if sees_all(membership):
        # Of accounts that are served, and nobody's.
        return Q(account__archived_at=None)
    return Q(account__in=visible_accounts(membership))


def _of_whom(choice: Choice, on: date) -> Q:
    found = Q()
    if choice.tier:
        found &= Q(account__tier=choice.tier)
    if choice.segment:
        segment = "" if choice.segment == NOBODY else choice.segment
        found &= Q(account__segment=segment)
    if choice.account:
        found &= Q(account=choice.account)
    if choice.owner:
        owner = None if choice.owner == NOBODY else choice.owner
        found &= Q(account__isnull=False, account__owner=owner)
    if choice.role:
        found &= (
            Q(contact__roles=[]) | Q(contact=None)
            if choice.role == NOBODY
            else Q(contact__roles__contains=[choice.role])
        )
    if choice.plan:
        contracts = Contract.objects.in_force(on).filter(
            tenant=OuterRef("tenant"), account=OuterRef("account"), plan=choice.plan
        )
        found &= Q(Exists(contracts))
    return found


def _of_what(choice: Choice) -> Q:
    found = BANDS.get(choice.band, Q()) & TONES.get(choice.tone, Q())
    if choice.score is not None:
        found &= Q(score=choice.score)
    if choice.language:
        found &= Q(language=choice.language)
    if choice.tag:
        found &= Q(tags__contains=[choice.tag])
    if choice.words:
        found &= ~Q(comment="")
    if choice.q:
        found &= Q(comment__icontains=choice.q) | Q(account__name__icontains=choice.q)
    return found & _of_follow_up(choice.follow, choice.loop)


def _of_follow_up(state: str, kind: str) -> Q:
    mine = FollowUp.objects.filter(tenant=OuterRef("tenant"), response=OuterRef("pk"))
    if kind:
        mine = mine.filter(kind=kind)
    late = Q(closed_at=None, due_at__lt=clock.now()) | Q(closed_at__gt=F("due_at"))
    return {
        "any": Q(Exists(mine)),
        "open": Q(Exists(mine.filter(closed_at=None))),
        "closed": Q(Exists(mine.exclude(closed_at=None))),
        "late": Q(Exists(mine.filter(late))),
        "due": Q(Exists(mine.due())),
        "in_time": Q(Exists(mine.in_time())),
        "none": ~Q(Exists(mine)),
    }.get(state, Q())
