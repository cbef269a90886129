"""The inbox of answers, one of them, and what is said to who gave it."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Tier
from accounts.queries import account_or_404, may_work
from cs_platform.lib import clock
from cs_platform.lib.export import MAX_ROWS, table_response
from cs_platform.lib.htmx import render_page
from cs_platform.lib.keyset import BadCursor, address_of
from nps import services
from nps.forms.answers import (
    BANDS,
    FOLLOW_UPS,
    ROLES,
    TONE_WORDS,
    AnswerFilters,
    ReplyForm,
    TagsForm,
)
from nps.models import FollowUp, Kind, Response, Survey
from nps.queries import answers as queries
from nps.queries import inbox
from nps.sentiment import tone
from nps.views.lines import answers_url
from tenants.access import member_required
from tenants.models import Language, Role
from tenants.queries import members

PANEL_SHOWN = 5
PANEL_DAYS = 730
# What stands behind one button on a phone, beside the days.
FOLDED = (
    "survey", "kind", "band", "follow", "tone", "language", "role", "tier", "owner",
    "tag", "latest", "words",
)  # fmt: skip


@require_GET
@member_required
def answer_list(request):
    """What customers answered: all kinds of the last 90 days, or what is asked for."""
    choice, rows = _found(request)
    try:
        page = inbox.page(
            rows,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
    except BadCursor:
        raise Http404 from None
    context = {
        "rows": page.rows,
        "total": rows.count(),
        "choice": choice,
        "choices": _choices(request),
        "narrowed_by": _narrowed_by(request, choice),
        "query": request.GET.urlencode(),
        "next_url": address_of(request.GET, after=page.after),
        "previous_url": address_of(request.GET, before=page.before),
    }
    return render_page(request, "nps/answers.html", context, partial="rows")


@require_GET
@member_required
def answer_export(request, kind):
    _choice, rows = _found(request)
    header = [
        _("Answered"), _("Survey"), _("Kind"), _("Score"), _("Words"), _("Language"),
        _("Sentiment"), _("Judged by"), _("Tags"), _("Account"), _("External id"),
        _("Owner"), _("Contact"), _("E-mail"), _("Follow-up due"), _("Replied"),
        _("What we said"), _("What came of it"),
    ]  # fmt: skip
    return table_response(
        "answers", kind, header, inbox.export_rows(rows, most=MAX_ROWS)
    )


@require_GET
@member_required
def answer_detail(request, pk):
    return _shown(request, _one(request, pk))


@require_POST
@member_required
def reply_create(request, pk):
    """Record what was said to the customer; that closes the follow-up."""
    row = _workable(request, pk)
    found = get_object_or_404(FollowUp, response=row)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return _shown(request, row, reply_form=form, status=422)
    services.reply(found, by=request.user, **form.cleaned_data)
    messages.success(request, _("The reply is kept; the loop is closed."))
    return HttpResponseRedirect(reverse("nps:answer-detail", args=[pk]))


@require_POST
@member_required
def reply_removal_create(request, pk):
    """Open the follow-up again; what was said stays."""
    row = _workable(request, pk)
    services.reopen(get_object_or_404(FollowUp, response=row), by=request.user)
    messages.success(request, _("It is to be followed up again."))
    return HttpResponseRedirect(reverse("nps:answer-detail", args=[pk]))


@require_POST
@member_required
def tags_create(request, pk):
    row = _workable(request, pk)
    form = TagsForm(request.POST)
    if not form.is_valid():
        return _shown(request, _one(request, pk), tags_form=form, status=422)
    services.tag(row, form.cleaned_data["tags"], by=request.user)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("nps:answer-detail", args=[pk]))


@require_GET
@member_required
def panel(request, pk):
    """What one account answered: a part of its card, or a page of its own."""
    account = account_or_404(request.membership, pk)
    rows = Response.objects.filter(account=account).select_related("contact")
    on = clock.day_of(clock.now(), request.tenant.timezone)
    since = on - timedelta(days=PANEL_DAYS)
    choice = queries.Choice(since=since, until=on, kind="", account=account.pk)
    context = {
        "account": account,
        "rows": rows.order_by("-answered_at", "-pk")[:PANEL_SHOWN],
        "all_url": answers_url(choice),
    }
    return render_page(request, "nps/panel.html", context, partial="panel")


def _found(request):
    on = clock.day_of(clock.now(), request.tenant.timezone)
    choice = AnswerFilters(request.GET).chosen(on=on, **_any_kind(request))
    return choice, queries.answers(request.membership, choice, on=on)


def _narrowed_by(request, choice) -> int:
    """How many of the filters of the page that fold on a phone narrow something."""
    on = clock.day_of(clock.now(), request.tenant.timezone)
    is_of_days = (choice.since, choice.until) != queries.default_days(on)
    return is_of_days + sum(bool(getattr(choice, name)) for name in FOLDED)


def _any_kind(request):
    # The inbox shows every kind unless one is named; a number is of one kind.
    return {} if request.GET.get("kind") in Kind.values else {"kind": ""}


def _one(request, pk):
    rows = Response.objects.shown().select_related(
        "account__owner", "contact", "survey", "invitation"
    )
    row = get_object_or_404(rows, pk=pk)
    if row.account_id is not None:
        account_or_404(request.membership, row.account_id)
    elif not queries.sees_all(request.membership):
        raise Http404
    return row


def _workable(request, pk):
    row = _one(request, pk)
    if not _may_work(request, row):
        raise Http404
    return row


def _may_work(request, row):
    if row.account is None:
        return request.membership.role != Role.VIEWER
    return may_work(request.membership, row.account)


def _shown(request, row, *, reply_form=None, tags_form=None, status=200):
    follow_up = (
        FollowUp.objects.select_related("task__owner", "closed_by")
        .filter(response=row)
        .first()
    )
    initial = (
        {"reply": follow_up.reply, "result": follow_up.result} if follow_up else {}
    )
    may = _may_work(request, row)
    context = {
        "answer": row,
        "tone": TONE_WORDS[tone(row.sentiment) or "unknown"],
        "follow_up": follow_up,
        "may_work": may,
        "reply_form": may and (reply_form or ReplyForm(initial=initial)),
        "tags_form": may
        and (tags_form or TagsForm(initial={"tags": ", ".join(row.tags)})),
    }
    return render(request, "nps/answer.html", context, status=status)


def _choices(request):
    return {
        "kinds": Kind.choices,
        "bands": BANDS,
        "tones": TONE_WORDS.items(),
        "languages": Language.choices,
        "follow_ups": FOLLOW_UPS,
        "roles": ROLES,
        "tiers": Tier.choices,
        "tags": queries.tags_in_use(request.membership),
        "surveys": Survey.objects.only("pk", "name"),
        "owners": [
            (str(row.user_id), str(row.user)) for row in members(request.tenant.pk)
        ],
    }
