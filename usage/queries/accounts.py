"""What accounts did: read off the rollups only, whatever their events have become."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Sum

from accounts.models import Account, Span
from usage.models import Feature, FeatureDay, Person, UserDay

PEOPLE = 50


@dataclass(frozen=True)
class Used:
    """A feature an account used: how often, on how many days, last when."""

    name: str
    is_key: bool
    events: int
    days: int
    last_on: date


@dataclass(frozen=True)
class Someone:
    """A person of an account, as far as the product told."""

    ref: str
    name: str
    email: str
    days: int
    events: int
    # In the product; None where those of a day are not known.
    minutes: int | None
    last_on: date


@dataclass(frozen=True)
class Activity:
    """What the usage panel of an account shows, for the days up to `on`."""

    on: date
    users_by_day: dict
    users_by_week: dict
    active_days: int
    monthly_users: int
    weekly_users: int
    # In thirty days, of all people; None where those of a day are not known.
    minutes: int | None
    seats: int | None
    features: list
    unused_keys: list
    people: list

    @property
    def seats_share(self):
        return self.monthly_users / self.seats if self.seats else None

    @property
    def minutes_each(self):
        """Minutes in the product for each person of the thirty days."""
        if self.minutes is None or not self.monthly_users:
            return None
        return self.minutes / self.monthly_users


def usage_of(account: Account, *, since: date, until: date):
    """The account's use by day and feature, both days included, oldest first.

    Rows have day, feature (with name and label), events and users.
    """
    return (
        FeatureDay.objects.filter(account=account, day__range=(since, until))
        .select_related("feature")
        .order_by("day", "feature__name")
    )


def active_days(account_ids: Iterable, *, since: date, until: date) -> dict:
    """On how many days each account was used, both days included; {} for none."""
    rows = (
        FeatureDay.objects.filter(
            account__in=list(account_ids), day__range=(since, until)
        )
        .values("account_id")
        .annotate(days=Count("day", distinct=True))
    )
    return {row["account_id"]: row["days"] for row in rows}


def minutes_by_day(account: Account, days: Iterable[date]) -> dict:
    """Minutes in the product of all people together; None where they are not known."""
    rows = UserDay.objects.filter(account=account, day__in=set(days)).with_minutes()
    found: dict = {}
    for day, minutes in rows.values_list("day", "minutes"):
        found.setdefault(day, []).append(minutes)
    return {day: _total(minutes) for day, minutes in found.items()}


def _total(minutes: list) -> int | None:
    """The sum; unknown when any part of it is."""
    return None if None in minutes else sum(minutes)


def activity(account: Account, *, on: date) -> Activity:
    """The account's use in the twelve weeks up to a day, and its last thirty days."""
    first = on - timedelta(days=12 * 7 - 1)
    month = on - timedelta(days=29)
    rows = list(
        UserDay.objects.filter(account=account, day__range=(first, on))
        .with_minutes()
        .values_list("day", "user_ref", "minutes")
    )
    by_day, by_week = {}, {}
    for day, person, _minutes in rows:
        by_day.setdefault(day, set()).add(person)
        by_week.setdefault((on - day).days // 7, set()).add(person)
    features = _features(account, month, on)
    used = {feature.name for feature in features}
    keys = Feature.objects.filter(is_key=True, is_hidden=False, merged_into=None)
    return Activity(
        on=on,
        users_by_day={day: len(people) for day, people in sorted(by_day.items())},
        users_by_week={
            on - timedelta(days=7 * week): len(by_week.get(week, ()))
            for week in range(11, -1, -1)
        },
        active_days=active_days([account.pk], since=month, until=on).get(account.pk, 0),
        monthly_users=len({who for day, who, _minutes in rows if day >= month}),
        minutes=_total([minutes for day, _who, minutes in rows if day >= month]),
        weekly_users=len(by_week.get(0, ())),
        seats=Span.objects.filter(account=account)
        .on(on)
        .aggregate(seats=Sum("seats"))["seats"],
        features=features,
        unused_keys=[str(one) for one in keys if str(one) not in used],
        people=_people(account, month, on, rows),
    )


def _features(account, first, last):
    rows = (
        FeatureDay.objects.filter(
            account=account, day__range=(first, last), feature__is_hidden=False
        )
        .values("feature__name", "feature__label", "feature__is_key")
        .annotate(total=Sum("events"), days=Count("day"), last_on=Max("day"))
        .order_by("-feature__is_key", "-total", "feature__name")
    )
    return [
        Used(
            name=row["feature__label"] or row["feature__name"],
            is_key=row["feature__is_key"],
            events=row["total"],
            days=row["days"],
            last_on=row["last_on"],
        )
        for row in rows
    ]


def _people(account, first, last, known_days):
    minutes: dict = {}
    for day, who, of_day in known_days:
        if day >= first:
            minutes.setdefault(who, []).append(of_day)
    rows = (
        UserDay.objects.filter(account=account, day__range=(first, last))
        .values("user_ref")
        .annotate(total=Sum("events"), days=Count("day"), last_on=Max("day"))
        .order_by("-days", "-total", "user_ref")[:PEOPLE]
    )
    refs = [row["user_ref"] for row in rows]
    known = {person.ref: person for person in Person.objects.filter(ref__in=refs)}
    return [
        Someone(
            ref=row["user_ref"],
            name=known[row["user_ref"]].name if row["user_ref"] in known else "",
            email=known[row["user_ref"]].email if row["user_ref"] in known else "",
            days=row["days"],
            events=row["total"],
            minutes=_total(minutes[row["user_ref"]]),
            last_on=row["last_on"],
        )
        for row in rows
    ]
