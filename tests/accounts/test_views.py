"""The panels of the account card and its forms, for each role and for a stranger."""

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote

import pytest
import time_machine

from accounts.models import Account, Contact, Contract, Note, Ticket
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import (
    AccountFactory,
    ContactFactory,
    ContractFactory,
    InvoiceFactory,
    NoteFactory,
    TicketFactory,
)

HTMX = {"HX-Request": "true"}
PANELS = {
    "contacts": ContactFactory,
    "tickets": TicketFactory,
    "money": InvoiceFactory,
    "timeline": NoteFactory,
}


@pytest.fixture
def account(tenant, csm):
    with tenant_scope(tenant.pk):
        return AccountFactory(name="Acme", external_id="a1", owner=csm)


def url(account, rest):
    return f"/t/acme/accounts/{account.pk}/{rest}"


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("rows", [1, 3])
def test_a_panel_costs_the_same_for_one_row_and_for_three(
    csm_client, tenant, account, panel, rows, django_assert_num_queries
):
    with tenant_scope(tenant.pk):
        PANELS[panel].create_batch(rows, account=account)
    counts = {"contacts": 11, "tickets": 13, "money": 14, "timeline": 21}

    with django_assert_num_queries(counts[panel]):
        answer = csm_client.get(url(account, f"{panel}/"), headers=HTMX)

    assert answer.status_code == 200
    assert answer.content.decode().strip().startswith("<section")


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_is_a_page_of_its_own_for_a_visit(csm_client, account, panel):
    answer = csm_client.get(url(account, f"{panel}/"))

    assert answer.content.decode().count("<h1>Acme</h1>") == 1
    assert "HX-Request" in answer["Vary"]


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize(
    ("who", "status"),
    [("csm", 200), ("lead", 200), ("viewer", 200), ("stranger", 404), ("visitor", 302)],
)
def test_who_may_read_a_panel(request, account, panel, who, status):
    client = request.getfixturevalue(f"{who}_client")

    assert client.get(url(account, f"{panel}/")).status_code == status


@pytest.mark.parametrize("address", ["edit/", "facts/contact/new/", "notes/"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("lead", 422), ("ops", 422), ("viewer", 404), ("stranger", 404)],
)
def test_who_may_write(request, account, address, who, status):
    client = request.getfixturevalue(f"{who}_client")

    assert client.post(url(account, address), {}).status_code == status


def test_a_csm_works_own_accounts_and_those_of_nobody(
    csm_client, tenant, account, lead
):
    with tenant_scope(tenant.pk):
        colleagues = AccountFactory(owner=lead)
        nobodys = AccountFactory(owner=None)

    statuses = [
        csm_client.post(url(each, "notes/"), {}).status_code
        for each in (account, nobodys, colleagues)
    ]

    assert statuses == [422, 422, 404]


def test_a_contact_is_added_and_its_panel_told(csm_client, tenant, account):
    answer = csm_client.post(
        url(account, "facts/contact/new/"),
        {"name": "Ada", "email": "ada@x.example", "roles": ["champion", "user"]},
        headers=HTMX,
    )

    assert answer.status_code == 204
    assert '"contact-saved"' in answer["HX-Trigger"]
    with tenant_scope(tenant.pk):
        contact = Contact.objects.get()
        assert (contact.name, contact.account, contact.roles) == (
            "Ada",
            account,
            ["champion", "user"],
        )


def test_a_bad_contract_is_422_at_its_field(csm_client, tenant, account):
    answer = csm_client.post(
        url(account, "facts/contract/new/"),
        {
            "starts_on": "2026-05-01",
            "ends_on": "2026-04-01",
            "mrr": "-5",
            "currency": "XQX",
            "notice_days": "0",
        },
        headers=HTMX,
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "currency": ["This is no currency code, as in USD or KZT."]
    }
    with tenant_scope(tenant.pk):
        assert Contract.objects.count() == 0


def test_a_contract_that_ends_before_it_starts_is_422(csm_client, account):
    answer = csm_client.post(
        url(account, "facts/contract/new/"),
        {
            "starts_on": "2026-05-01",
            "ends_on": "2026-04-01",
            "mrr": "5",
            "currency": "USD",
            "notice_days": "0",
        },
        headers=HTMX,
    )

    assert answer.context["form"].errors == {
        "ends_on": ["The end must be after the start."]
    }


