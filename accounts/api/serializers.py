"""How facts look from outside. What comes in is cleaned by accounts.services."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Account, Contact, Contract, Invoice, Note, Ticket

KEPT = ["created_at", "updated_at"]
ITEM_STATUSES = ["created", "updated", "unchanged", "error"]


class OfAccount(serializers.ModelSerializer):
    account = serializers.CharField(
        source="account.external_id", help_text="The account's external id."
    )


class AccountSerializer(serializers.ModelSerializer):
    owner = serializers.EmailField(
        source="owner.email",
        default=None,
        allow_null=True,
        required=False,
        help_text="The e-mail of a member of the workspace.",
    )
    currency = serializers.SerializerMethodField(help_text="Of `mrr`.")

    class Meta:
        model = Account
        fields = [
            "external_id",
            "name",
            "domain",
            "lifecycle_stage",
            "tier",
            "segment",
            "owner",
            "industry",
            "country",
            "language",
            "custom",
            "customer_since",
            "mrr",
            "currency",
            *KEPT,
        ]
        read_only_fields = ["mrr", *KEPT]

    @extend_schema_field(OpenApiTypes.STR)
    def get_currency(self, account):
        return self.context["request"].tenant.currency


class ContactSerializer(OfAccount):
    class Meta:
        model = Contact
        fields = [
            "external_id",
            "account",
            "name",
            "email",
            "phone",
            "title",
            "roles",
            *KEPT,
        ]
        read_only_fields = KEPT


class ContractSerializer(OfAccount):
    """`plan`, `mrr` and `seats` are what was agreed last."""

    effective_on = serializers.DateField(
        write_only=True,
        required=False,
        allow_null=True,
        help_text="From when `plan`, `mrr` and `seats` run: a change, which the history"
        " keeps. Without it the latest terms are put right.",
    )

    class Meta:
        model = Contract
        fields = [
            "external_id",
            "account",
            "plan",
            "starts_on",
            "ends_on",
            "mrr",
            "currency",
            "seats",
            "auto_renew",
            "notice_days",
            "notice_unit",
            "notice_given_on",
            "term_months",
            "uplift_percent",
            "effective_on",
            "decides_on",
            "rises_on",
            "mrr_at_end",
            *KEPT,
        ]
        read_only_fields = ["decides_on", "rises_on", "mrr_at_end", *KEPT]
        extra_kwargs = {
            "rises_on": {"help_text": "The next yearly rise, of `uplift_percent`."},
            "mrr_at_end": {
                "help_text": "With the rises until the end; null when it is `mrr`."
            },
        }


class InvoiceSerializer(OfAccount):
    class Meta:
        model = Invoice
        fields = [
            "external_id",
            "account",
            "amount",
            "currency",
            "issued_on",
            "due_on",
            "paid_on",
            *KEPT,
        ]
        read_only_fields = KEPT


class TicketSerializer(OfAccount):
    requester = serializers.CharField(
        source="requester.external_id",
        default=None,
        allow_null=True,
        required=False,
        help_text="The external id of the contact who asked; asked how it went.",
    )
    solved_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="Without it a ticket that becomes solved or closed was solved now.",
    )

    class Meta:
        model = Ticket
        fields = [
            "external_id",
            "account",
            "requester",
            "subject",
            "category",
            "severity",
            "status",
            "opened_at",
            "solved_at",
            "csat",
            "tone",
            *KEPT,
        ]
        read_only_fields = KEPT


class NoteSerializer(OfAccount):
    author = serializers.EmailField(
        source="author.email",
        default=None,
        allow_null=True,
        required=False,
        help_text="The e-mail of a member of the workspace.",
    )

    contact = serializers.CharField(
        source="contact.external_id",
        default=None,
        allow_null=True,
        required=False,
        help_text="Whom it was with: the external id of a contact of the account.",
    )

    class Meta:
        model = Note
        fields = [
            "external_id",
            "account",
            "kind",
            "body",
            "contact",
            "author",
            "happened_at",
            "created_at",
        ]
        read_only_fields = ["created_at"]


class ItemResultSerializer(serializers.Serializer):
    index = serializers.IntegerField(help_text="The item's place in the request.")
    external_id = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(ITEM_STATUSES)
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField())
    )


class BulkResultSerializer(serializers.Serializer):
    results = ItemResultSerializer(many=True)
