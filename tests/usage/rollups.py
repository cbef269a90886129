"""Messages into the database, and the rollups out of it as plain values."""

import uuid

from django.db.models import Sum

from accounts.models import Account
from cs_platform.lib.ids import uuid7
from tests.factories.usage import IngestBatchFactory, event
from usage.models import NOBODY, Cell, Feature, FeatureDay, UserDay
from usage.services.rolling import roll_up


def store(messages, *, source):
    """One batch of messages, waiting to be rolled up."""
    messages = list(messages)
    batch = IngestBatchFactory(id=uuid7(), source=source, accepted=len(messages))
    for message in messages:
        event(
            batch,
            occurred_at=message.at,
            received_at=message.received,
            message_key=uuid.UUID(message.key),
            kind=message.kind,
            name=message.name,
            user_ref=message.user,
            anonymous_ref=message.anonymous,
            group_ref=message.group,
            previous_ref=message.previous,
        )
    return batch


def roll_up_all():
    while roll_up().batches:
        pass


def feature_days():
    accounts = dict(Account.objects.values_list("pk", "external_id"))
    features = dict(Feature.objects.values_list("pk", "name"))
    return {
        (accounts[row.account_id], row.day, features[row.feature_id]): (
            row.events,
            row.users,
        )
        for row in FeatureDay.objects.all()
    }


def user_days():
    accounts = dict(Account.objects.values_list("pk", "external_id"))
    return {
        (accounts[row.account_id], row.day, row.user_ref): (row.events, row.minutes)
        for row in UserDay.objects.with_minutes()
    }


def unassigned():
    return (
        Cell.objects.filter(account_id=NOBODY).aggregate(events=Sum("events"))["events"]
        or 0
    )
