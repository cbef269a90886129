from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.response import Response

from tenants.api import TenantViewSet
from worklist import services
from worklist.models import Task


class TaskSerializer(serializers.ModelSerializer):
    account = serializers.CharField(
        source="account.external_id",
        default=None,
        allow_null=True,
        help_text="The account's external id.",
    )
    owner = serializers.EmailField(
        source="owner.email", default=None, allow_null=True, help_text="Their e-mail."
    )

    class Meta:
        model = Task
        fields = [
            "id",
            "account",
            "kind",
            "title",
            "due_on",
            "owner",
            "status",
            "priority",
            "because",
            "path",
            "created_at",
            "closed_at",
        ]


class TaskStatusSerializer(serializers.Serializer):
    """The one thing a program changes of a task."""

    status = serializers.ChoiceField(choices=Task.Status.choices)

    def to_internal_value(self, data):
        if isinstance(data, dict) and set(data) - {"status"}:
            unknown = sorted(set(data) - {"status"})
            raise serializers.ValidationError(
                {name: ["Only the status can be changed."] for name in unknown}
            )
        return super().to_internal_value(data)


class TaskFilters(filters.FilterSet):
    account = filters.CharFilter(field_name="account__external_id")
    owner = filters.CharFilter(field_name="owner__email", lookup_expr="iexact")
    status = filters.ChoiceFilter(choices=Task.Status.choices)
    kind = filters.CharFilter()
    due_before = filters.DateFilter(field_name="due_on", lookup_expr="lt")
    due_since = filters.DateFilter(field_name="due_on", lookup_expr="gte")


class TaskViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet):
    """What people have to do, by when, and why."""

    serializer_class = TaskSerializer
    filterset_class = TaskFilters
    ordering_fields = ["due_on", "created_at"]
    ordering = "due_on"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self):
        return Task.objects.select_related("account", "owner")

    @extend_schema(request=TaskStatusSerializer, responses=TaskSerializer)
    def partial_update(self, request, pk=None):
        """Closes a task, dismisses it, or opens it again. Safe to repeat."""
        task = self.get_object()
        said = TaskStatusSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        status = said.validated_data["status"]
        if status == Task.Status.OPEN:
            services.reopen_task(task)
        else:
            is_dismissed = status == Task.Status.DISMISSED
            services.close_task(task, by=None, dismissed=is_dismissed)
        row = self.get_queryset().get(pk=task.pk)
        return Response(self.get_serializer(row).data)
