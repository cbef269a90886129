from renewals.models.checklist import (
    ChecklistItem,
    ItemRule,
    Need,
    PipelineRule,
    StageRule,
)
from renewals.models.forecast import (
    Category,
    ForecastCall,
    ForecastSnapshot,
    ForecastWeek,
    Level,
)
from renewals.models.ladder_setting import LadderSetting
from renewals.models.outcome import Outcome, Reason, Result
from renewals.models.reminder import Reminder
from renewals.models.renewal import OPEN_STAGES, PIPELINE, Renewal, Stage, StageChange
from renewals.models.risk import RiskPlan
from renewals.models.version import RenewalVersion

__all__ = [
    "OPEN_STAGES",
    "PIPELINE",
    "ChecklistItem",
    "ItemRule",
    "Need",
    "Category",
    "ForecastCall",
    "ForecastSnapshot",
    "ForecastWeek",
    "Level",
    "LadderSetting",
    "Outcome",
    "PipelineRule",
    "Reason",
    "Reminder",
    "Renewal",
    "RenewalVersion",
    "Result",
    "RiskPlan",
    "Stage",
    "StageChange",
    "StageRule",
]
