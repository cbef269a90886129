"""Before and after the soak, as the platform itself: what there is, what must be true.

Run by `bench.soak` with the environment of the platform under load.
"""

import json
import sys
import time
from datetime import timedelta
from pathlib import Path

import django

LADDER = (120, 90, 60, 30, 7)


def seed(accounts):
    """Customers whose contracts end so that a step of the ladder is due today."""
    from accounts.services import ACCOUNTS, CONTRACTS, save_items  # noqa: PLC0415

    tenant, today = _tenant()
    with _scope(tenant):
        save_items(
            ACCOUNTS,
            [
                {"external_id": f"soak-{n}", "name": f"Soak {n}"}
                for n in range(accounts)
            ],
        )
        save_items(
            CONTRACTS,
            [
                {
                    "external_id": f"contract-{n}",
                    "account": f"soak-{n}",
                    "starts_on": str(today - timedelta(days=200)),
                    "ends_on": str(today + timedelta(days=LADDER[n % len(LADDER)])),
                    "mrr": "100.00",
                    "currency": "USD",
                    "seats": 10,
                }
                for n in range(accounts)
            ],
        )
    return []


def audit(journal, changes, settle):
    """The equations of the audit, after everything that waits is done."""
    acknowledged = set(json.loads(Path(journal).read_text()))
    tenant, today = _tenant()
    waited = _settle(tenant, settle)
    with _scope(tenant):
        return [
            ["work that still waits", waited, {}],
            *_events(acknowledged),
            *_rollups(tenant),
            *_scores(today),
            *_reminders(),
            ["entries of the audit trail for changed money", _changed(), changes],
        ]


def _settle(tenant, seconds):
    """Wait until nothing waits; what still does after that long."""
    deadline = time.monotonic() + seconds
    while (left := _waiting(tenant)) and time.monotonic() < deadline:
        time.sleep(1)
    return left


def _waiting(tenant):
    from accounts.models import Contract, Touch  # noqa: PLC0415
    from messaging.models import Message  # noqa: PLC0415
    from renewals.models import Reminder  # noqa: PLC0415
    from usage.models import IngestBatch  # noqa: PLC0415

    with _scope(tenant):
        counts = {
            "batches": IngestBatch.objects.filter(rolled_up_at=None).count(),
            "touches": Touch.objects.count(),
            # Each contract of the seed has one step that is due.
            "reminders": Contract.objects.count()
            - Reminder.objects.filter(state="fired").count(),
            "messages": Message.objects.filter(state="waiting", attempts=0).count(),
        }
    return {name: count for name, count in counts.items() if count}


def _events(acknowledged):
    from django.db.models import Sum  # noqa: PLC0415

    from usage.models import Event, IngestBatch  # noqa: PLC0415

    stored = list(Event.objects.values_list("message_id", flat=True))
    accepted = IngestBatch.objects.aggregate(n=Sum("accepted"))["n"]
    return [
        ["acknowledged events that are missing", len(acknowledged - set(stored)), 0],
        ["events stored twice", len(stored) - len(set(stored)), 0],
        ["events accepted by receipts", accepted, len(stored)],
    ]


def _rollups(tenant):
    from django.db.models import Sum  # noqa: PLC0415

    from usage.models import Event, FeatureDay  # noqa: PLC0415
    from usage.queries.audit import differences  # noqa: PLC0415

    different = differences(tenant.timezone)
    counted = FeatureDay.objects.aggregate(n=Sum("events"))["n"]
    return [
        ["cells that differ from the events", different.cells, 0],
        ["feature days that differ", different.feature_days, 0],
        ["user days that differ", different.user_days, 0],
        ["events counted", counted, Event.objects.count()],
    ]


def _scores(today):
    from accounts.models import Account  # noqa: PLC0415
    from health.models import Snapshot  # noqa: PLC0415
    from health.services import recompute  # noqa: PLC0415

    def stored():
        rows = Snapshot.objects.filter(day=today).order_by("account_id")
        return list(rows.values_list("account_id", "score", "band"))

    before = stored()
    recompute(list(Account.objects.values_list("pk", flat=True)), on=today)
    after = stored()
    return [["scores that a recompute changes", len(set(before) ^ set(after)), 0]]


def _reminders():
    from django.db.models import Count  # noqa: PLC0415

    from accounts.models import Contract  # noqa: PLC0415
    from renewals.models import Reminder, Renewal  # noqa: PLC0415
    from worklist.models import Task  # noqa: PLC0415

    contracts = Contract.objects.count()
    fired = Reminder.objects.filter(state="fired")
    doubled = (
        fired.values("contract", "ends_on").annotate(n=Count("id")).filter(n__gt=1)
    )
    keys = Task.objects.exclude(unique_key=None).values_list("unique_key", flat=True)
    return [
        ["renewals", Renewal.objects.count(), contracts],
        ["reminders fired", fired.count(), contracts],
        ["contracts with more than one step fired", doubled.count(), 0],
        ["tasks made twice", len(keys) - len(set(keys)), 0],
    ]


def _changed():
    from tenants.models import AuditEntry  # noqa: PLC0415

    return AuditEntry.objects.filter(action="contract.updated").count()


def _tenant():
    from cs_platform.lib import clock  # noqa: PLC0415
    from tenants.models import Tenant  # noqa: PLC0415

    tenant = Tenant.objects.get(slug="bench")
    return tenant, clock.day_of(clock.now(), tenant.timezone)


def _scope(tenant):
    from tenants.scoping import tenant_scope  # noqa: PLC0415

    return tenant_scope(tenant.pk)


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_platform.settings")
    django.setup()
    what = {"seed": seed, "audit": audit}[sys.argv[1]]
    print(json.dumps(what(**json.loads(sys.argv[2]))))
