"""The card's panels, their dialogs and a file brought in, in a real browser."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.models import Account, Contact, Note
from integrations.models import ImportRun
from integrations.services import imports
from tenants.models import Role
from tenants.scoping import tenant_scope
from tests.factories.accounts import (
    AccountFactory,
    ContactFactory,
    ContractFactory,
    InvoiceFactory,
    NoteFactory,
    TicketFactory,
)
from tests.factories.tenants import MembershipFactory, TenantFactory

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
CHECKS = (Path(__file__).parent / "checks.js").read_text("utf-8")
ROOT = "/t/acme"
FILE = (
    "account_id,account_name,industry,country,signup_date\n"
    "A-1,Nova Trade,EdTech,US,16-10-2024\n"
    "A-2,Second,FinTech,INDIA,31-02-2023\n"
)


@pytest.fixture
def acme(committed, monkeypatch):
    """A workspace with one account about which everything is known."""
    # The browser's driver runs a loop in this thread; we only look, and wait for it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    tenant = TenantFactory(slug="acme")
    admin = MembershipFactory(tenant=tenant, role=Role.ADMIN, user__name="Ada L").user
    with tenant_scope(tenant.pk):
        account = AccountFactory(name="Nova", external_id="A-1", owner=admin)
        ContactFactory(
            account=account, name="Irina Kim", title="COO", roles=["champion", "user"]
        )
        ContractFactory(
            account=account, mrr=2500, notice_days=30, ends_on=date(2030, 1, 1)
        )
        InvoiceFactory(account=account, external_id="2026-118")
        TicketFactory(account=account, severity="critical", subject="Export fails")
        NoteFactory(
            account=account,
            author=admin,
            kind="call",
            body="Wants training before December.",
            happened_at=datetime(2026, 5, 1, tzinfo=UTC),
        )
        run = imports.upload_file(
            kind="account", name="accounts.csv", content=FILE.encode(), by=admin
        )
        imports.name_columns(run, mapping=run.mapping)
        imports.go_on(run)
        tenant.run = run.pk
    client = Client()
    client.force_login(admin)
    tenant.account, tenant.session = account.pk, client.cookies["sessionid"].value
    return tenant


@pytest.fixture
def visit(acme, open_page):
    cookie = {"name": "sessionid", "value": acme.session}
    cookie |= {"domain": "127.0.0.1", "path": "/"}

    def visited(path, **options):
        state = {"cookies": [cookie], "origins": []}
        path = path.format(account=acme.account, run=acme.run)
        return open_page(ROOT + path, storage_state=state, **options)

    return visited


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/{account}/",
        "/accounts/{account}/contacts/",
        "/accounts/{account}/money/",
        "/accounts/{account}/tickets/",
        "/accounts/{account}/timeline/",
        "/accounts/{account}/edit/",
        "/accounts/{account}/facts/contract/new/",
        "/accounts/new/",
        "/settings/imports/",
        "/settings/imports/{run}/",
        "/settings/rates/",
    ],
)
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_a_page_owes_nothing(visit, path, width, theme):
    page = visit(path, width=width, theme=theme)
    page.wait_for_load_state("networkidle")
    wrong = page.evaluate(CHECKS)
    if shots := os.environ.get("SHOTS"):
        name = path.strip("/").replace("/", "-").replace("{", "").replace("}", "")
        page.screenshot(path=f"{shots}/{name}-{width}-{theme}.png", full_page=True)

    assert wrong == []
    assert page.complaints == []


def test_a_contact_is_added_in_a_dialog(visit, acme):
    page = visit("/accounts/{account}/")
    page.locator("#accounts-contacts").get_by_role("link", name="Add").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("E-mail").fill("boss@nova.example")
    dialog.get_by_label("Name").fill("The Boss")
    dialog.get_by_label("Decision maker").check()
    dialog.get_by_role("button", name="Save").click()

    expect(page.locator("#accounts-contacts")).to_contain_text("The Boss")
    expect(dialog).not_to_be_visible()
    with tenant_scope(acme.pk):
        assert Contact.objects.filter(name="The Boss").count() == 1
    assert page.complaints == []


def test_a_mistake_stands_at_its_field_in_the_dialog(visit, acme):
    page = visit("/accounts/{account}/")
    page.locator("#accounts-money").get_by_role("link", name="Contract").first.click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("First day").fill("2026-05-01")
    dialog.get_by_label("Ends on").fill("2026-04-01")
    dialog.get_by_label("MRR").fill("10")
    dialog.get_by_role("button", name="Save").click()

    expect(dialog).to_contain_text("The end must be after the start.")


def test_a_note_is_added_where_one_reads(visit, acme):
    page = visit("/accounts/{account}/")
    page.get_by_label("What happened").fill("They are happy.")
    page.get_by_role("button", name="Add to the timeline").click()

    first = page.locator("#accounts-timeline .timeline li").first
    expect(first).to_contain_text("They are happy.")
    with tenant_scope(acme.pk):
        assert Note.objects.count() == 2


def test_bad_rows_are_skipped_when_told(visit, acme):
    page = visit("/settings/imports/{run}/")

    page.get_by_role("button", name="Skip 1 bad row").click()

    expect(page.locator("main")).to_contain_text("Imported")
    with tenant_scope(acme.pk):
        assert ImportRun.objects.get().status == "done"
        assert Account.objects.get().name == "Nova Trade"


def test_the_pages_of_the_api_are_drawn(open_page):
    page = open_page("/api/v1/docs/")

    expect(page.locator(".opblock").first).to_be_visible(timeout=30_000)
    assert page.complaints == []
