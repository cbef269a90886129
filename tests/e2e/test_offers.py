"""From a draft to a renewed deal, and to a lost one, in a real browser."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.models import Contract
from cs_platform.lib import clock
from renewals import services
from renewals.models import Offer, Outcome
from renewals.queries.outcomes import explanations_of
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.e2e.visitors import signed_in, tab_to
from tests.factories.renewals import renewal_of
from tests.factories.tenants import MembershipFactory, TenantFactory
from tests.renewals.paper import pdf_text

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
CHECKS = (Path(__file__).parent / "checks.js").read_text("utf-8")
ROOT = "/t/acme"


@pytest.fixture
def acme(committed, monkeypatch):
    """A workspace with two deals of its lead, one lost already, and one with a draft."""
    # The browser's driver runs a loop in this thread; we only look, and wait for it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    tenant = TenantFactory(slug="acme")
    lead = MembershipFactory(tenant=tenant, role=Role.ADMIN).user
    tenant.today = clock.day_of(clock.now(), tenant.timezone)
    ends_on = tenant.today + timedelta(days=80)
    with tenant_scope(tenant.pk):
        deals = [
            renewal_of(ends_on=ends_on, owner=lead, name=name, mrr=1000, seats=10)
            for name in ("Nova", "Orbit", "Gone")
        ]
        services.fire_reminders(on=tenant.today)
        tenant.draft = services.draft_offer(deals[1], by=lead, on=tenant.today)
        services.close_renewal(
            deals[2], result="lost", reason="features", detail="No exchange",
            which=("1C integration",), by=lead, on=tenant.today,
        )  # fmt: skip
    tenant.nova, tenant.orbit, tenant.gone = deals
    tenant.state = signed_in(lead)
    return tenant


@pytest.fixture
def visit(acme, open_page):
    def visited(path, **options):
        return open_page(ROOT + path, storage_state=acme.state, **options)

    return visited


def outcome_of(acme, renewal):
    with tenant_scope(acme.pk):
        return Outcome.objects.get(renewal=renewal)


@pytest.mark.parametrize(
    "path",
    [
        "/renewals/{nova}/",
        "/renewals/{gone}/",
        "/renewals/{gone}/reason/",
        "/offers/{draft}/",
        "/offers/{draft}/preview/",
        "/settings/offers/",
        "/reasons/",
        "/reasons/deals/",
        "/feature-requests/",
    ],
)
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_a_page_owes_nothing(visit, acme, path, width, theme):
    keys = {"nova": acme.nova.pk, "gone": acme.gone.pk, "draft": acme.draft.pk}

    page = visit(path.format(**keys), width=width, theme=theme)

    assert page.evaluate(CHECKS) == []
    assert page.complaints == []


def press(page, role, name):
    tab_to(page, page.get_by_role(role, name=name))
    page.keyboard.press("Enter")


def write_and_send(page):
    """An offer for five seats more, by the keyboard."""
    press(page, "button", "Draft an offer")
    page.wait_for_url("**/offers/**")
    tab_to(page, page.get_by_label("Quantity").first)
    page.keyboard.type("15")
    expect(page.locator("#sums")).to_contain_text("$18,000")
    press(page, "button", "Save the draft")
    expect(page.locator(".toast")).to_contain_text("Saved.")
    press(page, "button", "Freeze and mark as sent")
    expect(page.locator(".toast")).to_contain_text("Frozen as sent")


def test_an_offer_becomes_a_renewed_deal_by_the_keyboard_alone(visit, acme):
    page = visit(f"/renewals/{acme.nova.pk}/")

    write_and_send(page)
    with page.expect_download() as download:
        press(page, "link", "PDF")
    press(page, "button", "Accepted")
    page.wait_for_url("**/renewals/**#outcome")
    tab_to(page, page.get_by_label("Write the new term into the contract"))
    page.keyboard.press("Space")
    press(page, "button", "Record the outcome")

    expect(page.locator("main")).to_contain_text("Renewed with upsell, $18,000 a year")
    assert download.value.suggested_filename == "offer-nova-v1.pdf"
    assert "$18,000.00" in pdf_text(Path(download.value.path()).read_bytes())
    outcome = outcome_of(acme, acme.nova)
    assert (outcome.kind, outcome.amount) == ("renewed_upsell", 18_000)
    with tenant_scope(acme.pk):
        assert Offer.objects.get(renewal=acme.nova).state == "accepted"
        contract = Contract.objects.get(pk=acme.nova.contract_id)
    assert (contract.mrr, contract.ends_on) == (1500, outcome.ends_on)
    assert page.complaints == []


def test_a_loss_is_recorded_with_both_levels_by_pointer(visit, acme):
    page = visit(f"/renewals/{acme.orbit.pk}/")
    page.get_by_label("Renewed", exact=True).check()
    expect(page.get_by_label("Reason")).to_be_hidden()

    page.get_by_label("Lost", exact=True).check()
    expect(page.get_by_label("Amount a year", exact=True)).to_be_hidden()
    page.get_by_label("Reason").select_option("competitor")
    expect(page.locator("#which-options option")).to_have_count(0)
    page.get_by_label("Reason").select_option("features")
    expect(page.locator("#which-options option")).to_have_count(1)
    page.get_by_label("Which, 1").fill("1C integration")
    page.get_by_label("Which, 2").fill("Export")
    page.get_by_label("In words").fill("They need the exchange.")
    page.get_by_role("button", name="Record the outcome").click()

    expect(page.locator("#why")).to_contain_text("They need the exchange.")
    assert outcome_of(acme, acme.orbit).kind == "lost"
    with tenant_scope(acme.pk):
        (said,) = explanations_of(acme.orbit)
    assert said.which == ["1C integration", "Export"]
    page.goto(page.url.partition("/t/")[0] + ROOT + "/reasons/")
    expect(page.locator("main")).to_contain_text(
        "100% of lost MRR names “1C integration”."
    )
    assert page.complaints == []


def test_a_loss_is_recorded_without_scripts(visit, acme):
    page = visit(f"/renewals/{acme.orbit.pk}/?result=lost", java_script_enabled=False)

    page.get_by_label("Reason").select_option("features")
    page.get_by_label("In words").fill("x")
    page.get_by_role("button", name="Record the outcome").click()
    expect(page.locator(".outcome-why")).to_contain_text("Say which.")
    page.get_by_label("Which, 1").fill("1C integration")
    page.get_by_role("button", name="Record the outcome").click()

    expect(page.locator("#why")).to_contain_text("1C integration")
    assert outcome_of(acme, acme.orbit).reason == "features"
