from accounts.models.account import Account, Band, Stage, Tier, Touch
from accounts.models.contact import Contact, ContactRole
from accounts.models.money import Contract, ExchangeRate, Invoice
from accounts.models.note import Note
from accounts.models.ticket import Ticket

__all__ = [
    "Account",
    "Band",
    "Contact",
    "ContactRole",
    "Contract",
    "ExchangeRate",
    "Invoice",
    "Note",
    "Stage",
    "Ticket",
    "Tier",
    "Touch",
]
