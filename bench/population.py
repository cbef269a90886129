"""A workspace of many accounts with a believable past, the same on every run."""

import random
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Account, Contract, ExchangeRate
from tenants.models import Membership, Role, User

INDUSTRIES = ("Retail", "Logistics", "Banking", "Education", "Health", "Software")
COUNTRIES = ("KZ", "RU", "DE", "US", "GB", "UZ")
SEGMENTS = ("SMB", "Mid-market", "Enterprise", "Startup")
WORDS = ("Altai", "Nova", "Orbit", "Cedar", "Delta", "Prime", "Vega", "Union", "Atlas")


def fill(tenant, *, accounts, on, csms=20, seed=7):
    """Write the accounts and their contracts into the tenant in scope."""
    dice = random.Random(seed)  # noqa: S311 (not for secrets: the same each run)
    owners = _owners(tenant, csms)
    rows = [_account(n, dice, owners, on) for n in range(accounts)]
    Account.objects.bulk_create(rows, batch_size=2000)
    contracts = [c for row in rows for c in _contracts(row, dice, on)]
    Contract.objects.bulk_create(contracts, batch_size=2000)
    _copy_mrr(rows, contracts, on)
    ExchangeRate.objects.bulk_create(
        ExchangeRate(currency="EUR", rate=Decimal(f"1.{n:02}"), valid_from=day)
        for n, day in enumerate(_months(on, 24), 4)
    )
    return rows


def _owners(tenant, csms):
    users = User.objects.bulk_create(
        User(email=f"csm{n}@{tenant.slug}.example", name=f"Person {n:02}", password="!")
        for n in range(csms)
    )
    Membership.objects.bulk_create(
        Membership(tenant=tenant, user=user, role=Role.CSM) for user in users
    )
    return users


def _account(n, dice, owners, on):
    score = dice.choice([None, *range(101)])
    bands = {True: "red", False: "amber"}
    band = "green" if (score or 0) >= 80 else bands[(score or 0) < 50]
    return Account(
        external_id=f"bench-{n}",
        name=f"{dice.choice(WORDS)} {dice.choice(WORDS)} {n}",
        domain=f"customer{n}.example",
        lifecycle_stage=dice.choice(["onboarding", "adoption", "growth"]),
        tier=dice.choice(["high", "mid", "tech"]),
        segment=dice.choice(SEGMENTS),
        industry=dice.choice(INDUSTRIES),
        country=dice.choice(COUNTRIES),
        owner=dice.choice([*owners, None]),
        customer_since=on - timedelta(days=dice.randrange(30, 900)),
        score=score,
        band="unknown" if score is None else band,
        score_change_7d=dice.randrange(-15, 12) if score else None,
        last_seen_on=on - timedelta(days=dice.randrange(60)),
    )


def _contracts(account, dice, on):
    """Terms of a year, each dearer or cheaper than the last; some lapse, few return."""
    day, mrr = account.customer_since, Decimal(dice.randrange(50, 5000))
    currency = dice.choices(["USD", "EUR"], [9, 1])[0]
    for term in range(4):
        end = day.replace(year=day.year + 1, day=min(day.day, 28))
        yield Contract(
            account=account,
            external_id=f"{account.external_id}-{term}",
            plan="Growth",
            starts_on=day,
            ends_on=end,
            mrr=mrr,
            currency=currency,
            notice_days=dice.choice([0, 30]),
            seats=dice.randrange(5, 100),
        )
        fate = dice.random()
        if end > on or fate < 0.12:
            return
        mrr = mrr * dice.choice([90, 100, 100, 105, 120]) / 100
        day = end + timedelta(days=40 if fate > 0.97 else 0)
        if day > on:
            return


def _copy_mrr(rows, contracts, on):
    """The copies on the account that other parts keep: MRR and the next decision."""
    by_account = {row.pk: row for row in rows}
    for contract in contracts:
        if contract.starts_on <= on < contract.ends_on:
            row = by_account[contract.account_id]
            row.mrr, row.decides_on = contract.mrr, contract.decides_on
    Account.objects.bulk_update(rows, ["mrr", "decides_on"], batch_size=2000)


def _months(on, count):
    return [date(on.year, on.month, 1) - timedelta(days=31 * n) for n in range(count)]
