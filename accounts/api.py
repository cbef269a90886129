from rest_framework import mixins, serializers

from accounts.models import Account
from tenants.api import TenantViewSet


class AccountSerializer(serializers.ModelSerializer):
    class Meta:
        model = Account
        fields = ["external_id", "name"]


class AccountViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet):
    serializer_class = AccountSerializer
    lookup_field = "external_id"
    lookup_value_regex = "[^/]+"
    ordering_fields = ["external_id", "name", "created_at"]
    ordering = "external_id"

    def get_queryset(self):
        return Account.objects.all()
