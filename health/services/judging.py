"""What people judge: a score of their own for a time, and how an account feels."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from accounts.queries import today
from accounts.services import touch
from cs_platform.lib import clock
from cs_platform.lib.wake import wake
from cs_platform.lib.wording import day as say_day
from health.models import Override, Sentiment
from messaging.services import announce
from tenants.scoping import current_tenant_id
from tenants.services import record_audit

KIND = "override_expired"
# A judgement is looked at anew at least twice a year.
LONGEST = timedelta(days=180)


class AlreadyOverridden(Exception):
    """There is an active override: it has to be ended first."""

    message = gettext_lazy("The score is overridden already: end that judgement first.")


class AlreadyOver(Exception):
    """The last day lies in the past."""

    message = gettext_lazy("The last day is over already.")


class TooFarAhead(Exception):
    """The last day lies too far in the future."""

    message = gettext_lazy("Half a year (180 days) at most: then look at it anew.")


@transaction.atomic
def override_score(
    account: Account, *, score: int, reason: str, expires_on: date, by, by_key=None
) -> Override:
    """Show a person's score instead of the computed one, through `expires_on`.

    Recorded in the audit trail (`by_key`: the key of a program that did it); the
    account is scored again right after. Raises `AlreadyOverridden`, `AlreadyOver`,
    `TooFarAhead`.
    """
    if expires_on < today():
        raise AlreadyOver
    if expires_on > today() + LONGEST:
        raise TooFarAhead
    account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    expire_overrides(account)
    if Override.objects.active().filter(account=account).exists():
        raise AlreadyOverridden
    override = Override.objects.create(
        account=account,
        score=score,
        reason=reason,
        expires_on=expires_on,
        by=by,
        score_before=account.score,
    )
    after = {"score": score, "reason": reason, "expires_on": expires_on.isoformat()}
    record_audit("health.overridden", override, by=by, by_key=by_key, after=after)
    _score_again(account.pk, reason="override")
    return override


@transaction.atomic
def end_override(override: Override, *, by, by_key=None) -> Override:
    """End an override before its day; the computed score is shown again.

    Recorded in the audit trail. One that has ended stays as it ended.
    """
    override = Override.objects.select_for_update().get(pk=override.pk)
    if override.ended_at is None:
        override.ended_at, override.ended_by = clock.now(), by
        override.save(update_fields=["ended_at", "ended_by"])
        record_audit("health.override_ended", override, by=by, by_key=by_key)
        _score_again(override.account_id, reason="override")
    return override


@transaction.atomic
def expire_overrides(account: Account | None = None) -> int:
    """End the overrides (of one account) whose last day is over, and tell who made them.

    The scores do without them from that midnight on by themselves. Safe to repeat;
    returns how many ended.
    """
    over = Override.objects.active().filter(expires_on__lt=today())
    if account is not None:
        over = over.filter(account=account)
    ended = list(
        over.select_related("account", "by")
        .order_by("pk")
        .select_for_update(of=("self",), skip_locked=account is None)
    )
    now = clock.now()
    for override in ended:
        override.ended_at = now
        _tell(override)
    Override.objects.bulk_update(ended, ["ended_at"])
    touch([override.account_id for override in ended], reason="override")
    return len(ended)


@transaction.atomic
def record_sentiment(
    account: Account, *, level: int, note: str = "", by, at: datetime | None = None
) -> Sentiment:
    """Keep how a CSM feels about an account, 1 to 5; it is scored again right after."""
    sentiment = Sentiment.objects.create(
        account=account, level=level, note=note, by=by, at=at or clock.now()
    )
    _score_again(account.pk, reason="sentiment")
    return sentiment


def _score_again(account_id, *, reason: str) -> None:
    """A person looks at the score right after: a worker need not wait for the sweep."""
    touch([account_id], reason=reason)
    wake("health.score_touched", tenant_id=current_tenant_id())


def _tell(override: Override) -> None:
    if override.by is None:
        return
    announce(
        to=override.by,
        kind=KIND,
        subject=_subject(override),
        body=_body(override),
        path=f"/accounts/{override.account_id}/",
        unique_key=f"{KIND}:{override.pk}",
    )


def _lazily(say):
    # Said in the language of the reader.
    return lazy(say, str)


@_lazily
def _subject(override: Override) -> str:
    return _("Your judgement of %(account)s has ended") % {
        "account": override.account.name
    }


@_lazily
def _body(override: Override) -> str:
    return _(
        "It held through %(day)s: %(reason)s. The computed score is shown again."
    ) % {
        "day": say_day(override.expires_on),
        "reason": override.reason.rstrip("."),
    }
