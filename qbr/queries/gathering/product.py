"""What the account did in the product: read off the rollups."""

from decimal import Decimal

from django.db.models import Count, Q, Sum

from accounts.models import Span
from qbr.figures.figure import MINUTES, SHARE, Figure
from qbr.figures.period import Period
from usage.models import Feature, FeatureDay, UserDay

MONTH = 30


def people(account, period: Period) -> tuple[list[Figure], dict]:
    """Who was active, for how long, and in which weeks: three queries."""
    before = period.before
    count = min(len(period.steps), len(before.steps))
    # The last ones: both ends are whole, and the periods are compared from there.
    now, was = period.steps[-count:], before.steps[-count:]
    weeks = {f"now_{n}": week for n, week in enumerate(now)}
    weeks |= {f"before_{n}": week for n, week in enumerate(was)}
    months = {"month_now": _month(period), "month_before": _month(before)}
    spans = {"now": period, "before": before} | weeks | months
    days = UserDay.objects.filter(
        account=account, day__gte=min(before.start, months["month_before"].start)
    ).filter(day__lt=period.end)
    found = days.aggregate(
        **{
            name: Count("user_ref", distinct=True, filter=_within(span))
            for name, span in spans.items()
        },
        rows=Count("user_ref", filter=_within(period)),
    )
    figures = [
        Figure(
            "active_people",
            Decimal(found["now"]),
            Decimal(found["before"]),
            rows=found["rows"],
        ),
        _seats(account, period, found),
        _time(days, period, found["rows"]),
    ]
    series = {
        "categories": [week.start.isoformat() for week in now],
        "now": [found[f"now_{n}"] for n in range(count)],
        "before": [found[f"before_{n}"] for n in range(count)],
        "is_monthly": period.is_long,
    }
    return figures, series


def features(account, period: Period) -> tuple[list[Figure], dict]:
    """What was used, how often, and what was not: two queries."""
    counted = Q(feature__is_hidden=False, feature__is_error=False)
    days = FeatureDay.objects.filter(
        counted, account=account, day__gte=period.before.start, day__lt=period.end
    )
    rows = list(
        days.values("feature_id", "feature__name", "feature__label", "feature__is_key")
        .annotate(
            uses=Sum("events", filter=_within(period), default=0),
            before=Sum("events", filter=_within(period.before), default=0),
            days=Count("day", filter=_within(period)),
        )
        .order_by("-feature__is_key", "-uses", "feature__name")
    )
    known = Feature.objects.filter(is_hidden=False, is_error=False, merged_into=None)
    all_, keys = 0, {}
    for feature in known:
        all_ += 1
        if feature.is_key:
            keys[feature.pk] = str(feature)
    used = {row["feature_id"] for row in rows if row["uses"]}
    tables = {
        "features": [_feature(row) for row in rows],
        "unused_keys": [name for pk, name in keys.items() if pk not in used],
    }
    return _adoption(days, period, rows, used, all_, keys), tables


def _adoption(days, period, rows, used, all_, keys):
    was = {row["feature_id"] for row in rows if row["before"]}
    on_days = days.aggregate(
        now=Count("day", distinct=True, filter=_within(period)),
        before=Count("day", distinct=True, filter=_within(period.before)),
        rows=Count("day", filter=_within(period)),
    )
    made_of = on_days["rows"]
    uses, used_before = (sum(row[name] for row in rows) for name in ("uses", "before"))
    return [
        Figure(
            "active_days",
            Decimal(on_days["now"]),
            Decimal(on_days["before"]),
            rows=made_of,
        ),
        Figure("uses", Decimal(uses), Decimal(used_before), rows=made_of),
        Figure(
            "features_used",
            Decimal(len(used)),
            Decimal(len(was)),
            rows=made_of,
            of=all_,
        ),
        Figure(
            "key_features_used",
            Decimal(len(used & set(keys))) if keys else None,
            Decimal(len(was & set(keys))),
            rows=made_of,
            of=len(keys),
        ),
    ]


def _seats(account, period, found):
    """People of the last thirty days, of the seats of the last day."""
    ends = {"now": period.last, "before": period.before.last}
    seats = Span.objects.filter(account=account).aggregate(
        **{name: Sum("seats", filter=_runs_on(day)) for name, day in ends.items()}
    )

    def share(name):
        active = Decimal(found[f"month_{name}"])
        return round(active / seats[name], 4) if seats[name] else None

    return Figure(
        "seat_share", share("now"), share("before"), SHARE, rows=found["month_now"]
    )


def _runs_on(day):
    return Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gt=day))


def _time(days, period, rows):
    """In minutes; not told where those of a day are not known."""
    spans = {"now": period, "before": period.before}
    wanted = {
        f"{name}_all": Sum("minutes", filter=_within(span))
        for name, span in spans.items()
    } | {
        f"{name}_unknown": Count("user_ref", filter=_within(span) & Q(slots=None))
        for name, span in spans.items()
    }
    found = days.with_minutes().aggregate(**wanted)

    def minutes(name):
        if found[f"{name}_unknown"] or found[f"{name}_all"] is None:
            return None
        return Decimal(found[f"{name}_all"])

    return Figure("time", minutes("now"), minutes("before"), MINUTES, rows=rows)


def _month(period):
    """Its last thirty days, or as many as it has."""
    days = min(MONTH, period.days)
    return Period(period.end - days * (period.end - period.last), period.end)


def _within(span):
    return Q(day__gte=span.start, day__lt=span.end)


def _feature(row):
    return {
        "name": row["feature__label"] or row["feature__name"],
        "is_key": row["feature__is_key"],
        "uses": row["uses"],
        "before": row["before"],
        "days": row["days"],
    }
