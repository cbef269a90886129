"""What is done to a contract after it was signed, by a person or by its day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts import services
from accounts.models import Contract, ContractChange, ContractPause, Credit, Span
from accounts.queries import today
from accounts.services import CONTRACTS
from tenants.models import AuditEntry
from tests.factories.accounts import AccountFactory, ContractFactory

DAY = timedelta(days=1)
MAY = date(2026, 5, 1)


@pytest.fixture
def contract(in_tenant):
    return ContractFactory(mrr=100, seats=10, plan="Pro")


def mrr_on(contract, *days):
    return [Span.objects.on(day).get(contract=contract).mrr for day in days]


def said(error):
    return error.value.message_dict


def actions():
    return list(
        AuditEntry.objects.order_by("at", "id").values_list("action", flat=True)
    )


def test_a_change_runs_from_its_day(contract, csm):
    services.change_contract(
        contract, effective_on=MAY, mrr=Decimal(150), seats=15, reason="Grew", by=csm
    )

    contract.refresh_from_db()
    change = ContractChange.objects.get()
    assert (contract.mrr, contract.seats, contract.plan) == (150, 15, "Pro")
    assert (change.kind, change.was_mrr, change.was_seats) == ("upsell", 100, 10)
    assert (change.by, change.reason) == (csm, "Grew")
    assert mrr_on(contract, MAY - DAY, MAY) == [100, 150]
    assert actions() == ["contract.changed"]


def test_a_change_refreshes_the_account(contract):
    start = today() - DAY
    Contract.objects.update(starts_on=start - DAY, ends_on=None)

    services.change_contract(contract, effective_on=start, mrr=Decimal(130))

    contract.account.refresh_from_db()
    assert contract.account.mrr == 130


@pytest.mark.parametrize(
    ("day", "terms", "blamed"),
    [
        (date(2026, 1, 1), {"mrr": Decimal(5)}, "effective_on"),
        (date(2027, 1, 1), {"mrr": Decimal(5)}, "effective_on"),
        (MAY, {"mrr": Decimal(-1)}, "mrr"),
        (MAY, {"mrr": Decimal(100), "seats": 10}, "__all__"),
        (MAY, {}, "__all__"),
    ],
)
def test_a_change_that_cannot_be_is_refused(contract, day, terms, blamed):
    with pytest.raises(ValidationError) as error:
        services.change_contract(contract, effective_on=day, **terms)

    assert list(error.value.message_dict if blamed != "__all__" else [blamed]) == [
        blamed
    ]
    assert ContractChange.objects.count() == 0


def test_a_day_changes_the_terms_once(contract):
    services.change_contract(contract, effective_on=MAY, mrr=Decimal(150))

    with pytest.raises(ValidationError) as error:
        services.change_contract(contract, effective_on=MAY, mrr=Decimal(160))

    assert list(said(error)) == ["effective_on"]


def test_a_mistaken_change_is_taken_back(contract, csm):
    services.change_contract(contract, effective_on=MAY, mrr=Decimal(150))
    later = date(2026, 8, 1)
    services.change_contract(contract, effective_on=later, seats=20)

    services.remove_change(ContractChange.objects.get(effective_on=MAY), by=csm)

    contract.refresh_from_db()
    assert (contract.mrr, contract.seats) == (100, 20)
    assert mrr_on(contract, MAY, later) == [100, 100]
    assert actions()[-1] == "contract.change_removed"


def test_a_pause_pays_nothing_until_it_is_resumed(contract):
    services.pause_contract(contract, starts_on=MAY)
    services.resume_contract(contract, on=MAY + 2 * DAY)

    assert mrr_on(contract, MAY - DAY, MAY, MAY + DAY, MAY + 2 * DAY) == [
        100,
        0,
        0,
        100,
    ]
    assert actions() == ["contract.paused", "contract.resumed"]


@pytest.mark.parametrize(
    ("first", "resumes", "blamed"),
    [
        (date(2025, 12, 31), None, "starts_on"),
        (date(2027, 1, 1), None, "starts_on"),
        (MAY, MAY, "resumes_on"),
        (MAY, date(2027, 1, 2), "resumes_on"),
        (date(2026, 6, 9), None, "starts_on"),
        (MAY, date(2026, 6, 2), "starts_on"),
    ],
)
def test_a_pause_that_cannot_be_is_refused(contract, first, resumes, blamed):
    services.pause_contract(
        contract, starts_on=date(2026, 6, 1), resumes_on=date(2026, 6, 10)
    )

    with pytest.raises(ValidationError) as error:
        services.pause_contract(contract, starts_on=first, resumes_on=resumes)

    assert list(said(error)) == [blamed]
    assert ContractPause.objects.count() == 1


def test_pauses_may_touch(contract):
    services.pause_contract(contract, starts_on=MAY, resumes_on=MAY + DAY)
    services.pause_contract(contract, starts_on=MAY + DAY, resumes_on=MAY + 2 * DAY)

    assert mrr_on(contract, MAY, MAY + DAY, MAY + 2 * DAY) == [0, 0, 100]


def test_nothing_is_resumed_where_nothing_is_paused(contract):
    with pytest.raises(ValidationError) as error:
        services.resume_contract(contract, on=MAY)

    assert list(said(error)) == ["resumes_on"]


def test_a_pause_by_mistake_is_taken_back(contract):
    pause = services.pause_contract(contract, starts_on=MAY)

    services.remove_pause(pause)

    assert mrr_on(contract, MAY) == [100]


@pytest.mark.parametrize("noun", ["change", "pause", "credit"])
def test_what_is_taken_back_twice_is_refused_once(contract, noun):
    row, remove = {
        "change": lambda: (
            services.change_contract(contract, effective_on=MAY, mrr=Decimal(150)),
            services.remove_change,
        ),
        "pause": lambda: (
            services.pause_contract(contract, starts_on=MAY),
            services.remove_pause,
        ),
        "credit": lambda: (
            services.add_credit(contract, amount=Decimal(40), on=MAY),
            services.remove_credit,
        ),
    }[noun]()
    # Another person's copy of the same row.
    other = type(row).objects.get(pk=row.pk)
    remove(row)

    with pytest.raises(ValidationError):
        remove(other)

    assert actions()[1:] == [f"contract.{noun}_removed"]


def test_a_credit_is_no_recurring_revenue(contract):
    credit = services.add_credit(contract, amount=Decimal(40), on=MAY)

    assert (credit.currency, mrr_on(contract, MAY)) == ("USD", [100])
    services.remove_credit(credit)
    assert Credit.objects.count() == 0
    assert actions() == ["contract.credited", "contract.credit_removed"]


@pytest.mark.parametrize(
    ("how", "blamed"),
    [
        ({"amount": Decimal(0), "on": MAY}, "amount"),
        ({"amount": Decimal(1), "on": date(2025, 1, 1)}, "on"),
        ({"amount": Decimal(1), "on": MAY, "currency": "XTS"}, "currency"),
    ],
)
def test_a_credit_that_cannot_be_is_refused(contract, how, blamed):
    with pytest.raises(ValidationError) as error:
        services.add_credit(contract, **how)

    assert list(said(error)) == [blamed]


def test_notice_is_dated_and_taken_back(contract):
    services.give_notice(contract, on=date(2026, 3, 1))
    contract.refresh_from_db()
    given = contract.notice_given_on

    services.withdraw_notice(contract)

    contract.refresh_from_db()
    assert (given, contract.notice_given_on) == (date(2026, 3, 1), None)
    assert actions() == ["contract.notice_given", "contract.notice_withdrawn"]


def test_notice_is_not_given_in_advance(contract):
    with pytest.raises(ValidationError) as error:
        services.give_notice(contract, on=today() + DAY)

    assert list(said(error)) == ["notice_given_on"]


def test_a_new_term_begins_before_the_old_one_is_over(contract):
    autumn = date(2026, 10, 1)
    change = services.renew_early(
        contract, starts_on=autumn, ends_on=date(2027, 10, 1), mrr=Decimal(120)
    )

    contract.refresh_from_db()
    assert (contract.ends_on, contract.mrr) == (date(2027, 10, 1), 120)
    assert (change.kind, change.was_ends_on) == ("renewal", date(2027, 1, 1))
    assert mrr_on(contract, autumn - DAY, autumn) == [100, 120]

    services.remove_change(change)
    contract.refresh_from_db()
    assert (contract.ends_on, contract.mrr) == (date(2027, 1, 1), 100)


@pytest.mark.parametrize(
    ("first", "last", "blamed"),
    [
        (date(2026, 1, 1), date(2028, 1, 1), "starts_on"),
        (date(2027, 1, 2), date(2028, 1, 1), "starts_on"),
        (date(2026, 10, 1), date(2027, 1, 1), "ends_on"),
    ],
)
def test_a_term_that_cannot_be_is_refused(contract, first, last, blamed):
    with pytest.raises(ValidationError) as error:
        services.renew_early(contract, starts_on=first, ends_on=last)

    assert list(said(error)) == [blamed]


def test_contracts_of_an_account_are_lined_up(contract):
    other = ContractFactory(account=contract.account, ends_on=None)

    services.co_term([contract, other], ends_on=date(2026, 12, 1))

    assert set(Contract.objects.values_list("ends_on", flat=True)) == {
        date(2026, 12, 1)
    }
    assert actions() == ["contract.co_termed"] * 2


def test_contracts_of_two_accounts_are_not_lined_up(contract):
    with pytest.raises(ValidationError, match="one account"):
        services.co_term([contract, ContractFactory()], ends_on=date(2026, 12, 1))


def old(contract, **fields):
    """The same contract as if it had been entered on its first day."""
    entered = datetime(2026, 1, 1, tzinfo=UTC)
    Contract.objects.filter(pk=contract.pk).update(created_at=entered, **fields)


def test_a_contract_that_renews_by_itself_runs_for_another_term(contract):
    old(contract, auto_renew=True)

    before = services.roll_over(on=date(2026, 12, 31))
    first = services.roll_over(on=date(2027, 1, 1))
    again = services.roll_over(on=date(2027, 1, 2))

    contract.refresh_from_db()
    assert (before, first, again) == (0, 1, 0)
    assert contract.ends_on == date(2028, 1, 1)
    assert ContractChange.objects.get().kind == "renewal"
    assert mrr_on(contract, date(2026, 12, 31), date(2027, 1, 1)) == [100, 100]


def test_nights_that_were_missed_are_made_up_for(contract):
    old(contract, auto_renew=True, term_months=1, uplift_percent=Decimal(10))

    services.roll_over(on=date(2027, 3, 15))

    contract.refresh_from_db()
    assert (contract.ends_on, contract.mrr) == (date(2027, 4, 1), 110)
    assert mrr_on(contract, date(2026, 12, 31), date(2027, 1, 1)) == [100, 110]


@pytest.mark.parametrize(
    "fields",
    [
        {"auto_renew": False},
        {"notice_given_on": date(2026, 6, 1)},
        {"end_told_at": datetime(2027, 1, 1, 12, tzinfo=UTC)},
        {"ends_on": date(2026, 9, 1)},
    ],
)
def test_what_ends_does_not_run_on(contract, fields):
    old(contract, **{"auto_renew": True} | fields)

    assert services.roll_over(on=date(2027, 1, 3)) == 0


def test_what_has_a_successor_does_not_run_on(contract):
    old(contract, auto_renew=True)
    ContractFactory(account=contract.account, starts_on=date(2027, 1, 1), ends_on=None)

    assert services.roll_over(on=date(2027, 1, 3)) == 0


def saved(contract, **fields):
    item = {"external_id": contract.external_id} | fields
    change = services.save_item(CONTRACTS, item)
    contract.refresh_from_db()
    return change


def test_a_yearly_rise_comes_on_each_anniversary(contract):
    now = today()
    first = date(now.year - 1, 6, 15)
    saved(contract, starts_on=first.isoformat(), ends_on=None, uplift_percent="10")
    due = contract.rises_on
    assert due > now

    services.roll_over(on=due)
    services.roll_over(on=due)
    services.roll_over(on=date(due.year + 1, 6, 15))

    contract.refresh_from_db()
    assert (due.month, due.day) == (6, 15)
    assert mrr_on(contract, due - DAY, due, date(due.year + 1, 6, 15)) == [
        100,
        110,
        121,
    ]


def test_what_is_to_renew_is_the_price_of_the_last_day(contract):
    first = today().replace(day=1)
    ends = date(first.year + 3, first.month, 1)
    saved(
        contract,
        starts_on=first.isoformat(),
        ends_on=ends.isoformat(),
        uplift_percent="10",
    )

    assert (contract.mrr, contract.renewal_mrr) == (100, 121)


def test_terms_from_a_day_over_the_api_change_and_without_one_correct(contract):
    changed = saved(contract, mrr="150", effective_on="2026-05-01")
    again = saved(contract, mrr="150", effective_on="2026-05-01")
    saved(contract, mrr="160")

    assert (changed.status, again.status) == ("updated", "unchanged")
    assert mrr_on(contract, MAY - DAY, MAY) == [100, 160]
    assert actions() == ["contract.updated"] * 2


def test_who_repeats_what_runs_today_does_not_undo_what_is_agreed(contract):
    Contract.objects.update(ends_on=None)
    ahead = today() + 30 * DAY
    saved(contract, mrr="150", effective_on=ahead.isoformat())

    saved(contract, mrr="100", seats=10)

    assert (contract.mrr, contract.seats) == (150, 10)


@pytest.mark.parametrize(
    ("fields", "blamed"),
    [
        ({"effective_on": "2027-01-01", "mrr": "5"}, "effective_on"),
        ({"effective_on": "soon", "mrr": "5"}, "effective_on"),
        ({"effective_on": "2026-05-01", "mrr": "-5"}, "mrr"),
        ({"effective_on": "2026-05-01", "mrr": "5", "currency": "EUR"}, "currency"),
        ({"uplift_percent": "101"}, "uplift_percent"),
        ({"term_months": 0}, "term_months"),
        ({"notice_unit": "moons"}, "notice_unit"),
    ],
)
def test_bad_terms_over_the_api_are_blamed(contract, fields, blamed):
    services.set_rate("EUR", rate=Decimal(1), valid_from=date(2020, 1, 1))

    change = saved(contract, **fields)

    assert (change.status, list(change.errors)) == ("error", [blamed])
    assert ContractChange.objects.count() == 0


def test_a_file_may_tell_a_contract_and_its_changes(in_tenant):
    AccountFactory(external_id="a")
    item = {
        "external_id": "c",
        "account": "a",
        "starts_on": "2026-01-01",
        "ends_on": None,
        "mrr": "100",
        "currency": "USD",
    }
    later = item | {"mrr": "120", "effective_on": "2026-05-01"}

    changes = services.save_items(CONTRACTS, [item, later])
    again = services.save_items(CONTRACTS, [later])

    assert [change.status for change in (*changes, *again)] == [
        "created",
        "updated",
        "unchanged",
    ]
    assert mrr_on(Contract.objects.get(), MAY - DAY, MAY) == [100, 120]
