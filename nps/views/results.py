"""What answers add up to; every number leads to the answers it is made of."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cs_platform.lib import clock, wording
from cs_platform.lib.export import table_response
from cs_platform.lib.htmx import render_page
from nps import charts
from nps.forms.answers import AnswerFilters
from nps.models import Survey
from nps.queries import rates, results
from nps.queries.answers import NOBODY
from nps.queries.silence import silent_deciders, with_deciders
from nps.queries.voices import voices
from nps.views.lines import (
    answers_url,
    band_word,
    groups_of,
    kind_words,
    last_day,
    ledger_url,
)
from tenants.access import member_required

SILENT_SHOWN = 5
PAGE_SIZE = 50


@require_GET
@member_required
def result_page(request):
    """What NPS of the days chosen is; the rest of the page is read in parts, at once.

    NPS is of the latest answer of each person.
    """
    choice, on = _chosen(request)
    found = voices(request.membership, choice, on=on)
    context = {
        "choice": choice,
        "found": found,
        "answers_url": answers_url(choice, kind="nps", latest="on"),
        "mrr_url": ledger_url("voice-list", choice, by="mrr"),
        "role_url": ledger_url("voice-list", choice, by="role"),
        "scores": _scores(found, choice),
        "groups": groups_of(found, choice, request.membership),
        "surveys": Survey.objects.only("pk", "name"),
        "query": request.GET.urlencode(),
    }
    return render_page(request, "nps/results.html", context, partial="report")


@require_GET
@member_required
def result_part(request, part):
    """A part of the results; a page of its own for who runs no scripts."""
    if part not in PARTS:
        raise Http404
    choice, on = _chosen(request)
    context = {
        "choice": choice,
        "part": part,
        "query": request.GET.urlencode(),
    } | PARTS[part](request, choice, on)
    return render_page(request, "nps/result_part.html", context, partial=part)


def _rates(request, choice, on):
    """Who answered of those asked, how content they are with help, whom somebody came
    back to, and who is silent."""
    silent = silent_deciders(request.membership, on=on)
    return {
        "rate": rates.response_rate(request.membership, choice),
        "rate_url": ledger_url("rate-list", choice),
        "csat": rates.csat(request.membership, choice, on=on),
        "csat_url": answers_url(choice, kind="csat", latest="on"),
        "loops": [
            (
                loop,
                band_word(loop.kind),
                answers_url(choice, kind="nps", loop=loop.kind, follow="due"),
            )
            for loop in rates.loops(request.membership, choice)
        ],
        "silent": silent[:SILENT_SHOWN],
        "silent_count": silent.order_by().count(),
        "decider_count": with_deciders(request.membership),
    }


def _trend(request, choice, on):
    months = [
        charts.Month(
            wording.day(month, "LLL yy"),
            one,
            answers_url(
                choice,
                kind="nps",
                latest="on",
                since=month,
                until=min(last_day(month), choice.until),
            ),
        )
        for month, one in results.by_month(request.membership, choice, on=on)
    ]
    return {"trend": charts.trend(months, {"nps": _("NPS")})}


def _words(request, choice, on):
    spoken = results.spoken(request.membership, choice, on=on)
    return {
        "topics": [(one, _spoken_url(choice, one)) for one in spoken.topics],
        "words": [(one, _spoken_url(choice, one)) for one in spoken.words],
        "read": spoken.read,
        "spoken": spoken.every,
        "categories": [
            (name, one, ledger_url("ticket-list", choice, category=name or NOBODY))
            for name, one in rates.csat_by_category(request.membership, choice)
        ],
    }


PARTS = {"rates": _rates, "trend": _trend, "words": _words}


@require_GET
@member_required
def silence_list(request):
    """Every account whose decision makers have not answered for half a year."""
    on = clock.day_of(clock.now(), request.tenant.timezone)
    page = Paginator(silent_deciders(request.membership, on=on), PAGE_SIZE)
    context = {"page": page.get_page(request.GET.get("page"))}
    return render(request, "nps/silence.html", context)


@require_GET
@member_required
def result_export(request, kind):
    """The numbers of the page as a table, one line for each."""
    choice, on = _chosen(request)
    found = voices(request.membership, choice, on=on)
    groups = groups_of(found, choice, request.membership)
    header = [
        _("Group"), _("Of"), _("NPS"), _("From"), _("To"), _("Answers"),
        _("Promoters"), _("Passives"), _("Detractors"), _("First day"), _("Last day"),
    ]  # fmt: skip
    lines = [
        (_("All"), _("Latest answer of each person"), found.nps),
        (_("All"), _("Weighted by MRR"), found.by_mrr),
        (_("All"), _("Weighted by role"), found.by_role),
        *(
            (group.label, line.label, line.nps)
            for group in groups
            for line in group.lines
        ),
    ]
    rows = [
        [group, name, *_cells(one), choice.since, choice.until]
        for group, name, one in lines
    ]
    return table_response(f"nps-{choice.until}", kind, header, rows)


def _spoken_url(choice, theme):
    return answers_url(choice, kind="nps", latest="on", words="on", topic=theme.key)


def _cells(one):
    ends = [
        None if end is None else round(end, 2) for end in (one.value, one.low, one.high)
    ]
    return [*ends, one.n, one.promoters, one.passives, one.detractors]


def _scores(found, choice):
    hrefs = [answers_url(choice, kind="nps", latest="on", score=n) for n in range(11)]
    return charts.scores(found.scores, hrefs, kind_words())


def _chosen(request):
    on = clock.day_of(clock.now(), request.tenant.timezone)
    return AnswerFilters(request.GET).chosen(on=on), on
