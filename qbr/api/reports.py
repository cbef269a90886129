"""Reports and their files, for programs."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from accounts.queries import today
from cs_platform.lib.api import Conflict
from qbr.api.fields import said
from qbr.figures import sections as parts
from qbr.models import Report, ReportState, Review
from qbr.queries.reports import TYPES, file_of, file_response
from qbr.services import queueing, reporting
from tenants.api import TenantViewSet


class ReportFigureSerializer(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    value = serializers.DecimalField(30, 6, allow_null=True)
    previous = serializers.DecimalField(
        30, 6, allow_null=True, help_text="In as many days right before the period."
    )
    of = serializers.IntegerField(
        allow_null=True, help_text="Of how many, where it is a part: 3 of 5."
    )
    unit = serializers.CharField(
        help_text="count, share, points, minutes, hours, or money: and a currency."
    )
    definition = serializers.CharField()
    rows = serializers.IntegerField(
        allow_null=True, help_text="Of how many rows it was made."
    )


class ReportSectionSerializer(serializers.Serializer):
    key = serializers.ChoiceField(list(parts.TITLES))
    is_on = serializers.BooleanField(default=True)
    words = serializers.CharField(
        default="", allow_blank=True, max_length=parts.MOST_WORDS
    )
    picked = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        max_length=200,
        help_text="Of feedback: ids of the answers whose words the customer is shown,"
        " without a name. None unless they are named.",
    )


class ReportChangeSerializer(serializers.Serializer):
    """The sections in their order; what is left out comes after them, as shipped."""

    sections = ReportSectionSerializer(many=True)
    revision = serializers.IntegerField(
        help_text="The one that was read: a conflict when there is a later one."
    )


class ReportSerializer(serializers.ModelSerializer):
    review = serializers.UUIDField(source="review_id")
    account = serializers.CharField(
        source="review.account.external_id",
        read_only=True,
        help_text="The account's external id.",
    )
    state = serializers.ChoiceField(
        ReportState.choices, read_only=True, help_text="Of its files."
    )
    figures = serializers.SerializerMethodField()
    sections = serializers.SerializerMethodField()

    class Meta:
        model = Report
        fields = [
            "id",
            "review",
            "account",
            "version",
            "language",
            "state",
            "progress",
            "error",
            "sections",
            "figures",
            "revision",
            "figured_at",
            "frozen_at",
            "made_at",
            "updated_at",
        ]
        read_only_fields = [
            "version",
            "language",
            "progress",
            "error",
            "revision",
            "figured_at",
            "frozen_at",
            "made_at",
            "updated_at",
        ]

    @extend_schema_field(ReportSectionSerializer(many=True))
    def get_sections(self, report):
        return report.sections

    @extend_schema_field(ReportFigureSerializer(many=True))
    def get_figures(self, report):
        return report.figures.get("figures", [])


class NotMade(APIException):
    """Its files wait, are being made, or could not be."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = gettext_lazy("The file is not there yet.")
    default_code = "unavailable"
    wait = 5


class ReportFilters(filters.FilterSet):
    account = filters.CharFilter(field_name="review__account__external_id")
    review = filters.UUIDFilter(field_name="review_id")
    state = filters.ChoiceFilter(choices=ReportState.choices)


class ReportViewSet(
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    TenantViewSet,
):
    """What was shown in business reviews: figures with their definitions, and files.

    POST makes the draft of a review with figures of now, or answers with the one there
    is; its files are made by workers and told by `state`. The report of a held review is
    frozen; POST once more is a correction: a new version, frozen by `freeze`.
    """

    serializer_class = ReportSerializer
    filterset_class = ReportFilters
    ordering_fields = ["created_at", "updated_at"]
    ordering = "-created_at"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self):
        return Report.objects.select_related("review__account", "review__owner")

    def perform_create(self, serializer):
        review = get_object_or_404(
            Review.objects.select_related("account", "owner"),
            pk=serializer.validated_data["review_id"],
        )
        serializer.instance = reporting.draft_report(review, by=None, on=today())

    @extend_schema(request=ReportChangeSerializer, responses=ReportSerializer)
    def partial_update(self, request, pk=None):
        """Gives a draft other sections: order, on or off, words. A frozen one is a
        conflict."""
        self.get_object()  # not there is 404, whatever was said
        body = said(ReportChangeSerializer, request)
        sections, revision = body["sections"], body["revision"]
        return self._do(
            lambda report: reporting.arrange_report(
                report, sections, revision=revision, by=None
            )
        )

    @extend_schema(request=None, responses=ReportSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def refresh(self, request, pk):
        """Takes the figures of a draft anew; a conflict for a frozen one."""
        return self._do(
            lambda report: reporting.take_figures(report, by=None, on=today())
        )

    @extend_schema(request=None, responses=ReportSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def freeze(self, request, pk):
        """Freezes the correction of a held review, for good; safe to repeat. A conflict
        while the review is ahead: holding it freezes its report."""
        report = self.get_object()
        if not report.review.is_held:
            raise Conflict(_("The review was not held yet."))
        return self._do(
            lambda report: reporting.freeze_report(
                report.review, by=None, by_key=request.auth, on=today()
            )
        )

    def _do(self, work):
        report = self.get_object()
        try:
            work(report)
        except reporting.StaleReport as stale:
            words = (
                _("It is frozen: nothing changes it.")
                if stale.report.frozen_at
                else _("Somebody else has changed it meanwhile.")
            )
            raise Conflict(words) from None
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses=ReportSerializer)
    @action(detail=True, methods=["post"])
    def files(self, request, pk):
        """Make its files again, as after a failure."""
        report = queueing.ask_for_files(self.get_object(), by=None)
        return Response(self.get_serializer(report).data, status=202)

    @extend_schema(responses={(200, TYPES["pdf"]): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def pdf(self, request, pk):
        """The slides as PDF."""
        return self._file("pdf")

    @extend_schema(responses={(200, TYPES["pptx"]): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def pptx(self, request, pk):
        """The slides as PowerPoint, with charts that can be edited."""
        return self._file("pptx")

    def _file(self, kind):
        report = self.get_object()
        file = file_of(report, kind)
        if file is None:
            raise NotMade
        return file_response(report, file)
