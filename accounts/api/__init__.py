from accounts.api.rates import RateViewSet
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
    "ContactViewSet",
    "ContractViewSet",
    "InvoiceViewSet",
    "NoteViewSet",
    "RateViewSet",
    "TicketViewSet",
]
