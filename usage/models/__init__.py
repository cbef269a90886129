from usage.models.event import (
    Event,
    Flag,
    IngestBatch,
    Kind,
    MessageKey,
    Quarantine,
)
from usage.models.rollup import FeatureDay, UserDay
from usage.models.source import Feature, Source

__all__ = [
    "Event",
    "Feature",
    "FeatureDay",
    "Flag",
    "IngestBatch",
    "Kind",
    "MessageKey",
    "Quarantine",
    "Source",
    "UserDay",
]
