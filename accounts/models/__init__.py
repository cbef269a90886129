from accounts.models.account import (
    Account,
    Band,
    Direction,
    Handover,
    Stage,
    Tier,
    Touch,
)
from accounts.models.contact import Contact, ContactRole
from accounts.models.feature_request import FeatureRequest, FeatureVote
from accounts.models.money import Contract, ExchangeRate, Invoice
from accounts.models.note import Note
from accounts.models.ticket import Ticket

__all__ = [
    "Account",
    "Band",
    "Contact",
    "ContactRole",
    "Contract",
    "Direction",
    "ExchangeRate",
    "FeatureRequest",
    "FeatureVote",
    "Handover",
    "Invoice",
    "Note",
    "Stage",
    "Ticket",
    "Tier",
    "Touch",
]
