from renewals.models.checklist import (
    ChecklistItem,
    ItemRule,
    Need,
    PipelineRule,
    StageRule,
)
from renewals.models.outcome import Outcome, Reason, Result
from renewals.models.reminder import Reminder
from renewals.models.renewal import OPEN_STAGES, PIPELINE, Renewal, Stage, StageChange
from renewals.models.risk import RiskPlan

__all__ = [
    "OPEN_STAGES",
    "PIPELINE",
    "ChecklistItem",
    "ItemRule",
    "Need",
    "Outcome",
    "PipelineRule",
    "Reason",
    "Reminder",
    "Renewal",
    "Result",
    "RiskPlan",
    "Stage",
    "StageChange",
    "StageRule",
]
