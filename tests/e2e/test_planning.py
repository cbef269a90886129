"""Days that are bad for plans, and the pages of calendar, ladder, quiet and escalation."""

from datetime import time, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.queries import calendar
from accounts.services import set_calendar
from cs_platform.lib import clock
from messaging.services import keep_quiet
from renewals import services
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.e2e.visitors import signed_in
from tests.factories.renewals import renewal_of
from tests.factories.tenants import MembershipFactory, TenantFactory
from worklist.models import Priority, Task
from worklist.services import create_task, escalate_alerts, open_alert

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
CHECKS = (Path(__file__).parent / "checks.js").read_text("utf-8")
ROOT = "/t/acme"


@pytest.fixture
def acme(committed, monkeypatch):
    """A workspace that is off on the 10th day from now, with plans for that day."""
    # The browser's driver runs a loop in this thread; we only look, and wait for it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    tenant = TenantFactory(slug="acme")
    admin = MembershipFactory(tenant=tenant, role=Role.ADMIN).user
    MembershipFactory(tenant=tenant, role=Role.LEAD)
    now = clock.now()
    tenant.off = clock.day_of(now, tenant.timezone) + timedelta(days=10)
    with tenant_scope(tenant.pk):
        set_calendar(country="KZ", extra_holidays=[tenant.off])
        tenant.better = calendar().nearest_good(tenant.off)
        renewal = renewal_of(
            ends_on=tenant.off + timedelta(days=70), owner=admin, name="Nova"
        )
        services.change_plan(
            renewal, by=admin, next_step="Meet", next_step_on=tenant.off, owner=None
        )
        create_task(kind="x", title="Call", owner=admin, due_on=tenant.off)
        long_ago = now - timedelta(hours=5)
        fields = {"title": "Stuck", "owner": admin, "priority": Priority.URGENT}
        open_alert(kind="x", subject="s", at=long_ago, **fields)
        escalate_alerts(at=now)
        services.make_feed(admin)
        keep_quiet(admin, {"starts": time(20), "ends": time(8)})
    tenant.renewal, tenant.state = renewal, signed_in(admin)
    return tenant


@pytest.fixture
def visit(acme, open_page):
    def visited(path, **options):
        return open_page(ROOT + path, storage_state=acme.state, **options)

    return visited


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_the_pages_owe_nothing(visit, acme, width, theme):
    owed = {}
    for path in (
        "/settings/calendar/",
        "/settings/reminders/",
        "/settings/escalation/",
        "/settings/notifications/",
        "/settings/calendar-feed/",
        "/tasks/",
        "/tasks/new/",
        "/alerts/",
        f"/renewals/{acme.renewal.pk}/",
    ):
        page = visit(path, width=width, theme=theme)
        owed[path] = [*page.evaluate(CHECKS), *page.complaints]
        page.context.close()

    assert {path: debts for path, debts in owed.items() if debts} == {}


def test_a_bad_day_is_told_while_one_types_and_taken_back_with_one_click(visit, acme):
    page = visit("/tasks/new/")
    field = page.get_by_label("Due")

    field.fill(acme.off.isoformat())
    field.dispatch_event("change")
    expect(page.locator(".day-note")).to_contain_text("is a holiday here")
    page.get_by_role("button", name="Take").click()

    expect(field).to_have_value(acme.better.isoformat())
    expect(page.locator(".day-note")).to_have_text("")
    assert page.complaints == []


def test_a_task_takes_the_good_day_in_its_row(visit, acme):
    page = visit("/tasks/")
    row = page.locator("tr", has_text="Call").last

    row.get_by_role("button", name="Take").click()

    expect(row).not_to_contain_text("is a holiday here")
    with tenant_scope(acme.pk):
        assert Task.objects.get(title="Call").due_on == acme.better


@pytest.mark.parametrize("scripts", [True, False])
def test_the_next_step_takes_the_good_day_with_and_without_scripts(
    visit, acme, scripts
):
    page = visit(f"/renewals/{acme.renewal.pk}/", java_script_enabled=scripts)

    page.get_by_role("button", name="Take").click()
    page.wait_for_load_state()

    expect(page.get_by_role("button", name="Take")).to_have_count(0)
    with tenant_scope(acme.pk):
        acme.renewal.refresh_from_db()
        assert acme.renewal.next_step_on == acme.better


def test_another_country_offers_its_regions_and_habits(visit, acme):
    page = visit("/settings/calendar/")

    page.get_by_label("Country").select_option("DE")
    expect(page.get_by_label("Region")).to_be_visible()
    page.get_by_label("Country").select_option("KZ")

    expect(page.get_by_role("button", name="Take these over and save")).to_be_visible()
    assert page.complaints == []
