"""Opportunities for programs: read, opened, moved, given to sales, decided."""

from django.core.exceptions import ValidationError as Refused
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import Account, Contract
from accounts.queries import today
from cs_platform.lib.api import Conflict
from cs_platform.lib.currency import is_currency
from renewals import services
from renewals.models import (
    OPEN_OPPORTUNITY,
    Opportunity,
    OpportunityKind,
    OpportunityResult,
    OpportunityStage,
    SignalKind,
)
from tenants.api import TenantViewSet
from tenants.queries import members

# Sales get it by a handover, and the end is a result.
MOVABLE = [
    (stage.value, stage.label)
    for stage in OPEN_OPPORTUNITY
    if stage != OpportunityStage.SALES
]


class OpportunityResultSerializer(serializers.ModelSerializer):
    contract = serializers.CharField(
        source="contract.external_id", default=None, allow_null=True
    )

    class Meta:
        model = OpportunityResult
        fields = [
            "is_won",
            "amount",
            "reason",
            "detail",
            "contract",
            "effective_on",
            "decided_on",
        ]


class OpportunitySerializer(serializers.ModelSerializer):
    account = serializers.CharField(
        source="account.external_id", help_text="The account's external id."
    )
    owner = serializers.EmailField(
        source="owner.email",
        default=None,
        allow_null=True,
        required=False,
        help_text="Their e-mail; left out: the account's owner.",
    )
    kind = serializers.ChoiceField(OpportunityKind.choices)
    signal = serializers.CharField(
        source="signal.kind",
        default=None,
        read_only=True,
        help_text="The kind of signal it came from, or null.",
    )
    handed_over_to = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()

    class Meta:
        model = Opportunity
        fields = [
            "id",
            "account",
            "kind",
            "title",
            "stage",
            "amount",
            "currency",
            "owner",
            "signal",
            "trial_ends_on",
            "handed_over_to",
            "result",
            "opened_on",
            "updated_at",
        ]
        read_only_fields = ["stage", "trial_ends_on", "opened_on", "updated_at"]

    def get_handed_over_to(self, row) -> str | None:
        given = sorted(row.handovers.all(), key=lambda one: one.at)
        return given[-1].to if given else None

    @extend_schema_field(OpportunityResultSerializer(allow_null=True))
    def get_result(self, row):
        found = list(row.results.all())
        return OpportunityResultSerializer(found[0]).data if found else None

    def validate_currency(self, value):
        if not is_currency(value):
            raise serializers.ValidationError(
                _("This is no currency code, as in USD or KZT.")
            )
        return value

    def validate_amount(self, value):
        if value < 0:
            raise serializers.ValidationError(_("An amount cannot be negative."))
        return value


class OpportunityMoveSerializer(serializers.Serializer):
    stage = serializers.ChoiceField(MOVABLE)
    was = serializers.ChoiceField(
        OpportunityStage.choices, required=False, help_text="The stage you saw."
    )
    trial_ends_on = serializers.DateField(required=False)


class SalesHandoverSerializer(serializers.Serializer):
    to = serializers.CharField(max_length=200)
    note = serializers.CharField(max_length=4000, required=False, default="")


class OpportunityDecisionSerializer(serializers.Serializer):
    """What was won wants an amount, what was not a reason."""

    is_won = serializers.BooleanField()
    amount = serializers.DecimalField(16, 2, required=False, min_value=0)
    reason = serializers.ChoiceField(OpportunityResult.Reason.choices, required=False)
    detail = serializers.CharField(max_length=4000, required=False)
    contract = serializers.CharField(required=False, help_text="Its external id.")
    effective_on = serializers.DateField(required=False)
    changes_contract = serializers.BooleanField(
        default=True, help_text="Whether its MRR is still to be raised by this."
    )

    def validate(self, said):
        if said["is_won"] and not said.get("amount"):
            raise ValidationError({"amount": [_("Say for how much it was won.")]})
        if not said["is_won"] and not said.get("reason"):
            raise ValidationError({"reason": [_("Choose why it was not bought.")]})
        return said


