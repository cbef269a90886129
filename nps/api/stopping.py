"""Who is asked no more, for programs: what a mail provider reports comes in here."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response as HttpResponse

from nps import services
from nps.models import OptOut
from tenants.api import TenantViewSet


class OptOutSerializer(serializers.ModelSerializer):
    address = serializers.EmailField(max_length=254, help_text="In any case.")

    class Meta:
        model = OptOut
        fields = ["id", "address", "reason", "at"]
        read_only_fields = ["id", "at"]
        # One that is known stays as it is: nothing to complain of.
        validators: list = []


class OptOutFilters(filters.FilterSet):
    address = filters.CharFilter(field_name="address", lookup_expr="iexact")
    reason = filters.ChoiceFilter(choices=OptOut.Reason.choices)


class OptOutViewSet(TenantViewSet):
    """Addresses that get no survey any more: left, complained, or mail came back."""

    serializer_class = OptOutSerializer
    filterset_class = OptOutFilters
    ordering_fields = ["at"]
    ordering = "-at"

    def get_queryset(self):
        return OptOut.objects.all()

    def list(self, request):
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    @extend_schema(responses={200: OptOutSerializer})
    def create(self, request):
        """Asks the address no more; of one that is known already the first reason stays."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        address = given.validated_data["address"].lower()
        services.stop_asking(address, reason=given.validated_data["reason"])
        row = self.get_queryset().get(address=address)
        return HttpResponse(self.get_serializer(row).data)
