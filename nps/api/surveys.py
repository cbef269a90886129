"""Surveys for programs: read, made, changed, switched, sent."""

from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import Band, ContactRole, Tier
from accounts.queries import today
from accounts.services import rules
from cs_platform.lib.api import Conflict
from nps import services
from nps.models import Kind, Survey, SurveyQuestion, SurveySend, SurveyWording
from tenants.api import TenantViewSet
from tenants.models import Language
from tenants.queries import members

WORDS = ("subject", "intro", "question", "low", "high", "why", "thanks")
SET = (
    "name",
    "is_anonymous",
    "starts_after_days",
    "then_every_days",
    "after_ticket",
    "before_decision_days",
    "spread_days",
    "lapses_after_days",
    "roles",
    "tiers",
    "minimum_use_days",
    "wait_days",
    "wait_any_days",
    "reminder_after_days",
    "expires_after_days",
    "change_within_days",
    "origins",
    "snooze_days",
)


class WordsSerializer(serializers.ModelSerializer):
    """What a survey says in a language; what is left empty is said as shipped."""

    class Meta:
        model = SurveyWording
        fields = ["language", *WORDS]


class AskedSerializer(serializers.ModelSerializer):
    """One question: `label` by language, `choices` as [{key, label}]."""

    id = serializers.CharField(required=False, default="")
    label = serializers.DictField(child=serializers.CharField(max_length=300))
    choices = serializers.ListField(
        child=serializers.DictField(), required=False, default=list, max_length=20
    )

    class Meta:
        model = SurveyQuestion
        fields = ["id", "kind", "label", "choices", "is_required"]

    def validate_label(self, label):
        if not label or set(label) - set(Language.values):
            raise ValidationError(_("Say it in en, in ru, or in both."))
        return label

    def validate_choices(self, choices):
        for one in choices:
            label = one.get("label")
            is_said = isinstance(label, dict) and set(label) <= set(Language.values)
            if set(one) != {"key", "label"} or not is_said or not label:
                raise ValidationError(_("As in {“key”: “a”, “label”: {“en”: “Yes”}}."))
        return choices


class SurveySerializer(serializers.ModelSerializer):
    kind = serializers.ChoiceField(Kind.choices)
    wordings = WordsSerializer(many=True, required=False)
    questions = AskedSerializer(many=True, required=False)

    class Meta:
        model = Survey
        fields = [
            "key",
            "kind",
            "state",
            "on_since",
            "version",
            *SET,
            "wordings",
            "questions",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["state", "on_since", "version", "created_at", "updated_at"]
        extra_kwargs = {"key": {"required": False}}


class SurveyChangeSerializer(SurveySerializer):
    class Meta(SurveySerializer.Meta):
        read_only_fields = [*SurveySerializer.Meta.read_only_fields, "key"]

    kind = serializers.ChoiceField(Kind.choices, read_only=True)


class SurveySwitchSerializer(serializers.Serializer):
    state = serializers.ChoiceField([Survey.State.ON.value, Survey.State.OFF.value])


class SurveySendSerializer(serializers.Serializer):
    """To whom: what is left out means all; all that is given has to be so."""

    tiers = serializers.MultipleChoiceField(choices=Tier.choices, required=False)
    bands = serializers.MultipleChoiceField(choices=Band.choices, required=False)
    roles = serializers.MultipleChoiceField(choices=ContactRole.choices, required=False)
    segments = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        max_length=200,
        help_text="As the accounts have them.",
    )
    owners = serializers.ListField(
        child=serializers.EmailField(), required=False, max_length=200
    )
    contacts = serializers.ListField(
        child=serializers.CharField(max_length=200),
        required=False,
        max_length=1000,
        help_text="Their external ids.",
    )
    starts_on = serializers.DateField(required=False, help_text="Left out: today.")


class SurveySentSerializer(serializers.ModelSerializer):
    class Meta:
        model = SurveySend
        fields = ["id", "segment", "starts_on", "planned", "created_at"]


