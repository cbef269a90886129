"""A survey as its customers see it: nobody is asked, and nothing is recorded."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from nps import services
from nps.forms.asking import QuestionsForm
from nps.models import Kind, Survey
from nps.queries import asking
from nps.queries.samples import NOWHERE, shown_letter
from nps.views.sharing import WORKING
from tenants.access import member_required, role_required
from tenants.api.throttle import seconds_to_wait
from tenants.models import Language

# Of one person.
LETTERS = "20/hour"


@require_safe
@member_required
def sample(request, pk, language, step="question"):
    """The page behind the letter, to be walked through: each step is a visit."""
    survey = get_object_or_404(Survey, pk=pk)
    if language not in Language.values:
        raise Http404
    with translation.override(language):
        return _step(request, survey, language, step)


@require_POST
@role_required(*WORKING)
def sample_create(request, pk):
    """Send the letter to oneself."""
    survey = get_object_or_404(Survey, pk=pk)
    language = request.POST.get("language", "")
    if language not in Language.values:
        raise Http404
    if seconds_to_wait(LETTERS, "survey-sample", str(request.user.pk)) is not None:
        messages.error(request, _("That was often: try again in an hour."))
    else:
        services.send_sample(survey, language=language, to=request.user)
        said = {"address": request.user.email}
        messages.success(
            request, _("A test letter is on its way to %(address)s.") % said
        )
    address = reverse("nps:survey-detail", args=[pk])
    return HttpResponseRedirect(f"{address}?language={language}#samples-title")


def samples_of(request, survey) -> dict:
    """The letter and the page behind its highest number, as documents to be framed."""
    asked = request.GET.get("language", "")
    language = asked if asked in Language.values else request.tenant.language
    with translation.override(language):
        page = asking.page_of(survey, request.tenant, language)
        context = _context(request, page, chosen=page.most if page.scores else None)
        return {
            "language": language,
            "languages": Language.choices,
            "letter": shown_letter(page, context["look"], nonce=str(request.csp_nonce)),
            # Not in the context of a page of ours: its menu is not asked for twice.
            "answering": render_to_string("nps/ask/question.html", context),
        }


def _step(request, survey, language, step):
    page = asking.page_of(survey, request.tenant, language)
    score = request.GET.get("score", "")
    chosen = int(score) if score in map(str, page.scores) else None
    context = _context(
        request,
        page if step == "question" else replace(page, given=chosen),
        here=reverse("nps:sample-why", args=[survey.pk, language]),
        words_here=reverse("nps:sample-thanks", args=[survey.pk, language]),
        chosen=chosen,
        is_done=step == "thanks",
        can_change=bool(page.scores) and not page.is_anonymous,
    )
    name = "question" if step == "question" else "given"
    return render(request, f"nps/ask/{name}.html", context)


def _context(request, page, **more):
    """What the templates of a customer's page want."""
    form = None
    if page.survey.kind == Kind.FREE:
        questions = page.survey.questions.all()
        form = QuestionsForm(questions=questions, language=page.language)
    return {
        "request": request,
        "page": page,
        "look": asking.look_for(request.tenant),
        "form": form,
        "here": NOWHERE,
        "words_here": NOWHERE,
        "stop": NOWHERE,
        "is_sample": True,
    } | more
