"""What is said to those who answered, for programs."""

from django.db.models import Q
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.response import Response as HttpResponse

from nps import services
from nps.models import FollowUp
from tenants.api import TenantViewSet


class FollowUpSerializer(serializers.ModelSerializer):
    response = serializers.UUIDField(source="response_id", help_text="The answer's id.")
    account = serializers.CharField(
        source="response.account.external_id", help_text="The account's external id."
    )
    score = serializers.IntegerField(source="response.score")
    owner = serializers.EmailField(
        source="task.owner.email",
        default=None,
        allow_null=True,
        help_text="Who has to come back to them.",
    )

    class Meta:
        model = FollowUp
        fields = [
            "id",
            "response",
            "account",
            "score",
            "kind",
            "owner",
            "due_at",
            "escalated_at",
            "replied_at",
            "reply",
            "result",
            "closed_at",
            "created_at",
        ]


class ReplySerializer(serializers.Serializer):
    """What was said to the customer; that closes the loop."""

    reply = serializers.CharField(max_length=10_000)
    result = serializers.CharField(max_length=500, default="", allow_blank=True)


class FollowUpFilters(filters.FilterSet):
    account = filters.CharFilter(field_name="response__account__external_id")
    kind = filters.ChoiceFilter(choices=FollowUp.Kind.choices)
    state = filters.ChoiceFilter(
        choices=[("open", "open"), ("closed", "closed")], method="in_state"
    )

    def in_state(self, rows, name, value):
        return rows.filter(Q(closed_at=None) if value == "open" else ~Q(closed_at=None))


class FollowUpViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet):
    """Who has to come back to which answer, by when, and what came of it."""

    serializer_class = FollowUpSerializer
    filterset_class = FollowUpFilters
    ordering_fields = ["due_at", "created_at"]
    ordering = "due_at"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self):
        return FollowUp.objects.select_related("response__account", "task__owner")

    @extend_schema(request=ReplySerializer, responses=FollowUpSerializer)
    def partial_update(self, request, pk=None):
        """Keeps the reply and closes the loop; again, it puts the words right."""
        found = self.get_object()
        said = ReplySerializer(data=request.data)
        said.is_valid(raise_exception=True)
        services.reply(found, by=None, by_key=request.auth, **said.validated_data)
        row = self.get_queryset().get(pk=found.pk)
        return HttpResponse(self.get_serializer(row).data)
