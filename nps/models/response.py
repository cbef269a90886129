from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Contact
from cs_platform.lib import clock
from nps.models.invitation import Invitation
from nps.models.survey import Kind, Survey
from tenants.keys import TenantForeignKey
from tenants.models import Language, TenantModel
from tenants.scoping import scoped_manager


class ResponseQuerySet(models.QuerySet):
    def shown(self):
        """All but anonymous ones that wait for others of their survey, or for their day."""
        return self.filter(Q(is_anonymous=False) | Q(released_at__lte=clock.now()))


class Response(TenantModel):
    """One answer of one customer to a survey: a score and perhaps words."""

    Kind = Kind

    class Source(models.TextChoices):
        MAIL = "mail", _("Mail")
        LINK = "link", _("Link")
        SNIPPET = "snippet", _("In the product")
        KIOSK = "kiosk", _("Kiosk")
        API = "api", _("Another system")
        # An anonymous one, however the person was asked: only one may have had a link.
        INVITED = "invited", _("By invitation")

    # Anybody may answer so, as often as they like.
    OPEN_TO_ALL = (Source.SNIPPET, Source.KIOSK)

    external_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 (unique when given)
    # Nobody's when anonymous: neither the person nor the company can be found again.
    account = TenantForeignKey(Account, on_delete=models.CASCADE, null=True)
    contact = TenantForeignKey(Contact, on_delete=models.SET_NULL, null=True)
    is_anonymous = models.BooleanField(default=False, db_default=False)
    survey = TenantForeignKey(Survey, on_delete=models.SET_NULL, null=True)
    survey_version = models.PositiveIntegerField(null=True, blank=True)
    # Cut when anonymous.
    invitation = TenantForeignKey(Invitation, on_delete=models.SET_NULL, null=True)
    source = models.CharField(
        max_length=7, choices=Source, default=Source.API, db_default=Source.API
    )
    kind = models.CharField(max_length=4, choices=Kind)
    score = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(blank=True, max_length=10_000)
    # To questions of its own: [{"question": id, "label": "…", "value": …}].
    answers = models.JSONField(default=list, db_default=[], blank=True)
    answered_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True)
    # When the same person next answered a survey of this kind: numbers take the latest
    # of each person, and find it without ranking thousands.
    again_at = models.DateTimeField(null=True, editable=False)
    # Of an anonymous one: from when it is shown, together with at least four others.
    released_at = models.DateTimeField(null=True, editable=False)

    # What was made of the words.
    language = models.CharField(
        max_length=8, choices=Language, blank=True, db_default=""
    )
    # -1 (bad) to 1 (good), and what judged so: a person, or a lexicon by name.
    sentiment = models.FloatField(null=True, blank=True)
    sentiment_by = models.CharField(max_length=40, blank=True, db_default="")
    tags = ArrayField(
        models.CharField(max_length=40), default=list, db_default=[], blank=True
    )

    objects = scoped_manager(ResponseQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                name="response_external_id_unique_in_tenant",
                violation_error_message=_("Another response has this external id."),
            ),
            models.UniqueConstraint(
                fields=["tenant", "invitation"],
                name="one_response_per_invitation",
            ),
            models.CheckConstraint(
                condition=Q(kind="nps", score__isnull=False, score__range=(0, 10))
                | Q(kind="csat", score__isnull=False, score__range=(1, 5))
                | Q(kind="free", score=None),
                name="response_score_fits_its_kind",
                violation_error_message=_("NPS is 0 to 10, CSAT is 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(is_anonymous=False, account__isnull=False)
                | Q(
                    is_anonymous=True,
                    account=None,
                    contact=None,
                    invitation=None,
                ),
                name="anonymous_response_is_nobodys",
                violation_error_message=_("An answer is somebody's, or anonymous."),
            ),
            models.CheckConstraint(
                condition=Q(sentiment=None) | Q(sentiment__range=(-1, 1)),
                name="sentiment_is_between_minus_1_and_1",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "account", "kind", "-answered_at"],
                name="response_by_account",
            ),
            models.Index(
                fields=["tenant", "kind", "-answered_at"], name="response_by_day"
            ),
            # The inbox, page by page.
            models.Index(
                fields=["tenant", "-answered_at", "-id"], name="response_by_time"
            ),
            models.Index(
                fields=["tenant", "-answered_at"],
                condition=~Q(tags=[]),
                name="response_with_tags",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.score}"
