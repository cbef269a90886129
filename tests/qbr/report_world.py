"""An account with a quarter, the quarter before it, and everything a report tells of."""

import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from accounts.models import Account, FeatureRequest, FeatureVote
from qbr.models import Commitment, FeatureNews, Goal, Review
from tests.factories.accounts import (
    AccountFactory,
    ContactFactory,
    ContractFactory,
    TicketFactory,
)
from tests.factories.health import ResponseFactory, ScorecardFactory, SnapshotFactory
from tests.factories.nps import InvitationFactory, SurveyFactory
from tests.factories.tenants import UserFactory
from usage.models import Feature, FeatureDay, UserDay
from usage.models.rollup import SLOTS

START, END = date(2026, 4, 1), date(2026, 7, 1)
BEFORE = START - (END - START)
ON = date(2026, 7, 10)
AT = datetime(2026, 7, 10, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def review_of(account, **fields):
    values = {
        "account": account,
        "owner": account.owner,
        "period_start": START,
        "period_end": END,
        "due_on": ON,
        "day": ON,
    }
    return Review.objects.create(**values | fields)


def quarter(tenant, *, features=8, name="Northwind", seed=7, **fields):
    """A review with its account; what happened is drawn, the same each time."""
    draw = random.Random(seed)
    owner = UserFactory(name="Anna Kim")
    account = AccountFactory(name=name, owner=owner, **fields)
    ContractFactory(
        account=account, starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1), seats=40
    )
    _use(tenant, account, draw, features)
    _tickets(tenant, account, draw)
    _answers(tenant, account, draw)
    _scores(account, draw)
    _wants(account)
    review = review_of(account, owner=owner)
    _promises(account, owner, tenant)
    _next(review, owner)
    return review


def _use(tenant, account, draw, count):
    known = [
        Feature.objects.create(
            name=f"feature-{n:02}", label=f"Feature {n:02}", is_key=n < 3
        )
        for n in range(count)
    ]
    Feature.objects.create(name="never", label="Never used", is_key=True)
    Feature.objects.create(name="hidden", is_hidden=True)
    hidden = Feature.objects.get(name="hidden")
    days = [BEFORE + DAY * n for n in range((END - BEFORE).days)]
    rows = []
    for day in days:
        if day.weekday() > 4:
            continue
        chosen = draw.sample(known, min(3, count))
        rows += [
            FeatureDay(
                tenant_id=tenant.pk,
                account=account,
                day=day,
                feature=feature,
                events=draw.randint(1, 90),
                users=2,
            )
            for feature in [*chosen, hidden]
        ]
    FeatureDay.objects.bulk_create(rows)
    UserDay.objects.bulk_create(
        UserDay(
            tenant_id=tenant.pk,
            account=account,
            day=day,
            user_ref=f"u-{person}",
            events=3,
            slots=_slots(draw.randint(1, 6)),
        )
        for day in days
        if day.weekday() < 5
        for person in draw.sample(range(25 if day >= START else 18), 6)
    )


def _slots(count):
    return "1" * count + "0" * (SLOTS - count)


def _tickets(tenant, account, draw):
    zone = ZoneInfo(tenant.timezone)
    for number in range(40):
        opened = datetime.combine(
            BEFORE + DAY * draw.randint(-20, 190), time(draw.randint(0, 23)), zone
        )
        solved = opened + timedelta(minutes=draw.randint(30, 12_000))
        is_solved = draw.random() < 0.8
        TicketFactory(
            account=account,
            subject=f"Question {number}",
            severity=draw.choice(["low", "normal", "high", "critical"]),
            opened_at=opened,
            status="solved" if is_solved else "open",
            solved_at=solved if is_solved else None,
            csat=draw.choice([None, 1, 3, 4, 5]) if is_solved else None,
        )


def _answers(tenant, account, draw):
    people = ContactFactory.create_batch(9, account=account)
    zone = ZoneInfo(tenant.timezone)
    _asked(people)
    for person in [*people, *people[:4], None, None]:
        day = BEFORE + DAY * draw.randint(0, 180)
        ResponseFactory(
            account=account,
            contact=person,
            score=draw.randint(0, 10),
            comment="Fast, but the reports are slow.",
            answered_at=datetime.combine(day, time(12), zone),
        )