def test_a_contract_changed_by_a_person_is_audited(lead_client, lead, tenant, account):
    with tenant_scope(tenant.pk):
        contract = ContractFactory(account=account, mrr=100, external_id="c1")

    page = lead_client.get(url(account, f"facts/contract/{contract.pk}/"))
    data = {
        name: value
        for name, value in page.context["form"].initial.items()
        if value is not None
    }
    answer = lead_client.post(
        url(account, f"facts/contract/{contract.pk}/"), data | {"mrr": "120"}
    )

    assert answer.status_code == 302
    with tenant_scope(tenant.pk):
        entry = AuditEntry.objects.get(action="contract.updated")
        assert (entry.by, entry.before, entry.after) == (
            lead,
            {"mrr": "100.00"},
            {"mrr": "120.00"},
        )


def test_a_fact_of_another_account_is_not_there(csm_client, tenant, account):
    with tenant_scope(tenant.pk):
        other = ContactFactory()

    answers = [
        csm_client.get(url(account, f"facts/contact/{other.pk}/")),
        csm_client.post(url(account, f"facts/contact/{other.pk}/removal/")),
        csm_client.get(url(account, "facts/secret/new/")),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    with tenant_scope(tenant.pk):
        assert Contact.objects.count() == 1


def test_a_ticket_is_deleted(csm_client, tenant, account):
    with tenant_scope(tenant.pk):
        ticket = TicketFactory(account=account)

    csm_client.post(url(account, f"facts/ticket/{ticket.pk}/removal/"), headers=HTMX)

    with tenant_scope(tenant.pk):
        assert Ticket.objects.count() == 0


ASKED = {
    "subject": "Broken",
    "severity": "normal",
    "status": "solved",
    "opened_at": "2026-05-04T09:00",
}


def test_a_ticket_names_who_asked_of_the_people_of_the_account(
    csm_client, tenant, account
):
    with tenant_scope(tenant.pk):
        asker = ContactFactory(account=account, name="Anna", roles=["champion"])
        ContactFactory(name="Of another account")
    new = url(account, "facts/ticket/new/")

    form = csm_client.get(new, headers=HTMX).content.decode()
    csm_client.post(new, ASKED | {"requester": asker.pk}, headers=HTMX)

    choices = form.partition('name="requester"')[2].partition("</select>")[0]
    offered = re.findall(r">([^<>]+)</option>", choices)
    with tenant_scope(tenant.pk):
        ticket = Ticket.objects.select_related("requester").get()
    assert offered == ["Nobody named", "Anna (Champion)"]
    assert ticket.requester == asker
    edit = url(account, f"facts/ticket/{ticket.pk}/")
    assert f'value="{asker.pk}" selected' in csm_client.get(edit).content.decode()
    csm_client.post(edit, ASKED | {"requester": ""}, headers=HTMX)
    with tenant_scope(tenant.pk):
        assert Ticket.objects.get().requester is None


@pytest.mark.parametrize("whose", ["tenant", "other_tenant"])
def test_nobody_else_is_said_to_have_asked(request, csm_client, tenant, account, whose):
    with tenant_scope(request.getfixturevalue(whose).pk):
        theirs = ContactFactory()

    answer = csm_client.post(
        url(account, "facts/ticket/new/"), ASKED | {"requester": theirs.pk}
    )

    assert (answer.status_code, list(answer.context["form"].errors)) == (
        422,
        ["requester"],
    )
    with tenant_scope(tenant.pk):
        assert Ticket.objects.count() == 0


def test_a_note_stands_in_the_timeline_at_once(csm_client, csm, tenant, account):
    answer = csm_client.post(
        url(account, "notes/"), {"kind": "call", "body": "<b>Hello</b>"}, headers=HTMX
    )

    assert "&lt;b&gt;Hello&lt;/b&gt;" in answer.content.decode()
    with tenant_scope(tenant.pk):
        note = Note.objects.get()
        assert (note.author, note.kind, note.account) == (csm, "call", account)


@time_machine.travel("2026-06-01T12:00:00Z", tick=False)
def test_the_timeline_merges_what_happened_and_leaves_out_what_lies_ahead(
    csm_client, tenant, account
):
    with tenant_scope(tenant.pk):
        ContractFactory(
            account=account, starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1)
        )
        InvoiceFactory(
            account=account,
            issued_on=date(2026, 2, 1),
            due_on=date(2026, 2, 28),
            paid_on=date(2026, 3, 3),
        )
        TicketFactory(
            account=account,
            status="solved",
            opened_at=datetime(2026, 2, 10, tzinfo=UTC),
            solved_at=datetime(2026, 2, 11, tzinfo=UTC),
        )
        NoteFactory(account=account, happened_at=datetime(2026, 5, 1, tzinfo=UTC))

    answer = csm_client.get(url(account, "timeline/"))

    assert [entry.icon for entry in answer.context["entries"]] == [
        "sticky-note",
        "wallet",
        "ticket-check",
        "ticket",
        "receipt",
        "file-pen-line",
    ]


