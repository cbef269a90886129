"""The use of an account by day and feature, for programs."""

import base64
import binascii
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import Account
from accounts.queries import today
from tenants.api import TenantViewSet
from usage.queries import minutes_by_day, usage_of

PAGE_SIZE = 200
DAYS = 90


class UsageSerializer(serializers.Serializer):
    """How often, and by how many people, a feature was used on a day."""

    day = serializers.DateField()
    feature = serializers.CharField(source="feature.name")
    events = serializers.IntegerField(min_value=0)
    users = serializers.IntegerField(min_value=0)
    minutes = serializers.SerializerMethodField()

    @extend_schema_field(serializers.IntegerField(min_value=0, allow_null=True))
    def get_minutes(self, row):
        """In the product on that day, of all people and features together; null where
        that is not known.
        """
        return self.context["minutes"].get(row.day)


class UsagePageSerializer(serializers.Serializer):
    """A page of days and features, oldest first."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = UsageSerializer(many=True)


class AskedSerializer(serializers.Serializer):
    """From a day to a day, both included; the last 90 days unless said."""

    def get_fields(self):
        return {
            "from": serializers.DateField(required=False),
            "to": serializers.DateField(required=False),
            "cursor": serializers.CharField(required=False),
        }

    def validate(self, given):
        unknown = sorted(set(self.initial_data) - set(self.fields))
        if unknown:
            raise ValidationError(
                {name: [_("There is no such parameter.")] for name in unknown}
            )
        last = given.get("to") or today()
        first = given.get("from") or last - timedelta(days=DAYS - 1)
        if first > last:
            raise ValidationError({"to": [_("The end is before the start.")]})
        return {"first": first, "last": last, "after": _after(given.get("cursor"))}


class UsageViewSet(TenantViewSet):
    """The use of one account, named by its external id in the path."""

    filter_backends = []
    pagination_class = None

    def get_queryset(self):
        return Account.objects.all()

    @extend_schema(
        operation_id="accounts_usage_list",
        responses=UsagePageSerializer,
        parameters=[
            OpenApiParameter("from", OpenApiTypes.DATE, description="The first day."),
            OpenApiParameter("to", OpenApiTypes.DATE, description="The last day."),
            OpenApiParameter("cursor", str, description="Taken from a link."),
        ],
    )
    def list(self, request, external_id):
        """Events and people by day and feature; `next` leads on."""
        account = get_object_or_404(self.get_queryset(), external_id=external_id)
        asked = AskedSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        rows = usage_of(account, since=given["first"], until=given["last"])
        if given["after"]:
            day, feature = given["after"]
            rows = rows.filter(Q(day__gt=day) | Q(day=day, feature__gt=feature))
        found = list(rows.order_by("day", "feature_id")[: PAGE_SIZE + 1])
        on = _link(request, given, found[PAGE_SIZE - 1]) if found[PAGE_SIZE:] else None
        page = {"next": on, "previous": None, "results": found[:PAGE_SIZE]}
        minutes = minutes_by_day(account, {row.day for row in page["results"]})
        return Response(UsagePageSerializer(page, context={"minutes": minutes}).data)


def _link(request, given, row):
    mark = f"{row.day.isoformat()}~{row.feature_id}".encode()
    query = {
        "from": given["first"].isoformat(),
        "to": given["last"].isoformat(),
        "cursor": base64.urlsafe_b64encode(mark).decode(),
    }
    return request.build_absolute_uri(f"?{urlencode(query)}")


def _after(cursor):
    """The day and feature that a page begins after, or None at the start."""
    if not cursor:
        return None
    try:
        mark = base64.urlsafe_b64decode(cursor.encode()).decode()
        day, _separator, feature = mark.partition("~")
        return date.fromisoformat(day), UUID(feature)
    except (ValueError, binascii.Error) as error:
        raise ValidationError({"cursor": [_("This is no cursor of ours.")]}) from error
