"""What became of signals: each count opens what it is made of."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from renewals import growth
from renewals.models import OpportunityStage, SignalKind
from renewals.queries import expansion as queries
from tenants.access import member_required

ROWS = 200
# In an address: opportunities that came of no signal.
IDEAS = "idea"
STATES = {
    "found": pgettext_lazy("how many signals", "Found"),
    "waiting": _("Waiting"),
    "dismissed": _("Dismissed"),
    "open": _("In work"),
    "won": pgettext_lazy("how many", "Won"),
    "lost": pgettext_lazy("how many", "Not bought"),
}


@require_GET
@member_required
def precision(request):
    """What became of the signals of each kind."""
    rows = [
        {
            "of": row,
            "word": _word(row.kind or IDEAS),
            "counts": [
                (word, getattr(row, state), _url(row.kind or IDEAS, state))
                for state, word in STATES.items()
            ],
        }
        for row in queries.precisions(request.membership)
    ]
    context = {"rows": rows, "states": list(STATES.values())}
    return render(request, "renewals/expansion/precision.html", context)


@require_GET
@member_required
def behind(request):
    """The signals, or the ideas, behind one count; without a kind, those of all."""
    kind, state = request.GET.get("signal", ""), request.GET.get("state", "found")
    if kind not in ("", *SignalKind.values, IDEAS) or state not in STATES:
        raise Http404
    is_idea = kind == IDEAS
    if is_idea:
        found = queries.ideas_behind_precision(request.membership, state)
    else:
        found = queries.behind_precision(request.membership, kind, state)
    part = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "page": part,
        "rows": [_idea(row) if is_idea else _signal(row) for row in part],
        "word": _word(kind),
        "state_word": STATES[state],
    }
    return render(request, "renewals/expansion/behind.html", context)


def _url(kind, state):
    asked = urlencode({"signal": kind, "state": state})
    return f"{reverse('renewals:precision-behind')}?{asked}"


def _word(kind):
    if not kind:
        return _("Signals")
    return _("Ideas without a signal") if kind == IDEAS else SignalKind(kind).label


def _signal(row):
    said = growth.told(row.kind, row.evidence, row.words)
    return {
        "account": row.account,
        "said": said,
        "by": row.by,
        "on": row.seen_on,
        "opportunity": row.came_of_it,
        "stage": row.stage and OpportunityStage(row.stage).label,
        "dismissed_by": row.dismissed_by,
        "dismissed_why": row.dismissed_why,
        "is_dismissed": row.is_dismissed,
    }


def _idea(row):
    return {
        "account": row.account,
        "said": row.title,
        "by": row.owner,
        "on": row.opened_on,
        "opportunity": row.pk,
        "stage": row.get_stage_display(),
    }
