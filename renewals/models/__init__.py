from renewals.models.outcome import Outcome, Reason, Result
from renewals.models.reminder import Reminder
from renewals.models.renewal import OPEN_STAGES, PIPELINE, Renewal, Stage, StageChange

__all__ = [
    "OPEN_STAGES",
    "PIPELINE",
    "Outcome",
    "Reason",
    "Reminder",
    "Renewal",
    "Result",
    "Stage",
    "StageChange",
]
