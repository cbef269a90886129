"""Reviews get into the calendar: by cadence, before renewals, and by hand."""

import logging
import math
import time
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Account, Contact, ContactRole
from accounts.queries import calendar
from cs_platform.lib import clock
from qbr import agenda, planning
from qbr.models import (
    Attendee,
    PreparationItem,
    PreparationKey,
    Review,
    Side,
    Status,
    Why,
)
from qbr.queries.planning import (
    Wanted,
    cadences,
    template_for,
    wanted,
)
from qbr.services.owners import follow_owners
from renewals.models import Renewal
from tenants.models import Language, Tenant
from tenants.scoping import current_tenant_id, tenant_scope
from tenants.services import record_audit
from worklist.models import Task
from worklist.queries import team
from worklist.services import change_task, create_task

logger = logging.getLogger(__name__)

# Who is asked without anybody's doing: who decides, who is for us, who works with it.
ASKED = (ContactRole.DECISION_MAKER, ContactRole.CHAMPION, ContactRole.USER)
MOST_ASKED = 12
MOVED = (
    "due_on",
    "day",
    "reason",
    "renewal",
    "period_start",
    "period_end",
    "revision",
    "updated_at",
)


class PeriodTaken(ValidationError):
    """The account has a review over this period, or a planned one, already."""

    def __init__(self, review):
        super().__init__(
            {"period_start": [_("This period has its review already.")]}, code="taken"
        )
        self.review = review


def plan_tenant(tenant_id, *, on: date | None = None, seconds=math.inf) -> int:
    """Plan what the workspace's cadences and renewals ask for, one account at a time.

    Opens the scope itself. Any number may run at once: an account is locked while its
    review is planned, and has one planned review at most. An account that fails is
    logged and stops no other. Returns how many reviews were planned or moved nearer.
    """
    until = time.monotonic() + seconds
    with tenant_scope(tenant_id):
        on = on or clock.day_of(clock.now(), _tenant().timezone)
        follow_owners()
        waiting = wanted(on)
    done = 0
    for one in waiting:
        if time.monotonic() > until:
            break
        done += _plan_one(tenant_id, one, on)
    return done


def _plan_one(tenant_id, one: Wanted, on):
    try:
        with tenant_scope(tenant_id), translation.override(_tenant().language):
            return plan_wanted(one, on=on)
    except Exception:
        if transaction.get_connection().in_atomic_block:
            raise  # the caller's transaction: nothing stands
        logger.exception("account %s cannot be planned a review", one.account_id)
        return False


@transaction.atomic
def plan_wanted(one: Wanted, *, on: date) -> bool:
    """Plan one review that is wanted, or move the planned one nearer. Safe to repeat.

    Returns False when somebody else has done so, or the account is gone.
    """
    account = _locked(one.account_id, skip=True)
    if account is None:
        return False
    due = _good_day(one, on)
    ahead = _first_ahead(account)
    if ahead is not None:
        return _move_nearer(ahead, one, due, on)
    period = planning.period_before(due, one.months)
    if _taken(account, period):
        return False
    renewal = one.renewal_id and Renewal.objects.get(pk=one.renewal_id)
    _make(account, due, period, on, reason=one.reason, renewal=renewal)
    return True


@transaction.atomic
def plan_review(
    account,
    *,
    due_on: date,
    by=None,
    by_key=None,
    period: tuple[date, date] | None = None,
    scheduled_at: datetime | None = None,
    on: date | None = None,
    **fields,
) -> Review:
    """Plan a review by hand; in the audit trail.

    It looks back on `period` (first day, day after), by default the months of the
    account's cadence before it. The attendees, agenda, checklist and the task to prepare
    it are made with it. Raises `PeriodTaken`.
    """
    locked = _locked(account.pk)
    zone = _tenant().timezone
    day = clock.day_of(scheduled_at, zone) if scheduled_at else due_on
    every = cadences().of(locked.tier, locked.segment) or planning.RENEWAL_DAYS
    is_chosen = period is not None
    period = period or planning.period_before(day, planning.months_of(every))
    known = _taken(locked, period)
    if known:
        raise PeriodTaken(known)
    on = on or clock.day_of(clock.now(), zone)
    review = _make(
        locked,
        day,
        period,
        on,
        scheduled_at=scheduled_at,
        has_chosen_period=is_chosen,
        by=by,
        **{name: value for name, value in fields.items() if value},
    )
    record_audit("review.planned", review, by=by, by_key=by_key, after=_said(review))
    return review


