"""Who asks for a report may leave the page: a real worker makes it, and it is found."""

import pytest
from playwright.sync_api import expect

from cs_platform.lib import wake
from qbr.models import Report
from renewals.models import Logo, OfferTemplate
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.e2e.visitors import signed_in
from tests.factories.tenants import MembershipFactory, TenantFactory
from tests.faults.redis_server import running_redis, wait_for
from tests.faults.workers import workers_of
from tests.qbr.report_world import quarter

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
MAKER = "worker -n maker@%h -c 1 --without-gossip --without-mingle -Q documents"
SECONDS = 60_000  # ms, for a worker to start and make a report


@pytest.fixture
def acme(committed, monkeypatch):
    # The browser's driver runs a loop in this thread; we only look, and wait for it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    tenant = TenantFactory(slug="acme", name="Acme")
    admin = MembershipFactory(tenant=tenant, role=Role.ADMIN).user
    with tenant_scope(tenant.pk):
        tenant.review = quarter(tenant)
    tenant.state = signed_in(admin)
    return tenant


@pytest.fixture
def broker(committed, settings, monkeypatch):
    """A Redis of this test's own, between the site and the workers."""
    with running_redis() as server:
        url = server.url.replace("unix://", "redis+socket://")
        settings.CELERY_BROKER_URL = url.replace("?db=", "?virtual_host=")
        # Another test's broker may have been away.
        monkeypatch.setattr(wake, "_paused_until", 0.0)
        yield server


def test_a_report_is_made_while_nobody_looks_and_found_later(
    acme, broker, open_page, tmp_path
):
    page = open_page(f"/t/acme/reviews/{acme.review.pk}/", storage_state=acme.state)

    page.get_by_role("button", name="Make the report").click()
    expect(page.get_by_text("The files wait for their turn.")).to_be_visible()
    page.goto(page.url.split("/t/")[0] + "/t/acme/reviews/")
    with workers_of(broker, tmp_path) as workers:
        workers.start("maker", MAKER)
        wait_for(lambda: state_of(acme) == "ready")
        begun = {task for _id, task, *_rest in workers.begun()}
    page.reload()
    page.get_by_role("link", name="1 unread notice").click()
    page.get_by_text("ready").first.click()

    expect(page).to_have_title("Report · Northwind · Acme")
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    assert download.value.path().read_bytes()[:5] == b"%PDF-"
    page.goto(page.url.split("/t/")[0] + "/t/acme/reports/")
    expect(page.locator("#rows tbody tr")).to_contain_text(["Northwind"])
    expect(page.locator("#rows tbody tr")).to_contain_text(["Ready"])
    # The hint of the page alone brought the worker: no sweep ran.
    assert (begun, page.complaints) == ({"qbr.make_reports"}, [])


def test_one_that_fails_says_why_in_words_and_is_made_when_tried_again(
    acme, broker, open_page, tmp_path
):
    with tenant_scope(acme.pk):
        broken = Logo.objects.create(
            content=b"no picture", content_type="image/png", width=1, height=1
        )
        look = OfferTemplate.objects.create(logo=broken)
    page = open_page(f"/t/acme/reviews/{acme.review.pk}/", storage_state=acme.state)

    with workers_of(broker, tmp_path) as workers:
        workers.start("maker", MAKER)
        page.get_by_role("button", name="Make the report").click()
        # Told without a reload.
        alert = page.get_by_role("alert")
        expect(alert).to_have_text("The files could not be made.", timeout=SECONDS)
        expect(page.locator("#files")).to_contain_text(
            "The logo of the workspace cannot be read: choose another one."
        )
        expect(
            page.get_by_role("link", name="Look of reports and offers")
        ).to_have_attribute("href", "/t/acme/settings/offers/")
        with tenant_scope(acme.pk):
            look.logo = None
            look.save()
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("link", name="PowerPoint")).to_be_visible(
            timeout=SECONDS
        )

    assert state_of(acme) == "ready"
    assert page.complaints == []


def state_of(acme):
    with tenant_scope(acme.pk):
        return Report.objects.get().state
