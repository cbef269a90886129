"""A screen that anybody may answer at: one after the other, each anonymous."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from nps import services
from nps.forms.asking import QuestionsForm, ScoreForm, WordsForm
from nps.models import Kind, Response
from nps.queries import asking
from nps.tokens import Named, Purpose, new_turn, read_token, read_turn, token_of
from nps.views.entrance import by_token

PAGE = "nps/ask/kiosk.html"
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@by_token(Purpose.KIOSK)
def kiosk(request, tenant, named):
    """The question; an answer leads on to why."""
    survey = asking.open_survey(named)
    if survey is None:
        return None
    with translation.override(_language(request, tenant)):
        screen = _Screen(request, tenant, survey, named)
        return screen.answer() if request.method == "POST" else screen.shown()


@by_token(Purpose.KIOSK)
def kiosk_words(request, tenant, named, answer):
    """Why, and back to the question."""
    survey = asking.open_survey(named)
    response = _answer_of(tenant, survey, answer) if survey else None
    if response is None:
        return None
    with translation.override(_language(request, tenant)):
        screen = _Screen(request, tenant, survey, named)
        if request.method != "POST":
            return screen.shown(is_given=True)
        form = WordsForm(request.POST)
        if form.is_valid() and "skip" not in request.POST:
            services.say_why(response, form.cleaned_data["comment"])
        return screen.shown(is_given=True, is_done=True)


def _answer_of(tenant, survey, token):
    own = read_token(token, Purpose.WORDS)
    if own is None or own.tenant_id != tenant.pk:
        return None
    kept = Response.objects.filter(pk=own.key, survey=survey, is_anonymous=True)
    return kept.first()


def _language(request, tenant):
    asked = request.GET.get("language", "")
    return asked if asked in LANGUAGES else tenant.language


class _Screen:
    """One survey on one screen, in one language."""

    def __init__(self, request, tenant, survey, named):
        self.request, self.tenant, self.survey = request, tenant, survey
        self.token = token_of(Purpose.KIOSK, named)
        language = translation.get_language()
        self.page = asking.page_of(survey, tenant, language, is_anonymous=True)
        self.start = self._with_language(reverse("kiosk", args=[self.token]))

    def shown(self, *, form=None, status=200, **more):
        if form is None and self.survey.kind == Kind.FREE:
            form = self._questions()
        context = {
            "look": asking.look_for(self.tenant),
            "page": self.page,
            "form": form,
            "start": self.start,
            "here": self.start,
            "words_here": self.request.get_full_path(),
            "turn": new_turn(Response.Source.KIOSK, self.survey),
        }
        return render(self.request, PAGE, context | more, status=status)

    def answer(self):
        source = Response.Source.KIOSK
        turn = read_turn(self.request.POST.get("turn", ""), source, self.survey)
        if turn is None:
            return None
        is_free = self.survey.kind == Kind.FREE
        form = self._questions(self.request.POST) if is_free else self._score()
        if not form.is_valid():
            return self.shown(form=form if is_free else None, status=422)
        answer = {"answers": form.answers()} if is_free else form.cleaned_data
        response = services.answer_unknown(
            self.survey,
            turn=str(turn),
            source=source,
            language=self.page.language,
            **answer,
        )
        own = token_of(Purpose.WORDS, Named(self.tenant.pk, response.pk))
        address = reverse("kiosk-words", args=[self.token, own])
        return HttpResponseRedirect(self._with_language(address), status=303)

    def _score(self):
        return ScoreForm(self.request.POST, scores=self.page.scores)

    def _questions(self, data=None):
        questions = self.survey.questions.all()
        return QuestionsForm(data, questions=questions, language=self.page.language)

    def _with_language(self, address):
        if self.page.language == self.tenant.language:
            return address
        return f"{address}?language={self.page.language}"