def _asked(people):
    """Six were asked in the period and reached; two answered."""
    survey = SurveyFactory()
    states = ["answered", "answered", "sent", "sent", "sent", "failed", "sent", "sent"]
    for number, state in enumerate(states):
        InvitationFactory(
            survey=survey,
            contact=people[number],
            state=state,
            # One before the period: of another quarter.
            sent_at=datetime(2026, 3 if number == 7 else 5, 4, 8, tzinfo=UTC),
        )


def _scores(account, draw):
    card = ScorecardFactory()
    keys = [measure["key"] for measure in card.definition["measures"]]
    told = {"login_days": (18, 30), "nps": (4, -15)}
    for number in range(0, (END - BEFORE).days, 3):
        SnapshotFactory(
            account=account,
            scorecard=card,
            day=BEFORE + DAY * number,
            score=draw.randint(50, 79),
            measures=[
                {"key": key, "state": "ok", "value": value, "points": points}
                if value
                else {"key": key, "state": "missing", "points": 0}
                for key in keys
                for value, points in [told.get(key, (None, 0))]
            ],
        )


def _wants(account):
    Goal.objects.create(
        account=account,
        objective="Approve contracts sooner",
        measure="hours a contract",
        unit="h",
        baseline=Decimal(12),
        target=Decimal(4),
        actual=Decimal("6.5"),
    )
    for currency, amount in (("USD", "128000.50"), ("EUR", "1200")):
        Goal.objects.create(
            account=account,
            objective=f"Win more deals in {currency}",
            measure="deals",
            target=Decimal(847),
            actual=Decimal(847),
            state="met",
            closed_on=START + DAY,
            value_amount=Decimal(amount),
            value_currency=currency,
            value_hours=Decimal("540.25"),
            value_formula="847 deals × (18 % − 12 %)",
            verified_at=AT if currency == "USD" else None,
        )
    # Met after the period: told in the plan, gained in the next report.
    Goal.objects.create(
        account=account,
        objective="Close the books sooner",
        measure="days",
        target=Decimal(3),
        actual=Decimal(3),
        state="met",
        closed_on=END,
        value_amount=Decimal(77_000),
        value_currency="USD",
        value_formula="2 days × 38,500",
    )
    for number, state in enumerate(("shipped", "open", "planned")):
        request = FeatureRequest.objects.create(title=f"Wish {number}", state=state)
        FeatureVote.objects.create(request=request, account=account)


def _promises(account, owner, tenant):
    last = review_of(
        account,
        period_start=BEFORE,
        period_end=START,
        due_on=START,
        day=START + DAY,
        status="held",
        held_at=datetime(2026, 4, 2, 9, tzinfo=UTC),
    )
    for number, (side, state) in enumerate(
        [
            ("ours", "done"),
            ("ours", "done"),
            ("ours", "open"),
            ("theirs", "done"),
            ("theirs", "open"),
            ("ours", "dropped"),
        ]
    ):
        Commitment.objects.create(
            review=last,
            account=account,
            side=side,
            words=f"Promise {number}",
            owner=owner,
            due_on=START + DAY * (10 + number),
            state=state,
            done_at=None if state == "open" else AT,
        )


def _next(review, owner):
    """What was agreed so far, and what came out that they do not use."""
    contact = ContactFactory(account=review.account, name="Boris Petrov")
    for side, words, person in (
        ("ours", "Train the new team", None),
        ("theirs", "Name a data owner", contact),
    ):
        Commitment.objects.create(
            review=review,
            account=review.account,
            side=side,
            words=words,
            owner=owner,
            contact=person,
            due_on=date(2026, 8, 14),
        )
    # As renewals keep it.
    Account.objects.filter(pk=review.account_id).update(decides_on=date(2026, 12, 2))
    review.account.refresh_from_db()
    FeatureNews.objects.create(
        title="Bulk approval", words="Ten at once.", released_on=date(2026, 6, 3)
    )
