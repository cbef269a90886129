from accounts.api.rates import RateViewSet
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
    "InvoiceViewSet",
    "NoteViewSet",
    "PauseViewSet",
    "RateViewSet",
    "TicketViewSet",
]
