"""Goals of accounts, for programs: set, read, closed."""

from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.queries import today
from cs_platform.lib.currency import is_currency
from qbr import services
from qbr.api.fields import account_of, contact_of, said
from qbr.models import Goal, GoalSource, GoalState
from tenants.api import TenantViewSet

# Which of the two is wanted.
WANTED = [("more", "More"), ("less", "Less")]


class GoalSerializer(serializers.ModelSerializer):
    account = serializers.CharField(
        source="account.external_id", help_text="The account's external id."
    )
    is_verified = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField(
        help_text="From where it began to its target, 0 to 1; null without an actual."
    )
    wanted = serializers.SerializerMethodField(
        help_text="more or less: which of the two is wanted."
    )
    is_reached = serializers.SerializerMethodField(
        help_text="At its target, or past it; state says whether it was called met."
    )
    verified_by = serializers.CharField(
        source="verified_by.external_id",
        default=None,
        read_only=True,
        help_text="The contact who said that the value is so.",
    )

    class Meta:
        model = Goal
        fields = [
            "id",
            "account",
            "objective",
            "measure",
            "unit",
            "baseline",
            "target",
            "actual",
            "read_on",
            "progress",
            "wanted",
            "is_reached",
            "source",
            "feature",
            "due_on",
            "value_amount",
            "value_currency",
            "value_hours",
            "value_formula",
            "is_verified",
            "verified_by",
            "verified_at",
            "verified_how",
            "state",
            "closed_on",
            "created_at",
            "updated_at",
        ]
        read_only_fields = [
            "actual",
            "read_on",
            "verified_at",
            "verified_how",
            "closed_on",
        ]

    def get_is_verified(self, row) -> bool:
        return row.verified_at is not None

    def get_progress(self, row) -> float | None:
        share = row.progress.share
        return None if share is None else float(round(share, 4))

    @extend_schema_field(serializers.ChoiceField(WANTED))
    def get_wanted(self, row):
        return "less" if row.progress.wants_less else "more"

    def get_is_reached(self, row) -> bool:
        return row.progress.is_reached

    def validate_value_currency(self, value):
        if value and not is_currency(value):
            raise serializers.ValidationError(
                _("This is no currency code, as in USD or KZT.")
            )
        return value

    def validate(self, attrs):
        if self.instance is not None and "account" in attrs:
            attrs.pop("account")  # a goal stays with its account
        kept = self.instance
        merged = {
            name: attrs.get(name, getattr(kept, name, None))
            for name in ("value_amount", "value_hours", "value_currency",
                         "value_formula", "source", "feature")
        }  # fmt: skip
        _check(merged)
        return attrs


def _check(goal):
    has_value = goal["value_amount"] is not None or goal["value_hours"] is not None
    lacking = {
        "value_currency": goal["value_amount"] is not None
        and not goal["value_currency"],
        "value_formula": has_value and not goal["value_formula"],
        "feature": goal["source"] == GoalSource.FEATURE and not goal["feature"],
    }
    errors = {name: [_("This is needed.")] for name, is_so in lacking.items() if is_so}
    if errors:
        raise serializers.ValidationError(errors)


class ReadingSerializer(serializers.Serializer):
    on = serializers.DateField()
    value = serializers.DecimalField(20, 4)


class VerificationSerializer(serializers.Serializer):
    """Who says so, and where; both left out takes it back."""

    contact = serializers.CharField(
        required=False, allow_null=True, help_text="The contact's external id."
    )
    how = serializers.CharField(
        required=False, max_length=300, allow_blank=True, help_text="In the review."
    )


class GoalFilters(filters.FilterSet):
    account = filters.CharFilter(field_name="account__external_id")
    state = filters.ChoiceFilter(choices=GoalState.choices)


class GoalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet):
    """What customers want to reach, measured, and what it is worth."""

    serializer_class = GoalSerializer
    filterset_class = GoalFilters
    ordering_fields = ["created_at", "updated_at"]
    ordering = "created_at"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self):
        return Goal.objects.select_related("account", "verified_by")

    @extend_schema(responses={201: GoalSerializer})
    def create(self, request):
        """Sets a goal."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        state = values.pop("state", None)
        account = account_of(values.pop("account")["external_id"])
        goal = services.save_goal(Goal(account=account, **values), by_key=request.auth)
        return self._closed(goal, state, 201)

    def partial_update(self, request, pk=None):
        """Changes a goal; a new value is no longer verified."""
        goal = self.get_object()
        serializer = self.get_serializer(goal, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        state = values.pop("state", None)
        for name, value in values.items():
            setattr(goal, name, value)
        services.save_goal(goal, by_key=request.auth)
        return self._closed(goal, state, 200)

    @extend_schema(request=ReadingSerializer, responses={201: GoalSerializer})
    @action(detail=True, methods=["post"], filter_backends=[])
    def readings(self, request, pk=None):
        """Says what the measure was on a day; said again it replaces it."""
        goal = self.get_object()
        services.read_goal(goal, **said(ReadingSerializer, request))
        return self._answer(goal, 201)

    @extend_schema(request=VerificationSerializer, responses=GoalSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def verify(self, request, pk=None):
        """The customer says that the value is so, or does not any more."""
        goal = self.get_object()
        body = said(VerificationSerializer, request)
        contact = contact_of(goal.account_id, body.get("contact"))
        services.verify_goal(
            goal, contact=contact, how=body.get("how", ""), by_key=request.auth
        )
        return self._answer(goal, 200)

    def _closed(self, goal, state, status):
        if state:
            services.close_goal(goal, state=state, on=today(), by_key=self.request.auth)
        return self._answer(goal, status)

    def _answer(self, goal, status):
        goal = self.get_queryset().get(pk=goal.pk)
        return Response(self.get_serializer(goal).data, status=status)
