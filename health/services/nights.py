"""Every account, every night of its tenant: windows slide while nothing happens."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F

from accounts.models import Account
from accounts.services import touch
from cs_platform.lib import clock
from health.models import Night
from health.services.judging import expire_overrides
from health.services.recompute import SLICE, next_accounts, recompute_free
from health.services.shipped import ensure_cards
from tenants.models import Tenant
from tenants.scoping import current_tenant_id

# Further back the history keeps its hole: after a month nobody asks for the day.
MISSED_DAYS = 31


def open_nights() -> None:
    """Write down today's night, and those missed since the last, as to be done.

    Scorecards that are shipped come into being, overrides whose last day is over end
    first. A missed day is scored with what was known at its end, as all facts are
    dated; `computed_at` says that it was later.
    """
    today = _today()
    ensure_cards()
    expire_overrides()
    last = Night.objects.order_by("-day").values_list("day", flat=True).first()
    if last == today:
        return
    first, total = today, _to_score()
    if last is not None:
        first = max(last + timedelta(days=1), today - timedelta(days=MISSED_DAYS))
    Night.objects.bulk_create(
        [
            Night(
                tenant_id=current_tenant_id(),
                day=first + timedelta(days=n),
                total=total,
            )
            for n in range((today - first).days + 1)
        ],
        ignore_conflicts=True,
    )


def begin_anew() -> None:
    """Let the last night score every account again, from the first on.

    Waits for who is at it. A slice scored meanwhile by what was in force before comes
    again; who scores an account after us reads what is in force now.
    """
    last = Night.objects.order_by("-day").values_list("day", flat=True).first()
    if last is not None:
        Night.objects.filter(day=last).update(
            reached=None, accounts=0, total=_to_score(), finished_at=None
        )


@dataclass(frozen=True)
class Part:
    """The next accounts of a night to be done, and which of them are to be scored."""

    day: date
    reached: UUID | None
    accounts: list[UUID]
    scored: list[UUID]
    is_last: bool
    is_today: bool

    def up_to(self, accounts: list[UUID]) -> "Part":
        """Only these, the first ones."""
        is_last = self.is_last and accounts == self.accounts
        return replace(self, accounts=accounts, scored=accounts, is_last=is_last)


def next_part(*, limit: int = SLICE) -> Part | None:
    """What comes next in the oldest night to be done; None also while another worker
    is at it."""
    night = (
        Night.objects.filter(finished_at=None)
        .order_by("day")
        .select_for_update(skip_locked=True)
        .first()
    )
    if night is None:
        return None
    accounts = next_accounts(night.reached, limit)
    return Part(
        day=night.day,
        reached=night.reached,
        accounts=accounts,
        scored=accounts,
        is_last=len(accounts) < limit,
        is_today=night.day == _today(),
    )


def score_part(part: Part) -> None:
    """Score a part of a night, unless another worker did.

    The scores and how far the night reached commit together, in the transaction of the
    scope. An account that somebody is writing is touched instead, to be scored right
    after.
    """
    night = Night.objects.filter(
        day=part.day, reached=part.reached, finished_at=None
    ).select_for_update(skip_locked=True)
    if not night:
        return
    scored, busy = recompute_free(part.scored, on=part.day)
    touch(busy, reason="night")
    Night.objects.filter(day=part.day).update(
        reached=part.accounts[-1] if part.accounts else part.reached,
        accounts=F("accounts") + scored,
        finished_at=clock.now() if part.is_last else None,
    )


def score_night_slice(*, limit: int = SLICE) -> bool:
    """Score the next part of the oldest night to be done; False: nothing is left."""
    part = next_part(limit=limit)
    if part is not None:
        score_part(part)
    return part is not None


def _to_score() -> int:
    return Account.objects.current().count()


def _today() -> date:
    tenant = Tenant.objects.get(pk=current_tenant_id())
    return clock.day_of(clock.now(), tenant.timezone)
