from django.db import transaction
from django.db.models import Q

from accounts.models import Contract, NoticeUnit, WorkCalendar
from accounts.queries import calendar
from tenants.services import record_audit

FIELDS = (
    "country",
    "subdivision",
    "extra_holidays",
    "weekdays",
    "dead_months",
    "budget_months",
)


@transaction.atomic
def set_calendar(*, by=None, **said) -> WorkCalendar:
    """Keep the work calendar of the workspace in scope: these of its fields.

    Decisions counted in business days move with it. In the audit trail; running it
    twice changes nothing.
    """
    kept = WorkCalendar.objects.select_for_update().first() or WorkCalendar()
    before = _plain(kept)
    for name, value in said.items():
        setattr(kept, name, sorted(value) if isinstance(value, list) else value)
    after = _plain(kept)
    changed = [name for name in FIELDS if before[name] != after[name]]
    kept.save()
    if changed:
        record_audit(
            "calendar.set",
            kept,
            by=by,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
        keep_business_decisions()
    return kept


@transaction.atomic
def keep_business_decisions(contracts=None) -> int:
    """Make Contract.business_decides_on true, by the calendar of the workspace in scope.

    Of these contracts (ids), by who has just written them; else of all, but for those
    that somebody is writing. Call it wherever an end, a notice or a calendar changes;
    a sweep calls it for what the package of holidays learned. Returns how many moved;
    safe to repeat.
    """
    is_sweep = contracts is None
    found = Contract.objects.filter(
        Q(notice_unit=NoticeUnit.BUSINESS) | Q(business_decides_on__isnull=False)
    )
    if not is_sweep:
        found = found.filter(pk__in=sorted(contracts))
    days = calendar()
    wrong = [contract.pk for contract in found if _moved(contract, days)]
    moved = Contract.objects.filter(pk__in=wrong).order_by("pk")
    locked = list(moved.select_for_update(no_key=True, skip_locked=is_sweep))
    for contract in locked:
        contract.business_decides_on = _decision(contract, days)
    Contract.objects.bulk_update(locked, ["business_decides_on"], batch_size=1000)
    return len(locked)


def _moved(contract, days):
    return contract.business_decides_on != _decision(contract, days)


def _decision(contract, days):
    if contract.notice_unit != NoticeUnit.BUSINESS or contract.ends_on is None:
        return None
    return days.minus_business_days(contract.ends_on, contract.notice_days)


def _plain(kept):
    plain = {name: getattr(kept, name) for name in FIELDS}
    return plain | {"extra_holidays": [str(day) for day in kept.extra_holidays]}
