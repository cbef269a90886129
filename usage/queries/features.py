"""Features with how much they are used: what to mark, merge or hide is seen here."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Sum

from usage.models import Feature, FeatureDay

WINDOW = 28


@dataclass(frozen=True)
class Use:
    """A feature, and what accounts did with it in the last 28 days."""

    feature: Feature
    total: int
    accounts: int


def features(*, on: date) -> list[Use]:
    """All features, key ones and the most used first; those merged into another last
    and without numbers, for they are counted there.
    """
    since = on - timedelta(days=WINDOW - 1)
    used = {
        row["feature_id"]: (row["total"], row["accounts"])
        for row in FeatureDay.objects.filter(day__range=(since, on))
        .values("feature_id")
        .annotate(total=Sum("events"), accounts=Count("account_id", distinct=True))
    }
    found = [
        Use(one, *used.get(one.pk, (0, 0)))
        for one in Feature.objects.select_related("merged_into")
    ]
    return sorted(found, key=_rank)


def _rank(use):
    one = use.feature
    is_merged = one.merged_into_id is not None
    return is_merged, one.is_hidden, not one.is_key, -use.total, one.name
