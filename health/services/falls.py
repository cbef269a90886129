"""What a new score has as its consequence: a change, an alert, a notice."""

from datetime import date, timedelta

from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from accounts.models import Account, Band
from cs_platform.lib import clock
from health.models import Change
from health.queries.explanation import change_between
from health.queries.moments import Moment
from health.queries.slices import is_one_of
from health.services.scored import FALL, RANK, Scored
from messaging.services import announce
from worklist.models import Alert, Priority
from worklist.services import heal_alerts, open_alert

ALERT = "health_fell"
WEEK = timedelta(days=7)


# Said in the language of each reader.
def lazystr(say):
    return lazy(say, str)


def record_changes(scored: list[Scored], then: Moment) -> None:
    """Record what changed today; open an alert for each fall, heal what recovered.

    A fall is told to the account's owner, once a day at most.
    """
    changed = [one for one in scored if one.is_new_colour or one.is_steep]
    fallen = [one for one in changed if one.is_worse_colour or one.is_steep]
    open_alerts = _open_alerts(scored)
    Change.objects.bulk_create(
        [_change(one, then) for one in changed], ignore_conflicts=True
    )
    owners = _accounts(fallen)
    for one in fallen:
        is_news = one.is_worse_colour or one.id not in open_alerts
        _tell(owners[one.id], one, then, is_news=is_news)
    if open_alerts:
        met = [one for one in scored if one.id in open_alerts]
        _heal(met, open_alerts, then)


def _open_alerts(scored) -> dict[str, Alert]:
    """Those open, by the account's id as text."""
    alerts = Alert.objects.open().filter(
        is_one_of("worklist_alert.account_id", [one.id for one in scored]), kind=ALERT
    )
    return {str(alert.account_id): alert for alert in alerts}


def _accounts(fallen) -> dict[str, Account]:
    if not fallen:
        return {}
    found = Account.objects.filter(pk__in=[one.id for one in fallen])
    return {str(account.pk): account for account in found.select_related("owner")}


def _change(one: Scored, then: Moment) -> Change:
    is_band = one.is_new_colour
    return Change(
        account_id=one.id,
        day=then.day,
        kind=Change.Kind.BAND if is_band else Change.Kind.POINTS,
        is_fall=one.is_worse_colour or one.is_steep,
        band_before=one.account.band,
        band=one.band,
        score_before=one.account.score if is_band else one.week_before,
        score=one.score,
    )


def _tell(account: Account, one: Scored, then: Moment, *, is_news: bool) -> None:
    title, because = _title(account, one), _because(account, then.day)
    path = f"/accounts/{account.pk}/"
    with translation.override(then.tenant.language):
        texts = {"title": str(title), "because": str(because)}
    open_alert(
        **texts,
        kind=ALERT,
        subject=subject(account.pk),
        owner=account.owner,
        account=account,
        priority=Priority.URGENT if one.band == Band.RED else Priority.HIGH,
        path=path,
    )
    if is_news and account.owner:
        announce(
            to=account.owner,
            kind=ALERT,
            subject=title,
            body=because,
            path=path,
            unique_key=f"{ALERT}:{account.pk}:{then.day}",
        )


@lazystr
def _title(account: Account, one: Scored) -> str:
    fell_from = one.account.score if one.is_worse_colour else one.week_before
    return _("Health of %(account)s fell from %(before)s to %(after)s") % {
        "account": account.name,
        "before": fell_from,
        "after": one.score,
    }


@lazystr
def _because(account: Account, day: date) -> str:
    """What changed since a week before: a sentence, then what was found, a line each."""
    week = change_between(account, day - WEEK, day)
    if week.before is None:
        return ""
    found = [part.sentence for part in week.parts if part.before or part.after]
    return "\n".join([week.sentence, *found])


def subject(account_id) -> str:
    """What the alert of a fall is about: one open episode for each account."""
    return f"account:{account_id}"


def _heal(scored, alerts: dict[str, Alert], then: Moment) -> None:
    """Heal the alert of an account that stands again where it fell from."""
    falls = _first_falls(alerts, then) if scored else {}
    for one in scored:
        if _is_recovered(one, falls.get(one.id)):
            heal_alerts(ALERT, subject(one.id))


def _first_falls(alerts, then: Moment) -> dict[str, Change]:
    """With which fall each alert began."""
    falls: dict[str, Change] = {}
    for change in (
        Change.objects.falls().filter(account__in=list(alerts)).order_by("created_at")
    ):
        pk = str(change.account_id)
        opened_at = alerts[pk].opened_at
        if change.day >= clock.day_of(opened_at, then.tenant.timezone):
            falls.setdefault(pk, change)
    return falls


def _is_recovered(one: Scored, fall: Change | None) -> bool:
    if fall is None or one.score is None:
        return False
    is_colour_back = RANK[one.band] >= RANK.get(fall.band_before, 0)
    return is_colour_back and one.score > (fall.score_before or 0) - FALL
