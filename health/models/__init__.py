from health.models.attempt import Attempt
from health.models.change import Change
from health.models.night import Night
from health.models.scorecard import Scorecard
from health.models.snapshot import Snapshot

__all__ = ["Attempt", "Change", "Night", "Scorecard", "Snapshot"]
