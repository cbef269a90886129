"""Two hundred reports asked for at once: time, and the memory of who makes them.

Each account has forty features and six months of use behind it. Real workers take the
reports from the line of a real database; one of the reports cannot be made, and is
tried again afterwards. REPORTS and REPORT_WORKERS change how many.
"""

import os
import random
import statistics
import sys
import time
from datetime import timedelta

import psutil

from bench.stack import in_process

REPORTS = int(os.environ.get("REPORTS", "200"))
WORKERS = int(os.environ.get("REPORT_WORKERS", "1"))
FEATURES, PEOPLE = 40, 30
LIMIT = 900  # seconds
# No picture: what a workspace might have kept before logos were looked at.
BROKEN = b"\x89PNG\r\n\x1a\nbroken"


def main():
    for name, measured, target in run():
        print(f"{name:<58} {measured:8.2f}  {target}")


def run():
    """Rows of (gate, measured, target)."""
    with in_process() as platform:
        from tenants.models import Tenant  # noqa: PLC0415
        from tenants.scoping import tenant_scope  # noqa: PLC0415

        tenant = Tenant.objects.get(slug="bench")
        with tenant_scope(tenant.pk):
            reviews, on = _reviews(tenant)
        gathered = _drafted(tenant, reviews, on)
        seconds, memory = _made(platform, tenant)
        with tenant_scope(tenant.pk):
            kept = _kept()
        failed, retried = _failed_and_retried(tenant, reviews[0])
    return [
        ("reports made and kept, of those asked for", kept / REPORTS, "== 1"),
        ("figures of a report gathered, p95, ms", gathered, "<= 500"),
        (f"{REPORTS} reports by {WORKERS} worker(s), seconds", seconds, "<= 400"),
        ("a report, seconds of one worker", seconds * WORKERS / REPORTS, "<= 2"),
        ("most memory of the workers and what they run, MB", memory, "<= 900"),
        ("a failed one says why, and is made when tried again", failed * retried, "== 1"),
    ]  # fmt: skip


def _reviews(tenant):
    from bench.population import fill  # noqa: PLC0415
    from cs_platform.lib import clock  # noqa: PLC0415
    from qbr.models import Review  # noqa: PLC0415

    on = clock.day_of(clock.now(), "UTC")
    end = on.replace(day=1)
    start = (end - timedelta(days=80)).replace(day=1)
    accounts = fill(tenant, accounts=REPORTS, on=on)
    _use(tenant, accounts, start - (end - start), end)
    reviews = Review.objects.bulk_create(
        Review(
            account=account,
            owner=account.owner,
            period_start=start,
            period_end=end,
            due_on=on,
            day=on,
            language="ru" if number % 2 else "en",
        )
        for number, account in enumerate(accounts)
    )
    return reviews, on


def _use(tenant, accounts, first, end):
    from usage.models import Feature, FeatureDay, UserDay  # noqa: PLC0415
    from usage.models.rollup import SLOTS  # noqa: PLC0415

    dice = random.Random(3)  # noqa: S311 (not for secrets: the same each run)
    features = Feature.objects.bulk_create(
        Feature(name=f"feature-{n}", label=f"Feature {n}", is_key=n < 6)
        for n in range(FEATURES)
    )
    days = [first + timedelta(days=n) for n in range((end - first).days)]
    slots = "1" * 6 + "0" * (SLOTS - 6)
    for account in accounts:
        of = {"tenant_id": tenant.pk, "account": account}
        FeatureDay.objects.bulk_create(
            FeatureDay(**of, day=day, feature=feature, events=dice.randint(1, 50), users=3)
            for day in days
            for feature in dice.sample(features, 12)
        )  # fmt: skip
        UserDay.objects.bulk_create(
            UserDay(**of, day=day, user_ref=f"u-{who}", events=4, slots=slots)
            for day in days
            for who in dice.sample(range(PEOPLE), 10)
        )


def _drafted(tenant, reviews, on):
    """Asks for all of them; the 95th percentile of gathering one's figures, in ms."""
    from qbr.services import reporting  # noqa: PLC0415
    from tenants.scoping import tenant_scope  # noqa: PLC0415

    took = []
    for review in reviews:
        begun = time.perf_counter()
        with tenant_scope(tenant.pk):
            reporting.draft_report(review, by=None, on=on)
        took.append(1000 * (time.perf_counter() - begun))
    return statistics.quantiles(took, n=20)[-1]


def _made(platform, tenant):
    """Seconds until none is left, and the most memory that was held on the way (MB)."""
    command = (
        f"{sys.executable} -m celery -q -A cs_platform worker -n maker@%h -Q documents"
        f" --concurrency {WORKERS} --loglevel WARNING --without-gossip --without-mingle"
    )
    most = 0.0
    with platform.process(command) as worker:
        begun = time.perf_counter()
        while time.perf_counter() - begun < LIMIT:
            _wake(tenant)
            most = max(most, _memory(worker.pid))
            (left,) = platform.ask(
                "SELECT count(*) FROM qbr_report WHERE state IN ('waiting', 'making')"
            )
            if not left:
                break
            time.sleep(0.25)
    return time.perf_counter() - begun, most


def _wake(tenant):
    """As the scheduler does, every so often."""
    from cs_platform.lib.wake import send_hint  # noqa: PLC0415

    if int(time.monotonic()) % 5 == 0:
        send_hint("qbr.make_reports", {"tenant_id": tenant.pk}, expires=5)


def _memory(pid):
    """Of a process and all that it started, what is its own and not shared, in MB."""
    total = 0
    try:
        main = psutil.Process(pid)
        for process in (main, *main.children(recursive=True)):
            total += process.memory_full_info().uss
    except psutil.NoSuchProcess:
        pass
    return total / 2**20


def _kept():
    from qbr.models import Report, ReportFile  # noqa: PLC0415

    files = ReportFile.objects.values("report").distinct().count()
    return min(files, Report.objects.filter(state="ready").count())


def _failed_and_retried(tenant, review):
    """Breaks the logo, asks again, mends it, tries again: said why, and made."""
    from qbr.models import Report  # noqa: PLC0415
    from qbr.services import making, queueing  # noqa: PLC0415
    from renewals.models import Logo, OfferTemplate  # noqa: PLC0415
    from tenants.scoping import tenant_scope  # noqa: PLC0415

    states = []
    for is_broken in (True, False):
        with tenant_scope(tenant.pk):
            logo = None
            if is_broken:
                logo = Logo.objects.create(
                    content=BROKEN, content_type="image/png", width=1, height=1
                )
            OfferTemplate.objects.update_or_create(defaults={"logo": logo})
            report = Report.objects.get(review=review)
            queueing.ask_for_files(report, by=None)
        making.make_reports(tenant.pk, seconds=30)
        with tenant_scope(tenant.pk):
            states.append(Report.objects.get(pk=report.pk))
    failed, retried = states
    return failed.state == "failed" and bool(failed.error), retried.state == "ready"


if __name__ == "__main__":
    main()
