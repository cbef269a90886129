"""Scores for programs: the newest with its receipt, and the days before."""

from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import Account, Band, Direction
from accounts.queries import today
from health import queries
from health.api.judgements import OverrideSerializer
from health.forms import PeriodForm
from tenants.api import TenantViewSet

STATES = ["ok", "missing", "stale"]
PAGE_SIZE = 200
PERIOD = {
    "from": "The first day; half a year before the last unless said.",
    "to": "The last day; today unless said.",
}
CHANGE = {
    "from": "The first day; a week before the last unless said.",
    "to": "The last day; today unless said.",
}
WEEK = 8
PART_KINDS = [
    "behaviour",
    "data",
    "decay",
    "configuration",
    "cap",
    "clip",
    "rounding",
    "override",
]


class PointsField(serializers.FloatField):
    """Points as they are: a whole number where they are whole."""

    def to_representation(self, value):
        return value


class MeasureSerializer(serializers.Serializer):
    """What one measure found and gave."""

    key = serializers.CharField()
    group = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    detail = serializers.DictField(help_text="What the value was made of.")
    condition = serializers.CharField(allow_blank=True)
    points = PointsField()
    max_points = PointsField()
    state = serializers.ChoiceField(choices=STATES)
    as_of = serializers.DateTimeField(allow_null=True)


class LimitSerializer(serializers.Serializer):
    """What was cut off the sum of the points, and why."""

    kind = serializers.ChoiceField(choices=["clip", "cap"])
    key = serializers.CharField(allow_blank=True, help_text="Of the cap.")
    label = serializers.CharField()
    at_most = serializers.FloatField(allow_null=True)
    points = PointsField(help_text="0 for a cap that holds but cut nothing.")


class PartSerializer(serializers.Serializer):
    """Points of a change with their cause."""

    kind = serializers.ChoiceField(choices=PART_KINDS)
    key = serializers.CharField(
        allow_blank=True, help_text="Of the measure or the cap; empty for others."
    )
    points = PointsField()
    label = serializers.CharField()
    before = serializers.CharField(allow_blank=True, help_text="What was found then.")
    after = serializers.CharField(allow_blank=True, help_text="What was found now.")


class ChangesSerializer(serializers.Serializer):
    """Why the score of one day is another than that of an earlier day.

    The points of the parts add up to the change, exactly.
    """

    first = serializers.DateField(
        source="before.day",
        default=None,
        allow_null=True,
        help_text="Of the older score.",
    )
    last = serializers.DateField(
        source="after.day",
        default=None,
        allow_null=True,
        help_text="Of the newer score.",
    )
    before = serializers.IntegerField(
        source="before.score", default=None, allow_null=True
    )
    after = serializers.IntegerField(
        source="after.score", default=None, allow_null=True
    )
    change = serializers.IntegerField(allow_null=True)
    sentence = serializers.CharField()
    parts = PartSerializer(many=True)


class HealthSerializer(serializers.Serializer):
    """The newest score of an account; null and unknown when nothing is known."""

    score = serializers.IntegerField(
        allow_null=True,
        min_value=0,
        max_value=100,
        help_text="What is shown: a person's judgement where there is one.",
    )
    computed = serializers.IntegerField(
        allow_null=True, help_text="What the scorecard says, whoever judges otherwise."
    )
    override = OverrideSerializer(allow_null=True)
    band = serializers.ChoiceField(choices=Band.choices)
    change_7d = serializers.IntegerField(allow_null=True)
    change_28d = serializers.IntegerField(allow_null=True)
    direction = serializers.ChoiceField(
        choices=Direction.choices,
        help_text="A drift is a move within the account's usual swing.",
    )
    noise_7d = serializers.IntegerField(
        allow_null=True, help_text="Points the account usually swings in a week."
    )
    noise_28d = serializers.IntegerField(
        allow_null=True, help_text="Points the account usually swings in four weeks."
    )
    coverage = serializers.FloatField(min_value=0, max_value=1)
    computed_at = serializers.DateTimeField(allow_null=True)
    scorecard = serializers.CharField(help_text="Name and version.")
    measures = MeasureSerializer(many=True)
    limits = LimitSerializer(
        many=True,
        help_text="What was cut off the sum of the points: at 0 and 100, or by a cap.",
    )
    moved = serializers.ListField(
        child=serializers.CharField(), help_text="What changed in a week, in sentences."
    )


