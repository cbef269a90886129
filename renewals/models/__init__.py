from renewals.models.checklist import (
    ChecklistItem,
    ItemRule,
    Need,
    PipelineRule,
    StageRule,
)
from renewals.models.feed import CalendarFeed
from renewals.models.forecast import (
    Category,
    ForecastCall,
    ForecastSnapshot,
    ForecastWeek,
    Level,
)
from renewals.models.ladder_setting import LadderSetting
from renewals.models.offer import (
    Logo,
    Offer,
    OfferFile,
    OfferTemplate,
    OfferWording,
)
from renewals.models.opportunity import (
    OPEN_OPPORTUNITY,
    Opportunity,
    OpportunityKind,
    OpportunityMove,
    OpportunityResult,
    OpportunityStage,
    SalesHandover,
)
from renewals.models.outcome import (
    LOSSES,
    NAMING,
    Outcome,
    OutcomeKind,
    Reason,
    Result,
)
from renewals.models.plan import (
    Plan,
    PlanFeature,
    PlanLimit,
)
from renewals.models.reason import Explanation, NamedDetail, ReasonDetail
from renewals.models.reminder import Reminder
from renewals.models.renewal import OPEN_STAGES, PIPELINE, Renewal, Stage, StageChange
from renewals.models.risk import RiskPlan
from renewals.models.signal import ENTERED, ExpansionSignal, SignalKind
from renewals.models.version import RenewalVersion

__all__ = [
    "ENTERED",
    "OPEN_OPPORTUNITY",
    "ExpansionSignal",
    "Opportunity",
    "OpportunityKind",
    "OpportunityMove",
    "OpportunityResult",
    "OpportunityStage",
    "SalesHandover",
    "SignalKind",
    "Plan",
    "PlanFeature",
    "PlanLimit",
    "LOSSES",
    "NAMING",
    "OPEN_STAGES",
    "PIPELINE",
    "ChecklistItem",
    "ItemRule",
    "Need",
    "CalendarFeed",
    "Category",
    "ForecastCall",
    "ForecastSnapshot",
    "ForecastWeek",
    "Level",
    "LadderSetting",
    "Outcome",
    "PipelineRule",
    "Explanation",
    "Logo",
    "NamedDetail",
    "Offer",
    "OfferFile",
    "OfferTemplate",
    "OfferWording",
    "OutcomeKind",
    "Reason",
    "ReasonDetail",
    "Reminder",
    "Renewal",
    "RenewalVersion",
    "Result",
    "RiskPlan",
    "Stage",
    "StageChange",
    "StageRule",
]
