"""What customers miss, for programs."""

from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts import services
from accounts.models import Account, FeatureRequest
from accounts.queries.requests import votes_of, weighed_requests
from cs_platform.lib.api import Conflict
from tenants.api import TenantViewSet


class FeatureRequestSerializer(serializers.ModelSerializer):
    accounts = serializers.IntegerField(
        source="count", read_only=True, help_text="How many ask for it."
    )
    mrr = serializers.DecimalField(
        max_digits=24,
        decimal_places=2,
        read_only=True,
        help_text="Theirs, a month, in the workspace's currency.",
    )

    class Meta:
        model = FeatureRequest
        fields = [
            "id",
            "title",
            "description",
            "state",
            "plan",
            "accounts",
            "mrr",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["id", "created_at", "updated_at"]


class VoteSerializer(serializers.Serializer):
    account = serializers.CharField(
        source="account.external_id", help_text="The account's external id."
    )
    words = serializers.CharField(max_length=1000, default="", allow_blank=True)


class RequestFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=FeatureRequest.State.choices)
    plan = filters.CharFilter()


class FeatureRequestViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet
):
    """What customers miss in the product, and how much revenue asks for it."""

    serializer_class = FeatureRequestSerializer
    filterset_class = RequestFilters
    ordering_fields = ["created_at", "title"]
    ordering = "-created_at"
    lookup_value_regex = "[0-9a-f-]{36}"

    def get_queryset(self):
        return weighed_requests()

    @extend_schema(responses={201: FeatureRequestSerializer})
    def create(self, request):
        """Puts a request on the list; a title that is there already is refused."""
        return self._kept(self.get_serializer(data=request.data), 201)

    @extend_schema(responses=FeatureRequestSerializer)
    def partial_update(self, request, pk):
        """Changes what it says, or where it stands."""
        row = FeatureRequest.objects.get(pk=self.get_object().pk)
        said = self.get_serializer(row, data=request.data, partial=True)
        return self._kept(said, 200)

    @extend_schema(methods=["GET"], responses=VoteSerializer(many=True))
    @extend_schema(
        methods=["POST"], request=VoteSerializer, responses={201: VoteSerializer}
    )
    @action(detail=True, methods=["get", "post"], filter_backends=[])
    def votes(self, request, pk):
        """The accounts that ask for it; or one more of them."""
        row = self.get_object()
        if request.method == "GET":
            found = votes_of(row, Account.objects.filter(archived_at=None))
            page = self.paginator.paginate_queryset(
                found.order_by("-created_at"), request, view=self
            )
            rows = VoteSerializer(page, many=True).data
            return self.get_paginated_response(rows)
        said = VoteSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        account = _account(said.validated_data["account"]["external_id"])
        vote = services.vote_for(row, account, words=said.validated_data["words"])
        return Response(VoteSerializer(vote).data, status=201)

    @extend_schema(
        responses={204: OpenApiResponse(description="It does not ask for it any more.")}
    )
    @action(detail=True, methods=["delete"], url_path="votes/(?P<external_id>[^/]+)")
    def vote(self, request, pk, external_id):
        """Takes back the vote of an account."""
        services.withdraw_vote(self.get_object(), _account(external_id))
        return Response(status=204)

    def _kept(self, said, status):
        said.is_valid(raise_exception=True)
        title = said.validated_data.get("title")
        same = FeatureRequest.objects.filter(title__iexact=title or "")
        if said.instance:
            same = same.exclude(pk=said.instance.pk)
        if title and same.exists():
            raise Conflict(_("There is a request with this title."))
        row = said.save()
        shown = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(shown).data, status=status)


def _account(external_id):
    accounts = Account.objects.filter(archived_at=None, external_id=external_id)
    found = accounts.first()
    if found is None:
        raise ValidationError({"account": [_("There is no such account.")]})
    return found