class OpportunityFilters(filters.FilterSet):
    account = filters.CharFilter(field_name="account__external_id")
    owner = filters.CharFilter(field_name="owner__email", lookup_expr="iexact")
    stage = filters.ChoiceFilter(choices=OpportunityStage.choices)
    kind = filters.ChoiceFilter(choices=OpportunityKind.choices)
    signal = filters.ChoiceFilter(field_name="signal__kind", choices=SignalKind.choices)


class OpportunityViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet
):
    """What accounts could buy beside what they have."""

    serializer_class = OpportunitySerializer
    filterset_class = OpportunityFilters
    ordering_fields = ["opened_on", "amount", "updated_at"]
    ordering = "-opened_on"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self):
        rows = Opportunity.objects.select_related("account", "owner", "signal")
        return rows.prefetch_related("handovers", "results__contract")

    @extend_schema(responses={201: OpportunitySerializer})
    def create(self, request):
        """Opens an opportunity: an idea, not of a signal."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        said = dict(serializer.validated_data)
        account = _account(said.pop("account")["external_id"])
        owner = _member(request.tenant, said.pop("owner", None)) or account.owner
        made = services.open_opportunity(
            account, owner=owner, by=None, by_key=request.auth, on=today(), **said
        )
        return self._answer(made, 201)

    def partial_update(self, request, pk=None):
        """Puts an open one right: what, for how much, whose (null: the account's owner)."""
        row = self.get_object()
        serializer = self.get_serializer(row, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        said = dict(serializer.validated_data)
        if said.pop("account", {}).get("external_id") not in (
            None,
            row.account.external_id,
        ):
            raise ValidationError({"account": [_("It stays with its account.")]})
        if "owner" in said:
            owner = _member(request.tenant, said["owner"])
            said["owner"] = owner or row.account.owner
        return self._do(
            lambda row: services.change_opportunity(
                row, by=None, by_key=request.auth, **said
            )
        )

    @extend_schema(request=OpportunityMoveSerializer, responses=OpportunitySerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def move(self, request, pk=None):
        """Puts it into another stage; a conflict when somebody else moved it first."""
        said = _said(OpportunityMoveSerializer, request)
        return self._do(lambda row: services.move_opportunity(row, by=None, **said))

    @extend_schema(request=SalesHandoverSerializer, responses=OpportunitySerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def handover(self, request, pk=None):
        """Gives it to sales."""
        said = _said(SalesHandoverSerializer, request)
        return self._do(
            lambda row: services.hand_to_sales(
                row, by=None, by_key=request.auth, **said
            )
        )

    @extend_schema(
        request=OpportunityDecisionSerializer, responses=OpportunitySerializer
    )
    @action(detail=True, methods=["post"], filter_backends=[])
    def result(self, request, pk=None):
        """Says how it ended; what was won raises the MRR of the contract."""
        said = _said(OpportunityDecisionSerializer, request)

        def close(row):
            if "contract" in said:
                said["contract"] = _contract(row, said["contract"])
            services.close_opportunity(
                row, by=None, by_key=request.auth, on=today(), **said
            )

        return self._do(close)

    def _do(self, work):
        row = self.get_object()
        try:
            work(row)
        except services.StaleOpportunity as stale:
            stage = stale.opportunity.get_stage_display()
            raise Conflict(_("It is now in “%s”.") % stage) from None
        except Refused as error:
            raise ValidationError(error.message_dict) from None
        return self._answer(row, 200)

    def _answer(self, row, status):
        row = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(row).data, status=status)


def _said(serializer, request):
    said = serializer(data=request.data)
    said.is_valid(raise_exception=True)
    return said.validated_data


def _account(external_id):
    account = Account.objects.filter(
        external_id=external_id, archived_at=None
    ).select_related("owner")
    if not account:
        raise ValidationError({"account": [_("There is no such account.")]})
    return account[0]


def _contract(row, external_id):
    found = Contract.objects.filter(account=row.account_id, external_id=external_id)
    if not found:
        raise ValidationError({"contract": [_("The account has no such contract.")]})
    return found[0]


def _member(tenant, said):
    email = (said or {}).get("email")
    if not email:
        return None
    member = members(tenant.pk).filter(user__email__iexact=email).first()
    if member is None:
        raise ValidationError({"owner": [_("No member has this e-mail.")]})
    return member.user
