"""What happened to a contract after it was signed: changes, pauses, credits."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts import services
from accounts.models import ChangeKind, Contract, ContractChange, ContractPause, Credit
from accounts.queries import courses
from tenants.api import TenantViewSet

MONEY = {"max_digits": 14, "decimal_places": 2}
GONE = {204: OpenApiResponse(description="Taken back; the audit trail keeps it.")}


class ChangeSerializer(serializers.ModelSerializer):
    """Other terms from a day on. What is left out stays as it runs on that day."""

    effective_on = serializers.DateField(help_text="The first day of these terms.")
    kind = serializers.ChoiceField(
        ChangeKind.choices,
        required=False,
        help_text="Left out: an upsell or a downsell when seats or the plan change with"
        " the price. `renewal` wants `ends_on`; `uplift` comes by itself.",
    )
    mrr = serializers.DecimalField(**MONEY, min_value=0, required=False)
    seats = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, allow_null=True, required=False
    )
    plan = serializers.CharField(max_length=100, allow_blank=True, required=False)
    ends_on = serializers.DateField(
        write_only=True, required=False, help_text="The end of an early renewal's term."
    )
    was_mrr = serializers.DecimalField(**MONEY, read_only=True)

    class Meta:
        model = ContractChange
        fields = [
            "id",
            "effective_on",
            "kind",
            "mrr",
            "seats",
            "plan",
            "ends_on",
            "was_mrr",
            "was_seats",
            "was_plan",
            "was_ends_on",
            "reason",
            "at",
        ]
        read_only_fields = ["id", "was_seats", "was_plan", "was_ends_on", "at"]

    def validate(self, said):
        kind = said.get("kind")
        if kind == ChangeKind.UPLIFT:
            raise ValidationError(
                {"kind": [_("A yearly rise comes by itself: see uplift_percent.")]}
            )
        if (kind == ChangeKind.RENEWAL) != ("ends_on" in said):
            raise ValidationError({"ends_on": [_("Only a renewal names a new end.")]})
        return said


class PauseSerializer(serializers.ModelSerializer):
    """Nothing is paid from its first day until the day it resumes."""

    class Meta:
        model = ContractPause
        fields = ["id", "starts_on", "resumes_on", "reason", "created_at"]
        read_only_fields = ["id", "created_at"]
        # The service asks the rules, which are those of the whole contract.
        validators = []


class ResumptionSerializer(serializers.ModelSerializer):
    class Meta:
        model = ContractPause
        fields = ["resumes_on"]
        extra_kwargs = {"resumes_on": {"required": True}}
        validators = []


class CreditSerializer(serializers.ModelSerializer):
    """Money given back or let off once; never recurring revenue."""

    currency = serializers.CharField(
        max_length=3, required=False, help_text="The contract's, when left out."
    )

    class Meta:
        model = Credit
        fields = ["id", "amount", "currency", "on", "reason", "created_at"]
        read_only_fields = ["id", "created_at"]


class _OfContract(TenantViewSet):
    """What belongs to a contract, named by its external id in the path."""

    lookup_value_regex = "[0-9a-f-]{36}"

    def list(self, request, external_id):
        self._contract()
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._written(rows))

    def get_queryset(self):
        model = self.serializer_class.Meta.model
        return model.objects.filter(
            contract__external_id=self.kwargs.get("external_id")
        )

    def _contract(self):
        return get_object_or_404(
            Contract.objects.all(), external_id=self.kwargs["external_id"]
        )

    def _said(self, request):
        said = self.get_serializer(data=request.data)
        said.is_valid(raise_exception=True)
        return said.validated_data | {"by_key": request.auth}

    def _written(self, rows):
        return self.get_serializer(rows, many=True).data


class ChangeViewSet(_OfContract):
    """From when which terms run."""

    serializer_class = ChangeSerializer
    ordering_fields = ["effective_on"]
    ordering = "-effective_on"

    @extend_schema(responses={201: ChangeSerializer})
    def create(self, request, external_id):
        """Agrees other terms from a day on, of the past or to come.

        Later changes stay as they were agreed. A renewal begins a new term.
        """
        contract, said = self._contract(), self._said(request)
        if said.get("kind") == ChangeKind.RENEWAL:
            said["starts_on"] = said.pop("effective_on")
            del said["kind"]
            change = services.renew_early(contract, **said)
        else:
            change = services.change_contract(contract, **said)
        return Response(self._written([change])[0], status=201)

    @extend_schema(responses=GONE)
    def destroy(self, request, external_id, pk=None):
        """Takes back what was entered by mistake: what ran before runs on."""
        services.remove_change(self.get_object(), by_key=request.auth)
        return Response(status=204)

    def _written(self, rows):
        """With the terms that run from each day, which the next one tells."""
        course = next(iter(courses([self._contract()]).values()))
        for row in rows:
            terms = course.on(row.effective_on)
            row.mrr, row.seats, row.plan = terms.mrr, terms.seats, terms.plan
        return super()._written(rows)


class PauseViewSet(_OfContract):
    """When a contract is not paid for."""

    serializer_class = PauseSerializer
    ordering_fields = ["starts_on"]
    ordering = "-starts_on"

    @extend_schema(responses={201: PauseSerializer})
    def create(self, request, external_id):
        """Pauses a contract; without `resumes_on` until that is said."""
        pause = services.pause_contract(self._contract(), **self._said(request))
        return Response(self.get_serializer(pause).data, status=201)

    @extend_schema(request=ResumptionSerializer, responses=PauseSerializer)
    def partial_update(self, request, external_id, pk=None):
        """Says on which day it resumes."""
        pause = self.get_object()
        said = ResumptionSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        pause = services.move_resumption(
            pause, **said.validated_data, by_key=request.auth
        )
        return Response(self.get_serializer(pause).data)

    @extend_schema(responses=GONE)
    def destroy(self, request, external_id, pk=None):
        """Takes back a pause that was entered by mistake."""
        services.remove_pause(self.get_object(), by_key=request.auth)
        return Response(status=204)


class CreditViewSet(_OfContract):
    """What was given back or let off."""

    serializer_class = CreditSerializer
    ordering_fields = ["on"]
    ordering = "-on"

    @extend_schema(responses={201: CreditSerializer})
    def create(self, request, external_id):
        """Keeps a credit; no MRR changes."""
        credit = services.add_credit(self._contract(), **self._said(request))
        return Response(self.get_serializer(credit).data, status=201)

    @extend_schema(responses=GONE)
    def destroy(self, request, external_id, pk=None):
        """Takes back a credit that was entered by mistake."""
        services.remove_credit(self.get_object(), by_key=request.auth)
        return Response(status=204)
