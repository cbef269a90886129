"""Offers and their files, for programs."""

from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import APIException

from accounts.queries import today
from cs_platform.lib.typesetting import NotTypeset
from renewals.models import Offer
from renewals.offering.pricing import line_of
from renewals.queries.offers import file_of, offer_response
from tenants.api import TenantViewSet

MONEY = {"max_digits": 16, "decimal_places": 2}


class OfferLineSerializer(serializers.Serializer):
    title = serializers.CharField()
    note = serializers.CharField()
    period = serializers.ChoiceField(["monthly", "once"])
    quantity = serializers.DecimalField(max_digits=10, decimal_places=2)
    price = serializers.DecimalField(**MONEY)
    uplift = serializers.DecimalField(
        max_digits=5, decimal_places=2, help_text="Percent on the price."
    )
    discount = serializers.DecimalField(
        max_digits=5, decimal_places=2, help_text="Percent off what that makes."
    )
    amount = serializers.DecimalField(**MONEY)


class OfferSerializer(serializers.ModelSerializer):
    renewal = serializers.UUIDField(source="renewal_id")
    account = serializers.CharField(
        source="renewal.account.external_id", help_text="The account's external id."
    )
    amount = serializers.DecimalField(**MONEY, help_text="A year of the lines.")
    total = serializers.DecimalField(
        **MONEY, help_text="Of the whole term, once-off lines included, without tax."
    )
    lines = serializers.SerializerMethodField()

    class Meta:
        model = Offer
        fields = [
            "id",
            "renewal",
            "account",
            "version",
            "state",
            "language",
            "currency",
            "starts_on",
            "term_months",
            "valid_until",
            "seats",
            "tax_percent",
            "lines",
            "amount",
            "total",
            "sent_at",
            "answered_on",
            "updated_at",
        ]

    @extend_schema_field(OfferLineSerializer(many=True))
    def get_lines(self, offer):
        lines = [line_of(kept) for kept in offer.lines]
        return OfferLineSerializer(lines, many=True).data


class NotMade(APIException):
    status_code = 503
    default_detail = "The file could not be made in time."
    default_code = "unavailable"
    wait = 10


class OfferFilters(filters.FilterSet):
    account = filters.CharFilter(field_name="renewal__account__external_id")
    renewal = filters.UUIDFilter(field_name="renewal_id")
    state = filters.ChoiceFilter(choices=Offer.State.choices)


class OfferViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet):
    """What was proposed for the next term, version by version."""

    serializer_class = OfferSerializer
    filterset_class = OfferFilters
    ordering_fields = ["created_at", "updated_at"]
    ordering = "-created_at"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self):
        return Offer.objects.select_related(
            "renewal__account", "renewal__contract", "logo"
        )

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def pdf(self, request, pk):
        """The file as PDF: the very bytes that were sent, or the draft as it is now."""
        return self._file("pdf")

    @extend_schema(
        responses={
            (
                200,
                "application/vnd.openxmlformats-officedocument"
                ".wordprocessingml.document",
            ): OpenApiTypes.BINARY
        }
    )
    @action(detail=True, methods=["get"])
    def docx(self, request, pk):
        """The same for Word."""
        return self._file("docx")

    def _file(self, kind):
        offer = self.get_object()
        try:
            return offer_response(offer, kind, file_of(offer, kind, on=today()))
        except NotTypeset:
            raise NotMade from None
