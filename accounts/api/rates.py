from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts import services
from accounts.models import ExchangeRate
from cs_platform.lib.currency import is_currency
from tenants.api import TenantViewSet


class RateSerializer(serializers.ModelSerializer):
    class Meta:
        model = ExchangeRate
        fields = ["currency", "rate", "valid_from", "created_at"]
        read_only_fields = ["created_at"]
        extra_kwargs = {
            "rate": {"help_text": "One unit, in the currency of the workspace."}
        }

    def validate_currency(self, value):
        if not is_currency(value):
            raise serializers.ValidationError(
                _("This is no currency code, as in USD or KZT.")
            )
        if value == self.context["request"].tenant.currency:
            raise serializers.ValidationError(
                _("This is the workspace's own currency.")
            )
        return value

    def validate_rate(self, value):
        if value <= 0:
            raise serializers.ValidationError(_("A rate is more than zero."))
        return value


class RateFilters(filters.FilterSet):
    currency = filters.CharFilter()


class RateViewSet(TenantViewSet):
    """What foreign money is worth in the currency of the workspace, from a day on."""

    serializer_class = RateSerializer
    filterset_class = RateFilters
    ordering_fields = ["currency", "valid_from"]
    ordering = "-valid_from"

    def get_queryset(self):
        return ExchangeRate.objects.all()

    def list(self, request):
        rates = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(rates, many=True).data)

    @extend_schema(responses=RateSerializer)
    def create(self, request):
        """Says a rate; one said before for the same day is replaced."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        rate = services.set_rate(**serializer.validated_data, by_key=request.auth)
        return Response(self.get_serializer(rate).data)
