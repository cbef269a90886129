"""Signs of growth are looked for, entered, and dismissed."""

from datetime import date, timedelta

from django.db import transaction

from cs_platform.lib import clock
from renewals import growth
from renewals.models import ENTERED, ExpansionSignal, SignalKind
from renewals.queries.findings import findings
from tenants.models import Tenant
from tenants.scoping import current_tenant_id

BATCH = 1000


@transaction.atomic
def find_signals(*, on: date) -> int:
    """Look for signs of growth in the whole tenant in scope; returns how many are new.

    What was found before is kept up to date, dismissed or not; what was not found for a
    month is over, so that it would be new if found again. Set-based; safe to repeat and
    to run at once.
    """
    tenant = Tenant.objects.get(pk=current_tenant_id())
    found = {one.key: one for one in findings(tenant, on)}
    _end_old(on)
    known = ExpansionSignal.objects.filter(ended_on=None).exclude(kind__in=ENTERED)
    changed = []
    for row in known.order_by("pk").select_for_update():
        one = found.pop((row.account_id, row.kind, row.subject), None)
        if one and (row.last_seen_on, row.evidence) != (on, one.evidence):
            row.last_seen_on, row.evidence = max(row.last_seen_on, on), one.evidence
            changed.append(row)
    ExpansionSignal.objects.bulk_update(
        changed, ["last_seen_on", "evidence"], batch_size=BATCH
    )
    new = [
        ExpansionSignal(
            account_id=one.account_id,
            kind=one.kind,
            subject=one.subject,
            evidence=one.evidence,
            seen_on=on,
            last_seen_on=on,
        )
        for _key, one in sorted(found.items())
    ]
    before = ExpansionSignal.objects.count()
    ExpansionSignal.objects.bulk_create(new, ignore_conflicts=True, batch_size=BATCH)
    return ExpansionSignal.objects.count() - before


def _end_old(on):
    open_ones = ExpansionSignal.objects.filter(ended_on=None)
    quiet = on - timedelta(days=growth.QUIET)
    open_ones.exclude(kind__in=ENTERED).filter(last_seen_on__lt=quiet).update(
        ended_on=on
    )
    old = on - timedelta(days=growth.HEARD)
    open_ones.filter(kind__in=ENTERED, last_seen_on__lt=old).update(ended_on=on)


@transaction.atomic
def enter_signal(account, *, kind, words, by, on: date) -> ExpansionSignal:
    """Write down what a person heard: news of the business, or a wish for a case study.

    Said again while it is open, it is the same signal, with the newer words and day.
    """
    if kind not in ENTERED:
        raise ValueError(f"{SignalKind(kind)} is found by itself")
    same = ExpansionSignal.objects.filter(account=account, kind=kind, ended_on=None)
    ExpansionSignal.objects.bulk_create(
        [
            ExpansionSignal(
                account=account,
                kind=kind,
                words=words,
                by=by,
                seen_on=on,
                last_seen_on=on,
            )
        ],
        ignore_conflicts=True,
    )
    row = same.select_for_update().get()
    if row.words != words:
        # Other news: what was dismissed before is new again.
        row.dismissed_at, row.dismissed_by, row.dismissed_why = None, None, ""
        row.words, row.by, row.last_seen_on = words, by, max(row.last_seen_on, on)
        row.save()
    return row


@transaction.atomic
def dismiss_signal(signal, *, by, why="", at=None) -> ExpansionSignal:
    """Say that it means nothing; it stays so until it is over and found anew.

    The first to say so stays.
    """
    signal = ExpansionSignal.objects.select_for_update().get(pk=signal.pk)
    if signal.dismissed_at is None:
        signal.dismissed_at, signal.dismissed_by = at or clock.now(), by
        signal.dismissed_why = why
        signal.save(update_fields=["dismissed_at", "dismissed_by", "dismissed_why"])
    return signal
