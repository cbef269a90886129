from django.db import transaction

from accounts.models import WorkCalendar
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

    In the audit trail; running it twice changes nothing.
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
    return kept


def _plain(kept):
    plain = {name: getattr(kept, name) for name in FIELDS}
    return plain | {"extra_holidays": [str(day) for day in kept.extra_holidays]}
