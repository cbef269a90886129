"""Figures for programs."""

from datetime import date

from django.utils.translation import gettext as _
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_serializer,
)
from rest_framework import mixins, serializers
from rest_framework.response import Response

from cs_platform.lib import clock
from insights import metrics
from insights.metrics.period import months_before
from insights.queries.revenue import Scope, book_of
from tenants.api import TenantViewSet

FIRST = date(1990, 1, 1)
LAST = date(2100, 1, 1)


@extend_schema_serializer(many=False)
class RetentionSerializer(serializers.Serializer):
    """How recurring revenue went from one day to another, and what was kept of it.

    opening + new + expansion + reactivation - contraction - churn + currency_effect
    = closing. The rates look only at accounts with MRR at the opening, at the rates of
    exchange of that day; a rate over nothing is null.
    """

    money = {"max_digits": 20, "decimal_places": 2}
    opened_on = serializers.DateField()
    closed_on = serializers.DateField()
    opening = serializers.DecimalField(**money)
    new = serializers.DecimalField(**money)
    expansion = serializers.DecimalField(**money)
    contraction = serializers.DecimalField(**money, help_text="Lost, as a positive.")
    churn = serializers.DecimalField(**money, help_text="Lost, as a positive.")
    reactivation = serializers.DecimalField(**money)
    currency_effect = serializers.DecimalField(**money, help_text="Of exchange rates.")
    closing = serializers.DecimalField(**money)
    nrr = serializers.FloatField(allow_null=True)
    grr = serializers.FloatField(allow_null=True)
    logo_churn = serializers.FloatField(allow_null=True)
    revenue_churn = serializers.FloatField(allow_null=True)
    accounts = serializers.IntegerField(help_text="With MRR at the opening.")
    lost_accounts = serializers.IntegerField()
    currency = serializers.CharField(help_text="ISO 4217, of every amount here.")
    unpriced = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="Accounts left out, by a currency that has no exchange rate.",
    )


class RetentionViewSet(mixins.ListModelMixin, TenantViewSet):
    serializer_class = RetentionSerializer
    pagination_class = None
    filter_backends = []

    @extend_schema(
        operation_id="metrics_retention",
        parameters=[
            OpenApiParameter(
                "from", date, description="A year before `to` unless said."
            ),
            OpenApiParameter("to", date, description="Today unless said."),
        ],
        responses=RetentionSerializer,
    )
    def list(self, request):
        window = _window(request)
        book = book_of(Scope(request.tenant), [window.opening, window.closing])
        return Response(_figures(book, window, request.tenant.currency))


def _window(request):
    errors = {
        name: [_("There is no such parameter.")]
        for name in request.query_params
        if name not in ("from", "to")
    }
    today = clock.day_of(clock.now(), request.tenant.timezone)
    closing = _day(request, "to", today, errors)
    opening = _day(request, "from", months_before(closing, 12), errors)
    if not errors and opening > closing:
        errors["from"] = [_("This is after the end of the period.")]
    if errors:
        raise serializers.ValidationError(errors)
    return metrics.Window(opening, closing)


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


def _figures(book, window, currency):
    moved, cohort = book.movements(window).rounded(), book.cohort(window)
    return {
        "opened_on": window.opening,
        "closed_on": window.closing,
        "opening": str(moved.opening),
        "new": str(moved.new),
        "expansion": str(moved.expansion),
        "contraction": str(-moved.contraction),
        "churn": str(-moved.churn),
        "reactivation": str(moved.reactivation),
        "currency_effect": str(moved.currency),
        "closing": str(moved.closing),
        "nrr": _rate(metrics.nrr(cohort)),
        "grr": _rate(metrics.grr(cohort)),
        "logo_churn": _rate(metrics.logo_churn(cohort)),
        "revenue_churn": _rate(metrics.revenue_churn(cohort)),
        "accounts": cohort.accounts,
        "lost_accounts": cohort.lost_accounts,
        "currency": currency,
        "unpriced": book.unpriced,
    }


def _rate(value):
    return None if value is None else float(round(value, 6))
