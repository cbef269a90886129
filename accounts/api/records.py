from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts import services
from accounts.api.serializers import BulkResultSerializer
from accounts.services import Kind
from cs_platform.lib.api import Conflict
from tenants.api import TenantViewSet

MAX_ITEMS = 1000


class FactViewSet(TenantViewSet):
    """One kind of fact: read in lists and by external id, written one or many at once.

    What a body leaves out stays as it is; fields nobody knows are ignored.
    """

    kind: Kind
    lookup_field = "external_id"
    lookup_value_regex = "[^/]+"
    ordering_fields = ["external_id", "created_at", "updated_at"]
    ordering = "external_id"

    def get_queryset(self):
        return self.kind.model.objects.select_related("account")

    def list(self, request):
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def retrieve(self, request, external_id):
        return Response(self.get_serializer(self.get_object()).data)

    def create(self, request):
        return self._answer(self._save(request.data, updates=False))

    def update(self, request, external_id):
        return self._answer(self._save(_named(request.data, external_id)))

    def partial_update(self, request, external_id):
        self.get_object()
        item = _named(request.data, external_id)
        return self._answer(self._save(item, creates=False))

    @extend_schema(responses={204: OpenApiResponse(description="Deleted.")})
    def destroy(self, request, external_id):
        self._remove(self.get_object())
        return Response(status=204)

    @extend_schema(responses=BulkResultSerializer)
    @action(detail=False, methods=["post"], filter_backends=[], pagination_class=None)
    def bulk(self, request):
        """Writes up to 1,000 items; the answer says of each what became of it."""
        items = request.data
        if not isinstance(items, list) or len(items) > MAX_ITEMS:
            raise ValidationError([_("Send a list of up to 1,000 items.")])
        changes = services.save_items(self.kind, items, by_key=request.auth)
        return Response(BulkResultSerializer({"results": changes}).data)

    def _save(self, item, **how):
        change = services.save_item(self.kind, item, by_key=self.request.auth, **how)
        if change.code == "taken":
            raise Conflict(_("There is one with this external id already."))
        if change.status == "error":
            raise ValidationError(change.errors)
        return change

    def _answer(self, change):
        row = self.get_queryset().get(external_id=change.external_id)
        status = 201 if change.status == "created" else 200
        return Response(self.get_serializer(row).data, status=status)

    def _remove(self, row):
        services.delete_fact(self.kind, row, by_key=self.request.auth)


def _named(body, external_id):
    """The body with the external id of its address, which it may not contradict."""
    if not isinstance(body, dict):
        raise ValidationError([_("This has to be an object with fields.")])
    if body.get("external_id", external_id) != external_id:
        raise ValidationError({"external_id": [_("The address says another id.")]})
    return body | {"external_id": external_id}
