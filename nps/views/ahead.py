"""Who is asked this week and who not, and surveys that go out by hand."""

from collections import Counter
from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Band
from accounts.queries import today, visible_accounts
from nps import services
from nps.forms.choosing import SendForm
from nps.models import Survey
from nps.queries.ahead import ahead, sent_ahead, with_contacts
from nps.queries.segments import segments
from nps.schedule import WHY_NOT, occasion_of
from nps.views.surveys import SENDERS
from tenants.access import role_required
from tenants.queries import members

# Of each of the two lists; how many there are is said above them.
ROWS = 200
WEEK = timedelta(days=6)


@require_GET
@role_required(*SENDERS)
def week(request):
    """Of one survey, drafts too, or of all that are on."""
    chosen = request.GET.get("survey", "")
    surveys = list(Survey.objects.order_by("name", "pk"))
    picked = [one for one in surveys if str(one.pk) == chosen]
    accounts = visible_accounts(request.membership)
    told = ahead(picked or [one for one in surveys if one.is_on], accounts=accounts)
    context = {
        "surveys": surveys,
        "chosen": picked[0] if picked else None,
        "first": today(),
        "last": today() + WEEK,
    } | _lists(told)
    return render(request, "nps/week.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*SENDERS)
def send_create(request, pk):
    """Choose a segment, see who of it would be asked and who not, send."""
    survey = get_object_or_404(Survey.objects.on(), pk=pk)
    is_asked = bool(request.GET.keys() & {"starts_on"})
    posted = request.POST if request.method == "POST" else None
    form = SendForm(
        posted or (request.GET if is_asked else None),
        initial={"starts_on": today()},
        bands=[(band.value, band.label) for band in Band],
        segments=segments(),
        owners=[(m.user_id, str(m.user)) for m in members(request.tenant.pk)],
        today=today(),
    )
    if posted is not None and form.is_valid():
        return _send(request, survey, form)
    context = {"survey": survey, "form": form}
    if form.is_valid():
        context |= _foreseen(request, survey, form)
    status = 422 if form.errors else 200
    return render(request, "nps/send.html", context, status=status)


def _foreseen(request, survey, form):
    told = sent_ahead(
        survey,
        form.segment(),
        starts_on=form.cleaned_data["starts_on"],
        accounts=visible_accounts(request.membership),
    )
    lists = _lists(told)
    whys = [WHY_NOT.get(one.why, "") for one in told if not one.on]
    return lists | {
        "is_foreseen": True,
        # What is sent is what was looked at, whatever is ticked meanwhile.
        "chosen": [
            (name, value) for name in form.fields for value in form.data.getlist(name)
        ],
        "asked": [one for one, _occasion, _why in lists["asked"]],
        "waiting": sum(one.has_to_wait for one in told),
        "reasons": Counter(whys).most_common(),
    }


def _send(request, survey, form):
    send = services.send_survey(
        survey,
        segment=form.segment(),
        starts_on=form.cleaned_data["starts_on"],
        by=request.user,
    )
    words = _(
        "%(count)d are planned for; each is asked from that day on, as the rules allow."
    )
    messages.success(request, words % {"count": send.planned})
    return HttpResponseRedirect(reverse("nps:survey-detail", args=[survey.pk]))


def _lists(told):
    """Those asked and the others: how many there are, and the first of them."""
    asked = [one for one in told if one.on]
    others = [one for one in told if not one.on]
    rows = [_row(one) for one in with_contacts(asked[:ROWS] + others[:ROWS])]
    return {
        "asked": [row for row in rows if row[0].on],
        "asked_total": len(asked),
        "others": [row for row in rows if not row[0].on],
        "others_total": len(others),
    }


def _row(foreseen):
    case = foreseen.foreseen.case
    occasion = occasion_of(case.occasion.reason, case.occasion.key)
    return foreseen, occasion, WHY_NOT.get(foreseen.foreseen.why, "")
