"""Surveys are made and changed; what is asked keeps its versions."""

from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.text import slugify

from cs_platform.lib import clock
from nps.models import Survey, SurveyLogo, SurveyQuestion, SurveySettings, SurveyVersion
from tenants.services import record_audit

# Of a survey itself, what a change of is another version.
ASKED = ("kind", "is_anonymous")
# Not told in the audit trail: pictures and secrets.
UNTOLD = {"id", "tenant", "logo", "snippet_secret", "updated_at"}


@transaction.atomic
def keep_survey(
    survey: Survey,
    *,
    wordings: dict[str, dict] | None,
    questions: list[dict] | None,
    by,
    by_key=None,
) -> Survey:
    """Keep a survey, new or changed, with its words by language and its questions;
    None leaves them as they are.

    What is asked is kept as a version when it is another than before: answers say which
    they were given to. Invitations that went out show what is asked now. In the audit
    trail. Safe to repeat.
    """
    is_new = survey._state.adding
    before = None if is_new else _told(_held(survey))
    survey.key = survey.key or _key_for(survey)
    survey.save()
    _keep_wordings(survey, wordings or {})
    if questions is not None:
        _keep_questions(survey, questions)
    _keep_version(survey, by)
    after = _told(survey)
    if before != after:
        word = "survey.made" if is_new else "survey.changed"
        record_audit(word, survey, by=by, by_key=by_key, before=before, after=after)
    return survey


@transaction.atomic
def keep_settings(
    settings: SurveySettings, *, by, picture=None, has_no_logo=False
) -> SurveySettings:
    """Keep how the workspace asks; in the audit trail.

    A `picture` becomes the logo of all mails and pages from now on, of those that are
    out already, too.
    """
    before = SurveySettings.objects.filter(pk=settings.pk).first()
    if has_no_logo:
        settings.logo = None
    if picture is not None:
        settings.logo = SurveyLogo.objects.create(
            content=picture.content,
            content_type=picture.content_type,
            width=picture.width,
            height=picture.height,
        )
    settings.save()
    record_audit(
        "survey_settings.changed",
        settings,
        by=by,
        before=before and _told(before),
        after=_told(settings),
    )
    return settings


def definition_of(survey: Survey) -> dict:
    """What a survey asks: plain values, as a version keeps them."""
    return {
        "survey": {name: getattr(survey, name) for name in ASKED},
        "wordings": {
            row.language: model_to_dict(row, exclude=["id", "survey", "language"])
            for row in survey.wordings.order_by("language")
        },
        "questions": [
            {"kind": one.kind, "label": one.label, "choices": one.choices}
            | {"id": str(one.pk), "is_required": one.is_required}
            for one in survey.questions.order_by("position", "pk")
        ],
    }


def _held(survey: Survey) -> Survey:
    """The survey as it is kept, held until the transaction ends.

    What others did since it was read stays: it is not on again because somebody who
    read it so corrects a word, and two who change it make two versions.
    """
    # No key: or an invitation to it could not be kept meanwhile, and deadlocks arise.
    kept = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    for name in ("state", "on_since", "version", "link_serial"):
        setattr(survey, name, getattr(kept, name))
    return kept


def _key_for(survey: Survey) -> str:
    """A key nobody else has: the name in Latin letters, or the kind, with a number."""
    stem = slugify(survey.name)[:50] or survey.kind
    taken = set(
        Survey.objects.filter(key__startswith=stem)
        .exclude(pk=survey.pk)
        .values_list("key", flat=True)
    )
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(key for key in (stem, *numbered) if key not in taken)


def _keep_wordings(survey, wordings):
    for language, words in sorted(wordings.items()):
        if any(words.values()):
            survey.wordings.update_or_create(language=language, defaults=words)
        else:
            survey.wordings.filter(language=language).delete()


def _keep_questions(survey, questions):
    """As given, in this order; one with a known id is the same question changed."""
    known = {str(one.pk): one for one in survey.questions.all()}
    kept = []
    for position, asked in enumerate(questions, start=1):
        row = known.get(asked.get("id", "")) or SurveyQuestion(survey=survey)
        for name in ("kind", "label", "choices", "is_required"):
            setattr(row, name, asked[name])
        kept.append((position, row))
    survey.questions.exclude(pk__in=[row.pk for _at, row in kept]).delete()
    # Out of the way first: two that change places would meet on the way.
    for offset in (1000, 0):
        for position, row in kept:
            row.position = position + offset
            row.save()


def _keep_version(survey, by):
    definition = definition_of(survey)
    latest = survey.versions.order_by("-number").first()
    if latest is not None and latest.definition == definition:
        return
    survey.version = latest.number + 1 if latest else 1
    SurveyVersion.objects.create(
        survey=survey,
        number=survey.version,
        definition=definition,
        by=by,
        at=clock.now(),
    )
    survey.save(update_fields=["version", "updated_at"])


def _told(row):
    """The columns of a row as the audit trail can keep them."""
    values = {
        field.name: field.value_to_string(row)
        for field in row._meta.local_concrete_fields
        if field.name not in UNTOLD and not field.is_relation
    }
    return {name: value for name, value in values.items() if value not in ("", "[]")}
