from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from accounts import services
from accounts.models import Account, Contract, ExchangeRate, Ticket, Touch
from accounts.services import ACCOUNTS, CONTRACTS, INVOICES, TICKETS
from tenants.models import AuditEntry
from tests.factories.accounts import (
    AccountFactory,
    ContactFactory,
    ContractFactory,
    TicketFactory,
)

pytestmark = pytest.mark.usefixtures("in_tenant")


@pytest.fixture(autouse=True)
def _on_the_first_of_june():
    with time_machine.travel("2026-06-01T12:00:00Z", tick=False):
        yield


def contract(**fields):
    return {
        "external_id": "c1",
        "account": "a1",
        "starts_on": "2026-01-01",
        "ends_on": "2027-01-01",
        "mrr": "100.50",
        "currency": "USD",
    } | fields


def test_save_items_creates_then_leaves_then_updates():
    item = {"external_id": "a1", "name": "Acme", "custom": {"plan": "gold"}}

    statuses = [
        services.save_item(ACCOUNTS, item).status,
        services.save_item(ACCOUNTS, item).status,
        services.save_item(ACCOUNTS, item | {"name": "Acme Ltd"}).status,
    ]

    assert statuses == ["created", "unchanged", "updated"]
    account = Account.objects.get()
    assert (account.name, account.custom) == ("Acme Ltd", {"plan": "gold"})


def test_save_items_says_of_each_item_what_became_of_it(csm):
    AccountFactory(external_id="known", name="Known")

    changes = services.save_items(
        ACCOUNTS,
        [
            {"external_id": "new", "name": "New", "owner": csm.email.upper()},
            {"external_id": "known", "name": "Known"},
            {"external_id": "nameless"},
            {"external_id": "lost", "name": "Lost", "owner": "nobody@example.com"},
            {"external_id": "new", "tier": "high"},
            "no object",
        ],
    )

    assert [(c.index, c.external_id, c.status, c.errors) for c in changes] == [
        (0, "new", "created", {}),
        (1, "known", "unchanged", {}),
        (2, "nameless", "error", {"name": ["This is needed."]}),
        (
            3,
            "lost",
            "error",
            {"owner": ["No member of the workspace has this e-mail."]},
        ),
        (4, "new", "updated", {}),
        (
            5,
            None,
            "error",
            {"non_field_errors": ["This has to be an object with fields."]},
        ),
    ]
    saved = Account.objects.get(external_id="new")
    assert (saved.owner, saved.tier) == (csm, "high")


def test_a_change_of_owner_is_audited(csm, lead):
    services.save_item(ACCOUNTS, {"external_id": "a1", "name": "A", "owner": csm.email})

    services.save_item(ACCOUNTS, {"external_id": "a1", "owner": lead.email}, by=lead)

    entry = AuditEntry.objects.get(action="account.updated")
    assert (entry.by, entry.before, entry.after) == (
        lead,
        {"owner": csm.email},
        {"owner": lead.email},
    )


def test_money_is_audited_and_touches_its_account():
    account = AccountFactory(external_id="a1")

    services.save_item(CONTRACTS, contract())
    services.save_item(CONTRACTS, contract(mrr="200"))

    updated = AuditEntry.objects.get(action="contract.updated")
    assert (updated.before, updated.after) == ({"mrr": "100.50"}, {"mrr": "200.00"})
    assert AuditEntry.objects.filter(action="contract.created").count() == 1
    assert set(Touch.objects.values_list("account", "reason")) == {
        (account.pk, "contract")
    }


def test_mrr_of_the_account_is_that_of_the_contracts_in_force():
    account = AccountFactory(external_id="a1")

    services.save_items(
        CONTRACTS,
        [
            contract(external_id="now", mrr="100.50"),
            contract(external_id="open", mrr="10", ends_on=None),
            contract(external_id="ends-today", mrr="1000", ends_on="2026-06-01"),
            contract(external_id="later", mrr="5000", starts_on="2026-06-02"),
        ],
    )

    account.refresh_from_db()
    assert account.mrr == Decimal("110.50")


@pytest.mark.parametrize(
    ("day", "mrr"), [("2026-05-31", "1110.50"), ("2026-06-02", "5110.50")]
)
def test_refresh_mrr_as_of_a_day(day, mrr):
    account = AccountFactory(external_id="a1")
    ContractFactory(account=account, mrr="110.50", ends_on=None)
    ContractFactory(account=account, mrr="1000", ends_on=date(2026, 6, 1))
    ContractFactory(account=account, mrr="5000", starts_on=date(2026, 6, 2))

    first = services.refresh_mrr(on=date.fromisoformat(day))
    second = services.refresh_mrr(on=date.fromisoformat(day))

    account.refresh_from_db()
    assert (first, second, account.mrr) == (1, 0, Decimal(mrr))