class DaySerializer(serializers.Serializer):
    """The score of one day, as it was."""

    day = serializers.DateField()
    score = serializers.IntegerField(allow_null=True)
    computed = serializers.IntegerField(allow_null=True)
    band = serializers.ChoiceField(choices=Band.choices)
    change_7d = serializers.IntegerField(allow_null=True)
    change_28d = serializers.IntegerField(allow_null=True)
    direction = serializers.ChoiceField(choices=Direction.choices)
    coverage = serializers.FloatField(min_value=0, max_value=1)
    computed_at = serializers.DateTimeField()
    scorecard = serializers.CharField(help_text="Name and version.")
    measures = serializers.SerializerMethodField()

    @extend_schema_field(MeasureSerializer(many=True))
    def get_measures(self, snapshot):
        lines = queries.lines(snapshot.scorecard.definition, snapshot.measures)
        return MeasureSerializer(lines, many=True).data


class DaysSerializer(serializers.Serializer):
    """A page of days, oldest first."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = DaySerializer(many=True)


class HealthViewSet(TenantViewSet):
    """The health of one account, named by its external id in the path."""

    filter_backends = []
    pagination_class = None

    def get_queryset(self):
        return Account.objects.all()

    @extend_schema(operation_id="accounts_health_retrieve", responses=HealthSerializer)
    def list(self, request, external_id):
        """The newest score with its receipt."""
        _refuse_unknown(request, ())
        account = get_object_or_404(self.get_queryset(), external_id=external_id)
        return Response(HealthSerializer(queries.receipt(account)).data)

    @extend_schema(
        operation_id="accounts_health_changes",
        responses=ChangesSerializer,
        parameters=[
            OpenApiParameter(name, OpenApiTypes.DATE, description=meaning)
            for name, meaning in CHANGE.items()
        ],
    )
    @action(detail=False)
    def changes(self, request, external_id):
        """What moved the score between two days, in points that add up exactly."""
        _refuse_unknown(request, CHANGE)
        account = get_object_or_404(self.get_queryset(), external_id=external_id)
        form = PeriodForm(request.query_params.dict(), today=today(), days=WEEK)
        if not form.is_valid():
            raise ValidationError(form.errors)
        found = queries.change_between(account, form.first, form.last)
        return Response(ChangesSerializer(found).data)

    @extend_schema(
        operation_id="accounts_health_history",
        responses=DaysSerializer,
        parameters=[
            OpenApiParameter(name, OpenApiTypes.DATE, description=meaning)
            for name, meaning in PERIOD.items()
        ],
    )
    @action(detail=False)
    def history(self, request, external_id):
        """The scores between two days; `next` leads on when they are many."""
        _refuse_unknown(request, PERIOD)
        account = get_object_or_404(self.get_queryset(), external_id=external_id)
        form = PeriodForm(request.query_params.dict(), today=today())
        if not form.is_valid():
            raise ValidationError(form.errors)
        first, last = form.cleaned_data["from"], form.cleaned_data["to"]
        rows = queries.history(account, first=first, last=last)
        days = list(rows[: PAGE_SIZE + 1])
        on = _link(request, days[PAGE_SIZE].day, last) if days[PAGE_SIZE:] else None
        page = {"next": on, "previous": None, "results": days[:PAGE_SIZE]}
        return Response(DaysSerializer(page).data)


def _refuse_unknown(request, known):
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        raise ValidationError(
            {name: [_("There is no such parameter.")] for name in unknown}
        )


def _link(request, first, last):
    query = urlencode({"from": first.isoformat(), "to": last.isoformat()})
    return request.build_absolute_uri(f"?{query}")
