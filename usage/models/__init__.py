from usage.models.event import (
    Event,
    Flag,
    IngestBatch,
    Kind,
    MessageKey,
    Quarantine,
)
from usage.models.identity import Group, Link, Membership, Person
from usage.models.ledger import NOBODY, Cell, Ledger
from usage.models.rollup import FeatureDay, Feed, UserDay
from usage.models.source import Feature, Source

__all__ = [
    "NOBODY",
    "Cell",
    "Event",
    "Feature",
    "FeatureDay",
    "Feed",
    "Flag",
    "Group",
    "IngestBatch",
    "Kind",
    "Ledger",
    "Link",
    "Membership",
    "MessageKey",
    "Person",
    "Quarantine",
    "Source",
    "UserDay",
]
