"""The surveys of a workspace: the list, one of them, and its form."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.queries import calendar, today, visible_accounts
from cs_platform.lib.htmx import render_page
from nps import services
from nps.forms.questions import QuestionsForm, initial_questions
from nps.forms.surveys import SurveyForm, WordingForm, survey_of
from nps.models import Kind, Survey, SurveySettings, SurveyWording
from nps.queries import surveys as queries
from nps.queries.terms import terms_of
from nps.schedule import WHY_NOT, occasion_of, schedule_of
from nps.views.samples import samples_of
from nps.wording import said
from tenants.access import member_required, role_required
from tenants.models import Language, Role

ROWS = 25
SENDERS = (Role.LEAD, Role.OPS, Role.ADMIN)
EDITORS = (Role.OPS, Role.ADMIN)


@require_GET
@member_required
def survey_list(request):
    surveys = queries.surveys(visible_accounts(request.membership))
    rows = [(survey, schedule_of(survey)) for survey in surveys]
    context = {"rows": rows, "may_edit": request.membership.role in EDITORS}
    return render(request, "nps/surveys.html", context)


@require_GET
@member_required
def survey_detail(request, pk):
    """One survey: what it asks of whom, what they see, and whom it asked of those this
    member sees."""
    accounts = visible_accounts(request.membership)
    survey = get_object_or_404(queries.surveys(accounts), pk=pk)
    asked = queries.invitations_of(survey, accounts)
    page = Paginator(asked, ROWS).get_page(request.GET.get("page"))
    role = request.membership.role
    context = {
        "survey": survey,
        "schedule": schedule_of(survey),
        "page": page,
        "rows": [_told(one) for one in page],
        "may_edit": role in EDITORS,
        "may_send": role in SENDERS,
        "may_share": role != Role.VIEWER,
    }
    if not request.htmx:
        context |= _told_of(request, survey)
    return render_page(request, "nps/survey.html", context, partial="rows")


def _told_of(request, survey):
    settings = SurveySettings.objects.first() or SurveySettings()
    return {
        "terms": terms_of(survey, settings, calendar(), request.tenant.timezone),
        "samples": samples_of(request, survey),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITORS)
def survey_create(request):
    """The kind is chosen first: it says what the form begins with."""
    kind = request.GET.get("kind", "")
    if kind not in Kind.values:
        return render(request, "nps/survey_kinds.html")
    return _edit(request, survey_of(kind))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITORS)
def survey_edit(request, pk):
    return _edit(request, get_object_or_404(Survey, pk=pk))


@require_POST
@role_required(*EDITORS)
def switch_create(request, pk):
    """On or off."""
    survey = get_object_or_404(Survey, pk=pk)
    if request.POST.get("state") == Survey.State.ON:
        _switch_on(request, survey)
    else:
        services.switch_off(survey, by=request.user)
        messages.success(request, _("It is off: nobody is asked any more."))
    return HttpResponseRedirect(reverse("nps:survey-detail", args=[pk]))


def _switch_on(request, survey):
    try:
        services.switch_on(survey, on=today(), by=request.user)
    except services.NothingToAsk:
        messages.error(request, _("It has no question yet: give it one first."))
    else:
        messages.success(
            request, _("It is on: what happens from today is asked about.")
        )


def _edit(request, survey):
    forms = _Forms(request, survey)
    if request.method != "POST":
        return render(request, "nps/survey_form.html", forms.context())
    if forms.are_valid() and forms.save(by=request.user):
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("nps:survey-detail", args=[survey.pk]))
    return render(request, "nps/survey_form.html", forms.context(), status=422)


class _Forms:
    """The parts of a survey's form: settings, words by language, questions."""

    def __init__(self, request, survey):
        posted = request.POST if request.method == "POST" else None
        self.survey = survey
        self.is_new = survey._state.adding
        self.main = SurveyForm(posted, instance=survey)
        kept = {} if self.is_new else {w.language: w for w in survey.wordings.all()}
        self.words = [
            WordingForm(
                posted,
                instance=kept.get(language) or SurveyWording(language=language),
                shipped=said(survey.kind, language, name=request.tenant.name),
                language=language,
            )
            for language in Language.values
        ]
        self.questions = None
        if survey.kind == Kind.FREE:
            initial = [] if self.is_new else initial_questions(survey)
            self.questions = QuestionsForm(posted, initial=initial, prefix="questions")

    def are_valid(self):
        parts = [self.main, *self.words, *filter(None, [self.questions])]
        return all([part.is_valid() for part in parts])

    def save(self, *, by):
        """Whether it could be kept: what constraints refuse stands in the form."""
        try:
            with transaction.atomic():
                services.keep_survey(
                    self.main.save(commit=False),
                    wordings={
                        form.language.value: form.cleaned_data for form in self.words
                    },
                    questions=self.questions.questions() if self.questions else [],
                    by=by,
                )
        except IntegrityError:
            self.main.add_error(None, _("Somebody made the same survey just now."))
            return False
        return True

    def context(self):
        return {
            "survey": self.survey,
            "is_new": self.is_new,
            "form": self.main,
            "words": self.words,
            "questions": self.questions,
        }


def _told(invitation):
    """An invitation and, in words, because of what it is there and why it is not out."""
    return (
        invitation,
        occasion_of(invitation.reason, invitation.occasion),
        WHY_NOT.get(invitation.why_not, ""),
    )
