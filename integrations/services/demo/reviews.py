"""How a demo workspace reviews its customers: goals, meetings, promises, and news."""

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from accounts.models import Account, Contact
from cs_platform.lib import clock
from integrations.services.demo.cast import Stage
from integrations.services.demo.said import (
    CONFIRMED,
    DECISIONS,
    GOALS,
    NEWS,
    NOTES,
    PROMISES,
)
from qbr.models import FeatureNews, Goal, GoalSource, PreparationKey, Review
from qbr.queries.summary import prepared
from qbr.services import (
    close_commitment,
    close_goal,
    hold_review,
    plan_review,
    plan_tenant,
    promise,
    read_goal,
    read_goals_from_usage,
    save_goal,
    send_summary,
    tick,
    verify_goal,
    write_down,
    write_notes,
)
from tenants.models import Tenant
from tenants.scoping import tenant_scope

REVIEWED = 14
# Days ago: the last quarter, and lately.
EARLIER, LATELY = 96, (20, 13, 6)


def review(stage: Stage, tenant: Tenant, today: date) -> None:
    """Hold reviews of the past, prepare some, and let cadences plan the rest. Opens
    its scope itself; told once."""
    with tenant_scope(tenant.pk):
        if Review.objects.exists():
            return
        _tell_news(stage, today)
        rows = Account.objects.current().filter(owner__isnull=False, tier="high")
        accounts = list(rows.select_related("owner").order_by("external_id"))[:REVIEWED]
        for account in accounts:
            _set_goals(stage, account, today)
        read_goals_from_usage(on=today)
        for number, account in enumerate(accounts):
            _hold(stage, account, today, EARLIER + number, number, is_sent=True)
        for number, account in enumerate(accounts[:6]):
            age = LATELY[number % len(LATELY)]
            _hold(stage, account, today, age, number + 1, is_sent=number % 2 == 0)
        for number, account in enumerate(accounts[6:10]):
            _prepare(stage, account, today, number)
    plan_tenant(tenant.pk, on=today)


def _tell_news(stage, today):
    for number, (title, words) in enumerate(NEWS[stage.language]):
        feature = stage.key_features[number] if number < 2 else ""
        FeatureNews.objects.create(
            title=title,
            words=words,
            feature=feature,
            released_on=today - timedelta(days=12 + 21 * number),
        )


def _set_goals(stage, account, today):
    draw = random.Random(f"goals {account.external_id}")
    contact = Contact.objects.filter(account=account).order_by("pk").first()
    for number, said in enumerate(GOALS[stage.language]):
        objective, measure, unit, baseline, target, (amount, hours), formula = said
        is_fed = number == len(GOALS[stage.language]) - 1
        goal = save_goal(
            Goal(
                account=account,
                objective=objective,
                measure=measure,
                unit=unit,
                baseline=Decimal(baseline),
                target=Decimal(target),
                source=GoalSource.ACTIVE_USERS if is_fed else GoalSource.ENTERED,
                due_on=today + timedelta(days=30 * (number + 2)),
                value_amount=amount,
                value_currency=stage.currency if amount else "",
                value_hours=hours,
                value_formula=formula,
            ),
            by=account.owner,
        )
        if is_fed:
            continue
        way = Decimal(draw.randint(30, 110)) / 100
        value = Decimal(baseline) + (Decimal(target) - Decimal(baseline)) * way
        on = today - timedelta(days=9)
        read_goal(goal, value=value.quantize(Decimal(1)), on=on, by=account.owner)
        if formula and draw.random() < 0.6:
            how = CONFIRMED[stage.language]
            verify_goal(goal, contact=contact, how=how, by=account.owner)
        if way >= 1 and draw.random() < 0.6:
            close_goal(goal, state="met", on=on, by=account.owner)


def _hold(stage, account, today, age, number, *, is_sent):
    zone, language = ZoneInfo(stage.timezone), stage.language
    day = today - timedelta(days=age)
    at = datetime.combine(day, time(11 + number % 5), zone)
    draw = random.Random(f"{account.external_id} {day}")
    made = plan_review(
        account, due_on=day, scheduled_at=at, on=day - timedelta(days=21)
    )
    for section, words in NOTES[language].items():
        write_notes(made, section, words, by=account.owner)
    for words in draw.sample(DECISIONS[language], 2):
        write_down(made, section="plan", words=words, by=account.owner)
    promised = [
        promise(made, words=words, side=side, due_on=day + timedelta(days=days))
        for side, words, days in draw.sample(PROMISES[language], 3)
    ]
    # Now and then the one who decides has no time.
    rows = made.attendees.select_related("contact")
    came = [
        row.pk
        for row in rows
        if number % 5 or not row.contact or "decision_maker" not in row.contact.roles
    ]
    end = at.astimezone(ZoneInfo("UTC")) + timedelta(minutes=48)
    made = hold_review(made, came=came, by=account.owner, at=end)
    _keep(promised, today, draw, account.owner)
    if is_sent:
        sent_at = min(end + timedelta(hours=3), clock.now())
        to = [account.owner.email]
        send_summary(made, to=to, words=prepared(made), by=account.owner, at=sent_at)


def _keep(promised, today, draw, by):
    for one in promised:
        if one.due_on < today and draw.random() < 0.8:
            at = clock.start_of(one.due_on, "UTC") - timedelta(
                hours=draw.randint(1, 40)
            )
            close_commitment(one, state="done", by=by, at=at)


def _prepare(stage, account, today, number):
    day = today + timedelta(days=5 + 3 * number)
    day += timedelta(days=(8 - day.isoweekday()) % 7 if day.isoweekday() > 5 else 0)
    at = datetime.combine(day, time(14), ZoneInfo(stage.timezone))
    start = (today - timedelta(days=62)).replace(day=1)
    made = plan_review(
        account,
        due_on=day,
        scheduled_at=at,
        period=(start, today - timedelta(days=1)),
        place="https://meet.example.com/review",
    )
    for key in list(PreparationKey)[: 2 + number]:
        tick(made, key, by=account.owner)
