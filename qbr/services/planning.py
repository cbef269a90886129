"""Reviews get into the calendar: by cadence, before renewals, and by hand."""

import logging
import math
import time
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Subquery
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
    reviews_of_another_owner,
    template_for,
    wanted,
)
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
    ahead = Review.objects.ahead().filter(account=account).order_by("day").first()
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
    every = cadences().get(locked.tier) or planning.RENEWAL_DAYS
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
        by=by,
        **{name: value for name, value in fields.items() if value},
    )
    record_audit("review.planned", review, by=by, by_key=by_key, after=_said(review))
    return review


def follow_owners() -> int:
    """Give reviews ahead that follow their account to its owner; how many moved.

    A row in somebody's hands is left to the next run.
    """
    moved = reviews_of_another_owner().order_by("pk")
    locked = moved.select_for_update(of=("self",), no_key=True, skip_locked=True)
    ids = list(locked.values_list("pk", flat=True))
    owner = Account.objects.filter(pk=OuterRef("account_id")).values("owner_id")[:1]
    if ids:
        Review.objects.filter(pk__in=ids).update(owner_id=Subquery(owner))
        _host(ids)
    return len(ids)


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
    """A review that stands after the limit of a renewal, unless a person put it there."""
    is_free = review.scheduled_at is None and review.reason != Why.HAND
    if one.reason != Why.YELLOW_RENEWAL or not is_free or review.day <= due:
        return False
    review.due_on = review.day = due
    review.reason, review.renewal_id = one.reason, one.renewal_id
    review.save(update_fields=["due_on", "day", "reason", "renewal", "updated_at"])
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


def _host(ids):
    """The new owners come to the reviews that were given to them."""
    rows = Review.objects.filter(pk__in=ids, owner__isnull=False)
    Attendee.objects.bulk_create(
        [
            Attendee(review_id=pk, side=Side.OURS, user_id=owner_id)
            for pk, owner_id in rows.values_list("pk", "owner_id")
        ],
        ignore_conflicts=True,
    )


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
