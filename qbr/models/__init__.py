from qbr.models.commitment import Commitment, CommitmentState
from qbr.models.goal import Goal, GoalReading, GoalSource, GoalState
from qbr.models.report import Report, ReportFile, ReportLink, ReportState, ReportView
from qbr.models.review import (
    AHEAD,
    HELD,
    Attendee,
    Review,
    Side,
    Status,
    Why,
)
from qbr.models.template import Cadence, FeatureNews, PlanningRule, ReviewTemplate
from qbr.models.writing import (
    NoteKind,
    PreparationItem,
    PreparationKey,
    ReviewNote,
)

__all__ = [
    "AHEAD",
    "HELD",
    "Attendee",
    "Cadence",
    "Commitment",
    "CommitmentState",
    "FeatureNews",
    "Goal",
    "GoalReading",
    "GoalSource",
    "GoalState",
    "NoteKind",
    "PlanningRule",
    "PreparationItem",
    "PreparationKey",
    "Report",
    "ReportFile",
    "ReportLink",
    "ReportState",
    "ReportView",
    "Review",
    "ReviewNote",
    "ReviewTemplate",
    "Side",
    "Status",
    "Why",
]
