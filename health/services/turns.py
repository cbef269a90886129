"""Turns of scoring: each counts its attempt before the work, so that an account that
fails, or kills its worker, comes to an end and stops no other.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Exists, F, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Account, Touch
from accounts.services import touch
from cs_platform.lib import clock
from cs_platform.lib.attempts import ATTEMPTS, next_group
from health.models import Attempt, Night
from health.services.nights import next_part, score_part
from health.services.recompute import SLICE
from health.services.touches import score_touched
from tenants.models import Tenant
from tenants.scoping import current_tenant_id, tenant_scope
from worklist.services import heal_alerts, open_alert

logger = logging.getLogger(__name__)

ALERT = "health_set_aside"


@dataclass(frozen=True)
class _Try:
    account_id: UUID
    attempts: int = 0
    is_set_aside: bool = False


def take_touched_turn(tenant_id: int, *, limit: int = SLICE) -> bool:
    """Score the next accounts whose facts changed; False: nothing is left for now.

    Opens the scope itself, twice: for the attempt and for the work. What was in a
    failed attempt is tried again in smaller and smaller groups, behind everything else.
    After five attempts an account is set aside with an alert that names it; a changed
    fact, or the next night, tries it once more.
    """
    with tenant_scope(tenant_id):
        tried = _choose_touched(limit)
    accounts = [one.account_id for one in tried]
    if not accounts:
        return False
    return _work(tenant_id, tried, lambda: score_touched(accounts=accounts) > 0)


def take_night_turn(tenant_id: int, *, limit: int = SLICE) -> bool:
    """Score the next accounts of the oldest night to be done; False: nothing is left.

    Attempts are counted as in `take_touched_turn`, which scores, today, what failed
    here.
    """
    with tenant_scope(tenant_id):
        part, tried = _choose_for_night(limit)
    if part is None:
        return False

    def score() -> bool:
        score_part(part)
        return True

    return _work(tenant_id, tried, score)


def _work(tenant_id, tried: list[_Try], score: Callable[[], bool]) -> bool:
    """Do the work and forget the attempt together, or write down what went wrong."""
    accounts = [one.account_id for one in tried]
    try:
        with tenant_scope(tenant_id):
            mine = Attempt.objects.filter(account__in=accounts).order_by("account")
            list(mine.select_for_update().values_list("account"))
            is_more = score()
            mine.order_by().delete()
            if any(one.attempts >= ATTEMPTS for one in tried):
                heal_alerts(ALERT, [_subject(pk) for pk in accounts])
        return is_more
    except Exception as error:  # noqa: BLE001 (whatever it is, it may not stop the others)
        logger.exception("%s accounts cannot be scored together", len(accounts))
        with tenant_scope(tenant_id):
            said = f"{type(error).__name__}: {error}"[:2000]
            Attempt.objects.filter(account__in=accounts).update(error=said)
        return True


def _choose_touched(limit: int) -> list[_Try]:
    """What was never tried first; then those tried least often."""
    of_account = Attempt.objects.filter(account=OuterRef("account_id"))
    touches = Touch.objects.filter(~Exists(of_account)).order_by("pk")
    claimed = touches.select_for_update(skip_locked=True)[:limit]
    fresh = {touch.account_id for touch in claimed}
    if fresh:
        return _count([_Try(pk) for pk in fresh])
    _set_aside(_suspects().filter(attempts__gte=ATTEMPTS, set_aside_at=None))
    suspects = _suspects().order_by("attempts", "account")[:limit]
    return _count(next_group([_try(one) for one in suspects]))


def _suspects():
    touches = Touch.objects.filter(account=OuterRef("account_id"))
    return Attempt.objects.filter(Exists(touches)).select_for_update(skip_locked=True)


def _choose_for_night(limit: int):
    """The part of the night that is tried together, and its attempts.

    Whom a failed attempt left behind is touched today, and scored as such. A day that
    is over has no such other way: there they are tried in their order, and left out
    when that was too often.
    """
    while (part := next_part(limit=limit)) and part.accounts:
        known = Attempt.objects.filter(account__in=part.accounts)
        tries = {one.account_id: _try(one) for one in known}
        if part.is_today:
            touch(tries, reason="night")
            fresh = [pk for pk in part.accounts if pk not in tries]
            return replace(part, scored=fresh), _count([_Try(pk) for pk in fresh])
        group = next_group([tries.get(pk, _Try(pk)) for pk in part.accounts])
        if group[0].attempts < ATTEMPTS or group[0].is_set_aside:
            accounts = [one.account_id for one in group]
            return part.up_to(accounts), _count(group)
        _set_aside(known.filter(account=group[0].account_id).select_for_update())
        Night.objects.filter(day=part.day).update(reached=group[0].account_id)
    return part, []


def _try(attempt: Attempt) -> _Try:
    return _Try(attempt.account_id, attempt.attempts, attempt.set_aside_at is not None)


def _count(group: list[_Try]) -> list[_Try]:
    """Count the attempt that is about to be made; in the hands of nobody else."""
    fresh = sorted(one.account_id for one in group if not one.attempts)
    Attempt.objects.bulk_create(
        [Attempt(tenant_id=current_tenant_id(), account_id=pk) for pk in fresh],
        ignore_conflicts=True,
    )
    again = [one.account_id for one in group if one.attempts]
    if again:
        rows = Attempt.objects.filter(account__in=again)
        free = rows.order_by("account").select_for_update(skip_locked=True)
        ids = list(free.values_list("account", flat=True))
        Attempt.objects.filter(account__in=ids).update(
            attempts=F("attempts") + 1, set_aside_at=None
        )
    return [replace(one, attempts=one.attempts + 1) for one in group]


def _set_aside(attempts: Iterable[Attempt]) -> None:
    """Give these accounts up until something changes, and say so."""
    for attempt in attempts:
        account = Account.objects.select_related("owner").get(pk=attempt.account_id)
        Touch.objects.filter(account=account).delete()
        Attempt.objects.filter(account=account).update(set_aside_at=clock.now())
        _report(account, attempt)


def _report(account: Account, attempt: Attempt) -> None:
    language = Tenant.objects.get(pk=current_tenant_id()).language
    with translation.override(language):
        died = _("The worker died five times while scoring it.")
        open_alert(
            kind=ALERT,
            subject=_subject(account.pk),
            title=_("Health of %(account)s could not be computed")
            % {"account": account.name},
            owner=account.owner,
            account=account,
            because=attempt.error or died,
            path=f"/accounts/{account.pk}/",
        )


def _subject(account_id: UUID) -> str:
    return f"account:{account_id}"
