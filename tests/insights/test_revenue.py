"""The book against a second reckoning: every contract, every day, by hand."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest

from accounts.models import Account, Contract, ExchangeRate
from insights.metrics import Kind, Window, kind_of, month_windows
from insights.queries.revenue import Scope, book_of, rates_of
from tenants.scoping import tenant_scope
from tests.factories.accounts import AccountFactory, ContractFactory

START = date(2025, 1, 1)


def contract(account, starts, ends, mrr, currency="USD"):
    return ContractFactory(
        account=account, starts_on=starts, ends_on=ends, mrr=mrr, currency=currency
    )


def worth_by_hand(account, day, rates, rates_day):
    """The sum over its contracts in force, asked one by one."""
    total = D(0)
    for it in Contract.objects.filter(account=account):
        gone = account.archived_at and account.archived_at.date() <= day
        if (
            it.starts_on <= day
            and (it.ends_on is None or day < it.ends_on)
            and not gone
        ):
            total += it.mrr * rates.on(it.currency, rates_day)
    return total


def random_world(dice):
    for currency, rate in (("EUR", "1.1"), ("EUR", "1.3"), ("KZT", "0.002")):
        day = START + timedelta(days=dice.randrange(400))
        ExchangeRate.objects.get_or_create(
            currency=currency, valid_from=day, defaults={"rate": D(rate)}
        )
    for _ in range(25):
        gone = datetime(2025, dice.randrange(1, 13), 9, tzinfo=UTC)
        account = AccountFactory(archived_at=dice.choice([None, None, None, gone]))
        for _ in range(dice.randrange(4)):
            starts = START + timedelta(days=dice.randrange(-300, 400))
            lasts = dice.choice([1, 20, 31, 90, 365, None])
            contract(
                account,
                starts,
                lasts and starts + timedelta(days=lasts),
                dice.choice([0, 100, 100, 250, 1000]),
                dice.choice(["USD", "USD", "EUR", "KZT"]),
            )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_the_book_is_what_counting_every_day_says(in_tenant, seed):
    random_world(random.Random(seed))
    rates = rates_of(in_tenant)
    windows = month_windows(date(2026, 2, 10), 14)
    windows += [Window(windows[0].opening, windows[-1].closing)]
    days = sorted({day for w in windows for day in (w.opening, w.closing)})

    book = book_of(Scope(in_tenant), days)

    accounts = list(Account.objects.all())
    for window in windows:
        moved = book.worths(window)
        movements, cohort = book.movements(window), book.cohort(window)
        by_hand = {
            str(a.pk): tuple(
                worth_by_hand(a, day, rates, rate)
                for day, rate in (
                    (window.opening, window.opening),
                    (window.closing, window.opening),
                    (window.closing, window.closing),
                )
            )
            for a in accounts
        }
        assert movements.opening == sum(o for o, _, _ in by_hand.values())
        assert movements.closing == sum(r for _, _, r in by_hand.values())
        assert movements.churn == -sum(o for o, c, _ in by_hand.values() if c == 0)
        assert {a: tuple(w)[:3] for a, w in moved.items()} == {
            a: by_hand[a] for a in moved
        }
        assert {a for a, (o, c, _) in by_hand.items() if o != c} <= set(moved)
        assert (cohort.accounts, cohort.lost_accounts) == (
            sum(o > 0 for o, _, _ in by_hand.values()),
            sum(o > 0 and c == 0 for o, c, _ in by_hand.values()),
        )
        assert cohort.closing == sum(c for o, c, _ in by_hand.values() if o > 0)
        assert cohort.kept == sum(min(o, c) for o, c, _ in by_hand.values())
        assert book.accounts(window.opening) == cohort.accounts
        assert book.values(window.closing) == {
            a: r for a, (_, _, r) in by_hand.items() if r
        }


JULY = Window(date(2026, 6, 30), date(2026, 7, 31))


def kinds(tenant, window=JULY):
    book = book_of(Scope(tenant), [window.opening, window.closing])
    return {a: kind_of(w) for a, w in book.worths(window).items()}


def test_the_day_a_contract_ends_is_no_longer_paid_for(in_tenant):
    ends_with_the_month = contract(AccountFactory(), START, date(2026, 8, 1), 100)
    ends_a_day_before = contract(AccountFactory(), START, date(2026, 7, 31), 100)

    assert kinds(in_tenant) == {str(ends_a_day_before.account_id): Kind.CHURN}
    assert kinds(in_tenant, Window(JULY.closing, date(2026, 8, 31))) == {
        str(ends_with_the_month.account_id): Kind.CHURN
    }


def test_one_contract_lost_while_others_run_is_contraction(in_tenant):
    account = AccountFactory()
    contract(account, START, date(2026, 7, 15), 100)
    contract(account, START, None, 300)

    assert kinds(in_tenant) == {str(account.pk): Kind.CONTRACTION}


def test_a_renewal_at_the_same_price_is_no_movement(in_tenant):
    account = AccountFactory()
    contract(account, START, date(2026, 7, 15), 100)
    contract(account, date(2026, 7, 15), None, 100)

    assert kinds(in_tenant) == {str(account.pk): None}


def test_back_after_a_gap_is_reactivation_and_not_new(in_tenant):
    back, fresh = AccountFactory(), AccountFactory()
    contract(back, date(2024, 1, 1), date(2024, 6, 1), 100)
    contract(back, date(2026, 7, 10), None, 100)
    contract(fresh, date(2026, 7, 10), None, 100)

    assert kinds(in_tenant) == {
        str(back.pk): Kind.REACTIVATION,
        str(fresh.pk): Kind.NEW,
    }


def test_an_archived_account_leaves_on_that_day_and_keeps_its_past(in_tenant):
    account = AccountFactory(archived_at=datetime(2026, 7, 10, 12, tzinfo=UTC))
    contract(account, START, None, 100)
    contract(account, date(2026, 7, 20), None, 50)

    assert kinds(in_tenant) == {str(account.pk): Kind.CHURN}


def test_a_currency_without_a_rate_is_left_out_and_told(in_tenant):
    contract(AccountFactory(), START, None, 100)
    contract(AccountFactory(), START, date(2026, 7, 1), 900, "GBP")

    book = book_of(Scope(in_tenant), [JULY.closing])

    assert (book.mrr(JULY.closing), book.unpriced) == (100, {"GBP": 1})


def test_a_scope_of_one_owner(in_tenant, csm):
    contract(AccountFactory(owner=csm), START, None, 100)
    contract(AccountFactory(), START, None, 900)

    mine = book_of(Scope(in_tenant, csm.pk), [JULY.closing])

    assert mine.mrr(JULY.closing) == 100


def test_another_tenants_contracts_do_not_count(tenant, other_tenant):
    with tenant_scope(other_tenant.pk):
        contract(AccountFactory(), START, None, 900)

    with tenant_scope(tenant.pk):
        assert book_of(Scope(tenant), [JULY.closing]).mrr(JULY.closing) == 0


@pytest.mark.parametrize("accounts", [1, 3])
def test_the_book_takes_two_queries(in_tenant, accounts, django_assert_num_queries):
    for _ in range(accounts):
        contract(AccountFactory(), START, None, 100)

    with django_assert_num_queries(2):
        book = book_of(Scope(in_tenant), [JULY.opening, JULY.closing])

    assert book.mrr(JULY.closing) == 100 * accounts
