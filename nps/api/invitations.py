"""Who was asked: for programs."""

from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import Contact
from nps import addresses, services
from nps.models import Invitation, Survey
from tenants.api import TenantViewSet


class InvitationSerializer(serializers.ModelSerializer):
    survey = serializers.CharField(source="survey.key", help_text="Its key.")
    account = serializers.CharField(source="account.external_id", read_only=True)
    contact = serializers.CharField(
        source="contact.external_id",
        default=None,
        allow_null=True,
        help_text="The external id of the contact; null once it was removed.",
    )

    class Meta:
        model = Invitation
        fields = [
            "id",
            "survey",
            "version",
            "account",
            "contact",
            "language",
            "reason",
            "occasion",
            "state",
            "why_not",
            "is_late",
            "occurred_on",
            "planned_on",
            "lapses_on",
            "sent_at",
            "reminded_at",
            "answered_at",
            "expires_at",
            "created_at",
        ]
        read_only_fields = [
            name for name in fields if name not in ("survey", "contact")
        ]


class InvitationLinkSerializer(InvitationSerializer):
    link = serializers.SerializerMethodField(
        help_text="Where this person answers; told to who makes it, never listed."
    )

    class Meta(InvitationSerializer.Meta):
        fields = [*InvitationSerializer.Meta.fields, "link"]
        read_only_fields = [*InvitationSerializer.Meta.read_only_fields, "link"]

    def get_link(self, invitation) -> str:
        return addresses.ask_address(invitation)


class InvitationFilters(filters.FilterSet):
    survey = filters.CharFilter(field_name="survey__key")
    account = filters.CharFilter(field_name="account__external_id")
    contact = filters.CharFilter(field_name="contact__external_id")
    state = filters.ChoiceFilter(choices=Invitation.State.choices)
    reason = filters.ChoiceFilter(choices=Invitation.Reason.choices)
    sent_since = filters.IsoDateTimeFilter(field_name="sent_at", lookup_expr="gte")


class InvitationViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet
):
    """One person asked one survey because of one occasion."""

    serializer_class = InvitationSerializer
    filterset_class = InvitationFilters
    lookup_value_regex = "[0-9a-f-]{36}"
    ordering_fields = ["created_at", "planned_on"]
    ordering = "-created_at"

    def get_queryset(self):
        return Invitation.objects.select_related("survey", "account", "contact")

    @extend_schema(responses={201: InvitationLinkSerializer})
    def create(self, request):
        """Makes a link for one person, to be sent along by who asked for it.

        No mail goes out, and it counts as asked. The same one all day.
        """
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        said = serializer.validated_data
        survey = Survey.objects.on().filter(key=said["survey"]["key"]).first()
        named = Contact.objects.filter(external_id=said["contact"]["external_id"])
        contact = named.select_related("account").first()
        _refuse(survey=survey, contact=contact)
        invitation = services.link_to(
            survey, contact, tenant=request.tenant, by=None, by_key=request.auth
        )
        row = self.get_queryset().get(pk=invitation.pk)
        return Response(InvitationLinkSerializer(row).data, status=201)


def _refuse(**found):
    sentences = {
        "survey": _("No survey that is on has this key."),
        "contact": _("There is no contact with this external id."),
    }
    errors = {name: [sentences[name]] for name, row in found.items() if row is None}
    if errors:
        raise ValidationError(errors)
