"""How deals ended, and why, for programs."""

from django.core.exceptions import ValidationError as Refused
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.queries import today
from cs_platform.lib.api import Conflict
from renewals import services
from renewals.models import (
    LOSSES,
    Explanation,
    NamedDetail,
    Outcome,
    OutcomeKind,
    Reason,
    Renewal,
    Result,
)
from renewals.queries.outcomes import label_of
from renewals.services import Decision
from tenants.api import TenantViewSet

MONEY = {"max_digits": 16, "decimal_places": 2}
WHICH = "Names of the second level: the features, the competitor … New ones are listed."


class WhySerializer(serializers.Serializer):
    """Why it was lost; it replaces what was said before, which is kept."""

    reason = serializers.ChoiceField(Reason.choices)
    detail = serializers.CharField(max_length=4000, help_text="In words.")
    which = serializers.ListField(
        child=serializers.CharField(max_length=200),
        max_length=20,
        default=list,
        help_text=WHICH,
    )

    def validate(self, said):
        problems = services.problems_of(said["reason"], said["detail"], said["which"])
        if problems:
            raise ValidationError({name: [text] for name, text in problems.items()})
        return said


class OutcomeSerializer(serializers.ModelSerializer):
    renewal = serializers.UUIDField(source="renewal_id")
    account = serializers.CharField(
        source="renewal.account.external_id", help_text="The account's external id."
    )
    currency = serializers.CharField(source="renewal.currency")
    which = serializers.SerializerMethodField(help_text=WHICH)
    decided_by = serializers.EmailField(
        source="decided_by.email", default=None, allow_null=True
    )

    class Meta:
        model = Outcome
        fields = [
            "id",
            "renewal",
            "account",
            "result",
            "kind",
            "was_amount",
            "amount",
            "currency",
            "seats",
            "starts_on",
            "ends_on",
            "reason",
            "which",
            "detail",
            "decided_on",
            "decided_by",
        ]

    def get_which(self, outcome) -> list[str]:
        return [named.label for said in outcome.latest for named in said.named.all()]


class NewOutcomeSerializer(serializers.Serializer):
    """Decides a renewal. Without a kind it is told from the amounts."""

    renewal = serializers.UUIDField(help_text="Of an open renewal.")
    result = serializers.ChoiceField(Result.choices)
    kind = serializers.ChoiceField(OutcomeKind.choices, required=False)
    amount = serializers.DecimalField(
        **MONEY, min_value=0, required=False, help_text="A year of the new term."
    )
    seats = serializers.IntegerField(min_value=0, max_value=10**9, required=False)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)
    reason = serializers.ChoiceField(Reason.choices, required=False, default="")
    which = serializers.ListField(
        child=serializers.CharField(max_length=200),
        max_length=20,
        default=list,
        help_text=WHICH,
    )
    detail = serializers.CharField(max_length=4000, required=False, default="")
    writes_contract = serializers.BooleanField(
        default=False,
        help_text="Whether the contract takes over the new term; else billing tells it.",
    )

    def validate(self, said):
        kind = said.get("kind")
        if kind and OutcomeKind(kind).result != said["result"]:
            raise ValidationError({"kind": [_("This is another result.")]})
        return said


class OutcomeFilters(filters.FilterSet):
    account = filters.CharFilter(field_name="renewal__account__external_id")
    renewal = filters.UUIDFilter(field_name="renewal_id")
    result = filters.ChoiceFilter(choices=Result.choices)
    kind = filters.ChoiceFilter(choices=OutcomeKind.choices)
    reason = filters.ChoiceFilter(choices=Reason.choices)
    decided_since = filters.DateFilter(field_name="decided_on", lookup_expr="gte")
    decided_before = filters.DateFilter(field_name="decided_on", lookup_expr="lt")


class OutcomeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet):
    """How renewals ended: renewed, with more or less, lost in part or whole, and why."""

    serializer_class = OutcomeSerializer
    filterset_class = OutcomeFilters
    ordering_fields = ["decided_on", "created_at"]
    ordering = "-created_at"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self):
        labelled = NamedDetail.objects.annotate(label=label_of("detail__"))
        latest = Explanation.objects.filter(is_latest=True).prefetch_related(
            Prefetch("named", labelled.order_by("label"))
        )
        outcomes = Outcome.objects.select_related("renewal__account", "decided_by")
        return outcomes.prefetch_related(
            Prefetch("explanations", latest, to_attr="latest")
        )

    @extend_schema(request=NewOutcomeSerializer, responses={201: OutcomeSerializer})
    def create(self, request):
        """Decides a renewal, once: the second to do so is refused with 409."""
        said = _checked(NewOutcomeSerializer, request)
        renewal = Renewal.objects.filter(pk=said.pop("renewal")).first()
        if renewal is None:
            raise ValidationError({"renewal": [_("There is no such renewal.")]})
        decision = Decision(**said | {"which": tuple(said["which"])})
        _refuse(decision, renewal)
        try:
            outcome = services.close_renewal(
                renewal, decision=decision, by_key=request.auth, on=today()
            )
        except services.AlreadyDecided:
            raise Conflict(_("This renewal is already decided.")) from None
        except Refused as refused:
            raise ValidationError({"ends_on": refused.messages}) from None
        return self._answer(outcome, 201)

    @extend_schema(request=WhySerializer, responses=OutcomeSerializer)
    def partial_update(self, request, pk):
        """Says anew why it was lost; what was said before stays in the history."""
        outcome = self.get_object()
        if outcome.kind not in LOSSES:
            raise Conflict(_("Nothing was lost here."))
        said = _checked(WhySerializer, request)
        try:
            services.correct_reason(
                outcome,
                reason=said["reason"],
                words=said["detail"],
                which=said["which"],
                was="".join(str(one.pk) for one in outcome.latest),
                by_key=request.auth,
            )
        except services.StaleExplanation:
            raise Conflict(_("Somebody else has just corrected it.")) from None
        return self._answer(outcome, 200)

    def _answer(self, outcome, status):
        row = self.get_queryset().get(pk=outcome.pk)
        return Response(self.get_serializer(row).data, status=status)


def _refuse(decision, renewal):
    problems = decision.problems(renewal)
    if not problems and decision.kind_for(renewal.amount).wants_reason:
        problems = services.problems_of(
            decision.reason, decision.detail, decision.which
        )
    if problems:
        raise ValidationError({name: [text] for name, text in problems.items()})


def _checked(serializer, request):
    said = serializer(data=request.data)
    said.is_valid(raise_exception=True)
    return said.validated_data
