"""events/quarantine/: what could not be taken in, to be replayed or discarded."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from tenants.api import TenantViewSet
from usage.decoding import mending
from usage.models import Quarantine
from usage.services.quarantine import discard_quarantined, replay_quarantined

MOST_AT_ONCE = 1000


class QuarantineSerializer(serializers.ModelSerializer):
    source = serializers.CharField(source="source.name", read_only=True)

    class Meta:
        model = Quarantine
        fields = [
            "id",
            "source",
            "received_at",
            "index",
            "message_id",
            "kind",
            "code",
            "message",
            "body",
            "state",
            "settled_at",
        ]


class ChoiceSerializer(serializers.Serializer):
    """Which messages."""

    ids = serializers.ListField(
        child=serializers.UUIDField(), max_length=MOST_AT_ONCE, allow_empty=False
    )


class ReplaySerializer(ChoiceSerializer):
    """Which messages, and how to mend them first."""

    fix = serializers.JSONField(
        required=False,
        help_text=_(
            "move, set, drop and clean: "
            '{"move": {"user.id": "userId"}, "set": {"event": "Signed in"}}'
        ),
    )

    def validate_fix(self, fix):
        if problem := mending.problem_of(fix):
            raise serializers.ValidationError(problem)
        return fix


class CountSerializer(serializers.Serializer):
    """How many messages it was done to."""

    count = serializers.IntegerField()


class QuarantineViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet
):
    serializer_class = QuarantineSerializer
    filterset_fields = ["state", "code", "source"]
    ordering_fields = ["received_at", "created_at"]
    ordering = "-received_at"

    def get_queryset(self):
        return Quarantine.objects.select_related("source")

    @extend_schema(request=ReplaySerializer, responses=CountSerializer)
    @action(detail=False, methods=["post"], filter_backends=[], pagination_class=None)
    def replay(self, request):
        asked = _asked(ReplaySerializer, request)
        count = replay_quarantined(
            _chosen(asked), by_key=request.auth, fix=asked.get("fix")
        )
        return Response({"count": count})

    @extend_schema(request=ChoiceSerializer, responses=CountSerializer)
    @action(detail=False, methods=["post"], filter_backends=[], pagination_class=None)
    def discard(self, request):
        asked = _asked(ChoiceSerializer, request)
        return Response(
            {"count": discard_quarantined(_chosen(asked), by_key=request.auth)}
        )


def _asked(serializer, request):
    asked = serializer(data=request.data)
    asked.is_valid(raise_exception=True)
    return asked.validated_data


def _chosen(asked):
    return Quarantine.objects.filter(pk__in=asked["ids"])
