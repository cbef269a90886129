"""The editor of a scorecard, worked with the keyboard alone, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from health import services
from health.models import CardRule, Scorecard
from health.queries.cards import cards_in_force
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.e2e.visitors import signed_in
from tests.factories.accounts import AccountFactory
from tests.factories.tenants import MembershipFactory, TenantFactory

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
CHECKS = (Path(__file__).parent / "checks.js").read_text("utf-8")
ROOT = "/t/acme/settings/scorecards/"
RULES = [
    {"card": card, "stages": [stage], "tiers": [], "segments": []}
    for card, stage in (("Weighted", "growth"), ("Onboarding", "onboarding"))
]


@pytest.fixture
def acme(committed, monkeypatch):
    """A workspace with one account, two rules and a draft of "Points"."""
    # The browser's driver runs a loop in this thread; we only look, and wait for it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    tenant = TenantFactory(slug="acme")
    ops = MembershipFactory(tenant=tenant, role=Role.OPS).user
    with tenant_scope(tenant.pk):
        AccountFactory(name="Nova", mrr=100)
        services.save_card_order(RULES, by=ops)
        tenant.draft = services.begin_draft(cards_in_force()["Points"], by=ops)
    tenant.state = signed_in(ops)
    return tenant


@pytest.fixture
def visit(acme, open_page):
    def visited(path, **options):
        return open_page(ROOT + path, storage_state=acme.state, **options)

    return visited


def test_a_scorecard_is_edited_and_published_by_the_keyboard(acme, visit):
    page = visit(f"{acme.draft.pk}/draft/")
    expect(page.locator("#preview")).to_contain_text("Nova")

    page.get_by_label("What to measure").select_option("depth")
    page.get_by_role("button", name="Add the measure").press("Enter")
    # What was added is open, and its first field has the focus.
    label = page.get_by_placeholder("Depth of use", exact=True)
    expect(label).to_be_focused()
    page.keyboard.type("Breadth")
    expect(page.locator("#preview")).to_contain_text("Breadth")
    green = page.get_by_label("Green from")
    green.fill("40")
    green.press("Enter")
    # Refused at the field, which has the focus; nothing typed is lost.
    wrong = page.get_by_label("Amber from")
    expect(wrong).to_be_focused()
    expect(page.get_by_text("Amber has to begin below green")).to_be_visible()
    expect(label).to_have_value("Breadth")
    green.fill("75")
    green.press("Enter")
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    page.get_by_role("button", name="Publish…").press("Enter")
    page.get_by_label("What changed, for the history").fill("Breadth counts")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/scorecards/")

    with tenant_scope(acme.pk):
        card = cards_in_force()["Points"]
    assert (card.version, card.note) == (2, "Breadth counts")
    assert card.definition["bands"]["green"] == 75
    assert card.definition["measures"][-1]["label"] == "Breadth"


def test_rules_are_moved_by_keys_and_by_dragging(acme, visit):
    page = visit("order/")
    cards = page.locator("[data-rule] select")

    page.get_by_role("button", name="Down").first.press("Enter")
    expect(cards.first).to_have_value("Onboarding")
    page.locator("[data-rule] .rule-name").first.drag_to(
        page.locator("[data-rule]").last
    )
    expect(cards.first).to_have_value("Weighted")
    page.get_by_role("button", name="Down").first.press("Enter")
    expect(cards.first).to_have_value("Onboarding")
    page.get_by_role("button", name="Save the order").last.press("Enter")
    page.wait_for_url("**/settings/scorecards/")

    with tenant_scope(acme.pk):
        order = CardRule.objects.order_by("position").values_list("card", flat=True)
        assert list(order) == ["Onboarding", "Weighted"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_editor_owes_nothing(acme, visit, width, theme):
    page = visit(f"{acme.draft.pk}/draft/", width=width, theme=theme)
    expect(page.locator("#preview")).to_contain_text("Nova")
    for summary in page.locator(".card-measure > summary").all():
        summary.click()
    page.wait_for_load_state("networkidle")

    assert [*page.evaluate(CHECKS), *page.complaints] == []


def test_a_draft_is_edited_without_scripts(acme, visit):
    page = visit(f"{acme.draft.pk}/draft/", java_script_enabled=False)

    page.get_by_label("Green from").fill("77")
    page.get_by_label("Green from").press("Enter")

    expect(page.get_by_label("Green from")).to_have_value("77")
    with tenant_scope(acme.pk):
        kept = Scorecard.objects.get(pk=acme.draft.pk).definition
    assert kept["bands"]["green"] == 77
