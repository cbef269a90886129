"""A file from upload to import: nothing is written before somebody said so."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import (
    Account,
    Contact,
    Contract,
    ContractChange,
    ExchangeRate,
    Invoice,
    Ticket,
)
from accounts.services import KINDS
from integrations.models import ImportLine, ImportRun
from integrations.services import imports
from tenants.models import AuditEntry
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory

# Shaped as files of a well-known sample data set are; the rows are our own.
ACCOUNTS = (
    "\ufeffaccount_id,account_name,industry,country,signup_date,plan_tier,seats\r\n"
    "A-1,Company One,EdTech,us,16-10-2024,Basic,9\r\n"
    "A-2,Company Two,FinTech,IN,17-08-2023,Pro,18\r\n"
)
SUBSCRIPTIONS = (
    "subscription_id,account_id,start_date,end_date,plan_tier,seats,mrr_amount,"
    "auto_renew_flag\n"
    "S-1,A-1,23-12-2023,12-04-2024,Enterprise,14,2786,TRUE\n"
    "S-2,A-1,11-06-2024,,Pro,17,833,FALSE\n"
)
TICKETS = (
    "ticket_id,account_id,submitted_at,closed_at,priority,satisfaction_score\n"
    "T-1,A-1,27-07-2023,28-07-2023 03:00,urgent,\n"
    "T-2,A-2,08-07-2024,,medium,4\n"
)


def upload(client, kind, content, **more):
    data = content if isinstance(content, bytes) else content.encode()
    file = SimpleUploadedFile("file.csv", data, "text/csv")
    return client.post(
        "/t/acme/settings/imports/new/", {"kind": kind, "file": file, **more}
    )


def columns(client, address, **changes):
    """Send the mapping as the page offers it, with changes."""
    form = client.get(address).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    data = {name: value for name, value in data.items() if value is not False}
    return client.post(f"{address}columns/", data | changes)


def bring_in(client, kind, content, *, skips_bad="", **changes):
    address = upload(client, kind, content)["Location"]
    columns(client, address, **changes)
    client.post(f"{address}confirmation/", {"skips_bad": skips_bad})
    return client.get(address).context


def test_accounts_contracts_and_tickets_come_in_through_the_mapping(
    ops_client, ops, tenant
):
    tenant.timezone = "Asia/Almaty"
    tenant.save()

    bring_in(ops_client, "account", ACCOUNTS, keeps_rest="on")
    bring_in(ops_client, "contract", SUBSCRIPTIONS)
    bring_in(ops_client, "ticket", TICKETS, value_subject="Imported")

    with tenant_scope(tenant.pk):
        one = Account.objects.get(external_id="A-1")
        assert (one.name, one.country, one.customer_since, one.segment, one.custom) == (
            "Company One",
            "US",
            date(2024, 10, 16),
            "Basic",
            {"seats": "9"},
        )
        assert one.mrr == 833
        first, second = Contract.objects.order_by("external_id")
        assert (first.starts_on, first.ends_on, first.mrr, first.currency) == (
            date(2023, 12, 23),
            date(2024, 4, 12),
            Decimal("2786"),
            "USD",
        )
        assert (first.auto_renew, second.ends_on, second.auto_renew) == (
            True,
            None,
            False,
        )
        solved, open_ = Ticket.objects.order_by("external_id")
        assert (solved.status, solved.severity, solved.solved_at) == (
            "solved",
            "critical",
            datetime(2023, 7, 28, 3, tzinfo=ZoneInfo("Asia/Almaty")),
        )
        assert (open_.status, open_.severity, open_.csat) == ("open", "normal", 4)
        done = AuditEntry.objects.filter(action="import.finished").order_by("at").last()
        assert (done.by, done.after["created"]) == (ops, 2)


def test_the_check_shows_each_change_and_writes_nothing(ops_client, tenant):
    with tenant_scope(tenant.pk):
        AccountFactory(external_id="A-1", name="Old", industry="EdTech")
        AccountFactory(
            external_id="A-2",
            name="Company Two",
            industry="FinTech",
            country="IN",
            segment="Pro",
            customer_since=date(2023, 8, 17),
        )

    address = upload(ops_client, "account", ACCOUNTS)["Location"]
    columns(ops_client, address)
    context = ops_client.get(address).context

    run = context["run"]
    assert (run.status, run.created, run.updated, run.unchanged, run.bad) == (
        "checked",
        0,
        1,
        1,
        0,
    )
    assert [(line.line, line.status) for line in context["changed_lines"]] == [
        (2, "updated")
    ]
    assert context["changed_lines"][0].details[0] == {
        "field": "name",
        "was": "Old",
        "is": "Company One",
    }
    with tenant_scope(tenant.pk):
        assert Account.objects.get(external_id="A-1").name == "Old"


BAD = (
    "id;account;amount;currency;issued_on;due_on\n"
    "i1;a1;1 200,50;USD;01.02.2026;28.02.2026\n"
    "i2;nobody;10;USD;01.02.2026;28.02.2026\n"
    "i3;a1;ten;USD;31.02.2026;28.02.2026\n"
    "i4;a1;10;USD;01.02.2026;28.01.2026\n"
    "i5;a1;10;XQX;01.02.2026\n"
)


@pytest.fixture
def account(tenant):
    with tenant_scope(tenant.pk):
        return AccountFactory(external_id="a1")


def test_every_bad_row_has_its_line_column_and_reason(ops_client, account):
    address = upload(ops_client, "invoice", BAD)["Location"]
    columns(ops_client, address)

    lines = ops_client.get(address).context["bad_lines"]

    assert [
        (line.line, fault["column"], fault["value"], fault["reason"])
        for line in lines
        for fault in line.details
    ] == [
        (3, "account", "nobody", "There is no account with this external id."),
        (4, "amount", "ten", "This is no number, as in 1200.50 or 1 200,50."),
        (
            4,
            "issued_on",
            "31.02.2026",
            "This is no day, as in 2026-01-31 or 31.01.2026.",
        ),
        (5, "due_on", "28.01.2026", "The due date is before the issue date."),
        (6, "", "", "The line has 5 cells, the header has 6."),
    ]


def test_a_file_with_bad_rows_imports_nothing_unless_told_to_skip_them(
    ops_client, tenant, account
):
    refused = bring_in(ops_client, "invoice", BAD)
    with tenant_scope(tenant.pk):
        assert Invoice.objects.count() == 0
    assert refused["run"].status == "checked"

    done = bring_in(ops_client, "invoice", BAD, skips_bad="1")

    assert (done["run"].status, done["run"].created, done["run"].bad) == ("done", 1, 4)
    with tenant_scope(tenant.pk):
        invoice = Invoice.objects.get()
        assert (invoice.amount, invoice.issued_on) == (
            Decimal("1200.50"),
            date(2026, 2, 1),
        )


def test_a_windows_1251_file_reads_as_it_was_written(ops_client, tenant, account):
    content = "id;account;имя;email;роли\nc1;a1;Анна Ёлкина;a@x.kz;champion, user\n"

    bring_in(ops_client, "contact", content.encode("cp1251"))

    with tenant_scope(tenant.pk):
        contact = Contact.objects.get()
        assert (contact.name, contact.roles) == ("Анна Ёлкина", ["champion", "user"])


def test_days_that_could_be_read_two_ways_are_told(ops_client, account):
    content = "id,account,amount,currency,issued_on,due_on\ni,a1,1,USD,01/02/2026,03/04/2026\n"
    address = upload(ops_client, "invoice", content)["Location"]
    columns(ops_client, address)

    told = ops_client.get(address).context["run"].notes
    columns(ops_client, address, day_order="mdy")
    line = ops_client.get(address).context["changed_lines"][0]

    assert [note[:9] for note in told] == ["Every day"]
    assert {"field": "issued_on", "was": None, "is": "2026-01-02"} in line.details


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The submitted file is empty."),
        (b"PK\x03\x04x", "This is an Excel file. Save it as CSV and bring that."),
        (b"id,id\n1,2\n", "Line 1: there are two columns “id”."),
        (
            b"id,name\n1,\x81\xff\x98\n",
            "Line 2: this is not utf-8. Save the file as UTF-8.",
        ),
        (b"id,name\n1,a\x00\n", "Line 2: this is no text."),
    ],
)
def test_a_file_that_is_no_table_is_422_with_line_and_reason(
    ops_client, content, reason
):
    answer = upload(ops_client, "account", content)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"file": [reason]}


def test_a_file_that_is_too_large_is_422(ops_client, monkeypatch):
    monkeypatch.setattr("integrations.tabular.MAX_BYTES", 10)

    answer = upload(ops_client, "account", ACCOUNTS)

    assert answer.context["form"].errors == {"file": ["The file is larger than 10 MB."]}


def test_a_needed_column_nobody_named_is_422_at_its_field(ops_client):
    address = upload(ops_client, "account", "code2,sector\n1,a\n")["Location"]

    answer = columns(ops_client, address)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "column_external_id": ["Say which column of line 1 this is."],
        "column_name": ["Say which column of line 1 this is."],
    }


def test_money_of_unknown_worth_is_a_bad_row(ops_client, tenant, account):
    content = "id,account,start,mrr,currency\nc1,a1,2026-01-01,5,EUR\n"

    address = upload(ops_client, "contract", content)["Location"]
    columns(ops_client, address)
    before = ops_client.get(address).context["run"].bad
    with tenant_scope(tenant.pk):
        ExchangeRate.objects.create(
            currency="EUR", rate="1.1", valid_from=date(2020, 1, 1)
        )
    columns(ops_client, address)

    assert (before, ops_client.get(address).context["run"].bad) == (1, 0)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("ops", 200),
        ("admin", 200),
        ("lead", 404),
        ("csm", 404),
        ("viewer", 404),
        ("stranger", 404),
    ],
)
def test_who_may_import(request, ops_client, who, status):
    address = upload(ops_client, "account", ACCOUNTS)["Location"]
    client = request.getfixturevalue(f"{who}_client")

    assert client.get(address).status_code == status
    assert client.get("/t/acme/settings/imports/").status_code == status


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_file_and_for_three(
    ops_client, rows, django_assert_num_queries
):
    for _ in range(rows):
        upload(ops_client, "account", ACCOUNTS)

    with django_assert_num_queries(12):
        answer = ops_client.get("/t/acme/settings/imports/")

    assert len(answer.context["runs"]) == rows


def large(rows):
    lines = [f"a{number},Account {number}\n" for number in range(rows)]
    return "id,name\n" + "".join(lines)


def test_a_large_file_waits_for_a_worker_and_shows_how_far_it_is(ops_client):
    address = upload(ops_client, "account", large(1001))["Location"]

    columns(ops_client, address)

    page = ops_client.get(address)
    assert page.context["run"].status == "checking"
    assert 'data-live="2"' in page.content.decode()


@pytest.mark.slow
def test_a_worker_killed_between_slices_goes_on_where_it_was(
    in_tenant, ops, monkeypatch
):
    run = imports.upload_file(
        kind="account", name="f.csv", content=large(1200).encode(), by=ops
    )
    imports.name_columns(run, mapping=run.mapping)
    imports.work_off(in_tenant.pk, run.pk)
    imports.confirm_run(run, by=ops)
    saved, calls = imports.working.save_items, []

    def killed(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return saved(*args, **kwargs)

    monkeypatch.setattr(imports.working, "save_items", killed)
    with pytest.raises(KeyboardInterrupt):
        imports.work_off(in_tenant.pk, run.pk)
    half = (ImportRun.objects.get().rows_done, Account.objects.count())
    imports.work_off(in_tenant.pk, run.pk)
    imports.work_off(in_tenant.pk, run.pk)

    run = ImportRun.objects.get()
    assert half == (500, 500)
    assert (run.status, run.created, run.rows_done) == ("done", 1200, 1200)
    assert Account.objects.count() == 1200
    assert bytes(run.content) == b""
    assert ImportLine.objects.count() == 500


@pytest.mark.parametrize("kind", ImportRun.Kind.values)
def test_every_field_of_a_kind_can_be_named(ops_client, kind):
    address = upload(ops_client, kind, "a,b\n1,2\n")["Location"]

    form = ops_client.get(address).context["form"]

    named = {name.removeprefix("column_") for name in form.fields}
    assert sorted({*KINDS[kind].columns} - {"custom"} - named) == []


def test_a_file_tells_the_terms_of_contracts_and_from_when_they_run(
    ops_client, tenant, account
):
    first = (
        "contract_id,account_id,start_date,end_date,mrr,currency,notice,notice_unit,"
        "renewal_term,escalator\n"
        "c1,a1,2026-01-01,31-12-2026,100,USD,10,business days,24,5\n"
    )
    later = "contract_id,mrr,effective_date,notice_date\nc1,150,01-07-2026,02-07-2026\n"
    needed = {"value_account": "a1", "value_starts_on": "2026-01-01"}

    bring_in(ops_client, "contract", first)
    with time_machine.travel("2026-08-01T12:00:00Z", tick=False):
        bring_in(ops_client, "contract", later, **needed)

    with tenant_scope(tenant.pk):
        row = Contract.objects.get()
        change = ContractChange.objects.get()
    assert (row.notice_days, row.notice_unit, row.term_months, row.uplift_percent) == (
        10,
        "business",
        24,
        5,
    )
    assert (row.mrr, row.notice_given_on) == (150, date(2026, 7, 2))
    assert (change.effective_on, change.was_mrr) == (date(2026, 7, 1), 100)
