from accounts.models.account import (
    Account,
    Band,
    Direction,
    Handover,
    Stage,
    Tier,
    Touch,
)
from accounts.models.calendar import WorkCalendar
from accounts.models.contact import Contact, ContactRole
from accounts.models.feature_request import FeatureRequest, FeatureVote
from accounts.models.money import Contract, ExchangeRate, Invoice, NoticeUnit
from accounts.models.note import Note
from accounts.models.terms import (
    ChangeKind,
    ContractChange,
    ContractPause,
    Credit,
    Span,
)
from accounts.models.ticket import Ticket

__all__ = [
    "Account",
    "Band",
    "ChangeKind",
    "Contact",
    "ContactRole",
    "Contract",
    "ContractChange",
    "ContractPause",
    "Credit",
    "Direction",
    "ExchangeRate",
    "FeatureRequest",
    "FeatureVote",
    "Handover",
    "Invoice",
    "Note",
    "NoticeUnit",
    "Span",
    "Stage",
    "Ticket",
    "Tier",
    "Touch",
    "WorkCalendar",
]
