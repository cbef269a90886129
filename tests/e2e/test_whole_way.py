"""A contract is entered, its deal prepared, offered and renewed, or lost: in a browser."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.models import Contract
from cs_platform.lib import clock
from renewals import services
from renewals.models import Outcome, Renewal
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.e2e.visitors import signed_in, tab_to
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.tenants import MembershipFactory, TenantFactory
from tests.renewals.paper import pdf_text

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def acme(committed, monkeypatch):
    """An account of a lead with a decision maker, and no contract yet."""
    # The browser's driver runs a loop in this thread; we only look, and wait for it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    tenant = TenantFactory(slug="acme", currency="USD")
    tenant.lead = MembershipFactory(tenant=tenant, role=Role.LEAD).user
    tenant.today = clock.day_of(clock.now(), tenant.timezone)
    with tenant_scope(tenant.pk):
        tenant.nova = AccountFactory(name="Nova", owner=tenant.lead)
        ContactFactory(account=tenant.nova, name="Anna", roles=["decision_maker"])
    return tenant


@pytest.fixture
def page(acme, open_page):
    path = f"/t/acme/accounts/{acme.nova.pk}/money/"
    return open_page(path, storage_state=signed_in(acme.lead))


class Keys:
    """Whoever has a keyboard and nothing else."""

    def __init__(self, page):
        self.page = page

    def go(self, target):
        expect(target).to_be_visible()
        tab_to(self.page, target)

    def press(self, target):
        self.go(target)
        self.page.keyboard.press("Enter")

    def fill(self, target, text):
        self.go(target)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def fill_day(self, target, day):
        self.go(target)
        self.page.keyboard.type(f"{day:%m%d%Y}")

    def choose(self, target):
        self.go(target)
        self.page.keyboard.press("Space")

    def move(self, stage):
        self.press(self.page.get_by_role("button", name=stage, exact=True))


class Pointer:
    """Whoever clicks."""

    def __init__(self, page):
        self.page = page

    def press(self, target):
        target.click()

    def fill(self, target, text):
        target.fill(text)

    def fill_day(self, target, day):
        target.fill(day.isoformat())

    def choose(self, target):
        target.check()

    def move(self, stage):
        self.page.get_by_role("button", name=stage, exact=True).click()


HANDS = [Keys, Pointer]


def enter_contract(hand, acme):
    """A year's contract of 1,000 a month that is decided in 80 days."""
    page = hand.page
    hand.press(page.locator("#accounts-money").get_by_role("link", name="Contract"))
    hand.fill(page.get_by_label("Plan"), "Team")
    ends_on = acme.today + timedelta(days=80)
    hand.fill_day(page.get_by_label("First day"), ends_on - timedelta(days=365))
    hand.fill_day(page.get_by_label("Ends on"), ends_on)
    hand.fill(page.get_by_label("MRR"), "1000")
    hand.fill(page.get_by_label("Seats"), "10")
    hand.press(page.get_by_role("button", name="Save"))
    expect(page.locator("#accounts-money")).to_contain_text("Team")


def open_deal(hand, acme):
    """The minute's sweep has made the deal; the board leads to it."""
    with tenant_scope(acme.pk):
        services.fire_reminders(on=acme.today)
    page = hand.page
    page.goto(page.url.partition("/accounts/")[0] + "/renewals/")
    hand.press(page.locator(".board-card").get_by_role("link", name="Nova"))
    page.wait_for_url("**/renewals/*-*/")


def mark_done(hand, item):
    page = hand.page
    hand.fill(page.get_by_label(f"What shows it: {item}"), "Seen with my own eyes")
    hand.press(page.get_by_role("button", name=f"Mark done: {item}"))
    done = page.get_by_label(f"What shows it: {item}")
    expect(done).to_have_count(0)


def move(hand, stage):
    hand.move(stage)
    now = hand.page.get_by_role("button", name=stage, exact=True, pressed=True)
    expect(now).to_be_visible()


def prepare(hand):
    mark_done(hand, "Health is checked")
    mark_done(hand, "A QBR was held")
    move(hand, "Initiation")
    mark_done(hand, "Two-way contact with the decision maker")
    move(hand, "Negotiation")


def offer(hand):
    """Fifteen seats for ten: sent as a PDF, and accepted."""
    page = hand.page
    hand.press(page.get_by_role("button", name="Draft an offer"))
    page.wait_for_url("**/offers/**")
    hand.fill(page.get_by_label("Quantity").first, "15")
    expect(page.locator("#sums")).to_contain_text("$18,000")
    hand.press(page.get_by_role("button", name="Save the draft"))
    expect(page.locator(".toast")).to_contain_text("Saved.")
    hand.press(page.get_by_role("button", name="Freeze and mark as sent"))
    expect(page.locator(".toast")).to_contain_text("Frozen as sent")
    with page.expect_download() as download:
        hand.press(page.get_by_role("link", name="PDF"))
    hand.press(page.get_by_role("button", name="Accepted"))
    page.wait_for_url("**/renewals/**#outcome")
    return pdf_text(Path(download.value.path()).read_bytes())


@pytest.mark.parametrize("hands", HANDS)
def test_from_a_new_contract_to_a_renewed_one(page, acme, hands):
    hand = hands(page)

    enter_contract(hand, acme)
    open_deal(hand, acme)
    prepare(hand)
    paper = offer(hand)
    hand.choose(page.get_by_label("Write the new term into the contract"))
    hand.press(page.get_by_role("button", name="Record the outcome"))

    expect(page.locator("main")).to_contain_text("Renewed with upsell, $18,000 a year")
    assert "$18,000.00" in paper
    with tenant_scope(acme.pk):
        contract, outcome = Contract.objects.get(), Outcome.objects.get()
        assert Renewal.objects.get(pk=outcome.renewal_id).stage == "renewed"
    assert (contract.mrr, contract.ends_on) == (1500, outcome.ends_on)
    assert page.complaints == []


@pytest.mark.parametrize("hands", HANDS)
def test_from_a_new_contract_to_a_loss_with_its_reason(page, acme, hands):
    hand = hands(page)

    enter_contract(hand, acme)
    open_deal(hand, acme)
    if hands is Keys:
        hand.go(page.get_by_label("Renewed", exact=True))
        page.keyboard.press("ArrowUp")
        expect(page.get_by_label("Lost", exact=True)).to_be_checked()
        hand.go(page.get_by_label("Reason"))
        page.keyboard.type("Went")
    else:
        page.get_by_label("Lost", exact=True).check()
        page.get_by_label("Reason").select_option("competitor")
    hand.fill(page.get_by_label("Which, 1"), "Orbit CRM")
    hand.fill(page.get_by_label("In words"), "They got it with the telephony.")
    hand.press(page.get_by_role("button", name="Record the outcome"))

    expect(page.locator("#why")).to_contain_text("They got it with the telephony.")
    with tenant_scope(acme.pk):
        outcome = Outcome.objects.get()
    assert (outcome.kind, outcome.reason) == ("lost", "competitor")
    assert page.complaints == []