def test_foreign_money_counts_at_the_latest_rate():
    account = AccountFactory(external_id="a1")
    for day, rate in [(1, "1.10"), (20, "1.20")]:
        ExchangeRate.objects.create(
            currency="EUR", rate=rate, valid_from=date(2026, 5, day)
        )
    ExchangeRate.objects.create(currency="EUR", rate="9", valid_from=date(2026, 7, 1))

    services.save_item(CONTRACTS, contract(currency="eur"))

    account.refresh_from_db()
    assert account.mrr == Decimal("120.60")


def test_money_of_unknown_worth_is_refused():
    AccountFactory(external_id="a1")

    change = services.save_item(CONTRACTS, contract(currency="KZT"))

    assert change.errors == {
        "currency": ["There is no exchange rate for KZT yet: add one first."]
    }
    assert Contract.objects.count() == 0


def test_money_whose_rate_was_lost_keeps_the_figure_and_says_so(caplog):
    account = AccountFactory(mrr=50)
    ContractFactory(account=account, currency="KZT")

    assert services.refresh_mrr() == 0

    account.refresh_from_db()
    assert account.mrr == 50
    assert "no exchange rate for KZT" in caplog.text


def test_moving_a_contract_refreshes_both_accounts():
    old, new = AccountFactory(external_id="a1"), AccountFactory(external_id="a2")
    services.save_item(CONTRACTS, contract())

    services.save_item(CONTRACTS, {"external_id": "c1", "account": "a2"})

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.mrr, new.mrr) == (0, Decimal("100.50"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mrr", "-1"),
        ("mrr", "NaN"),
        ("mrr", "1.234"),
        ("mrr", True),
        ("mrr", "1e99"),
        ("mrr", None),
        ("currency", "XQX"),
        ("currency", 5),
        ("starts_on", "31.01.2026"),
        ("starts_on", "2026-02-30"),
        ("starts_on", "0001-01-01"),
        ("starts_on", 5),
        ("ends_on", "2026-01-01"),
        ("seats", -1),
        ("seats", 1.5),
        ("seats", 3_000_000_000),
        ("auto_renew", "yes"),
        ("notice_days", 40_000),
        ("account", "nobody"),
        ("account", ["a1"]),
        ("plan", {"a": 1}),
        ("plan", "x" * 101),
    ],
)
def test_a_bad_value_of_a_contract_is_refused_at_its_field(field, value):
    AccountFactory(external_id="a1")

    change = services.save_item(CONTRACTS, contract(**{field: value}))

    assert (change.status, list(change.errors)) == ("error", [field])


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"solved_at": "2026-01-02T00:00:00Z"}, ["solved_at"]),
        ({"csat": 6}, ["csat"]),
        ({"tone": 3}, ["tone"]),
        ({"tone": -3}, ["tone"]),
        ({"opened_at": "2026-01-02T00:00:00"}, ["opened_at"]),
        ({"opened_at": "0001-01-01T00:00:00+14:00"}, ["opened_at"]),
        ({"severity": "urgent"}, ["severity"]),
        ({"subject": ""}, ["subject"]),
    ],
)
def test_a_bad_ticket_is_refused_at_its_field(fields, wrong):
    AccountFactory(external_id="a1")
    ticket = {
        "external_id": "t1",
        "account": "a1",
        "subject": "Help",
        "opened_at": "2026-01-01T00:00:00Z",
    }

    change = services.save_item(TICKETS, ticket | fields)

    assert (change.status, list(change.errors)) == ("error", wrong)
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize("said", [{}, {"solved_at": None}])
@pytest.mark.parametrize("status", ["solved", "closed"])
def test_a_ticket_that_is_only_called_solved_was_solved_now(status, said):
    TicketFactory(external_id="t1")
    item = {"external_id": "t1", "status": status} | said

    with time_machine.travel(datetime(2026, 5, 1, 12, tzinfo=UTC), tick=False):
        services.save_item(TICKETS, item)
    with time_machine.travel(datetime(2026, 5, 2, 12, tzinfo=UTC), tick=False):
        again = services.save_item(TICKETS, item)

    assert again.status == "unchanged"
    assert Ticket.objects.get().solved_at == datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_a_ticket_that_is_open_again_is_not_solved():
    TicketFactory(
        external_id="t1",
        status="solved",
        solved_at=datetime(2026, 5, 1, tzinfo=UTC),
    )

    change = services.save_item(TICKETS, {"external_id": "t1", "status": "open"})

    assert (change.errors, Ticket.objects.get().solved_at) == ({}, None)


