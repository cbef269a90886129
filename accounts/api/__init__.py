from accounts.api.rates import RateViewSet
from accounts.api.requests import FeatureRequestViewSet
from accounts.api.terms import ChangeViewSet, CreditViewSet, PauseViewSet
from accounts.api.viewsets import (
    AccountViewSet,
    ContactViewSet,
    ContractViewSet,
    InvoiceViewSet,
    NoteViewSet,
    TicketViewSet,
)

__all__ = [
    "AccountViewSet",
    "ChangeViewSet",
    "ContactViewSet",
    "ContractViewSet",
    "CreditViewSet",
    "FeatureRequestViewSet",
    "InvoiceViewSet",
    "NoteViewSet",
    "PauseViewSet",
    "RateViewSet",
    "TicketViewSet",
]
