"""What was promised in reviews, for programs."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.response import Response

from cs_platform.lib.api import Conflict
from qbr import services
from qbr.api.fields import contact_of, member_of, said
from qbr.models import Commitment, CommitmentState, Review, Side, Status
from tenants.api import TenantViewSet


class CommitmentSerializer(serializers.ModelSerializer):
    account = serializers.CharField(
        source="account.external_id", help_text="The account's external id."
    )
    review = serializers.UUIDField(source="review_id")
    owner = serializers.EmailField(
        source="owner.email", default=None, allow_null=True, help_text="Their e-mail."
    )
    contact = serializers.CharField(
        source="contact.external_id",
        default=None,
        allow_null=True,
        help_text="Of theirs: the contact's external id.",
    )
    task = serializers.UUIDField(source="task_id", allow_null=True)

    class Meta:
        model = Commitment
        fields = [
            "id",
            "account",
            "review",
            "side",
            "words",
            "owner",
            "contact",
            "due_on",
            "state",
            "outcome",
            "task",
            "done_at",
            "created_at",
            "updated_at",
        ]


class CommitmentNewSerializer(serializers.Serializer):
    review = serializers.UUIDField()
    side = serializers.ChoiceField(Side.choices)
    words = serializers.CharField(max_length=500)
    due_on = serializers.DateField()
    owner = serializers.EmailField(
        required=False, help_text="Left out: the review's owner."
    )
    contact = serializers.CharField(
        required=False, help_text="Of theirs: the contact's external id."
    )


class CommitmentChangeSerializer(serializers.Serializer):
    """Only what is given changes, and its task with it; the state closes both."""

    words = serializers.CharField(max_length=500, required=False)
    due_on = serializers.DateField(required=False)
    owner = serializers.EmailField(required=False)
    contact = serializers.CharField(
        required=False,
        allow_null=True,
        help_text="Of theirs: the contact's external id; null: nobody named.",
    )
    state = serializers.ChoiceField(CommitmentState.choices, required=False)
    outcome = serializers.CharField(max_length=500, required=False)


class CommitmentFilters(filters.FilterSet):
    account = filters.CharFilter(field_name="account__external_id")
    review = filters.UUIDFilter(field_name="review_id")
    owner = filters.CharFilter(field_name="owner__email", lookup_expr="iexact")
    side = filters.ChoiceFilter(choices=Side.choices)
    state = filters.ChoiceFilter(choices=CommitmentState.choices)
    due_before = filters.DateFilter(field_name="due_on", lookup_expr="lt")


class CommitmentViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet
):
    """What we and the customer promised each other in reviews."""

    serializer_class = CommitmentSerializer
    filterset_class = CommitmentFilters
    ordering_fields = ["due_on", "updated_at"]
    ordering = "due_on"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self):
        return Commitment.objects.select_related("account", "owner", "contact")

    @extend_schema(
        request=CommitmentNewSerializer, responses={201: CommitmentSerializer}
    )
    def create(self, request):
        """Writes down a promise; of a held review it is a task at once."""
        body = said(CommitmentNewSerializer, request)
        rows = Review.objects.select_related("account", "owner")
        review = get_object_or_404(rows, pk=body.pop("review"))
        if review.status == Status.CANCELLED:
            raise Conflict(_("The review was called off."))
        body["owner"] = member_of(request.tenant, body.pop("owner", None))
        body["contact"] = contact_of(review.account_id, body.pop("contact", None))
        return self._answer(services.promise(review, **body), 201)

    @extend_schema(request=CommitmentChangeSerializer, responses=CommitmentSerializer)
    def partial_update(self, request, pk=None):
        """Keeps or drops a promise, opens it again, or gives it other words, another
        day or person; its task follows. Safe to repeat."""
        row = self.get_object()
        body = said(CommitmentChangeSerializer, request)
        state, outcome = body.pop("state", None), body.pop("outcome", "")
        if "owner" in body:
            body["owner"] = member_of(request.tenant, body["owner"])
        if "contact" in body:
            body["contact"] = contact_of(row.account_id, body["contact"])
        if state == CommitmentState.OPEN:
            services.close_commitment(row, state=state, by_key=request.auth)
        if body:
            services.change_commitment(row, by_key=request.auth, **body)
        if state and state != CommitmentState.OPEN:
            services.close_commitment(
                row, state=state, outcome=outcome, by_key=request.auth
            )
        return self._answer(row, 200)

    def _answer(self, row, status):
        row = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(row).data, status=status)