def test_preview_writes_nothing():
    AccountFactory(external_id="a1", name="Before")

    changes = services.preview_items(
        ACCOUNTS,
        [{"external_id": "a1", "name": "After"}, {"external_id": "a2", "name": "B"}],
    )

    assert [c.status for c in changes] == ["updated", "created"]
    assert (changes[0].before, changes[0].after) == (
        {"name": "Before"},
        {"name": "After"},
    )
    assert list(Account.objects.values_list("name", flat=True)) == ["Before"]


@pytest.mark.parametrize("rows", [1, 30])
def test_save_items_costs_the_same_for_one_and_for_thirty(
    rows, django_assert_num_queries
):
    AccountFactory(external_id="a1")
    items = [
        {
            "external_id": f"i{number}",
            "account": "a1",
            "amount": "10",
            "currency": "USD",
            "issued_on": "2026-01-01",
            "due_on": "2026-01-31",
        }
        for number in range(rows)
    ]

    # Savepoint, rows, accounts, insert, audit, touch, release.
    with django_assert_num_queries(8):
        services.save_items(INVOICES, items)


def test_archive_takes_an_account_out_of_the_lists_once(lead):
    account = AccountFactory()

    services.archive_account(account, by=lead)
    services.archive_account(account, by=lead)

    assert AuditEntry.objects.filter(action="account.archived").count() == 1
    assert Account.objects.current().count() == 0


def test_deleting_a_contract_takes_its_mrr_away(lead):
    account = AccountFactory(external_id="a1")
    row = services.save_item(CONTRACTS, contract()).row

    services.delete_fact(CONTRACTS, row, by=lead)

    account.refresh_from_db()
    assert account.mrr == 0
    assert AuditEntry.objects.get(action="contract.deleted").before["mrr"] == "100.50"


def test_contracts_of_the_largest_mrr_add_up():
    AccountFactory(external_id="a1")
    items = [contract(external_id=f"c{n}", mrr="999999999999.99") for n in range(3)]

    services.save_items(CONTRACTS, items)

    assert Account.objects.get().mrr == Decimal("2999999999999.97")


def test_an_account_that_usage_named_with_a_slash_can_be_given_an_owner(csm):
    AccountFactory(external_id="acme/eu", name="Acme", is_discovered=True)
    AccountFactory(external_id="bulk", name="Bulk", is_discovered=True)

    changes = services.save_items(
        ACCOUNTS,
        [
            {"external_id": "acme/eu", "owner": csm.email},
            {"external_id": "bulk", "owner": csm.email},
            {"external_id": "acme/us", "name": "New"},
        ],
    )

    assert [change.status for change in changes] == ["updated", "updated", "error"]
    owners = Account.objects.order_by("external_id").values_list("owner", flat=True)
    assert list(owners) == [csm.pk, csm.pk]


@pytest.mark.parametrize("tone", [-2, 0, 2, None])
def test_a_ticket_keeps_its_tone(tone):
    AccountFactory(external_id="a1")
    ticket = {
        "external_id": "t1",
        "account": "a1",
        "subject": "Help",
        "opened_at": "2026-01-01T00:00:00Z",
        "tone": tone,
    }

    services.save_item(TICKETS, ticket)

    assert Ticket.objects.get().tone == tone


@pytest.mark.parametrize(
    ("requester", "status", "wrong"),
    [("ada", "created", []), ("bob", "error", ["requester"]), (None, "created", [])],
)
def test_a_ticket_says_who_of_the_account_asked_and_about_what(
    requester, status, wrong
):
    account = AccountFactory(external_id="a1")
    ContactFactory(account=account, external_id="ada")
    ContactFactory(external_id="bob")
    ticket = {
        "external_id": "t1",
        "account": "a1",
        "requester": requester,
        "category": "Billing",
        "subject": "Help",
        "opened_at": "2026-01-01T00:00:00Z",
    }

    change = services.save_item(TICKETS, ticket)

    assert (change.status, list(change.errors)) == (status, wrong)
    assert list(Ticket.objects.values_list("requester__external_id", "category")) == (
        [] if wrong else [(requester, "Billing")]
    )
