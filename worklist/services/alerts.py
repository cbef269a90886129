"""Alerts: one open episode for each thing that is wrong, ended by somebody or healed."""

from django.db import transaction

from cs_platform.lib import clock
from worklist.models import Alert, Priority
from worklist.services.escalating import recall_escalations


@transaction.atomic
def open_alert(
    *,
    kind,
    subject,
    title,
    owner,
    account=None,
    because="",
    priority=Priority.HIGH,
    path="",
    at=None,
) -> Alert:
    """Open an episode of something wrong; while one is open for the same kind and
    subject, that one is returned untouched. After it is over a new one may open.
    """
    alert = Alert(
        kind=kind,
        subject=subject,
        title=title[:300],
        owner=owner,
        account=account,
        because=because,
        priority=priority,
        path=path,
        opened_at=at or clock.now(),
    )
    same = Alert.objects.open().filter(kind=kind, subject=subject)
    found = None
    while found is None:  # twice only when the open one ends between the two lines
        Alert.objects.bulk_create([alert], ignore_conflicts=True)
        found = same.first()
    return found


@transaction.atomic
def heal_alerts(kind, subject, *, at=None) -> int:
    """End the open episode of a kind and subject (one, or a list of them) by itself.

    Takes back what was told up the chain and not read. Returns how many were open.
    """
    subjects = [subject] if isinstance(subject, str) else list(subject)
    open_ones = Alert.objects.open().filter(kind=kind, subject__in=subjects)
    ids = list(
        open_ones.order_by("pk").select_for_update().values_list("pk", flat=True)
    )
    recall_escalations(ids)
    return Alert.objects.filter(pk__in=ids).update(resolved_at=at or clock.now())


@transaction.atomic
def acknowledge_alert(alert, *, by, at=None) -> Alert:
    """Say that somebody has seen it and works on it. The first one to say so stays.

    Nobody further up the chain is told; what was told and not read is taken back.
    """
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    if alert.acknowledged_at is None and alert.resolved_at is None:
        alert.acknowledged_at, alert.acknowledged_by = at or clock.now(), by
        alert.save(update_fields=["acknowledged_at", "acknowledged_by"])
        recall_escalations([alert.pk])
    return alert


@transaction.atomic
def resolve_alert(alert, *, by, at=None) -> Alert:
    """Say that it is over. Safe to repeat: the first end stays."""
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    if alert.resolved_at is None:
        alert.resolved_at, alert.resolved_by = at or clock.now(), by
        alert.save(update_fields=["resolved_at", "resolved_by"])
        recall_escalations([alert.pk])
    return alert
