"""Features with how much they are used: what to mark, merge or hide is seen here."""

from datetime import date, timedelta

from django.db.models import Count, Sum

from usage.models import Feature, FeatureDay

WINDOW = 28


def features(*, on: date) -> list[Feature]:
    """All features, key ones and the most used first, with `.total` and `.accounts`
    of the last 28 days (0 for those merged into another: they are counted there).
    """
    since = on - timedelta(days=WINDOW - 1)
    used = {
        row["feature_id"]: row
        for row in FeatureDay.objects.filter(day__range=(since, on))
        .values("feature_id")
        .annotate(total=Sum("events"), accounts=Count("account_id", distinct=True))
    }
    found = list(Feature.objects.select_related("merged_into"))
    for feature in found:
        row = used.get(feature.pk, {})
        feature.total = row.get("total", 0)
        feature.accounts = row.get("accounts", 0)
    return sorted(
        found,
        key=lambda one: (
            one.merged_into_id is not None,
            one.is_hidden,
            not one.is_key,
            -one.total,
            one.name,
        ),
    )
