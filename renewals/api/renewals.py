from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import (
    extend_schema,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import mixins, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import Band
from cs_platform.lib.api import Conflict
from renewals import services
from renewals.api.deals import PlanSerializer
from renewals.models import Outcome, Renewal, Stage
from tenants.api import TenantViewSet


@extend_schema_serializer(component_name="OutcomeOfRenewal")
class OutcomeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Outcome
        fields = ["result", "amount", "reason", "detail", "decided_on"]


class RenewalSerializer(serializers.ModelSerializer):
    account = serializers.CharField(
        source="account.external_id", help_text="The account's external id."
    )
    contract = serializers.CharField(
        source="contract.external_id", help_text="The contract's external id."
    )
    owner = serializers.EmailField(
        source="owner.email", default=None, allow_null=True, help_text="Their e-mail."
    )
    band = serializers.ChoiceField(source="account.band", choices=Band.choices)
    outcome = serializers.SerializerMethodField()

    class Meta:
        model = Renewal
        fields = [
            "id",
            "account",
            "contract",
            "stage",
            "stage_since",
            "ends_on",
            "decides_on",
            "amount",
            "currency",
            "owner",
            "band",
            "outcome",
            "next_step",
            "next_step_on",
            "stopped_at",
            "updated_at",
        ]

    @extend_schema_field(OutcomeSerializer(allow_null=True))
    def get_outcome(self, renewal):
        # At most one, by the constraint; prefetched.
        found = list(renewal.outcomes.all())
        return OutcomeSerializer(found[0]).data if found else None


class RenewalFilters(filters.FilterSet):
    account = filters.CharFilter(field_name="account__external_id")
    owner = filters.CharFilter(field_name="owner__email", lookup_expr="iexact")
    stage = filters.ChoiceFilter(choices=Stage.choices)
    is_open = filters.BooleanFilter(method="open_or_not")
    decides_before = filters.DateFilter(field_name="decides_on", lookup_expr="lt")
    decides_since = filters.DateFilter(field_name="decides_on", lookup_expr="gte")

    def open_or_not(self, renewals, name, value):
        still_open = Renewal.objects.open()
        if value:
            return renewals.filter(pk__in=still_open)
        return renewals.exclude(pk__in=still_open)


class RenewalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet):
    """The terms of contracts that come, or came, to their end."""

    serializer_class = RenewalSerializer
    filterset_class = RenewalFilters
    ordering_fields = ["decides_on", "ends_on", "amount", "updated_at"]
    ordering = "decides_on"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self):
        renewals = Renewal.objects.select_related("account", "contract", "owner")
        return renewals.prefetch_related("outcomes")

    @extend_schema(request=PlanSerializer, responses=RenewalSerializer)
    def partial_update(self, request, pk):
        """Sets the next step, its day and the owner; what is left out stays."""
        renewal = self.get_object()
        serializer = PlanSerializer(
            data=request.data, context=self.get_serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        chosen = renewal.owner if renewal.is_owner_chosen else None
        plan = {
            "next_step": renewal.next_step,
            "next_step_on": renewal.next_step_on,
            "owner": chosen,
        } | serializer.validated_data
        if plan["next_step_on"] and not plan["next_step"]:
            raise ValidationError({"next_step": [_("Say what the next step is.")]})
        try:
            services.change_plan(
                renewal, by=None, by_key=request.auth, seen=renewal.plan_mark, **plan
            )
        except services.StalePlan:
            # What was left out would put back what somebody has just changed.
            raise Conflict(_("Somebody else has just changed it.")) from None
        return Response(self.get_serializer(self.get_object()).data)
