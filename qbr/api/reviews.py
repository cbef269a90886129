"""Reviews for programs: read, planned, moved, held, called off."""

from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from cs_platform.lib import clock
from cs_platform.lib.api import Conflict
from qbr import agenda, services
from qbr.api.fields import account_of, member_of, said
from qbr.models import Review, Side, Status, Why
from qbr.queries.attendees import addressed, has_decider
from qbr.queries.summary import prepared
from qbr.services import Stale
from tenants.api import TenantViewSet
from tenants.models import Language


class AttendeeSerializer(serializers.Serializer):
    name = serializers.SerializerMethodField()
    email = serializers.SerializerMethodField()
    side = serializers.ChoiceField(Side.choices)
    decides = serializers.BooleanField()
    attended = serializers.BooleanField(allow_null=True)

    def get_name(self, row) -> str:
        return str(row)

    def get_email(self, row) -> str:
        if row.contact_id:
            return row.contact.email
        return row.user.email if row.user_id else row.email


class AgendaPartSerializer(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    minutes = serializers.IntegerField()


class ReviewSerializer(serializers.ModelSerializer):
    account = serializers.CharField(
        source="account.external_id", help_text="The account's external id."
    )
    owner = serializers.EmailField(
        source="owner.email", default=None, allow_null=True, help_text="Their e-mail."
    )
    renewal = serializers.UUIDField(
        source="renewal_id", allow_null=True, help_text="The renewal it comes before."
    )
    attendees = serializers.SerializerMethodField()
    has_decision_maker = serializers.SerializerMethodField(
        help_text="Whether who decides is asked; of a held review: was there."
    )
    agenda = serializers.SerializerMethodField()
    period_end = serializers.DateField(help_text="The day after its last day.")

    class Meta:
        model = Review
        fields = [
            "id",
            "account",
            "period_start",
            "period_end",
            "due_on",
            "scheduled_at",
            "day",
            "minutes",
            "place",
            "status",
            "reason",
            "owner",
            "renewal",
            "language",
            "agenda",
            "attendees",
            "has_decision_maker",
            "invited_at",
            "held_at",
            "sent_at",
            "cancelled_at",
            "cancelled_why",
            "created_at",
            "updated_at",
        ]

    @extend_schema_field(AttendeeSerializer(many=True))
    def get_attendees(self, row):
        return AttendeeSerializer(row.attendees.all(), many=True).data

    def get_has_decision_maker(self, row) -> bool:
        return has_decider(row, row.attendees.all())

    @extend_schema_field(AgendaPartSerializer(many=True))
    def get_agenda(self, row):
        parts = agenda.parts_of(row.agenda)
        return [
            {"key": part.key, "name": part.name, "minutes": part.minutes}
            for part in parts
        ]


class ReviewPlanSerializer(serializers.Serializer):
    """A new review; without a period it looks back as the account's cadence does."""

    account = serializers.CharField(help_text="The account's external id.")
    due_on = serializers.DateField()
    scheduled_at = serializers.DateTimeField(required=False)
    period_start = serializers.DateField(required=False)
    period_end = serializers.DateField(
        required=False, help_text="The day after its last day."
    )
    minutes = serializers.IntegerField(required=False, min_value=5, max_value=480)
    place = serializers.CharField(required=False, max_length=500)
    owner = serializers.EmailField(
        required=False, help_text="Left out: the account's owner."
    )
    language = serializers.ChoiceField(Language.choices, required=False)

    def validate(self, attrs):
        start, end = attrs.get("period_start"), attrs.get("period_end")
        if (start is None) != (end is None) or (start and end <= start):
            message = _("A period has a first day, and a day after its last.")
            raise serializers.ValidationError({"period_end": [message]})
        return attrs


class ReviewChangeSerializer(serializers.Serializer):
    """Only what is given changes."""

    due_on = serializers.DateField(required=False)
    scheduled_at = serializers.DateTimeField(required=False, allow_null=True)
    minutes = serializers.IntegerField(required=False, min_value=5, max_value=480)
    place = serializers.CharField(required=False, max_length=500, allow_blank=True)
    owner = serializers.EmailField(required=False, allow_null=True)
    language = serializers.ChoiceField(Language.choices, required=False)


class HoldSerializer(serializers.Serializer):
    came = serializers.ListField(
        child=serializers.EmailField(),
        required=False,
        help_text="Addresses of the attendees who were there.",
    )
    held_at = serializers.DateTimeField(required=False)

    def validate_held_at(self, value):
        if value > clock.now():
            raise serializers.ValidationError(_("This day is yet to come."))
        return value


class SummarySerializer(serializers.Serializer):
    words = serializers.CharField(max_length=20_000)
    to = serializers.ListField(
        child=serializers.EmailField(),
        allow_empty=False,
        help_text="Addresses of attendees; others are left out.",
    )


class PreparedSerializer(serializers.Serializer):
    words = serializers.CharField()
    to = serializers.ListField(child=serializers.EmailField())


class CancelSerializer(serializers.Serializer):
    why = serializers.CharField(max_length=300)


class ReviewFilters(filters.FilterSet):
    account = filters.CharFilter(field_name="account__external_id")
    owner = filters.CharFilter(field_name="owner__email", lookup_expr="iexact")
    status = filters.ChoiceFilter(choices=Status.choices)
    reason = filters.ChoiceFilter(choices=Why.choices)
    since = filters.DateFilter(field_name="day", lookup_expr="gte")
    before = filters.DateFilter(field_name="day", lookup_expr="lt")


class ReviewViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet):
    """Business reviews of accounts."""

    serializer_class = ReviewSerializer
    filterset_class = ReviewFilters
    ordering_fields = ["day", "updated_at"]
    ordering = "day"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self):
        rows = Review.objects.select_related("account", "owner")
        return rows.prefetch_related("attendees__contact", "attendees__user")

    @extend_schema(request=ReviewPlanSerializer, responses={201: ReviewSerializer})
    def create(self, request):
        """Plans a review; a conflict when the period has its review already."""
        plan = said(ReviewPlanSerializer, request)
        account = account_of(plan.pop("account"))
        start, end = plan.pop("period_start", None), plan.pop("period_end", None)
        plan["owner"] = member_of(request.tenant, plan.pop("owner", None))
        period = (start, end) if start else None
        try:
            review = services.plan_review(
                account, period=period, by_key=request.auth, **plan
            )
        except services.PeriodTaken as taken:
            raise Conflict(taken.messages[0]) from None
        return self._answer(review, 201)

    @extend_schema(request=ReviewChangeSerializer, responses=ReviewSerializer)
    def partial_update(self, request, pk=None):
        """Moves a review that is ahead; a conflict for any other."""
        changes = said(ReviewChangeSerializer, request)
        if "owner" in changes:
            changes["owner"] = member_of(request.tenant, changes["owner"])
        return self._do(
            lambda row: services.change_review(row, by_key=request.auth, **changes)
        )

    @extend_schema(request=HoldSerializer, responses=ReviewSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def hold(self, request, pk=None):
        """The review was held: what was promised becomes tasks."""
        body = said(HoldSerializer, request)
        came = {email.lower() for email in body.get("came", [])}
        read = AttendeeSerializer().get_email

        def hold(row):
            there = [a.pk for a in row.attendees.all() if read(a).lower() in came]
            services.hold_review(
                row, came=there, by_key=request.auth, at=body.get("held_at")
            )

        return self._do(hold)

    @extend_schema(request=CancelSerializer, responses=ReviewSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def cancel(self, request, pk=None):
        """Calls a review off, and tells those who were invited."""
        body = said(CancelSerializer, request)
        return self._do(
            lambda row: services.cancel_review(row, by_key=request.auth, **body)
        )

    @extend_schema(methods=["GET"], responses=PreparedSerializer)
    @extend_schema(
        methods=["POST"], request=SummarySerializer, responses=ReviewSerializer
    )
    @action(detail=True, methods=["get", "post"], filter_backends=[])
    def summary(self, request, pk=None):
        """The letter after a held review: as it is prepared, to be looked at; sent by
        POST, once, in the words given."""
        if request.method == "GET":
            row = self.get_object()
            to = [one.email for one in addressed(row)]
            return Response({"words": row.summary or prepared(row), "to": to})
        body = said(SummarySerializer, request)
        return self._do(
            lambda row: services.send_summary(row, by_key=request.auth, **body)
        )

    @extend_schema(request=None, responses=ReviewSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def invite(self, request, pk=None):
        """Asks everybody on the list who has an address, with a calendar file."""
        return self._do(lambda row: services.invite(row, by_key=request.auth))

    def _do(self, work):
        row = self.get_object()
        try:
            work(row)
        except Stale as stale:
            status = stale.review.get_status_display()
            raise Conflict(_("It is now in “%s”.") % status) from None
        except services.PeriodTaken as taken:
            raise Conflict(taken.messages[0]) from None
        return self._answer(row, 200)

    def _answer(self, row, status):
        row = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(row).data, status=status)
