"""Retention against a second reckoning: contracts that change, pause, rise and renew,
asked day by day of what was said about them.
"""

import contextlib
import random
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts import services
from accounts.models import Account, Contract, ContractPause, Span
from accounts.services import ACCOUNTS, CONTRACTS
from cs_platform.lib import clock
from insights.metrics import Kind, Window, kind_of, nrr
from insights.queries.history import history
from insights.queries.revenue import Scope, book_of
from tests.factories.accounts import AccountFactory, ContractFactory

FIRST = date(2026, 1, 1)
DAY = timedelta(days=1)
LENGTH = 760
DAYS = [FIRST + n * DAY for n in range(LENGTH)]


class Paper:
    """A contract as a clerk would keep it: who said what, for which day."""

    def __init__(self, start, end, mrr, percent, renews):
        self.start, self.end, self.percent, self.renews = start, end, percent, renews
        self.told = {start: mrr}
        self.risen, self.pauses = set(), {}

    def birthdays(self):
        year = self.start.year
        return [self.start.replace(year=year + n) for n in range(1, 5)]

    def night(self, today, since):
        """What comes by itself, in the nights since the last one that was worked."""
        while self.renews and self.end <= today:
            if self.percent and self.end in self.birthdays():
                self.risen.add(self.end)
            length = (self.end.year - self.start.year) * 12
            self.end = self.start.replace(year=self.start.year + length // 12 + 1)
        for day in self.birthdays():
            free = day not in self.told
            if self.percent and free and since < day <= today and day < self.end:
                self.risen.add(day)

    def months(self):
        """What is paid on each day, from the first to the last."""
        price, prices = Decimal(0), []
        for day in DAYS:
            if day in self.risen:
                price = (price * (100 + self.percent) / 100).quantize(
                    Decimal("0.01"), ROUND_HALF_UP
                )
            price = self.told.get(day, price)
            rests = any(a <= day < (b or date.max) for a, b in self.pauses.items())
            runs = self.start <= day < self.end
            prices.append(price if runs and not rests else Decimal(0))
        return prices


def pauses_at(paper, day):
    n = DAYS.index(day)
    return paper.start <= DAYS[n] < paper.end and any(
        first <= day < (last or date.max) for first, last in paper.pauses.items()
    )


class Office:
    """People and nights at work on the same contracts, in the product and on paper."""

    def __init__(self, dice, monkeypatch):
        self.dice, self.papers, self.today = dice, {}, FIRST
        monkeypatch.setattr(clock, "now", lambda: self.noon())
        for number in range(6):
            services.save_item(ACCOUNTS, {"external_id": f"a{number}", "name": "A"})
        for number in range(12):
            self.sign(number)

    def noon(self):
        return datetime(
            self.today.year, self.today.month, self.today.day, 12, tzinfo=UTC
        )

    def sign(self, number):
        dice = self.dice
        start = FIRST + dice.randrange(1, 28) * DAY
        end = start.replace(year=start.year + dice.choice([1, 1, 2, 3]))
        renews, percent = dice.random() < 0.6, dice.choice([None, Decimal(5)])
        if end.year > start.year + 1:
            renews = False
        mrr = Decimal(dice.randrange(50, 900))
        item = {
            "external_id": f"c{number}",
            "account": f"a{number % 6}",
            "starts_on": start,
            "ends_on": end,
            "mrr": mrr,
            "currency": "USD",
            "auto_renew": renews,
            "uplift_percent": percent,
        }
        assert not services.save_item(CONTRACTS, item).errors
        self.papers[f"c{number}"] = Paper(start, end, mrr, percent, renews)
        Contract.objects.update(created_at=self.noon())

    def work(self):
        worked = FIRST - DAY
        for self.today in DAYS:
            if self.dice.random() < 0.25:
                services.roll_over(on=self.today)
                for paper in self.papers.values():
                    paper.night(self.today, worked)
                worked = self.today
            if self.dice.random() < 0.12:
                self.somebody_does_something()

    def somebody_does_something(self):
        name = self.dice.choice(sorted(self.papers))
        contract, paper = Contract.objects.get(external_id=name), self.papers[name]
        day = self.today + self.dice.randrange(-60, 60) * DAY
        deed = self.dice.choice([self.change, self.change, self.pause, self.resume])
        # What is refused does not happen on paper either.
        with contextlib.suppress(ValidationError):
            deed(contract, paper, day)

    def change(self, contract, paper, day):
        mrr = Decimal(self.dice.randrange(0, 900))
        services.change_contract(contract, effective_on=day, mrr=mrr)
        paper.told[day] = mrr

    def pause(self, contract, paper, day):
        last = self.dice.choice([None, day + self.dice.randrange(1, 90) * DAY])
        services.pause_contract(contract, starts_on=day, resumes_on=last)
        paper.pauses[day] = last

    def resume(self, contract, paper, day):
        pause = services.resume_contract(contract, on=day)
        paper.pauses[pause.starts_on] = day


@pytest.mark.parametrize("seed", range(4))
def test_mrr_of_every_day_is_what_the_papers_say(in_tenant, monkeypatch, seed):
    office = Office(random.Random(seed), monkeypatch)
    office.work()
    # What was left over for a night that did not come yet.
    services.roll_over(on=office.today)
    for paper in office.papers.values():
        paper.night(office.today, FIRST - DAY)
    said = {name: paper.months() for name, paper in office.papers.items()}

    spans = {name: [Decimal(0)] * LENGTH for name in said}
    for span in Span.objects.select_related("contract"):
        ends = span.ends_on or DAYS[-1] + DAY
        for n, day in enumerate(DAYS):
            if span.starts_on <= day < ends:
                spans[span.contract.external_id][n] += span.mrr

    assert spans == said
    _check_retention(in_tenant, office, said)


def _check_retention(tenant, office, said):
    ends = [DAYS[n] for n in (40, 190, 365, 500, 700)]
    book = book_of(Scope(tenant), ends)
    names = {str(a.pk): a.external_id for a in Account.objects.all()}
    for window in [Window(*pair) for pair in zip(ends, ends[1:], strict=False)]:
        first, last = (DAYS.index(d) for d in (window.opening, window.closing))
        paid = {
            name: tuple(
                sum(
                    (said[f"c{n}"][at] for n in range(12) if f"a{n % 6}" == name),
                    Decimal(0),
                )
                for at in (first, last)
            )
            for name in names.values()
        }
        rests = {
            name: any(
                pauses_at(office.papers[f"c{n}"], window.closing)
                for n in range(12)
                if f"a{n % 6}" == name
            )
            for name in paid
        }
        moved, cohort = book.movements(window), book.cohort(window)
        opening = sum(was for was, _ in paid.values())
        assert moved.opening == opening
        assert moved.closing == sum(now for _, now in paid.values())
        assert moved.churn == -sum(
            was for name, (was, now) in paid.items() if not now and not rests[name]
        )
        assert moved.contraction == -sum(
            was - now
            for name, (was, now) in paid.items()
            if now < was and (now or rests[name])
        )
        assert cohort.kept == sum(min(pair) for pair in paid.values())
        assert cohort.closing == sum(now for was, now in paid.values() if was)
        assert cohort.lost_accounts == sum(
            was > 0 and not now and not rests[name] for name, (was, now) in paid.items()
        )


JULY = Window(date(2026, 6, 30), date(2026, 7, 31))
AUGUST = Window(date(2026, 7, 31), date(2026, 8, 31))


def kinds(tenant, *windows):
    days = sorted({day for w in windows for day in (w.opening, w.closing)})
    book = book_of(Scope(tenant), days)
    return [
        {a: kind_of(w) for a, w in book.worths(window).items()} for window in windows
    ]


def test_a_pause_is_contraction_and_its_end_expansion(in_tenant):
    contract = ContractFactory(mrr=100)
    services.pause_contract(
        contract, starts_on=date(2026, 7, 10), resumes_on=date(2026, 8, 10)
    )
    account = str(contract.account_id)

    july, august = kinds(in_tenant, JULY, AUGUST)
    cohort = book_of(Scope(in_tenant), [JULY.opening, JULY.closing]).cohort(JULY)

    assert (july, august) == ({account: Kind.CONTRACTION}, {account: Kind.EXPANSION})
    assert (cohort.lost_accounts, nrr(cohort)) == (0, 0)


def test_who_ends_while_paused_has_left(in_tenant):
    contract = ContractFactory(mrr=100, ends_on=date(2026, 7, 20))
    services.pause_contract(contract, starts_on=date(2026, 7, 10))

    assert kinds(in_tenant, JULY) == [{str(contract.account_id): Kind.CHURN}]


def test_one_contract_lost_while_another_runs_is_contraction(in_tenant):
    account = AccountFactory()
    ContractFactory(account=account, mrr=100)
    ContractFactory(account=account, mrr=50, ends_on=date(2026, 7, 10))

    assert kinds(in_tenant, JULY) == [{str(account.pk): Kind.CONTRACTION}]


@pytest.mark.parametrize("deed", ["change", "pause", "resume"])
def test_what_is_remembered_is_forgotten_when_terms_change(in_tenant, deed):
    contract = ContractFactory(mrr=100)
    pause = services.pause_contract(
        contract, starts_on=date(2026, 5, 1), resumes_on=date(2026, 5, 3)
    )
    on = date(2026, 7, 31)
    before = history(Scope(in_tenant), on).months[-1].movements.closing

    if deed == "change":
        services.change_contract(contract, effective_on=date(2026, 7, 1), mrr=150)
    elif deed == "pause":
        services.pause_contract(contract, starts_on=date(2026, 7, 1))
    else:
        ContractPause.objects.filter(pk=pause.pk).update(resumes_on=None)
    after = history(Scope(in_tenant), on).months[-1].movements.closing

    assert (before, after) == (100, 150 if deed == "change" else 0)
