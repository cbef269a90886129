"""The board, a task's row and the pages around them, in a real browser."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cs_platform.lib import clock
from messaging.services import announce
from renewals import services
from renewals.models import Renewal
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.e2e.visitors import signed_in
from tests.factories.renewals import renewal_of
from tests.factories.tenants import MembershipFactory, TenantFactory
from worklist.models import Task
from worklist.services import create_task, open_alert

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
CHECKS = (Path(__file__).parent / "checks.js").read_text("utf-8")
ROOT = "/t/acme"


@pytest.fixture
def acme(committed, monkeypatch):
    """A workspace with one deal, one task, one alert and one notice of its lead."""
    # The browser's driver runs a loop in this thread; we only look, and wait for it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    tenant = TenantFactory(slug="acme")
    lead = MembershipFactory(tenant=tenant, role=Role.ADMIN).user
    today = clock.day_of(clock.now(), tenant.timezone)
    with tenant_scope(tenant.pk):
        renewal = renewal_of(
            ends_on=today + timedelta(days=80), owner=lead, name="Nova"
        )
        services.fire_reminders(on=today - timedelta(days=10))
        account = renewal.account
        create_task(kind="x", title="Call", owner=lead, due_on=today, account=account)
        open_alert(kind="x", subject="s", title="Stuck", owner=lead, account=account)
        announce(to=lead, kind="x", subject="Decide", unique_key="n")
    tenant.renewal, tenant.state = renewal, signed_in(lead)
    return tenant


@pytest.fixture
def visit(acme, open_page):
    def visited(path, **options):
        return open_page(ROOT + path, storage_state=acme.state, **options)

    return visited


def stage(acme):
    with tenant_scope(acme.pk):
        return Renewal.objects.get(pk=acme.renewal.pk).stage


def move_on(acme, to):
    services.move_renewal(
        acme.renewal, stage=to, by=None, reason="They hurry", is_lead=True
    )


def prepared(acme):
    """What the first two stages want is there."""
    with tenant_scope(acme.pk):
        for key in ("health_check", "qbr", "decision_maker"):
            services.tick_item(acme.renewal, key=key, evidence="Done", by=None)


@pytest.mark.parametrize(
    "path",
    [
        "/renewals/",
        "/renewals/list/",
        "/renewals/calendar/",
        "/renewals/timeline/",
        "/renewals/attention/",
        "/renewals/{renewal}/",
        "/tasks/",
        "/tasks/new/",
        "/alerts/",
        "/notices/",
        "/settings/notifications/",
        "/settings/undelivered/",
    ],
)
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_a_page_owes_nothing(visit, acme, path, width, theme):
    page = visit(path.format(renewal=acme.renewal.pk), width=width, theme=theme)

    assert page.evaluate(CHECKS) == []
    assert page.complaints == []


def test_a_card_moves_by_the_keyboard(visit, acme):
    prepared(acme)
    page = visit("/renewals/")
    card = page.locator(".board-card")

    card.focus()
    page.keyboard.press("ArrowRight")

    expect(page.locator("[data-stage=initiation] .board-card")).to_have_count(1)
    assert stage(acme) == "initiation"
    assert page.complaints == []


def test_a_stale_move_is_told_and_the_card_stays(visit, acme):
    page = visit("/renewals/")
    with tenant_scope(acme.pk):
        move_on(acme, "approval")

    page.locator(".board-card").focus()
    page.keyboard.press("ArrowRight")

    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("Somebody else was first")
    expect(page.locator("[data-stage=preparation] .board-card")).to_have_count(1)
    assert stage(acme) == "approval"


def test_a_card_moves_by_dragging(visit, acme):
    prepared(acme)
    page = visit("/renewals/")

    page.locator(".board-card").drag_to(page.locator("[data-stage=negotiation] h2"))

    expect(page.locator("[data-stage=negotiation] .board-card")).to_have_count(1)
    assert stage(acme) == "negotiation"


def test_a_card_beyond_approval_asks_how_it_ended(visit, acme):
    with tenant_scope(acme.pk):
        move_on(acme, "approval")
    page = visit("/renewals/")

    page.locator(".board-card").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("result=renewed"))
    page.get_by_label("Lost", exact=True).check()
    page.get_by_label("Reason").select_option("price")
    page.get_by_label("In words").fill("Too dear.")
    page.get_by_role("button", name="Record the outcome").click()

    expect(page.locator("main")).to_contain_text("Price too high: Too dear.")
    assert stage(acme) == "lost"


def test_a_task_is_done_and_taken_back_in_its_row(visit, acme):
    page = visit("/tasks/")
    row = page.locator("tr", has_text="Call")

    row.get_by_role("button", name="Done").click()
    expect(page.locator(".toast")).to_contain_text("Done.")
    with tenant_scope(acme.pk):
        assert Task.objects.get(title="Call").status == "done"
    row.get_by_role("button", name="Open again").click()

    expect(row.get_by_role("button", name="Done")).to_be_visible()
    with tenant_scope(acme.pk):
        assert Task.objects.get(title="Call").status == "open"


def test_a_task_is_put_off_from_its_menu(visit, acme):
    page = visit("/tasks/")
    day = clock.day_of(clock.now(), "UTC") + timedelta(days=40)

    row = page.locator("tr", has_text="Call")

    row.get_by_role("button", name="More for Call").click()
    row.get_by_label("Put off until").fill(day.isoformat())

    expect(page.locator(".toast")).to_contain_text("Put off.")
    with tenant_scope(acme.pk):
        assert Task.objects.get(title="Call").due_on == day
