"""Each row stands in the tenant in scope."""

from datetime import UTC, date, datetime

import factory

from accounts.models import Account, Contact, Contract, Invoice, Note, Ticket


class AccountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Account

    external_id = factory.Sequence(lambda n: f"acc-{n}")
    name = factory.Sequence(lambda n: f"Account {n}")


class ContactFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contact

    external_id = factory.Sequence(lambda n: f"con-{n}")
    account = factory.SubFactory(AccountFactory)
    name = factory.Sequence(lambda n: f"Contact {n}")
    email = factory.Sequence(lambda n: f"contact{n}@customer.example")


class ContractFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contract

    external_id = factory.Sequence(lambda n: f"ctr-{n}")
    account = factory.SubFactory(AccountFactory)
    plan = "Pro"
    starts_on = date(2026, 1, 1)
    ends_on = date(2027, 1, 1)
    mrr = 1000
    currency = "USD"
    seats = 10


class InvoiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invoice

    external_id = factory.Sequence(lambda n: f"inv-{n}")
    account = factory.SubFactory(AccountFactory)
    amount = 1000
    currency = "USD"
    issued_on = date(2026, 1, 1)
    due_on = date(2026, 1, 31)


class TicketFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Ticket

    external_id = factory.Sequence(lambda n: f"tic-{n}")
    account = factory.SubFactory(AccountFactory)
    subject = "It does not work"
    opened_at = datetime(2026, 1, 1, tzinfo=UTC)


class NoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Note

    account = factory.SubFactory(AccountFactory)
    body = "We talked."
    happened_at = datetime(2026, 1, 1, tzinfo=UTC)
