from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import ContactRole, Tier
from tenants.keys import TenantForeignKey
from tenants.models import Language, TenantModel
from tenants.scoping import scoped_manager


def first_half_year():
    return [30, 90, 180]


class Kind(models.TextChoices):
    NPS = "nps", _("NPS")
    CSAT = "csat", _("CSAT")
    FREE = "free", _("Free questions")


class SurveyQuerySet(models.QuerySet):
    def on(self):
        return self.filter(state=Survey.State.ON)


class Survey(TenantModel):
    """What customers are asked, whom of them, and when."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ON = "on", pgettext_lazy("of a survey", "On")
        OFF = "off", _("Off")

    name = models.CharField(max_length=200, verbose_name=_("Name"))
    # As programs call it; in snippets and in the API.
    key = models.SlugField(max_length=63, db_index=False)
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.NPS)
    state = models.CharField(max_length=5, choices=State, default=State.DRAFT)
    # Occasions of an earlier day are not asked about: what was before it was on.
    on_since = models.DateField(null=True, blank=True)
    is_anonymous = models.BooleanField(default=False)
    # Goes up with every change of what is asked; answers say which they were given to.
    version = models.PositiveIntegerField(default=1)

    # The occasions, all of them by the day of the tenant.
    starts_after_days = ArrayField(
        models.PositiveSmallIntegerField(), default=first_half_year, blank=True
    )
    then_every_days = models.PositiveSmallIntegerField(null=True, blank=True)
    after_ticket = models.BooleanField(default=False)
    before_decision_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # Those of one day are asked over so many days, each always on the same of them.
    spread_days = models.PositiveSmallIntegerField(default=5)
    # An occasion that could not be asked about by then is let go.
    lapses_after_days = models.PositiveSmallIntegerField(default=21)

    # Who of them.
    roles = ArrayField(
        models.CharField(max_length=16, choices=ContactRole), default=list, blank=True
    )
    tiers = ArrayField(
        models.CharField(max_length=8, choices=Tier), default=list, blank=True
    )
    minimum_use_days = models.PositiveSmallIntegerField(default=0)
    wait_days = models.PositiveSmallIntegerField(default=90)
    wait_any_days = models.PositiveSmallIntegerField(default=30)

    # Once asked.
    reminder_after_days = models.PositiveSmallIntegerField(
        null=True, blank=True, default=7
    )
    expires_after_days = models.PositiveSmallIntegerField(default=30)
    change_within_days = models.PositiveSmallIntegerField(default=7)

    # Where the snippet may stand, and how long it stays away from who closed it.
    origins = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    snooze_days = models.PositiveSmallIntegerField(default=30)
    # Goes up to make every link, kiosk and snippet handed out before worthless.
    link_serial = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = scoped_manager(SurveyQuerySet)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"],
                name="survey_key_unique_in_tenant",
                violation_error_message=_("Another survey has this key."),
            ),
            models.CheckConstraint(
                condition=~Q(state="on") | Q(on_since__isnull=False),
                name="survey_that_is_on_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(then_every_days=None) | Q(then_every_days__gte=7),
                name="survey_repeats_after_a_week_at_the_earliest",
                violation_error_message=_("Repeat it after 7 days at the earliest."),
            ),
            models.CheckConstraint(
                condition=Q(spread_days__range=(1, 60)),
                name="survey_spreads_over_1_to_60_days",
                violation_error_message=_("Spread it over 1 to 60 days."),
            ),
            models.CheckConstraint(
                condition=Q(lapses_after_days__gte=F("spread_days")),
                name="survey_occasion_outlives_its_spread",
                violation_error_message=_(
                    "An occasion has to last as long as its days are spread."
                ),
            ),
            models.CheckConstraint(
                condition=Q(minimum_use_days__range=(0, 28)),
                name="minimum_use_is_within_28_days",
                violation_error_message=_("Of 28 days, 0 to 28 can be active."),
            ),
            models.CheckConstraint(
                condition=Q(expires_after_days__range=(1, 365)),
                name="survey_expires_within_a_year",
                violation_error_message=_("It expires after 1 to 365 days."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_on(self):
        return self.state == self.State.ON


class SurveyVersion(TenantModel):
    """What a survey asked from a change on: its questions and words, never changed."""

    survey = TenantForeignKey(Survey, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "survey", "number"], name="one_version_per_number"
            ),
        ]

    def __str__(self):
        return f"{self.survey_id} {self.number}"


class SurveyWording(TenantModel):
    """What a survey says in one language; what is empty is said as shipped."""

    survey = TenantForeignKey(Survey, on_delete=models.CASCADE, related_name="wordings")
    language = models.CharField(max_length=8, choices=Language)
    subject = models.CharField(
        max_length=200, blank=True, verbose_name=_("Subject of the mail")
    )
    intro = models.TextField(
        max_length=2000, blank=True, verbose_name=_("Before the question")
    )
    question = models.CharField(max_length=300, blank=True, verbose_name=_("Question"))
    low = models.CharField(max_length=60, blank=True, verbose_name=_("Lowest score"))
    high = models.CharField(max_length=60, blank=True, verbose_name=_("Highest score"))
    why = models.CharField(
        max_length=300, blank=True, verbose_name=_("Question after the score")
    )
    thanks = models.TextField(max_length=1000, blank=True, verbose_name=_("Thanks"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "survey", "language"],
                name="one_survey_wording_per_language",
            ),
        ]

    def __str__(self):
        return f"{self.survey_id} {self.language}"


class SurveyQuestion(TenantModel):
    """One question of a survey with questions of its own."""

    class Kind(models.TextChoices):
        SCORE = "score", _("0 to 10")
        CHOICE = "choice", _("One of several")
        MANY = "many", _("Some of several")
        TEXT = "text", _("Words")
        YES_NO = "yes_no", _("Yes or no")

    survey = TenantForeignKey(
        Survey, on_delete=models.CASCADE, related_name="questions"
    )
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.TEXT)
    # By language: {"en": "…", "ru": "…"}.
    label = models.JSONField(default=dict)
    # [{"key": "a", "label": {"en": "…", "ru": "…"}}]
    choices = models.JSONField(default=list, blank=True)
    is_required = models.BooleanField(default=False)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "survey", "position"],
                name="one_question_per_position",
            ),
        ]

    def __str__(self):
        return f"{self.survey_id} {self.position}"


class SurveySend(TenantModel):
    """A person sent a survey to a segment: each of its contacts has an invitation."""

    survey = TenantForeignKey(Survey, on_delete=models.CASCADE, related_name="sends")
    # What the segment was: {"tiers": […], "segments": […], "owners": […], …}; what
    # may stand there: nps.queries.segments.
    segment = models.JSONField(default=dict)
    starts_on = models.DateField()
    planned = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self):
        return f"{self.survey_id} {self.starts_on}"
