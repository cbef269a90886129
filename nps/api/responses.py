from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response as HttpResponse

from accounts.api.serializers import BulkResultSerializer
from nps import services
from nps.models import Response
from tenants.api import TenantViewSet

MAX_ITEMS = 1000


class ResponseSerializer(serializers.ModelSerializer):
    account = serializers.CharField(
        source="account.external_id",
        allow_null=True,
        help_text="The account's external id; null of an anonymous answer alone.",
    )
    survey = serializers.SlugField(
        source="survey.key",
        read_only=True,
        default=None,
        allow_null=True,
        help_text="The key of the survey it answers; null of one from elsewhere.",
    )
    contact = serializers.EmailField(
        source="contact.email",
        default=None,
        allow_null=True,
        required=False,
        help_text="The e-mail of a contact of the account.",
    )

    class Meta:
        model = Response
        fields = [
            "id",
            "external_id",
            "account",
            "contact",
            "kind",
            "score",
            "comment",
            "answered_at",
            "survey",
            "source",
            "is_anonymous",
            "answers",
            "language",
            "sentiment",
            "sentiment_by",
            "tags",
            "changed_at",
            "created_at",
        ]
        read_only_fields = [
            "id",
            "source",
            "is_anonymous",
            "answers",
            "language",
            "sentiment",
            "sentiment_by",
            "tags",
            "changed_at",
            "created_at",
        ]
        extra_kwargs = {
            "answered_at": {"required": False},
            "sentiment": {
                "help_text": "Of the words, moved by the score: -1 (bad) to 1 (good)."
            },
            "sentiment_by": {"help_text": "What judged so, by name."},
            "answers": {"help_text": "To questions of the survey's own."},
        }


class ResponseFilters(filters.FilterSet):
    account = filters.CharFilter(field_name="account__external_id")
    kind = filters.ChoiceFilter(choices=Response.Kind.choices)
    survey = filters.CharFilter(field_name="survey__key")
    language = filters.CharFilter()
    tag = filters.CharFilter(method="tagged")
    answered_since = filters.IsoDateTimeFilter(
        field_name="answered_at", lookup_expr="gte"
    )

    def tagged(self, rows, name, value):
        return rows.filter(tags__contains=[value])


class ResponseViewSet(TenantViewSet):
    """Answers of customers to surveys; anonymous ones appear five at a time, from the
    next day of the workspace on."""

    serializer_class = ResponseSerializer
    filterset_class = ResponseFilters
    ordering_fields = ["answered_at", "created_at"]
    ordering = "-answered_at"

    def get_queryset(self):
        rows = Response.objects.shown()
        return rows.select_related("account", "contact", "survey")

    def list(self, request):
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    @extend_schema(responses={200: ResponseSerializer, 201: ResponseSerializer})
    def create(self, request):
        """Keeps an answer. One whose external id is known is answered as it stands."""
        answer = services.record_responses([request.data])[0]
        if answer.errors:
            raise ValidationError(answer.errors)
        status = 201 if answer.status == "created" else 200
        row = self.get_queryset().get(pk=answer.row.pk)
        return HttpResponse(self.get_serializer(row).data, status=status)

    @extend_schema(
        request=ResponseSerializer(many=True), responses=BulkResultSerializer
    )
    @action(detail=False, methods=["post"], filter_backends=[], pagination_class=None)
    def bulk(self, request):
        """Keeps up to 1,000 answers; says of each what became of it."""
        items = request.data
        if not isinstance(items, list) or len(items) > MAX_ITEMS:
            raise ValidationError([_("Send a list of up to 1,000 items.")])
        results = services.record_responses(items)
        return HttpResponse(BulkResultSerializer({"results": results}).data)
