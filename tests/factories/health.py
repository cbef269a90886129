"""Each row stands in the tenant in scope."""

from datetime import UTC, date, datetime

import factory

from accounts.models import Band
from health.models import Scorecard, Snapshot
from health.scoring import POINTS
from nps.models import Response
from tenants.scoping import current_tenant_id
from tests.factories.accounts import AccountFactory
from usage.models import Feature, FeatureDay, UserDay
from usage.models.rollup import SLOTS


class ScorecardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Scorecard
        django_get_or_create = ("name", "version")

    name = "Points"
    version = 1
    definition = POINTS
    published_at = datetime(2026, 1, 1, tzinfo=UTC)


class SnapshotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Snapshot

    tenant_id = factory.LazyFunction(current_tenant_id)
    account = factory.SubFactory(AccountFactory)
    day = date(2026, 5, 15)
    score = 60
    band = Band.AMBER
    coverage = 1
    measures = factory.LazyFunction(
        lambda: [
            {"key": measure["key"], "state": "missing", "points": 0}
            for measure in POINTS["measures"]
        ]
    )
    scorecard = factory.SubFactory(ScorecardFactory)
    computed_at = datetime(2026, 5, 15, 9, tzinfo=UTC)


class ResponseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Response

    account = factory.SubFactory(AccountFactory)
    kind = Response.Kind.NPS
    score = 9
    answered_at = datetime(2026, 5, 1, tzinfo=UTC)


def use(account, days, *, users=("u-1",), feature="report", slots=None):
    """Each of the users used the feature on each of the days, in these slots."""
    slots = in_slots(0) if slots is None else slots
    tenant = current_tenant_id()
    used, _ = Feature.objects.get_or_create(name=feature)
    FeatureDay.objects.bulk_create(
        FeatureDay(
            tenant_id=tenant,
            account=account,
            day=day,
            feature=used,
            events=1,
            users=len(users),
        )
        for day in days
    )
    UserDay.objects.bulk_create(
        [
            UserDay(
                tenant_id=tenant,
                account=account,
                day=day,
                user_ref=user,
                events=1,
                slots=slots,
            )
            for day in days
            for user in users
        ],
        ignore_conflicts=True,
    )


def in_slots(*numbers):
    """The slots of a day, as they are kept."""
    return "".join("1" if n in numbers else "0" for n in range(SLOTS))
