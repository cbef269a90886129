"""The page behind the link of a mail. A visit shows it; only a POST answers."""

from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from nps import services
from nps.forms.asking import QuestionsForm, ScoreForm, WordsForm
from nps.models import Kind, Response
from nps.queries import asking
from nps.tokens import Named, Purpose, token_of
from nps.views.entrance import by_token
from tenants.api.throttle import seconds_to_wait
from tenants.models import Language

# Who opens more of the numbers of one mail in so short a time checks links.
OPENINGS = "2/minute"


@by_token(Purpose.ASK)
def survey(request, tenant, named, score=None):
    """The question; with a score of the mail: the score, to be confirmed."""
    invitation = asking.open_invitation(named)
    if invitation is None:
        return None
    with translation.override(invitation.language):
        page = asking.page_for(invitation, tenant)
        visit = _Visit(request, tenant, invitation, page)
        if request.method == "POST":
            return visit.answer(named)
        if score is not None and score in page.scores:
            return visit.shown(chosen=score)
        response = asking.response_of(invitation)
        return visit.shown() if response is None else visit.given(response)


@by_token(Purpose.ASK, methods=["POST"])
def words(request, tenant, named):
    """Why: the words to the answer that the same token gave."""
    invitation = asking.open_invitation(named)
    response = asking.response_of(invitation) if invitation else None
    if response is None:
        return None
    with translation.override(invitation.language):
        page = asking.page_for(invitation, tenant)
        visit = _Visit(request, tenant, invitation, page)
        return _say_why(request, response, visit.given)


@by_token(Purpose.WORDS)
def anonymous_words(request, tenant, named):
    """Why, of an answer that belongs to nobody: its page alone knows which it was."""
    responses = Response.objects.filter(is_anonymous=True, survey__isnull=False)
    response = (
        responses.filter(pk=named.key if named else None)
        .select_related("survey")
        .first()
    )
    if response is None:
        return None
    # The answer does not say in which language it was asked for; its page does.
    asked = request.GET.get("language", "")
    language = asked if asked in Language.values else tenant.language
    with translation.override(language):
        page = asking.page_of(response.survey, tenant, language, is_anonymous=True)
        return _anonymous(request, tenant, response, page)


def _anonymous(request, tenant, response, page):
    def given(response, **more):
        context = {
            "look": asking.look_for(tenant),
            "page": asking.answered_page(page, response),
            "words_here": request.get_full_path(),
        }
        status = 422 if more.get("mistake") else 200
        return render(request, "nps/ask/given.html", context | more, status=status)

    if request.method == "POST":
        return _say_why(request, response, given)
    return given(response)


def _say_why(request, response, given):
    form = WordsForm(request.POST)
    if not form.is_valid():
        return given(response, mistake=form.errors["comment"][0])
    services.say_why(response, form.cleaned_data["comment"])
    response.refresh_from_db()
    return given(response, is_done=True)


class _Visit:
    """One person at the page of one invitation."""

    def __init__(self, request, tenant, invitation, page):
        self.request, self.tenant = request, tenant
        self.invitation, self.page = invitation, page
        self.named = Named(tenant.pk, invitation.pk, invitation.serial)
        token = token_of(Purpose.ASK, self.named)
        stop = token_of(Purpose.STOP, self.named)
        self.here = reverse("survey", kwargs={"token": token})
        self.common = {
            "look": asking.look_for(tenant),
            "here": self.here,
            "words_here": reverse("survey-words", kwargs={"token": token}),
            "stop": reverse("survey-stop", kwargs={"token": stop}),
        }

    def shown(self, *, chosen=None, form=None, mistake="", status=200):
        if form is None and self.page.survey.kind == Kind.FREE:
            form = self._questions()
        context = {
            "page": self.page,
            "chosen": chosen,
            "form": form,
            "mistake": mistake,
            "waits_for_person": chosen is not None and not self._is_checked(),
        }
        return render(
            self.request, "nps/ask/question.html", self.common | context, status=status
        )

    def given(self, response, *, is_done=False, mistake=""):
        context = {
            "page": asking.answered_page(self.page, response),
            "is_done": is_done,
            "mistake": mistake,
            "can_change": bool(self.page.scores),
        }
        return render(
            self.request,
            "nps/ask/given.html",
            self.common | context,
            status=422 if mistake else 200,
        )

    def answer(self, named):
        is_free = self.page.survey.kind == Kind.FREE
        form = self._questions(self.request.POST) if is_free else self._score()
        if not form.is_valid():
            mistake = "" if is_free else form.errors["score"][0]
            return self.shown(
                form=form if is_free else None, mistake=mistake, status=422
            )
        answer = {"answers": form.answers()} if is_free else form.cleaned_data
        response = services.answer_invitation(named, **answer)
        if response is None:
            return None
        if not response.is_anonymous:
            return HttpResponseRedirect(self.here, status=303)
        own = token_of(Purpose.WORDS, Named(self.tenant.pk, response.pk))
        address = reverse("survey-anonymous-words", kwargs={"token": own})
        asked = urlencode({"language": self.page.language})
        return HttpResponseRedirect(f"{address}?{asked}", status=303)

    def _score(self):
        return ScoreForm(self.request.POST, scores=self.page.scores)

    def _questions(self, data=None):
        return QuestionsForm(
            data,
            questions=self.page.survey.questions.all(),
            language=self.page.language,
        )

    def _is_checked(self):
        """Whether a program opens one number after the other: none of them is meant.

        Then the page waits for its button, not for any sign of a person.
        """
        key = str(self.invitation.pk)
        return seconds_to_wait(OPENINGS, "survey-opened", key) is not None
