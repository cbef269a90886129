"""A survey is switched off while a sweep asks: both come to their end."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Event

import pytest
from django.db import connection, connections

from nps import services
from nps.models import Invitation
from nps.services import scheduling
from tenants.scoping import tenant_scope
from tests.factories.accounts import ContactFactory
from tests.factories.nps import InvitationFactory, SurveyFactory
from tests.factories.tenants import TenantFactory

# A Monday at ten.
NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)


def somebody_waits():
    """Until some transaction waits for a lock of another."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.02)
    return False


@pytest.mark.slow
def test_a_survey_can_be_switched_off_while_a_sweep_asks(committed, monkeypatch):
    tenant = TenantFactory()
    with tenant_scope(tenant.pk):
        survey = SurveyFactory(starts_after_days=[30], spread_days=1)
        # One sent by hand, which switching off takes back, and one that is made anew.
        InvitationFactory(survey=survey, state="planned", sent_at=None)
        ContactFactory(account__customer_since=date(2026, 4, 4))
    written, post, waited = Event(), scheduling._post, []

    def written_and_waited_for(*args):
        post(*args)
        if args[0]:
            written.set()
            waited.append(somebody_waits())

    monkeypatch.setattr(scheduling, "_post", written_and_waited_for)

    def sweep():
        try:
            return services.ask_customers(tenant.pk, at=NOW)
        finally:
            connections.close_all()

    def switch():
        written.wait(10)
        try:
            with tenant_scope(tenant.pk):
                return services.switch_off(survey, by=None).is_on
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        asking, switching = pool.submit(sweep), pool.submit(switch)

    assert (asking.result(), switching.result(), waited) == (2, False, [True])
    with tenant_scope(tenant.pk):
        states = Invitation.objects.values_list("state", flat=True)
        assert list(states) == ["sent", "sent"]
