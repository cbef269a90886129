"""What lists can be narrowed by, and by nothing else.

Each filter is declared: django-filter would ask the model's manager while modules are
imported, when no tenant is in scope.
"""

from django_filters import rest_framework as filters

from accounts.models import (
    ContactRole,
    Note,
    Stage,
    Ticket,
    Tier,
)


class OfAccount(filters.FilterSet):
    account = filters.CharFilter(field_name="account__external_id")


class AccountFilters(filters.FilterSet):
    name = filters.CharFilter(lookup_expr="icontains")
    owner = filters.CharFilter(field_name="owner__email", lookup_expr="iexact")
    lifecycle_stage = filters.ChoiceFilter(choices=Stage.choices)
    tier = filters.ChoiceFilter(choices=Tier.choices)
    updated_since = filters.IsoDateTimeFilter(
        field_name="updated_at", lookup_expr="gte"
    )
    domain = filters.CharFilter()
    segment = filters.CharFilter()
    industry = filters.CharFilter()
    country = filters.CharFilter()
    language = filters.CharFilter()


class ContactFilters(OfAccount):
    email = filters.CharFilter(lookup_expr="iexact")
    role = filters.ChoiceFilter(choices=ContactRole.choices, method="in_role")

    def in_role(self, contacts, name, value):
        return contacts.filter(roles__contains=[value])


class ContractFilters(OfAccount):
    in_force_on = filters.DateFilter(method="in_force")
    ends_before = filters.DateFilter(field_name="ends_on", lookup_expr="lt")
    ends_since = filters.DateFilter(field_name="ends_on", lookup_expr="gte")
    plan = filters.CharFilter()
    currency = filters.CharFilter()

    def in_force(self, contracts, name, value):
        return contracts.in_force(value)


class InvoiceFilters(OfAccount):
    is_paid = filters.BooleanFilter(
        field_name="paid_on", lookup_expr="isnull", exclude=True
    )
    due_before = filters.DateFilter(field_name="due_on", lookup_expr="lt")
    due_since = filters.DateFilter(field_name="due_on", lookup_expr="gte")
    currency = filters.CharFilter()


class TicketFilters(OfAccount):
    severity = filters.ChoiceFilter(choices=Ticket.Severity.choices)
    status = filters.ChoiceFilter(choices=Ticket.Status.choices)
    opened_since = filters.IsoDateTimeFilter(field_name="opened_at", lookup_expr="gte")


class NoteFilters(OfAccount):
    kind = filters.ChoiceFilter(choices=Note.Kind.choices)
