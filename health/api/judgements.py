"""What people judge, for programs: how a customer feels, and scores of their own."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import Account
from cs_platform.lib.api import Conflict
from health import services
from health.models import Override, Sentiment
from tenants.api import TenantViewSet
from tenants.queries import members
from tenants.scoping import current_tenant_id


@extend_schema_field(OpenApiTypes.EMAIL)
class MemberField(serializers.Field):
    """A member of the workspace, by e-mail."""

    default_error_messages = {"unknown": _("No member has this e-mail.")}

    def to_internal_value(self, data):
        for member in members(current_tenant_id()):
            if member.user.email.lower() == str(data).lower():
                return member.user
        return self.fail("unknown")

    def to_representation(self, value):
        return value.email


BY = "The e-mail of the member who judged; left out: a program did."


class StrictSerializer(serializers.ModelSerializer):
    """Refuses what it does not know, rather than to drop it."""

    def to_internal_value(self, data):
        writable = {n for n, field in self.fields.items() if not field.read_only}
        unknown = set(data) - writable if isinstance(data, dict) else ()
        if unknown:
            raise ValidationError(
                {name: [_("There is no such field.")] for name in sorted(unknown)}
            )
        return super().to_internal_value(data)


class SentimentSerializer(StrictSerializer):
    by = MemberField(default=None, allow_null=True, required=False, help_text=BY)
    level = serializers.ChoiceField(
        choices=Sentiment.Level.choices, help_text="1 (leaving) to 5 (delighted)."
    )

    class Meta:
        model = Sentiment
        fields = ["id", "level", "note", "by", "at", "created_at"]
        read_only_fields = ["id", "created_at"]
        extra_kwargs = {"at": {"required": False}}


class OverrideSerializer(StrictSerializer):
    """A person's judgement that stands in place of the computed score, for a time."""

    by = MemberField(default=None, allow_null=True, required=False, help_text=BY)
    score = serializers.IntegerField(min_value=0, max_value=100)

    class Meta:
        model = Override
        fields = [
            "id",
            "score",
            "reason",
            "by",
            "expires_on",
            "score_before",
            "ended_at",
            "created_at",
        ]
        read_only_fields = ["id", "score_before", "ended_at", "created_at"]
        extra_kwargs = {
            "expires_on": {"help_text": "The last day; at most 180 days ahead."},
            "score_before": {"help_text": "What was shown when it was judged."},
        }


class _OfAccount(TenantViewSet):
    """What people judged of one account, named by its external id in the path."""

    ordering_fields = ["created_at"]
    ordering = "-created_at"
    lookup_value_regex = "[0-9a-f-]{36}"

    def list(self, request, external_id):
        self._account()
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def get_queryset(self):
        model = self.serializer_class.Meta.model
        found = model.objects.filter(
            account__external_id=self.kwargs.get("external_id"),
            account__archived_at=None,
        )
        return found.select_related("by")

    def _account(self):
        return get_object_or_404(
            Account.objects.filter(archived_at=None),
            external_id=self.kwargs["external_id"],
        )

    def _said(self, request):
        said = self.get_serializer(data=request.data)
        said.is_valid(raise_exception=True)
        return said.validated_data


class SentimentViewSet(_OfAccount):
    """How the people who look after an account feel it is."""

    serializer_class = SentimentSerializer

    @extend_schema(responses={201: SentimentSerializer})
    def create(self, request, external_id):
        """Keeps how a customer feels; the account is scored again within seconds."""
        account = self._account()
        kept = services.record_sentiment(account, **self._said(request))
        return Response(self.get_serializer(kept).data, status=201)


class OverrideViewSet(_OfAccount):
    """Scores that people judged otherwise than they were computed."""

    serializer_class = OverrideSerializer

    @extend_schema(responses={201: OverrideSerializer})
    def create(self, request, external_id):
        """Shows a person's score in place of the computed one, for a time.

        409 while another one holds: end that first.
        """
        account = self._account()
        try:
            kept = services.override_score(
                account, by_key=request.auth, **self._said(request)
            )
        except services.AlreadyOverridden as refusal:
            raise Conflict(refusal.message) from None
        except (services.AlreadyOver, services.TooFarAhead) as refusal:
            raise ValidationError({"expires_on": [refusal.message]}) from None
        return Response(self.get_serializer(kept).data, status=201)

    @extend_schema(responses={204: OpenApiResponse(description="Ended: it is kept.")})
    def destroy(self, request, external_id, pk=None):
        """Ends an override; the computed score is shown again. Safe to repeat."""
        services.end_override(self.get_object(), by=None, by_key=request.auth)
        return Response(status=204)
