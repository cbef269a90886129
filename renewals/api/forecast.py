"""The forecast for programs: deals as written down, figures of a quarter, calls."""

from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from cs_platform.lib import clock
from cs_platform.lib.api import Conflict
from renewals import services
from renewals.forecasting import figures
from renewals.forecasting.quarter import parse, quarter_of
from renewals.models import (
    Category,
    ForecastCall,
    ForecastSnapshot,
    ForecastWeek,
    Level,
    Renewal,
)
from renewals.queries import forecast as queries
from tenants.api import TenantViewSet
from tenants.queries import members

MONEY = {"max_digits": 26, "decimal_places": 2}


class ForecastDealSerializer(serializers.ModelSerializer):
    """One deal in the forecast of a week: what was known when its Monday began."""

    week = serializers.DateField(source="week.week")
    is_late = serializers.BooleanField(
        source="week.is_late", help_text="Written down on a later day."
    )
    renewal = serializers.UUIDField(source="renewal_id")
    account = serializers.CharField(
        source="account.external_id", help_text="The account's external id."
    )
    owner = serializers.EmailField(
        source="owner.email", default=None, allow_null=True, help_text="Their e-mail."
    )

    class Meta:
        model = ForecastSnapshot
        fields = [
            "week",
            "is_late",
            "renewal",
            "account",
            "owner",
            "tier",
            "segment",
            "stage",
            "band",
            "ends_on",
            "decides_on",
            "placed_on",
            "amount",
            "currency",
            "rate",
            "probability",
            "csm_category",
            "csm_amount",
            "lead_category",
            "lead_amount",
            "result",
            "result_amount",
            "decided_on",
            "is_noticed",
        ]


class FigureSerializer(serializers.Serializer):
    worst = serializers.DecimalField(**MONEY)
    likely = serializers.DecimalField(**MONEY)
    best = serializers.DecimalField(**MONEY)
    uncalled = serializers.IntegerField(help_text="Open deals nobody called.")
    uncalled_value = serializers.DecimalField(**MONEY)


class OutlookSerializer(serializers.Serializer):
    """A quarter as forecast now, in the workspace's currency; a year of each contract."""

    quarter = serializers.CharField()
    on = serializers.DateField()
    currency = serializers.CharField()
    count = serializers.IntegerField()
    value = serializers.DecimalField(**MONEY)
    open = serializers.IntegerField()
    open_value = serializers.DecimalField(**MONEY)
    won = serializers.DecimalField(**MONEY)
    lost = serializers.DecimalField(**MONEY)
    auto = FigureSerializer()
    csm = FigureSerializer()
    lead = FigureSerializer()
    unpriced = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="Deals left out, by a currency that has no exchange rate.",
    )


class CallSerializer(serializers.ModelSerializer):
    renewal = serializers.UUIDField(source="renewal_id")
    by = serializers.EmailField(
        source="by.email",
        default=None,
        allow_null=True,
        required=False,
        help_text="The e-mail of the member who says so.",
    )
    level = serializers.ChoiceField(Level.choices)
    category = serializers.ChoiceField(Category.choices)
    currency = serializers.CharField(source="renewal.currency", read_only=True)

    class Meta:
        model = ForecastCall
        fields = [
            "id",
            "renewal",
            "level",
            "category",
            "amount",
            "currency",
            "note",
            "at",
            "by",
        ]
        read_only_fields = ["id", "at"]

    def validate_amount(self, value):
        if value is not None and value < 0:
            raise serializers.ValidationError(_("An amount cannot be negative."))
        return value


class DealFilters(filters.FilterSet):
    week = filters.DateFilter(field_name="week__week")
    account = filters.CharFilter(field_name="account__external_id")
    owner = filters.CharFilter(field_name="owner__email", lookup_expr="iexact")
    tier = filters.CharFilter()
    segment = filters.CharFilter()
    placed_before = filters.DateFilter(field_name="placed_on", lookup_expr="lt")
    placed_since = filters.DateFilter(field_name="placed_on", lookup_expr="gte")


class CallFilters(filters.FilterSet):
    renewal = filters.UUIDFilter(field_name="renewal_id")
    level = filters.ChoiceFilter(choices=Level.choices)


class ForecastViewSet(mixins.ListModelMixin, TenantViewSet):
    """The deals of a written forecast: of the newest week, unless one is named."""

    serializer_class = ForecastDealSerializer
    filterset_class = DealFilters
    ordering_fields = ["placed_on", "decides_on", "amount"]
    ordering = "placed_on"

    def get_queryset(self):
        rows = ForecastSnapshot.objects.select_related("week", "account", "owner")
        if "week" in self.request.query_params:
            return rows
        return rows.filter(week__in=ForecastWeek.objects.order_by("-week")[:1])

    @extend_schema(
        operation_id="forecast_figures",
        parameters=[
            OpenApiParameter(
                "quarter", str, description="2026-Q4; this one unless said."
            )
        ],
        responses=OutlookSerializer(many=False),
    )
    @action(
        detail=False, filter_backends=[], pagination_class=None, serializer_class=None
    )
    def figures(self, request):
        """Worst, likely and best of a quarter: automatic, CSM's and lead's."""
        unknown = set(request.query_params) - {"quarter"}
        if unknown:
            raise ValidationError(
                {n: [_("There is no such parameter.")] for n in unknown}
            )
        ground, deals = queries.now(request.tenant, clock.now())
        quarter = _quarter(request, ground.on)
        held = [deal for deal in deals if quarter.holds(deal.placed_on)]
        found = figures.outlook(held)
        said = (
            vars(found)
            | found.figures
            | {
                "quarter": str(quarter),
                "on": ground.on,
                "currency": request.tenant.currency,
            }
        )
        return Response(OutlookSerializer(said).data)


class ForecastCallViewSet(mixins.ListModelMixin, TenantViewSet):
    """What people say will become of renewals. The newest of a level stands."""

    serializer_class = CallSerializer
    filterset_class = CallFilters
    ordering_fields = ["at"]
    ordering = "-at"

    def get_queryset(self):
        return ForecastCall.objects.select_related("renewal", "by")

    @extend_schema(responses={201: CallSerializer})
    def create(self, request):
        """Says it; what was said before is kept. A decided renewal is a conflict."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        said = dict(serializer.validated_data)
        renewal = Renewal.objects.filter(pk=said.pop("renewal_id")).first()
        if renewal is None:
            raise ValidationError({"renewal": [_("There is no such renewal.")]})
        by = _person(request.tenant, said.pop("by", None))
        try:
            call = services.call_renewal(renewal, by=by, by_key=request.auth, **said)
        except services.AlreadyDecided:
            raise Conflict(_("This renewal is already decided.")) from None
        row = self.get_queryset().get(pk=call.pk)
        return Response(self.get_serializer(row).data, status=201)


def _quarter(request, on):
    text = request.query_params.get("quarter")
    if text is None:
        return quarter_of(on)
    found = parse(text)
    if found is None:
        raise ValidationError({"quarter": [_("Write it as 2026-Q4.")]})
    return found


def _person(tenant, said):
    email = (said or {}).get("email")
    if not email:
        return None
    member = members(tenant.pk).filter(user__email__iexact=email).first()
    if member is None:
        raise ValidationError({"by": [_("Nobody here has this address.")]})
    return member.user
