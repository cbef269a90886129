from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view

from accounts import services
from accounts.api import filters, serializers
from accounts.api.records import FactViewSet
from accounts.models import Account
from accounts.services import ACCOUNTS, CONTACTS, CONTRACTS, INVOICES, NOTES, TICKETS


def described(serializer):
    """Says in the schema what a resource takes and answers."""
    both = {200: serializer, 201: serializer}
    return extend_schema_view(
        create=extend_schema(request=serializer, responses={201: serializer}),
        update=extend_schema(request=serializer, responses=both),
        partial_update=extend_schema(request=serializer, responses=serializer),
        bulk=extend_schema(request=serializer(many=True)),
    )


@described(serializers.AccountSerializer)
class AccountViewSet(FactViewSet):
    """The customers of the workspace."""

    kind = ACCOUNTS
    serializer_class = serializers.AccountSerializer
    filterset_class = filters.AccountFilters
    ordering_fields = ["external_id", "name", "mrr", "created_at", "updated_at"]

    def get_queryset(self):
        return Account.objects.filter(archived_at=None).select_related("owner")

    @extend_schema(
        responses={204: OpenApiResponse(description="Archived: its history stays.")}
    )
    def destroy(self, request, external_id):
        return super().destroy(request, external_id)

    def _remove(self, row):
        services.archive_account(row, by_key=self.request.auth)


@described(serializers.ContactSerializer)
class ContactViewSet(FactViewSet):
    """People at the customers."""

    kind = CONTACTS
    serializer_class = serializers.ContactSerializer
    filterset_class = filters.ContactFilters
    ordering_fields = ["external_id", "name", "created_at", "updated_at"]


@described(serializers.ContractSerializer)
class ContractViewSet(FactViewSet):
    """What customers bought, for how long and for how much a month."""

    kind = CONTRACTS
    serializer_class = serializers.ContractSerializer
    filterset_class = filters.ContractFilters
    ordering_fields = ["external_id", "starts_on", "created_at", "updated_at"]


@described(serializers.InvoiceSerializer)
class InvoiceViewSet(FactViewSet):
    """Bills to the customers, and whether and when they were paid."""

    kind = INVOICES
    serializer_class = serializers.InvoiceSerializer
    filterset_class = filters.InvoiceFilters
    ordering_fields = ["external_id", "issued_on", "due_on", "created_at"]


@described(serializers.TicketSerializer)
class TicketViewSet(FactViewSet):
    """Requests of the customers to support."""

    kind = TICKETS
    serializer_class = serializers.TicketSerializer
    filterset_class = filters.TicketFilters
    ordering_fields = ["external_id", "opened_at", "created_at", "updated_at"]

    def get_queryset(self):
        return super().get_queryset().select_related("requester")


@described(serializers.NoteSerializer)
class NoteViewSet(FactViewSet):
    """What people wrote down about the customers."""

    kind = NOTES
    serializer_class = serializers.NoteSerializer
    filterset_class = filters.NoteFilters
    ordering_fields = ["created_at", "happened_at"]
    ordering = "-created_at"

    def get_queryset(self):
        return super().get_queryset().select_related("author", "contact")