def test_the_timeline_pages_without_loss(csm_client, tenant, account):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with tenant_scope(tenant.pk):
        for hour in range(45):
            NoteFactory(
                account=account,
                body=f"n{hour}",
                happened_at=start + timedelta(hours=hour),
            )

    seen, older = [], ""
    while older is not None:
        query = {"before": older} if older else {}
        answer = csm_client.get(url(account, "timeline/"), query, headers=HTMX)
        page = answer.content.decode()
        seen += re.findall(r'timeline-text">(n\d+)<', page)
        link = re.search(r"before=([^\"]+)", page)
        older = unquote(link[1]) if link else None

    assert seen == [f"n{hour}" for hour in reversed(range(45))]


def test_a_lead_creates_an_account_and_names_its_owner(lead_client, csm, tenant):
    answer = lead_client.post(
        "/t/acme/accounts/new/",
        {
            "name": "New",
            "owner": csm.email,
            "lifecycle_stage": "trial",
            "tier": "high",
            "country": "kz",
        },
    )

    with tenant_scope(tenant.pk):
        account = Account.objects.get()
    assert answer["Location"] == f"/t/acme/accounts/{account.pk}/"
    assert (account.owner, account.country) == (csm, "KZ")


def test_a_csm_owns_the_account_they_create(csm_client, csm, lead, tenant):
    csm_client.post(
        "/t/acme/accounts/new/",
        {"name": "N", "owner": lead.email, "lifecycle_stage": "trial", "tier": "mid"},
    )

    with tenant_scope(tenant.pk):
        assert Account.objects.get().owner == csm


def test_an_id_in_use_is_422_at_its_field(lead_client, account):
    answer = lead_client.post(
        "/t/acme/accounts/new/",
        {
            "name": "N",
            "external_id": "a1",
            "lifecycle_stage": "trial",
            "tier": "mid",
        },
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"external_id": ["This id is taken."]}


@pytest.mark.parametrize(("who", "status"), [("lead", 302), ("csm", 404)])
def test_who_may_archive(request, tenant, account, who, status):
    client = request.getfixturevalue(f"{who}_client")

    answer = client.post(url(account, "archive/"))

    assert answer.status_code == status
    with tenant_scope(tenant.pk):
        is_archived = Account.objects.get().archived_at is not None
    assert is_archived == (who == "lead")


def test_a_note_says_whom_it_was_with(csm_client, csm, tenant):
    with tenant_scope(tenant.pk):
        account, other = AccountFactory(owner=csm), AccountFactory()
        boss = ContactFactory(account=account, name="Anna", roles=["decision_maker"])
        stranger = ContactFactory(account=other)
    said = {"kind": "call", "body": "We agreed"}
    url = f"/t/acme/accounts/{account.pk}/notes/"

    csm_client.post(url, said | {"contact": boss.pk})
    refused = csm_client.post(url, said | {"contact": stranger.pk})

    with tenant_scope(tenant.pk):
        assert [note.contact_id for note in Note.objects.all()] == [boss.pk]
    assert refused.status_code == 422
    page = csm_client.get(f"/t/acme/accounts/{account.pk}/timeline/").content.decode()
    assert page.count("Call with Anna") == 1