class SurveyFilters(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=Kind.choices)
    state = filters.ChoiceFilter(choices=Survey.State.choices)


class SurveyViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, TenantViewSet):
    """What customers are asked, whom of them, and when."""

    serializer_class = SurveySerializer
    filterset_class = SurveyFilters
    lookup_field = "key"
    ordering_fields = ["key", "created_at", "updated_at"]
    ordering = "key"

    def get_queryset(self):
        return Survey.objects.prefetch_related("wordings", "questions")

    @extend_schema(responses={201: SurveySerializer})
    def create(self, request):
        """Makes a draft; switch it on for it to ask."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self._keep(Survey(), dict(serializer.validated_data), 201)

    @extend_schema(request=SurveyChangeSerializer)
    def partial_update(self, request, key):
        """Changes what is given; `wordings` and `questions` are replaced as a whole."""
        row = self.get_object()
        serializer = SurveyChangeSerializer(row, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        return self._keep(row, dict(serializer.validated_data), 200)

    @extend_schema(request=SurveySwitchSerializer, responses=SurveySerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def switch(self, request, key):
        """On: occasions from today are asked about. Off: nobody is asked any more."""
        state = _said(SurveySwitchSerializer, request)["state"]
        survey, who = self.get_object(), {"by": None, "by_key": request.auth}
        try:
            if state == Survey.State.ON:
                services.switch_on(survey, on=today(), **who)
            else:
                services.switch_off(survey, **who)
        except services.NothingToAsk:
            sentence = _("It has no question yet: give it one first.")
            raise Conflict(sentence) from None
        return self._answer(survey, 200)

    @extend_schema(request=SurveySendSerializer, responses={201: SurveySentSerializer})
    @action(detail=True, methods=["post"], filter_backends=[])
    def sends(self, request, key):
        """Sends it by hand: each contact of the segment has a planned invitation."""
        said = dict(_said(SurveySendSerializer, request))
        starts_on = said.pop("starts_on", None) or today()
        if starts_on < today():
            raise ValidationError({"starts_on": [_("This day is past.")]})
        segment = {name: sorted(some) for name, some in said.items() if some}
        if "owners" in segment:
            segment["owners"] = _owners(request.tenant, segment["owners"])
        try:
            send = services.send_survey(
                self.get_object(),
                segment=segment,
                starts_on=starts_on,
                by=None,
                by_key=request.auth,
            )
        except services.NotOn:
            raise Conflict(_("Switch the survey on first.")) from None
        return Response(SurveySentSerializer(send).data, status=201)

    def _keep(self, row, said, status):
        words, questions = said.pop("wordings", None), said.pop("questions", None)
        for name, value in said.items():
            setattr(row, name, value)
        errors = rules.broken(
            Survey, {name: getattr(row, name) for name in ("kind", "state", *SET)}
        )
        if row._state.adding and Survey.objects.filter(key=row.key).exists():
            errors["key"] = [_("Another survey has this key.")]
        if errors:
            raise ValidationError(errors)
        services.keep_survey(
            row,
            wordings=None if words is None else _by_language(words),
            questions=questions,
            by=None,
            by_key=self.request.auth,
        )
        return self._answer(row, status)

    def _answer(self, row, status):
        row = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(row).data, status=status)


def _said(serializer, request):
    said = serializer(data=request.data)
    said.is_valid(raise_exception=True)
    return said.validated_data


def _by_language(words):
    given = {one["language"]: one for one in words}
    return {
        language: {name: given.get(language, {}).get(name, "") for name in WORDS}
        for language in Language.values
    }


def _owners(tenant, emails):
    known = {m.user.email.lower(): m.user_id for m in members(tenant.pk)}
    unknown = [email for email in emails if email.lower() not in known]
    if unknown:
        sentence = _("No member of the workspace has this e-mail.")
        raise ValidationError({"owners": [sentence]})
    return [known[email.lower()] for email in emails]
