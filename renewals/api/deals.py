"""The deals for programs: moved, ticked, their risks planned."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import mixins, serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response

from cs_platform.lib.api import Conflict
from cs_platform.lib.api.errors import Unprocessable
from renewals import services
from renewals.models import PIPELINE, Renewal, RiskPlan, StageChange
from renewals.queries.checklist import checklists
from tenants.api import TenantViewSet
from tenants.queries import members


@extend_schema_field(OpenApiTypes.EMAIL)
class Member(serializers.Field):
    """A member of the workspace by their e-mail."""

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", "The e-mail of a member of the workspace.")
        super().__init__(**kwargs)

    def to_internal_value(self, data):
        tenant = self.context["request"].auth.tenant_id
        known = members(tenant).filter(user__email__iexact=str(data))
        member = known.first()
        if member is None:
            raise ValidationError(_("Nobody here has this address."))
        return member.user

    def to_representation(self, value):
        return value.email


class PlanSerializer(serializers.Serializer):
    """What a program may change of a renewal; what it leaves out stays."""

    next_step = serializers.CharField(required=False, allow_blank=True, max_length=300)
    next_step_on = serializers.DateField(required=False, allow_null=True)
    owner = Member(
        required=False, allow_null=True, help_text="Null: as the account's owner."
    )


class MoveSerializer(serializers.ModelSerializer):
    stage = serializers.CharField(help_text=f"One of: {', '.join(PIPELINE)}.")
    was = serializers.CharField(
        help_text="The stage you saw: another by now is a conflict (409)."
    )
    reason = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=1000,
        help_text="Why it goes on although its checklist has gaps.",
    )
    by = serializers.EmailField(source="by.email", default=None, read_only=True)

    class Meta:
        model = StageChange
        fields = ["id", "was", "stage", "missing", "reason", "at", "by"]
        read_only_fields = ["id", "missing", "at"]

    def validate_stage(self, value):
        if value not in PIPELINE:
            raise serializers.ValidationError(_("There is no such stage."))
        return value


class MovedSerializer(MoveSerializer):
    """A move as it was made: from and to any stage there is."""

    stage = serializers.CharField()


class StateSerializer(serializers.Serializer):
    """One item of the checklist of a renewal."""

    stage = serializers.CharField(source="item.stage", read_only=True)
    key = serializers.CharField(source="item.key")
    title = serializers.CharField(source="item.title", read_only=True)
    need = serializers.CharField(source="item.need", read_only=True)
    is_done = serializers.BooleanField(read_only=True)
    is_said = serializers.BooleanField(
        source="evidence.is_said",
        default=False,
        read_only=True,
        help_text="Ticked by a person or a program; otherwise found in the data.",
    )
    evidence = serializers.CharField(source="evidence.text", default="", max_length=500)
    link = serializers.CharField(source="evidence.path", default="", read_only=True)


class TickSerializer(serializers.Serializer):
    key = serializers.CharField(max_length=40)
    evidence = serializers.CharField(max_length=500)
    link = serializers.URLField(required=False, default="", max_length=500)


class RiskSerializer(serializers.ModelSerializer):
    owner = Member()
    state = serializers.ChoiceField(RiskPlan.State.choices, read_only=True)

    class Meta:
        model = RiskPlan
        fields = ["id", "problem", "plan", "owner", "due_on", "state", "closed_at"]
        read_only_fields = ["id", "closed_at"]


class RiskStateSerializer(serializers.Serializer):
    state = serializers.ChoiceField([RiskPlan.State.SOLVED, RiskPlan.State.DROPPED])


class OfRenewal(TenantViewSet):
    """What belongs to one renewal, named in the address."""

    filter_backends = []

    def renewal(self, *, is_open=False):
        renewals = Renewal.objects.open() if is_open else Renewal.objects
        found = renewals.select_related("account").filter(pk=self.kwargs["renewal"])
        renewal = found.first()
        if renewal is None and is_open and self.renewal():
            raise Conflict(_("This renewal is already decided, or has stopped."))
        if renewal is None:
            raise NotFound
        return renewal

    def said(self, serializer_class=None):
        kind = serializer_class or self.serializer_class
        context = self.get_serializer_context()
        serializer = kind(data=self.request.data, context=context)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


class MoveViewSet(mixins.ListModelMixin, OfRenewal):
    """The moves of a renewal through its stages; a new one is a move made now."""

    serializer_class = MovedSerializer
    ordering_fields = ["at"]
    ordering = "at"

    def get_queryset(self):
        moves = StageChange.objects.filter(renewal=self.renewal())
        return moves.select_related("by").order_by("at", "id")

    @extend_schema(request=MoveSerializer, responses={201: MovedSerializer})
    def create(self, request, renewal):
        """Moves it. Somebody was first: 409. Gaps in the checklist: 422, which names
        them; with a `reason` it goes on where the workspace allows that.
        """
        said = self.said(MoveSerializer)
        try:
            moved = services.move_renewal(
                self.renewal(is_open=True),
                stage=said["stage"],
                was=said["was"],
                reason=said.get("reason", ""),
                by=None,
                by_key=request.auth,
            )
        except services.StaleMove as stale:
            words = _("It is in “%s” by now; nothing was changed.")
            raise Conflict(words % stale.renewal.stage) from None
        except services.GapsRemain as found:
            raise Unprocessable(_refusal(found)) from None
        move = StageChange.objects.filter(renewal=moved).latest("at", "id")
        return Response(MovedSerializer(move).data, status=201)


def _refusal(found):
    errors = {"checklist": [state.item.key for state in found.missing]}
    if found.may_skip:
        errors["reason"] = [_("Say why it goes on all the same.")]
    return errors


@extend_schema(responses=StateSerializer(many=True))
class ChecklistViewSet(OfRenewal):
    """What the stages of a renewal want, and by what one sees that it is there."""

    serializer_class = StateSerializer
    pagination_class = None
    lookup_field = "key"
    lookup_value_regex = "[^/]+"

    def list(self, request, renewal):
        return Response(self._states(self.renewal()))

    @extend_schema(request=TickSerializer, responses={201: StateSerializer(many=True)})
    def create(self, request, renewal):
        """Ticks an item, saying by what one can see it; the first tick stays."""
        deal = self.renewal(is_open=True)
        try:
            services.tick_item(
                deal, by=None, by_key=request.auth, **self.said(TickSerializer)
            )
        except services.NoSuchItem:
            raise ValidationError({"key": [_("There is no such item.")]}) from None
        return Response(self._states(deal), status=201)

    @extend_schema(responses={204: OpenApiResponse(description="Taken back.")})
    def destroy(self, request, renewal, key):
        """Takes a tick back; what the data shows cannot be taken back here."""
        deal = self.renewal(is_open=True)
        if not services.untick_item(deal, key=key, by=None, by_key=request.auth):
            raise NotFound
        return Response(status=204)

    def _states(self, renewal):
        zone = self.request.auth.tenant.timezone
        found = checklists([renewal], zone=zone)[renewal.pk]
        return StateSerializer(found.states, many=True).data


class RiskViewSet(mixins.ListModelMixin, OfRenewal):
    """The problems that put a renewal at risk, and what is done about each."""

    serializer_class = RiskSerializer
    ordering_fields = ["created_at"]
    ordering = "created_at"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self):
        plans = RiskPlan.objects.filter(renewal=self.renewal())
        return plans.select_related("owner").order_by("created_at", "id")

    @extend_schema(responses={201: RiskSerializer})
    def create(self, request, renewal):
        """Plans for one problem; the owner of the plan gets a task."""
        deal = self.renewal(is_open=True)
        plan = services.plan_risk(deal, by=None, by_key=request.auth, **self.said())
        return Response(RiskSerializer(plan).data, status=201)

    @extend_schema(request=RiskStateSerializer, responses=RiskSerializer)
    def partial_update(self, request, renewal, pk):
        """Says that the problem is solved, or the plan dropped; its task ends."""
        plan = get_object_or_404(self.get_queryset(), pk=pk)
        said = self.said(RiskStateSerializer)
        closed = services.close_risk(plan, by=None, by_key=request.auth, **said)
        return Response(RiskSerializer(closed).data)
