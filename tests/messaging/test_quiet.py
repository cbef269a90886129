"""Quiet hours: mail waits until they are over, and is still sent exactly once."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError

from messaging.models import Message, QuietHours
from messaging.quiet import quiet_until
from messaging.services import keep_quiet
from tenants.models import Tenant
from tests.messaging.test_sending import deliver_at, email, tell

NIGHT = {"starts": time(22), "ends": time(7)}
PAGE = "/t/acme/settings/notifications/"
ALMATY = "Asia/Almaty"  # five hours ahead of UTC


def at(hour, minute=0, day=1, month=5):
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(16, 59), None),
        (at(17, 0), at(2, day=2)),  # 22:00 in Almaty
        (at(20, 0), at(2, day=2)),
        (at(1, 59, day=2), at(2, day=2)),
        (at(2, 0, day=2), None),
    ],
)
def test_a_night_is_quiet_by_the_clock_of_the_person(now, until):
    assert quiet_until(now, **NIGHT, zone=ALMATY) == until


def test_quiet_hours_within_a_day():
    lunch = {"starts": time(12), "ends": time(13), "zone": "UTC"}

    found = [quiet_until(at(11, 59), **lunch), quiet_until(at(12), **lunch)]

    assert [*found, quiet_until(at(13), **lunch)] == [None, at(13), None]


@pytest.mark.parametrize(
    ("now", "until"),
    [
        # Berlin, 29 March 2026: 02:00 becomes 03:00, at 01:00 UTC.
        (at(0, 30, day=29, month=3), at(1, 30, day=29, month=3)),
        # 25 October 2026: 03:00 becomes 02:00, at 01:00 UTC; 02:30 comes twice.
        (at(0, 15, day=25, month=10), at(0, 30, day=25, month=10)),
        (at(1, 15, day=25, month=10), None),
    ],
)
def test_quiet_hours_end_once_when_the_clocks_change(now, until):
    hours = {"starts": time(22), "ends": time(2, 30), "zone": "Europe/Berlin"}

    assert quiet_until(now, **hours) == until


def test_a_mail_waits_until_the_night_is_over(in_tenant, csm):
    keep_quiet(csm, NIGHT | {"timezone": ALMATY})
    tell(csm, at=at(18))

    for now in (at(18), at(21), at(1, 59, day=2)):
        deliver_at(in_tenant, now)
    early = len(mail.outbox)
    for now in (at(2, day=2), at(2, 1, day=2), at(18, day=2)):
        deliver_at(in_tenant, now)

    assert (early, len(mail.outbox), email().attempts) == (0, 1, 1)
    assert Message.objects.get(channel="in_app").state == "sent"


def test_without_a_zone_of_ones_own_the_workspaces_counts(in_tenant, csm):
    Tenant.objects.filter(pk=in_tenant.pk).update(timezone=ALMATY)
    keep_quiet(csm, NIGHT)
    tell(csm)

    deliver_at(in_tenant, at(18))

    assert (len(mail.outbox), email().next_attempt_at) == (0, at(2, day=2))


@pytest.mark.parametrize(
    ("is_urgent", "passes", "sent"),
    [(True, True, 1), (True, False, 0), (False, True, 0)],
)
def test_what_is_urgent_passes_if_the_person_lets_it(
    in_tenant, csm, is_urgent, passes, sent
):
    keep_quiet(csm, NIGHT | {"urgent_passes": passes})
    tell(csm, is_urgent=is_urgent)

    deliver_at(in_tenant, at(23))

    assert len(mail.outbox) == sent


def test_the_quiet_of_one_keeps_no_mail_of_another(in_tenant, csm, lead):
    keep_quiet(csm, NIGHT)
    tell([csm, lead])

    deliver_at(in_tenant, at(23))

    assert [sent.to for sent in mail.outbox] == [[lead.email]]


def test_a_fact_told_again_in_the_night_is_mailed_once(in_tenant, csm):
    keep_quiet(csm, NIGHT)
    for minutes in (0, 5, 60):
        tell(csm, at=at(23) + timedelta(minutes=minutes))
        deliver_at(in_tenant, at(23) + timedelta(minutes=minutes))

    for _ in range(2):
        deliver_at(in_tenant, at(7, day=2))

    assert len(mail.outbox) == 1


def test_hours_that_are_given_up_let_go_what_they_held(in_tenant, csm):
    keep_quiet(csm, NIGHT)
    tell(csm)
    deliver_at(in_tenant, at(23))
    Message.objects.update(created_at=at(23))

    keep_quiet(csm, None)
    due = email().next_attempt_at

    assert (QuietHours.objects.count(), due < datetime.now(UTC)) == (0, True)


def test_hours_without_an_end_are_refused(in_tenant, csm):
    with pytest.raises(IntegrityError, match="quiet_hours_are_not_the_whole_day"):
        keep_quiet(csm, {"starts": time(8), "ends": time(8)})


def posted(**changes):
    said = {"is_on": "on", "starts": "21:30", "ends": "08:00", "timezone": ALMATY}
    return said | changes


def test_a_person_keeps_quiet_hours_on_the_page(csm_client, csm, in_tenant):
    response = csm_client.post(PAGE + "quiet/", posted())

    kept = QuietHours.objects.get(user=csm)
    assert response.status_code == 302
    assert (kept.starts, kept.ends, kept.timezone, kept.urgent_passes) == (
        time(21, 30),
        time(8),
        ALMATY,
        False,
    )
    assert 'value="21:30"' in csm_client.get(PAGE).content.decode()


def test_hours_that_are_off_are_forgotten_whatever_the_times(
    csm_client, csm, in_tenant
):
    keep_quiet(csm, NIGHT)

    response = csm_client.post(PAGE + "quiet/", {"starts": "x"})

    assert (response.status_code, QuietHours.objects.count()) == (302, 0)


@pytest.mark.parametrize(
    "changes", [{"starts": "25:00"}, {"ends": "21:30"}, {"timezone": "Mars/Olympus"}]
)
def test_what_are_no_hours_is_refused(csm_client, in_tenant, changes):
    response = csm_client.post(PAGE + "quiet/", posted(**changes))

    assert (response.status_code, QuietHours.objects.count()) == (422, 0)