def language_of(account, tenant) -> str:
    """The language of an account's papers: its own where we have it."""
    spoken = account.language.lower().partition("-")[0]
    return spoken if spoken in Language.values else tenant.language


def task_key(review) -> str:
    """Of the task to prepare it."""
    return f"review:{review.pk}:prepare"


def move_task(review, *, on: date):
    """The task to prepare a review follows its day and its owner."""
    task = Task.objects.open().filter(unique_key=task_key(review)).first()
    if task:
        due_on = planning.prepared_by(review.day, on)
        change_task(task, due_on=due_on, owner=review.owner)


def _tenant():
    return Tenant.objects.get(pk=current_tenant_id())


def _locked(pk, *, skip=False):
    rows = Account.objects.select_related("owner").filter(pk=pk)
    return rows.select_for_update(of=("self",), no_key=True, skip_locked=skip).first()


def _first_ahead(account):
    """Under a lock: what a person changes at this moment is not written over."""
    rows = Review.objects.ahead().filter(account=account).order_by("day")
    return rows.select_for_update(of=("self",), no_key=True).first()


def _taken(account, period):
    return (
        Review.objects.filter(
            account=account, period_start=period[0], period_end=period[1]
        )
        .exclude(status=Status.CANCELLED)
        .first()
    )


def _good_day(one, on):
    """The nearest good day; before a renewal never a later one."""
    days = calendar()
    if one.reason != Why.YELLOW_RENEWAL:
        return days.nearest_good(one.due_on, since=on) or one.due_on
    earlier = (one.due_on - timedelta(days=back) for back in range(planning.NOTICE))
    good = (day for day in earlier if day > on and days.warning_for(day) is None)
    return next(good, one.due_on)


def _move_nearer(review, one, due, on):
    """A review that stands after the limit of a renewal, unless a person put it there.

    It looks back on the months before its new day, unless a person chose others or they
    have their review.
    """
    is_free = review.scheduled_at is None and review.reason != Why.HAND
    if one.reason != Why.YELLOW_RENEWAL or not is_free or review.day <= due:
        return False
    review.due_on = review.day = due
    review.reason, review.renewal_id = one.reason, one.renewal_id
    period = planning.period_before(due, one.months)
    if not review.has_chosen_period and _taken(review.account, period) is None:
        review.period_start, review.period_end = period
    review.revision += 1
    review.save(update_fields=MOVED)
    move_task(review, on=on)
    return True


def _make(account, day, period, on, *, by=None, owner=None, **fields):
    tenant = _tenant()
    parts = agenda.parts_of(template_for(account.tier).agenda)
    review = Review.objects.create(
        account=account,
        period_start=period[0],
        period_end=period[1],
        due_on=day,
        day=day,
        owner=owner or account.owner,
        follows_account=owner is None or owner == account.owner,
        agenda=agenda.rows_of(parts),
        **{"minutes": max(60, agenda.total(parts))}
        | {"language": language_of(account, tenant)}
        | fields,
    )
    _ask(review, account)
    PreparationItem.objects.bulk_create(
        PreparationItem(review=review, key=key) for key in PreparationKey
    )
    _give_task(review, account, on)
    return review


def _ask(review, account):
    contacts = Contact.objects.filter(account=account, roles__overlap=list(ASKED))
    asked = [
        Attendee(review=review, side=Side.THEIRS, contact=contact)
        for contact in contacts.order_by("name")[:MOST_ASKED]
    ]
    if review.owner_id:
        asked.append(Attendee(review=review, side=Side.OURS, user=review.owner))
    Attendee.objects.bulk_create(asked)


def _give_task(review, account, on):
    person, why = team().someone(review.owner, account.owner)
    named = {"account": account.name}
    with translation.override(_tenant().language):
        create_task(
            kind="review.prepare",
            title=_("Prepare the review of %(account)s") % named,
            because=" ".join(filter(None, [str(Why(review.reason).label) + ".", why])),
            owner=person,
            due_on=planning.prepared_by(review.day, on),
            account=account,
            unique_key=task_key(review),
            path=review.path,
        )


def _said(review):
    return {
        "period": f"{review.period_start} – {review.period_end}",
        "day": str(review.day),
        "owner": review.owner and review.owner.email,
    }
