"""What answers add up to, for programs: the numbers of the page."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_serializer,
)
from rest_framework import mixins, serializers
from rest_framework.response import Response as HttpResponse

from cs_platform.lib import clock
from nps.models import Survey
from nps.queries import rates
from nps.queries.answers import Choice, default_days
from nps.queries.voices import voices
from tenants.api import TenantViewSet
from tenants.models import Role, Tenant

PARAMETERS = ("from", "to", "survey")
GROUPS = ("tier", "segment", "role", "owner", "plan")
FIRST, LAST = date(1990, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True)
class Program:
    """Who asks with a key: it sees the whole workspace, as an admin does."""

    tenant: Tenant
    role: str = Role.ADMIN
    user: None = None


class NpsSerializer(serializers.Serializer):
    """100 x (promoters - detractors) / n, with its 95 % interval; null over nothing."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(help_text="People, each by the latest answer.")
    promoters = serializers.IntegerField()
    passives = serializers.IntegerField()
    detractors = serializers.IntegerField()
    is_few = serializers.BooleanField(help_text="Under 30 answers.")


class GroupSerializer(NpsSerializer):
    key = serializers.CharField(help_text="`none`: without one.")


class ShareSerializer(serializers.Serializer):
    part = serializers.IntegerField()
    whole = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)


class CsatSerializer(serializers.Serializer):
    value = serializers.FloatField(allow_null=True, help_text="0 to 1.")
    n = serializers.IntegerField()
    satisfied = serializers.IntegerField()


class CategorySerializer(CsatSerializer):
    category = serializers.CharField()


@extend_schema_serializer(many=False)
class ResultsSerializer(serializers.Serializer):
    """NPS of the latest answer of each person in the days, and what belongs to it."""

    first_day = serializers.DateField()
    last_day = serializers.DateField()
    nps = NpsSerializer()
    weighted_by_mrr = NpsSerializer()
    weighted_by_role = NpsSerializer()
    by_tier = GroupSerializer(many=True)
    by_segment = GroupSerializer(many=True)
    by_role = GroupSerializer(many=True)
    by_plan = GroupSerializer(many=True)
    by_owner = GroupSerializer(many=True, help_text="By the id of the member.")
    response_rate = ShareSerializer()
    csat = CsatSerializer()
    csat_by_category = CategorySerializer(many=True, help_text="Of tickets solved.")


class NpsViewSet(mixins.ListModelMixin, TenantViewSet):
    serializer_class = ResultsSerializer
    pagination_class = None
    filter_backends = []

    @extend_schema(
        operation_id="metrics_nps",
        parameters=[
            OpenApiParameter("from", date, description="89 days before `to`."),
            OpenApiParameter("to", date, description="Today unless said."),
            OpenApiParameter("survey", str, description="The key of one survey."),
        ],
        responses=ResultsSerializer,
    )
    def list(self, request):
        on = clock.day_of(clock.now(), request.tenant.timezone)
        choice = _choice(request, on)
        return HttpResponse(
            ResultsSerializer(_figures(Program(request.tenant), choice, on)).data
        )


def _choice(request, on) -> Choice:
    errors = {
        name: [_("There is no such parameter.")]
        for name in request.query_params
        if name not in PARAMETERS
    }
    until = _day(request, "to", on, errors)
    since = _day(request, "from", default_days(until)[0], errors)
    if not errors and since > until:
        errors["from"] = [_("This is after the end of the period.")]
    survey = _survey(request.query_params.get("survey"), errors)
    if errors:
        raise serializers.ValidationError(errors)
    return Choice(since=since, until=until, survey=survey)


def _survey(key, errors):
    if not key:
        return None
    found = Survey.objects.filter(key=key[:63]).first()
    if found is None:
        errors["survey"] = [_("There is no survey with this key.")]
        return None
    return found.pk


def _day(request, name, default, errors):
    text = request.query_params.get(name)
    if text is None:
        return default
    try:
        day = serializers.DateField().to_internal_value(text)
    except serializers.ValidationError as error:
        errors[name] = error.detail
        return default
    if not FIRST <= day <= LAST:
        errors[name] = [_("This day is out of range.")]
    return day


def _figures(reader, choice, on):
    found = voices(reader, choice, on=on)
    grouped = {f"by_{name}": found.grouped(name) for name in GROUPS}
    return {
        "first_day": choice.since,
        "last_day": choice.until,
        "nps": found.nps,
        "weighted_by_mrr": found.by_mrr,
        "weighted_by_role": found.by_role,
        "response_rate": rates.response_rate(reader, choice),
        "csat": rates.csat(reader, choice, on=on),
        "csat_by_category": [
            {"category": name} | vars(one)
            for name, one in rates.csat_by_category(reader, choice)
        ],
    } | {name: _groups(groups) for name, groups in grouped.items()}


def _groups(groups):
    rows = [
        {"key": str(key), "is_few": one.is_few} | vars(one)
        for key, one in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row["n"], row["key"]))
