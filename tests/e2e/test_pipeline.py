"""A deal from preparation to approval in a real browser: by keys alone, by pointer, by two."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.models import Note
from cs_platform.lib import clock
from renewals import services
from renewals.models import Renewal, StageChange
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.e2e.visitors import signed_in, tab_to
from tests.factories.accounts import ContactFactory
from tests.factories.renewals import renewal_of
from tests.factories.tenants import MembershipFactory, TenantFactory

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def acme(committed, monkeypatch):
    """A deal of a CSM in preparation, with a decision maker; a lead beside."""
    # The browser's driver runs a loop in this thread; we only look, and wait for it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    tenant = TenantFactory(slug="acme")
    csm = MembershipFactory(tenant=tenant, role=Role.CSM).user
    lead = MembershipFactory(tenant=tenant, role=Role.LEAD).user
    today = clock.day_of(clock.now(), tenant.timezone)
    with tenant_scope(tenant.pk):
        renewal = renewal_of(ends_on=today + timedelta(days=80), owner=csm, name="Nova")
        services.fire_reminders(on=today - timedelta(days=10))
        ContactFactory(account=renewal.account, name="Anna", roles=["decision_maker"])
    tenant.renewal, tenant.csm, tenant.lead = renewal, csm, lead
    return tenant


@pytest.fixture
def visit(acme, open_page):
    def visited(person, path, **options):
        return open_page(f"/t/acme{path}", storage_state=signed_in(person), **options)

    return visited


def stage(acme):
    with tenant_scope(acme.pk):
        return Renewal.objects.get(pk=acme.renewal.pk).stage


def talk(acme):
    """A call with the decision maker is noted."""
    with tenant_scope(acme.pk):
        account = acme.renewal.account
        Note.objects.create(
            account=account,
            kind="call",
            body="They go on.",
            contact=ContactFactory._meta.model.objects.get(account=account),
            happened_at=clock.now(),
        )


def complaints(page):
    """What the browser complained of, but for the dialog: that is an answer of 422."""
    return [text for text in page.complaints if "422" not in text]


def tick_by_keys(page, item):
    tab_to(page, page.get_by_label(f"What shows it: {item}"))
    page.keyboard.type("Seen with my own eyes")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Marked done.")


def move_by_keys(page, to):
    tab_to(page, page.get_by_role("button", name=to, exact=True))
    page.keyboard.press("Enter")
    pressed = page.get_by_role("button", name=to, exact=True, pressed=True)
    expect(pressed).to_be_visible()


def test_a_deal_goes_to_approval_by_keys_alone(visit, acme):
    page = visit(acme.csm, "/renewals/")
    dialog = page.locator("#dialog")

    tab_to(page, page.locator(".board-card"))
    page.keyboard.press("ArrowRight")
    expect(dialog).to_contain_text("These 2 are still missing")
    expect(dialog.get_by_label("Why it goes on all the same")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".board-card")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(dialog).to_be_visible()
    tab_to(page, dialog.get_by_role("link", name="Fill the checklist"))
    page.keyboard.press("Enter")
    page.wait_for_url("**#checklist")
    tick_by_keys(page, "Health is checked")
    tick_by_keys(page, "A QBR was held")
    move_by_keys(page, "Initiation")
    talk(acme)
    move_by_keys(page, "Negotiation")
    tick_by_keys(page, "An offer was made")
    move_by_keys(page, "Approval")

    assert stage(acme) == "approval"
    with tenant_scope(acme.pk):
        assert list(StageChange.objects.values_list("missing", flat=True)) == [[]] * 4
    expect(page.locator("#checklist")).to_contain_text("Call with Anna")
    assert complaints(page) == []


def test_a_deal_goes_to_approval_by_pointer(visit, acme):
    page = visit(acme.csm, "/renewals/")
    card = page.locator(".board-card")

    def drag(to):
        card.drag_to(page.locator(f"[data-stage={to}] h2"))

    def column(name):
        return page.locator(f"[data-stage={name}] .board-card")

    drag("initiation")
    page.get_by_label("Why it goes on all the same").fill("They asked for terms")
    page.get_by_role("button", name="Go on").click()
    expect(column("initiation")).to_have_count(1)
    expect(page.locator("#dialog")).to_be_hidden()
    expect(column("initiation")).to_be_focused()
    talk(acme)
    drag("negotiation")
    expect(column("negotiation")).to_have_count(1)
    card.get_by_role("link", name="Nova").click()
    page.get_by_label("What shows it: An offer was made").fill("offer.pdf")
    page.get_by_role("button", name="Mark done: An offer was made").click()
    page.get_by_role("button", name="Approval", exact=True).click()
    expect(page.get_by_role("button", name="Approval", pressed=True)).to_be_visible()

    assert stage(acme) == "approval"
    expect(page.locator("main")).to_contain_text("They asked for terms")
    assert complaints(page) == []


def test_of_two_browsers_one_wins_and_the_other_is_told(visit, acme):
    with tenant_scope(acme.pk):
        for key in ("health_check", "qbr", "decision_maker"):
            services.tick_item(acme.renewal, key=key, evidence="Done", by=None)
    one, other = visit(acme.csm, "/renewals/"), visit(acme.lead, "/renewals/")

    one.locator(".board-card").focus()
    one.keyboard.press("ArrowRight")
    expect(one.locator("[data-stage=initiation] .board-card")).to_be_focused()
    expect(one.locator(".toast")).to_contain_text("Nova is now in “Initiation”")
    other.locator(".board-card").drag_to(other.locator("[data-stage=negotiation] h2"))
    expect(other.locator(".toast")).to_contain_text("Somebody else was first")
    other.reload()

    expect(other.locator("[data-stage=initiation] .board-card")).to_have_count(1)
    assert stage(acme) == "initiation"


def test_a_card_moves_on_a_phone(visit, acme):
    page = visit(acme.lead, "/renewals/", width=390)

    page.get_by_role("button", name="To the next stage").click()
    page.get_by_label("Why it goes on all the same").fill("They hurry")
    page.get_by_role("button", name="Go on").click()

    expect(page.locator("[data-stage=initiation] .board-card")).to_have_count(1)
    assert stage(acme) == "initiation"


def test_the_arrows_up_and_down_walk_the_cards(visit, acme):
    with tenant_scope(acme.pk):
        today = clock.day_of(clock.now(), "UTC")
        renewal_of(ends_on=today + timedelta(days=85), owner=acme.csm, name="Vega")
        services.fire_reminders(on=today)
    page = visit(acme.csm, "/renewals/")
    first, second = page.locator(".board-card").all()

    first.focus()
    page.keyboard.press("ArrowDown")
    expect(second).to_be_focused()
    page.keyboard.press("ArrowUp")

    expect(first).to_be_focused()
